"""What a referral waits for: due, reminded of, and an alert once it is late."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from alerts.actions import reconcile_alerts, set_dues
from alerts.models import Alert, Category, Due
from alerts.owed import Owed
from clinical.findings import Assessment, Finding, Severity
from clinical.lifecycle import State, referral_due
from episodes.policy import WAITS_FOR, referral_policy
from notifications.actions import Message, queue_notifications, withdraw_notifications
from patients.models import LogKind, Referral
from staffing.models import Duty
from staffing.queries import on_call
from web.times import clock

OWNERS = {"acknowledge": "coordinator", "re_review": "physician", "call_back": "coordinator"}
REMINDER_LIVES = timedelta(hours=6)


def reassess_referral(*, referral: Referral, at: datetime) -> None:
    """Say what a referral waits for, and make its alert true. The caller holds its lock."""
    policy = referral_policy(referral.unit.centre, at)
    item = referral_due(
        State(referral.state),
        since=referral.state_since,
        review_at=referral.review_at,
        was_called=referral.log.filter(
            kind=LogKind.CALL, happened_at__gt=referral.state_since
        ).exists(),
        waiting=policy.waiting,
    )
    dues = []
    if item is not None:
        kind = item.rule.removeprefix("referral.")
        dues = [Owed(kind, WAITS_FOR[kind], item, owner=OWNERS[kind], source=policy.source)]
    subject = str(referral.public_id)
    set_dues(
        unit=referral.unit, run=None, subject=subject, kinds=frozenset(WAITS_FOR), dues=dues, at=at
    )
    _remind(referral, at)
    reassess_lateness(referral=referral, at=at)


def reassess_lateness(*, referral: Referral, at: datetime) -> None:
    """Open an alert of the unit for what is late of a referral; close it when it is not.

    A patient elsewhere who waits for a decision is no paperwork; but nobody is paged by it: whoever
    is on call was told of the referral, and its owner was reminded.
    """
    subject = str(referral.public_id)
    late = Due.objects.open().filter(subject=subject, kind__in=WAITS_FOR, overdue_at__lt=at)
    called = clock(referral.called_at.astimezone(referral.unit.centre.tz))
    findings = tuple(
        Finding(
            f"referral.{due.kind}.overdue",
            Severity.WARNING,
            f"{due.label}: overdue, called in at {called}",
        )
        for due in late
    )
    reconcile_alerts(
        unit=referral.unit,
        run=None,
        assessment=Assessment(
            frozenset(f"referral.{kind}.overdue" for kind in WAITS_FOR), findings
        ),
        at=at,
        category=Category.SAFETY,
        subject=subject,
    )


def sweep(at: datetime) -> int:
    """Bring the alerts of late referrals up to date; return how many were looked at."""
    late = Due.objects.open().filter(kind__in=WAITS_FOR, run=None, overdue_at__lt=at)
    alerted = Alert.objects.open().filter(code__startswith="referral.")
    subjects = {*late.values_list("subject", flat=True), *alerted.values_list("subject", flat=True)}
    for pk in Referral.objects.filter(public_id__in=subjects).values_list("pk", flat=True):
        with transaction.atomic():
            reassess_lateness(referral=Referral.objects.locked(pk), at=at)
    return len(subjects)


def tell_of_call(*, referral: Referral, at: datetime) -> None:
    """Tell the physician on call of a new referral; nobody on that duty: whoever is on call."""
    unit = referral.unit
    people = list(on_call(unit, at, [Duty.PHYSICIAN])) or list(on_call(unit, at))
    since = clock(referral.called_at.astimezone(unit.centre.tz))
    text = f"{unit.code}: a referral since {since} waits to be taken on."
    queue_notifications(
        messages=[
            _message(referral, user, "new", f"New ECMO referral: {unit.code}", text)
            for user in people
        ],
        at=at,
    )


def tell_new_owner(*, referral: Referral, to: User, at: datetime) -> None:
    """Tell whoever a referral was handed over to."""
    text = f"{referral.unit.code}: a referral is yours now. Its clock runs on."
    moment = f"owner:{int(at.timestamp())}"
    subject = f"Referral handed to you: {referral.unit.code}"
    queue_notifications(messages=[_message(referral, to, moment, subject, text)], at=at)


def prefix_of(referral: Referral) -> str:
    """Return how the keys of all messages about a referral begin."""
    return f"referral:{referral.public_id}:"


def _remind(referral: Referral, at: datetime) -> None:
    """Owe the owner a reminder at the re-review; an earlier one for another time lapses."""
    withdraw_notifications(prefixes=[f"{prefix_of(referral)}review:"])
    review_at, owner = referral.review_at, referral.owner
    if referral.state != State.WATCH or review_at is None or owner is None or review_at <= at:
        return
    when = clock(review_at.astimezone(referral.unit.centre.tz))
    text = f"{referral.unit.code}: a watched patient is to be looked at again at {when}."
    # Set at `at`: the same time set twice is reminded of again, since the first was withdrawn.
    moment = f"review:{int(review_at.timestamp())}:{int(at.timestamp())}"
    subject = f"Re-review due: {referral.unit.code}"
    queue_notifications(
        messages=[_message(referral, owner, moment, subject, text)],
        at=at,
        not_before=review_at,
        expires_in=REMINDER_LIVES,
    )


def _message(referral: Referral, to: User, moment: str, subject: str, text: str) -> Message:
    return Message(
        to=to,
        subject=subject,
        text=text,
        key=f"{prefix_of(referral)}{moment}:{to.public_id}",
        link=referral.get_absolute_url(),
    )
