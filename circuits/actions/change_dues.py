"""Whom a planned change is owed by and when, and who is told of it. No patient data leaves."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.models import Centre, User
from alerts.actions import set_dues
from alerts.actions.telling import place_of
from alerts.owed import Owed
from circuits.models import ChangeState, ComponentKind, PlannedChange
from circuits.schedule import ScheduleRules, schedule_rules
from clinical.due import Due
from clinical.signals import Urgency
from notifications.actions import Message, queue_notifications
from staffing.models import Duty
from staffing.queries import on_call
from web.times import clinical_time

CHANGE = "change"
PRESSING = frozenset({Urgency.URGENT, Urgency.EMERGENT})
TEAM = (Duty.PERFUSION.value, Duty.PHYSICIAN.value)
LEAD = (Duty.COORDINATOR.value,)


def set_change_due(*, change: PlannedChange, at: datetime) -> None:
    """Let what is due agree with a planned change. The caller holds the lock."""
    rules = schedule_rules(change.unit.centre, at)
    is_settled = change.state == ChangeState.PLANNED
    what = parts_text(change)
    item = Due(
        rule="change.planned" if is_settled else "change.unsettled",
        anchor=change.planned_at,
        due_at=change.starts_at,
        warn_at=change.starts_at - timedelta(hours=max(rules.remind_h, default=0)),
        overdue_at=change.ends_at,
        why=f"{change.get_urgency_display()} change: {change.why}",
        inputs={"change": str(change.public_id)},
    )
    label = f"Change of the {what}" if is_settled else f"Plan the change of the {what} again"
    _set(change, [Owed(CHANGE, label, item, owner="perfusionist", source=rules.source)], at)


def clear_change_due(*, change: PlannedChange, at: datetime) -> None:
    """Let nothing be due of a change that is closed. The caller holds the lock."""
    _set(change, [], at)


def tell_owner(*, change: PlannedChange, by: User, at: datetime) -> None:
    """Tell who owns a change of it, unless they did it themselves."""
    if change.owner_id != by.pk:
        moment = int(at.timestamp())
        _tell(change, [change.owner], f"told:{moment}", "You own a planned change", at)


def tell_team(*, change: PlannedChange, at: datetime) -> None:
    """Tell who is on call at once of a change that cannot wait for the day."""
    if change.urgency in PRESSING:
        people = on_call(change.unit, at, TEAM)
        _tell(change, people, "team", f"{change.get_urgency_display()} change", at)


@transaction.atomic
def remind_of_changes(at: datetime) -> int:
    """Remind owners before a slot, and others once it is missed; return how many changes came up.

    Safe to repeat: each message is owed once for a slot and a person. A missed change that can
    wait is told of by day only, and nobody is woken for it.
    """
    rows = PlannedChange.objects.open().select_related("owner", "run__unit__centre", "run__patient")
    rules: dict[Centre, ScheduleRules] = {}
    reminded = 0
    for change in rows.prefetch_related("parts__use"):
        centre = change.unit.centre
        held = rules.get(centre) or rules.setdefault(centre, schedule_rules(centre, at))
        reminded += _remind(change, held, at)
    return reminded


def parts_text(change: PlannedChange) -> str:
    """The kinds of components of a change: oxygenator and pump head."""
    kinds = dict.fromkeys(part.use.kind for part in change.parts.all())
    return " and ".join(str(ComponentKind(kind).label).lower() for kind in kinds)


def _remind(change: PlannedChange, rules: ScheduleRules, at: datetime) -> bool:
    if at >= change.ends_at:
        is_day = rules.slots.daytime.covers(at, change.unit.centre.tz)
        if change.urgency not in PRESSING and not is_day:
            return False
        people = [change.owner, *on_call(change.unit, at, LEAD)]
        _tell(change, people, "missed", "Planned change not made", at)
        return True
    begun = [h for h in rules.remind_h if change.starts_at - timedelta(hours=h) <= at]
    if not begun or at >= change.starts_at:
        return False
    _tell(change, [change.owner], f"before:{min(begun):g}", "Planned change", at)
    return True


def _tell(
    change: PlannedChange, people: Iterable[User], step: str, what: str, at: datetime
) -> None:
    begins = clinical_time(change.starts_at.astimezone(change.unit.centre.tz))
    place = place_of(change.unit, change.run)
    moment = int(change.starts_at.timestamp())
    messages = [
        Message(
            to=user,
            subject=f"{what}: {place}",
            text=f"{place}: {parts_text(change)}, {begins}. {change.get_state_display()}.",
            key=f"change:{change.public_id}:{moment}:{step}:{user.public_id}",
            link=reverse("circuits:change-detail", args=[change.public_id]),
        )
        for user in dict.fromkeys(people)
    ]
    queue_notifications(messages=messages, at=at)


def _set(change: PlannedChange, dues: Collection[Owed], at: datetime) -> None:
    set_dues(
        unit=change.unit,
        run=change.run,
        subject=str(change.public_id),
        kinds=frozenset({CHANGE}),
        dues=dues,
        at=at,
    )
