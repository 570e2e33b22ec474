"""What a change of mode brings: the timeline that results, and the limits that follow the mode."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinical.age import AgeGroup, age_group
from clinical.limits import Limit, starting_limits
from patients.models import Mode, ModeSegment, Run, RunLimit
from patients.queries import KINDS, span_of

DEFAULT_SOURCE = "product default, to be replaced by the site's own"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A mode from a time until a time; `is_new` is the one that is being entered."""

    label: str
    starts_at: datetime
    ends_at: datetime | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A limit of the product that follows the mode: the row that holds, and what comes after it."""

    now: RunLimit | None
    then: Limit


def timeline_after(
    run: Run, segments: Sequence[ModeSegment], mode: str, starts_at: datetime
) -> list[Stretch]:
    """Return the modes of a run as they will stand once `mode` is entered from `starts_at`."""
    before = [one for one in segments if one.starts_at < starts_at]
    later = [one for one in segments if one.starts_at > starts_at]
    until = later[0].starts_at if later else run.ended_at
    return [
        *(
            Stretch(
                str(one),
                one.starts_at,
                starts_at if one is before[-1] and _reaches(one, starts_at) else one.ends_at,
            )
            for one in before
        ),
        Stretch(Mode(mode).label, starts_at, until, is_new=True),
        *(Stretch(str(one), one.starts_at, one.ends_at) for one in later),
    ]


def last_conversion(run: Run) -> ModeSegment | None:
    """Return the conversion that became known last, unless limits were confirmed since (2 statements).

    The first mode that is entered is none: nothing was set for another mode before.
    """
    known = [one for one in run.modes.order_by("starts_at") if one.mode != Mode.UNKNOWN]
    turns = [new for old, new in itertools.pairwise(known) if new.mode != old.mode]
    newest = max(turns, key=lambda one: one.entered_at, default=None)
    if newest is None:
        return None
    is_seen = run.limit_confirmations.filter(confirmed_at__gte=newest.entered_at).exists()
    return None if is_seen else newest


def default_group(run: Run) -> tuple[AgeGroup, str]:
    """Return whose defaults a run starts with, and how its limits say so."""
    if run.patient.born_at is None:
        return AgeGroup.ADULT, f"{DEFAULT_SOURCE} (age not known: adult)"
    group = age_group(run.patient.born_at, run.started_at, run.unit.centre.tz)
    return group, f"{DEFAULT_SOURCE} ({group.value})"


def limits_following(run: Run, mode: str) -> list[LimitChange]:
    """Return the product's own limits that differ in `mode`; what people set is not among them."""
    rows = {row.measure: row for row in run.limits.filter(superseded_at=None, valid_to=None)}
    group, _ = default_group(run)
    return [
        LimitChange(rows.get(limit.measure), limit)
        for limit in starting_limits(group, mode)
        if _follows(rows.get(limit.measure), limit)
    ]


def is_unbounded(limit: Limit) -> bool:
    """Whether a limit says nothing."""
    return all(getattr(limit, kind).is_open for kind in KINDS)


def _follows(row: RunLimit | None, limit: Limit) -> bool:
    if row is None:
        return False
    if not row.source.startswith(DEFAULT_SOURCE):
        return False
    return any(span_of(row, kind) != getattr(limit, kind) for kind in KINDS)


def _reaches(segment: ModeSegment, when: datetime) -> bool:
    return segment.ends_at is None or segment.ends_at > when
