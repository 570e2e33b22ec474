"""When a component falls due for review, and how a review is put off.

Source: reference cases, "Review clock" and "Deferral". Hours that are reached call for a
review, never for a change: only signals propose a change (`clinical.oxygenator`). The local
policy alone counts; the hours on the label move nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clinical.instants import after, elapsed, utc

SET_POLICY = "circuit_set"
LONGEST_DEFERRAL = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Part:
    """A component as installed in a run; parts of one `exchange_group` are changed together."""

    id: str
    type: str
    installed_at: datetime
    removed_at: datetime | None = None
    exchange_group: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """After how many hours the site reviews a type of part, and when it warns beforehand."""

    policy_hours: float
    warn_pct: float
    label_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Deferral:
    """Someone put a review off, at `deferred_at`, until `next_review_at`."""

    part_id: str
    deferred_at: datetime
    next_review_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewClock:
    """From when a part's hours count, when the review is warned of and due, and the next one."""

    clock_from: datetime
    review_warn_at: datetime
    review_due_at: datetime
    next_review_at: datetime


class DeferralFault(StrEnum):
    """Why a deferral is refused."""

    NOT_AFTER = "not_after"
    MORE_THAN_24_H = "more_than_24_h"


def deferral_fault(deferral: Deferral) -> DeferralFault | None:
    """Return why a deferral is refused, None if it is accepted.

    The next review must be later than the deferral and at most 24 hours after it.
    """
    span = elapsed(deferral.deferred_at, deferral.next_review_at)
    if span <= timedelta(0):
        return DeferralFault.NOT_AFTER
    return DeferralFault.MORE_THAN_24_H if span > LONGEST_DEFERRAL else None


def review_clock(
    part: Part,
    parts: Iterable[Part],
    policies: Mapping[str, ReviewPolicy],
    deferrals: Iterable[Deferral] = (),
) -> ReviewClock | None:
    """Return the clock of a part, None if its type (or the set) has no policy.

    Parts of one exchange group share a clock: it starts at the earliest installation, follows
    the policy of the set, and a deferral for one of them holds for all.
    """
    group = exchange_group(part, parts)
    policy = policies.get(SET_POLICY if part.exchange_group else part.type)
    if policy is None:
        return None
    clock_from = min((one.installed_at for one in group), key=utc)
    due_at = after(clock_from, hours=policy.policy_hours)
    return ReviewClock(
        clock_from=clock_from,
        review_warn_at=after(clock_from, hours=policy.policy_hours * policy.warn_pct / 100),
        review_due_at=due_at,
        next_review_at=_next_review(group, deferrals) or due_at,
    )


def exchange_group(part: Part, parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts that are exchanged together with this one, itself included."""
    if part.exchange_group is None:
        return (part,)
    others = (one for one in parts if one.exchange_group == part.exchange_group)
    return (part, *(one for one in others if one.id != part.id))


def _next_review(group: Iterable[Part], deferrals: Iterable[Deferral]) -> datetime | None:
    ids = {part.id for part in group}
    accepted = (one for one in deferrals if one.part_id in ids and deferral_fault(one) is None)
    last = max(accepted, key=lambda one: utc(one.deferred_at), default=None)
    return last.next_review_at if last else None
