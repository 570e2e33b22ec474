"""What the newest checks say: values with what they were, what was found, what is in the circuit."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from circuits.adjuncts import adjunct_lives
from circuits.lives import lives_of
from circuits.queries import Reading
from clinical.inspection import Look, assess_looks
from clinical.measures import MEASURES
from episodes.handover.lines import Line, Section
from patients.models import Run
from web.times import duration

OLD_AFTER = timedelta(hours=4)
"""A line that nobody renewed for longer is drawn as old (design of the handover, a default)."""

VALUES = (
    "blood_flow",
    "blood_flow_per_kg",
    "pump_speed",
    "p_drainage",
    "p_pre_membrane",
    "p_post_membrane",
    "delta_p",
    "membrane_resistance",
    "sweep_gas_flow",
    "fdo2",
    "sat_pre_membrane",
    "sat_post_membrane",
    "spo2_right_hand",
    "spo2_other",
    "temp_blood_out",
    "map",
)
CHECK = "check"


def values(readings: Sequence[Reading], at: datetime) -> Section:
    """Return the newest value of each measure, with the one before."""
    lines = (_value(code, readings, at) for code in VALUES)
    return Section(
        "values",
        "Settings and readings",
        "No check yet: nothing can be said of the circuit.",
        tuple(line for line in lines if line is not None),
    )


def circuit(run: Run, readings: Sequence[Reading], at: datetime) -> Section:
    """Return what was found on the circuit, and its parts with their hours."""
    lines = [*_found(readings, at), *_parts(run, at), *_cannulas(run), *_adjuncts(run, at)]
    return Section("circuit", "Circuit condition", "Nothing entered of the circuit.", tuple(lines))


def _value(code: str, readings: Sequence[Reading], at: datetime) -> Line | None:
    found = [one for one in readings if code in one.values][:2]
    if not found:
        return None
    measure, newest = MEASURES[code], found[0]
    return Line(
        measure.short,
        measure.text(newest.values[code]),
        newest.checked_at,
        CHECK,
        is_old=at - newest.checked_at > OLD_AFTER,
        was=measure.text(found[1].values[code]) if len(found) > 1 else "",
    )


def _found(readings: Sequence[Reading], at: datetime) -> Iterator[Line]:
    """Yield what was not as it should be where it was last looked at; that all was, if so."""
    newest: dict[tuple[str, str], Look] = {}
    for reading in readings:
        for look in reading.looks.values():
            newest.setdefault((look.item, look.place), look)
    findings = assess_looks(newest.values()).findings
    when = {_key(look): look.looked_at for look in newest.values()}
    for one in findings:
        seen = when[one.code]
        yield Line("Found", one.message, seen, CHECK, one.severity, at - seen > OLD_AFTER)
    if newest and not findings:
        oldest = min(when.values())
        said = f"Nothing in {len(newest)} things, the longest ago looked at then"
        yield Line("Found", said, oldest, CHECK, is_old=at - oldest > OLD_AFTER)


def _key(look: Look) -> str:
    return f"{look.item}@{look.place}" if look.place else look.item


def _parts(run: Run, at: datetime) -> Iterator[Line]:
    for life in lives_of([run], at, is_inside=True)[run.pk]:
        said = f"{life.use.component}, {life.hours_exact} hr in place"
        if life.is_review_due:
            said += ", review is due"
        why = "; ".join(proposal.rule for proposal in life.proposals)
        level = 2 if life.proposals else 0
        text = f"{said}; change proposed: {why}" if why else said
        yield Line(life.use.get_kind_display(), text, life.use.installed_at, "installed", level)


def _cannulas(run: Run) -> Iterator[Line]:
    for one in run.cannulas.filter(removed_at=None):
        size = "" if one.size_fr is None else f"{one.size_fr.normalize():f} Fr"
        depth = "" if one.depth_cm is None else f"secured at {one.depth_cm.normalize():f} cm"
        tip = f"tip {one.tip_position}" if one.tip_position else "tip not entered"
        said = ", ".join(part for part in (str(one), size, depth, tip) if part)
        yield Line("Cannula", said, one.tip_entered_at or one.inserted_at, "cannula")


def _adjuncts(run: Run, at: datetime) -> Iterator[Line]:
    for life in adjunct_lives(run, at):
        if life.adjunct.ended_at is None:
            one = life.adjunct
            said = f"{one.model_name or 'device not entered'}, {duration(life.lasted)}"
            yield Line(one.get_kind_display(), said, one.started_at, "adjunct")
