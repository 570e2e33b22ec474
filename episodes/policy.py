"""How the site handles referrals and follow-up: data of the site, versioned.

The numbers of the default are those of bedside reference 5.1; the reasons and the months of
follow-up are starting points. A site replaces all of it.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Centre
from circuits.policies import policy
from clinical.lifecycle import Waiting

REFERRAL_POLICY = "referral_policy"
WAITS_FOR = {
    "acknowledge": "Take on the referral",
    "re_review": "Look at the watched patient again",
    "call_back": "Call the referrer of the declined patient",
}
"""What a referral may wait for, in words, by the kind of what is due."""
DEFAULT_BODY: dict[str, Any] = {
    "acknowledge_min": 10,
    "longest_watch_h": 6,
    "call_back_h": [12, 24],
    "accepting_physicians": 2,
    "decline_reasons": [
        {"code": "too_well", "label": "Conventional treatment not exhausted"},
        {"code": "unrecoverable", "label": "Unrecoverable disease"},
        {"code": "no_exit", "label": "No way off ECMO: recovery, device or transplant"},
        {"code": "intracranial_bleeding", "label": "Intracranial bleeding"},
        {"code": "ventilated_too_long", "label": "Ventilated too long"},
        {"code": "arrest", "label": "Arrest: unwitnessed or too long"},
        {"code": "wishes", "label": "Wishes of the patient, goals of care"},
        {"code": "capacity", "label": "No bed, team or circuit"},
        {"code": "not_needed", "label": "Better, or taken elsewhere"},
        {"code": "other", "label": "Other, see the advice"},
    ],
    "follow_up_months": [6, 12],
}


@dataclass(frozen=True, slots=True)
class ReferralPolicy:
    """What holds in a centre, and the version that it comes from."""

    waiting: Waiting
    longest_watch_h: float
    accepting_physicians: int
    decline_reasons: Mapping[str, str]
    follow_up_months: tuple[int, ...]
    source: str


def referral_policy(centre: Centre, at: datetime) -> ReferralPolicy:
    """Return the policy in force in `centre` at `at`. One statement."""
    found = policy(centre, REFERRAL_POLICY, at, DEFAULT_BODY)
    body = {**DEFAULT_BODY, **found.body}
    return ReferralPolicy(
        waiting=Waiting(float(body["acknowledge_min"]), *map(float, body["call_back_h"])),
        longest_watch_h=float(body["longest_watch_h"]),
        accepting_physicians=body["accepting_physicians"],
        decline_reasons={row["code"]: row["label"] for row in body["decline_reasons"]},
        follow_up_months=tuple(body["follow_up_months"]),
        source=found.source,
    )


def months_later(day: date, months: int) -> date:
    """Return the same day some months on, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
