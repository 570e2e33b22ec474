"""Tell people of an alert, without a word that could identify the patient."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse

from accounts.models import Unit, User
from alerts.escalation import Step, ladder_of
from alerts.models import Alert, Category
from clinical.findings import Severity
from notifications.actions import Message, queue_notifications
from patients.models import Run
from staffing.queries import on_call_in
from web.times import clock


def is_told(alert: Alert) -> bool:
    """Say whether anybody is told: physiology from a warning upwards. Paperwork wakes nobody."""
    return alert.category == Category.PHYSIOLOGY and alert.severity >= Severity.WARNING


def tell_first(alerts: Iterable[Alert], *, unit: Unit, run: Run | None, at: datetime) -> None:
    """Tell the first step's duties at once; if none of them is on, whoever is on call."""
    told = [alert for alert in alerts if is_told(alert)]
    if not told:
        return
    on_duty = on_call_in([unit.pk], at).get(unit.pk, [])
    people = on_step(on_duty, ladder_of(unit.centre, at).steps[0])
    messages = [
        Message(
            to=user,
            subject=subject_of(alert, unit, run),
            text=f"{place_of(unit, run)}: {word_of(alert)} since {_clock(alert.opened_at, unit)}.",
            key=key_of(alert, at, user),
            link=link_of(unit),
        )
        for alert in told
        for user in people
    ]
    queue_notifications(messages=messages, at=at)


def next_step(
    alert: Alert, step: Step, people: Sequence[User], *, since: datetime, source: str
) -> list[Message]:
    """Messages of a later step, which say what held: how long unseen, which step of what."""
    unit, run = alert.unit, alert.run
    waited = int(step.after.total_seconds() // 60)
    return [
        Message(
            to=user,
            subject=f"Not yet seen: {subject_of(alert, unit, run)}",
            text=(
                f"{place_of(unit, run)}: {word_of(alert)} since {_clock(since, unit)}, seen by "
                f"nobody for {waited} min. Step {step.number + 1} of {source}."
            ),
            key=key_of(alert, since, user, step.number),
            link=link_of(unit),
        )
        for user in people
    ]


def on_step(on_duty: Sequence[tuple[str, User]], step: Step) -> list[User]:
    """The people of a step's duties, or everybody on call if those duties are not filled."""
    wanted = [user for duty, user in on_duty if duty in step.duties]
    return list(dict.fromkeys(wanted or [user for _, user in on_duty]))


def key_of(alert: Alert, told_at: datetime, user: User, step: int = 0) -> str:
    """Owed once per alert, severity, moment of getting so bad, step and person."""
    moment = int(told_at.timestamp())
    return f"alert:{alert.public_id}:{alert.severity}:{moment}:{step}:{user.public_id}"


def subject_of(alert: Alert, unit: Unit, run: Run | None) -> str:
    """The subject line: severity and place."""
    return f"{word_of(alert)}: {place_of(unit, run)}"


def place_of(unit: Unit, run: Run | None) -> str:
    """Bed and unit code: all that leaves the house."""
    bed = run.patient.bed if run is not None else ""
    return f"bed {bed}, {unit.code}" if bed else unit.code


def word_of(alert: Alert) -> str:
    """The severity in a word."""
    return Severity(alert.severity).name.capitalize()


def link_of(unit: Unit) -> str:
    """The page with the detail, behind the login."""
    return f"{reverse('alerts:alert-list')}?unit={unit.public_id}"


def _clock(moment: datetime, unit: Unit) -> str:
    return clock(moment.astimezone(unit.centre.tz))
