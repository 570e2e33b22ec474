"""What the trend rules read of a run, fetched from the record, and what they say to it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from circuits import document
from circuits.lives import Life, lives
from circuits.models import Check
from circuits.trend_policies import SWITCH, trend_rules
from clinical.charted import ArterialReturn, Charted, Pattern, TrendRules
from clinical.circuit import Observation
from clinical.measures import MEASURES
from clinical.patterns import Patterns, Story, past_patterns, patterns
from clinical.performance import FIRST_DAY_H, Then, performance
from clinical.signal_rules import ResistanceRule
from labs.models import Result
from labs.queries.plans import signed_switch
from labs.queries.results import firm_results, source_of
from patients.models import Cannula, CannulaPurpose, CannulaSite, Run
from patients.queries import segments_of
from web.models import SiteDocument

ARTERIES = frozenset(
    {
        CannulaSite.FEMORAL_A,
        CannulaSite.CAROTID_A,
        CannulaSite.AXILLARY_A,
        CannulaSite.SUBCLAVIAN_A,
        CannulaSite.AORTA,
        CannulaSite.OTHER_A,
    }
)
GASES = ("pao2", "paco2")
HB = "hb"
PAST = timedelta(hours=24)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What the site's trend rules say of a run: by the newest readings, and in the day before.

    `signed` is the version in which the site signed for them; without it nothing is said.
    """

    signed: SiteDocument | None
    source: str = ""
    now: Patterns = field(default_factory=Patterns)
    past: Sequence[Pattern] = ()
    membrane: Sequence[Then] = ()
    oxygenator: Life | None = None


def told_of(run: Run, at: datetime) -> Told:
    """Ask the site's rules about a run (one statement while they are off, else twelve)."""
    centre = run.unit.centre
    signed = signed_switch(centre, SWITCH, at)
    if signed is None:
        return Told(None)
    until = run.ended_at or at
    rules, source = trend_rules(centre, at)
    parts = lives(run, at)
    oxygenator = next((one for one in reversed(parts) if _is_oxygenator_in(one)), None)
    fetched = _fetch(run, rules, until, oxygenator)
    story = _story(run, fetched, parts, oxygenator)
    now = patterns(story, rules)
    standing = {(one.kind, one.at) for one in now.found}
    past = past_patterns(story, rules, until - PAST)
    return Told(
        signed=signed,
        source=source,
        now=now,
        past=[one for one in reversed(past) if (one.kind, one.at) not in standing],
        membrane=_membrane(fetched, rules, oxygenator),
        oxygenator=oxygenator,
    )


def _is_oxygenator_in(life: Life) -> bool:
    return life.use.kind == "oxygenator" and life.use.removed_at is None


@dataclass(frozen=True, slots=True)
class _Fetched:
    checks: list[Charted]
    first_day: list[Charted]
    labs: Mapping[str, list[Observation]]
    cannulas: list[Cannula]


def _fetch(run: Run, rules: TrendRules, until: datetime, oxygenator: Life | None) -> _Fetched:
    """Fetch the checks of the last day and as far back as a rule looks, and the first day's."""
    reach = max(rules.flow_within_h, rules.speed_within_h, 2 * rules.gas_within_h) * HOUR
    since = until - PAST - reach
    cannulas = list(run.cannulas.all())
    recent = Q(checked_at__gte=since)
    rows = run.checks.current().filter(recent, checked_at__lte=until)
    begins, first = since, Check.objects.none()
    if oxygenator is not None:
        begins = min(since, oxygenator.use.installed_at)
        first = run.checks.current().filter(
            ~recent,
            checked_at__gte=begins,
            checked_at__lte=begins + FIRST_DAY_H * HOUR,
        )
    labs = _labs(run, begins - rules.hb_within_h * HOUR, until)
    return _Fetched(_charted(rows, cannulas), _charted(first, cannulas), labs, cannulas)


def _charted(rows: QuerySet[Check], cannulas: Sequence[Cannula]) -> list[Charted]:
    ordered = rows.order_by("checked_at", "entered_at")
    wanted = ordered.values("root_id", "checked_at", "trial", "document")
    return [_check(row, cannulas) for row in wanted]


def _check(row: Mapping[str, Any], cannulas: Sequence[Cannula]) -> Charted:
    body, when = row["document"], row["checked_at"]
    return Charted(
        source=str(row["root_id"]),
        at=when,
        values={**document.derived_of(body), **document.values_of(body)},
        looks={key: one.choice for key, one in document.looks_of(body, when).items()},
        mode=body["context"]["mode"],
        returns=tuple(_returns_at(cannulas, when)),
        is_trial=bool(row["trial"]),
    )


def _returns_at(cannulas: Sequence[Cannula], when: datetime) -> list[ArterialReturn]:
    return [
        ArterialReturn(one.site, one.side)
        for one in cannulas
        if one.purpose == CannulaPurpose.RETURN
        and one.site in ARTERIES
        and one.inserted_at <= when
        and (one.removed_at is None or one.removed_at > when)
    ]


def _labs(run: Run, since: datetime, until: datetime) -> Mapping[str, list[Observation]]:
    """Return arterial gases in mmHg and haemoglobins by analyte, without bounds and doubtful ones."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for one in firm_results([run.patient_id], [*GASES, HB], since):
        when = one.sample.collected_at
        if one.value is not None and when <= until and _is_usable(one):
            found[one.analyte].append(Observation(one.analyte, one.value, when, source_of(one)))
    return found


def _is_usable(one: Result) -> bool:
    is_plain = not one.comparator and not one.flags and one.unit == MEASURES[one.analyte].unit
    return is_plain and (one.analyte == HB or "arterial" in one.sample.site.casefold())


def _story(run: Run, fetched: _Fetched, parts: Sequence[Life], oxygenator: Life | None) -> Story:
    breaks = [one.use.installed_at for one in parts]
    breaks += [one.starts_at for one in segments_of(run)]
    for cannula in fetched.cannulas:
        breaks += [when for when in (cannula.inserted_at, cannula.removed_at) if when is not None]
    policy = oxygenator.policy.rules if oxygenator else ()
    return Story(
        checks=fetched.checks,
        gases=fetched.labs,
        breaks=breaks,
        oxygenator=oxygenator.evidence if oxygenator else None,
        resistance=next((one for one in policy if isinstance(one, ResistanceRule)), None),
    )


def _membrane(fetched: _Fetched, rules: TrendRules, oxygenator: Life | None) -> Sequence[Then]:
    if oxygenator is None:
        return ()
    checks = [*fetched.first_day, *fetched.checks]
    return performance(
        checks,
        oxygenator.use.installed_at,
        fetched.labs.get(HB, ()),
        hb_within_h=rules.hb_within_h,
    )
