"""All trend rules together: what they find by the newest readings, and what they found before.

Source: bedside reference 1.3, "Trend rules". They are shown where the site has signed for them, and
decide nothing: no alert, no order and no task comes of a pattern.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from clinical.charted import Charted, Kind, NotJudged, Outcome, Pattern, TrendRules
from clinical.check import FDO2, SWEEP
from clinical.circuit import Observation
from clinical.creep import PACO2, PAO2, chatter, gas_creep, resistance_rise, speed_creep
from clinical.flow_fall import flow_fall
from clinical.instants import utc
from clinical.right_hand import right_hand
from clinical.signal_rules import ResistanceRule
from clinical.signals import Evidence


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of a run: its checks, the patient's gases by analyte, the oxygenator in place.

    `breaks` are times at which circuit, cannulas or mode changed.
    """

    checks: Sequence[Charted]
    gases: Mapping[str, Sequence[Observation]] = field(default_factory=dict)
    breaks: Sequence[datetime] = ()
    oxygenator: Evidence | None = None
    resistance: ResistanceRule | None = None

    def until(self, at: datetime) -> "Story":
        """Return what had been read and collected by then."""
        oxygenator = self.oxygenator
        if oxygenator is not None:
            checks = [one for one in oxygenator.checks if utc(one.checked_at) <= utc(at)]
            is_in = utc(oxygenator.installed_at) <= utc(at)
            oxygenator = replace(oxygenator, checks=checks) if is_in else None
        gases = {
            analyte: [one for one in series if utc(one.measured_at) <= utc(at)]
            for analyte, series in self.gases.items()
        }
        checks_read = [one for one in self.checks if utc(one.at) <= utc(at)]
        return replace(self, checks=checks_read, gases=gases, oxygenator=oxygenator)


@dataclass(frozen=True, slots=True)
class Patterns:
    """What fired by the newest readings, and which rules could not be asked."""

    found: tuple[Pattern, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()


def patterns(story: Story, rules: TrendRules) -> Patterns:
    """Ask every rule by the newest readings."""
    outcomes = list(_ask(story, rules))
    return Patterns(
        tuple(one for one in outcomes if isinstance(one, Pattern)),
        tuple(one for one in outcomes if isinstance(one, NotJudged)),
    )


def past_patterns(story: Story, rules: TrendRules, since: datetime) -> list[Pattern]:
    """Return what fired after each check since a time, oldest first.

    Each unbroken stretch of one rule counts once, as it stood when it began.
    """
    found: list[Pattern] = []
    standing: frozenset[Kind] = frozenset()
    for check in sorted(story.checks, key=lambda one: utc(one.at)):
        if utc(check.at) < utc(since):
            continue
        fired = patterns(story.until(check.at), rules).found
        found += [one for one in fired if one.kind not in standing]
        standing = frozenset(one.kind for one in fired)
    return found


def _ask(story: Story, rules: TrendRules) -> Iterator[Outcome]:
    yield flow_fall(story.checks, rules, story.breaks)
    yield speed_creep(story.checks, rules, story.breaks)
    if story.oxygenator is None or story.resistance is None:
        yield NotJudged(Kind.RESISTANCE, "no oxygenator with a rule for it is on record")
    else:
        yield resistance_rise(story.oxygenator, story.resistance)
    yield gas_creep(story.checks, story.gases.get(PAO2, ()), FDO2, rules)
    yield gas_creep(story.checks, story.gases.get(PACO2, ()), SWEEP, rules)
    yield chatter(story.checks, rules)
    yield right_hand(story.checks, rules)
