"""What a check of a run asks for: the site's set, narrowed by what is known of the run.

What the circuit does not have was answered once: it is asked again when mode, cannulas or circuit
have changed since, or when a value of it was read after all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import Centre
from circuits.change_policies import band_of
from circuits.models import Check
from circuits.policies import policy
from clinical.checkset import DEFAULT_BODY, CheckSet, Need, Sets, Situation, read_sets
from clinical.measures import MEASURES, Measure
from patients.models import CannulaPurpose, CannulaSite, ModeSegment, Run
from patients.queries import mode_at

CHECK_SETS = "check_sets"
NOT_FITTED = "not in this circuit"
CARRY_FLOW = frozenset({CannulaPurpose.DRAINAGE, CannulaPurpose.RETURN})
LIMB_SITES = frozenset(
    {
        CannulaSite.FEMORAL_V,
        CannulaSite.FEMORAL_A,
        CannulaSite.AXILLARY_A,
        CannulaSite.SUBCLAVIAN_A,
    }
)


@dataclass(frozen=True, slots=True)
class Lacking:
    """A value that this circuit does not have, and when somebody said so."""

    measure: Measure
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What one check asks for, and what it no longer asks because the circuit has no such thing."""

    kind: str
    set: CheckSet
    lacking: tuple[Lacking, ...]
    units: Mapping[str, str]
    jump_factor: Decimal | None
    source: str

    def measures(self) -> dict[str, Measure]:
        """The values to ask for, as the site shows them, in the order of the round."""
        return {code: shown(code, self.units) for code in self.set.values}


def check_sets(centre: Centre, at: datetime) -> tuple[Sets, str]:
    """Return the site's table of check sets, and where it comes from."""
    found = policy(centre, CHECK_SETS, at, DEFAULT_BODY)
    return read_sets(found.body), found.source


def shown(code: str, units: Mapping[str, str]) -> Measure:
    """Return a measure in the unit in which the site shows it."""
    one = MEASURES[code]
    return one.shown_in(units[code]) if code in units else one


def asked_of(
    run: Run,
    kind: str,
    segments: list[ModeSegment],
    at: datetime,
    *,
    still: Iterable[str] = (),
) -> Asked:
    """Return what a check of `kind` asks for at `at`.

    `still`: values that somebody wants to answer although the circuit was said not to have them.
    """
    sets, source = check_sets(run.unit.centre, at)
    whole = sets.of(situation_of(run, kind, segments, at))
    lacking = [
        Lacking(shown(code, sets.units), said_at)
        for code, said_at in _said_lacking(run, whole.values, segments).items()
        if code not in set(still)
    ]
    gone = {one.measure.code for one in lacking}
    asked = replace(whole, values=tuple(code for code in whole.values if code not in gone))
    return Asked(kind, asked, tuple(lacking), sets.units, sets.jump_factor, source)


def situation_of(run: Run, kind: str, segments: list[ModeSegment], at: datetime) -> Situation:
    """Return what narrows the set of a check: mode, age band, and what the cannulas say."""
    mode = mode_at(segments, at)
    return Situation(kind, None if mode in {None, "unknown"} else mode, band_of(run), _needs(run))


def _needs(run: Run) -> set[Need] | None:
    """Return what the cannulas say; None until those that carry the flow are on record."""
    inside = list(run.cannulas.inside())
    purposes = {one.purpose for one in inside}
    if CannulaPurpose.BOTH not in purposes and not purposes >= CARRY_FLOW:
        return None
    needs = set()
    if any(one.site in LIMB_SITES for one in inside):
        needs.add(Need.LIMB)
    if any(one.purpose == CannulaPurpose.DISTAL_PERFUSION for one in inside):
        needs.add(Need.DISTAL_PERFUSION)
    return needs


def _said_lacking(
    run: Run, values: Iterable[str], segments: list[ModeSegment]
) -> dict[str, datetime]:
    """Return which of the values the circuit was last said not to have, and when."""
    rows = run.checks.current().filter(checked_at__gte=_configured_at(run, segments))
    told = rows.filter(document__not_done__has_any_keys=list(values)).order_by("-checked_at")
    said: dict[str, datetime] = {}
    for checked_at, not_done in told.values_list("checked_at", "document__not_done"):
        for code, reason in not_done.items():
            if reason == NOT_FITTED:
                said.setdefault(code, checked_at)
    wanted = set(values)
    return {
        code: when for code, when in said.items() if code in wanted and not _read(rows, code, when)
    }


def _read(rows: QuerySet[Check], code: str, after: datetime) -> bool:
    newer = rows.filter(checked_at__gt=after)
    return newer.filter(document__values__has_key=code).exists()


def _configured_at(run: Run, segments: list[ModeSegment]) -> datetime:
    """Since when mode, circuit and cannulas are as they are now."""
    times = [run.started_at, *(one.starts_at for one in segments)]
    times += run.circuits.values_list("started_at", flat=True)
    for inserted_at, removed_at in run.cannulas.values_list("inserted_at", "removed_at"):
        times += [one for one in (inserted_at, removed_at) if one is not None]
    return max(times)
