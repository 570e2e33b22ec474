"""Tell the next person of an alert that nobody has seen."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Centre, User
from alerts.actions.telling import next_step, on_step
from alerts.escalation import Ladder, ladder_of
from alerts.queries import Unseen, unseen
from notifications.actions import Message, queue_notifications
from staffing.queries import on_call_in


@transaction.atomic
def escalate_unacknowledged(at: datetime) -> int:
    """Queue each step that has come for each unseen alert; return how many messages are new.

    Safe to repeat: a message is owed once per alert, severity, step and person.
    """
    alerts = unseen(at)
    on_duty = on_call_in({row.alert.unit_id for row in alerts}, at)
    ladders: dict[Centre, Ladder] = {}
    messages: list[Message] = []
    for row in alerts:
        centre = row.alert.unit.centre
        ladder = ladders.get(centre) or ladders.setdefault(centre, ladder_of(centre, at))
        messages += _come_due(row, ladder, on_duty.get(row.alert.unit_id, []), at)
    return len(queue_notifications(messages=messages, at=at))


def _come_due(
    row: Unseen, ladder: Ladder, on_duty: Sequence[tuple[str, User]], at: datetime
) -> list[Message]:
    return [
        message
        for step in ladder.steps[1:]
        if row.told_at + step.after <= at
        for message in next_step(
            row.alert, step, on_step(on_duty, step), since=row.told_at, source=ladder.source
        )
    ]
