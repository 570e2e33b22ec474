"""Who is told next, while nobody has seen an alert."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts import tasks
from alerts.actions import (
    AlertIsClosed,
    acknowledge,
    escalate_unacknowledged,
    report_undelivered,
)
from alerts.escalation import DEFAULT_NAME, EscalationUnreadable, ladder_of, read_steps
from alerts.models import Acknowledgement, Alert, Category
from notifications.models import Notification, State
from staffing.models import Duty, Shift
from tests.alerts.test_reconcile import ADVISORY, CRITICAL, WARNING, finding, reconcile
from tests.factories import NOON, MembershipFactory, PersonFactory, ShiftFactory
from web.actions import approve_document, draft_document

MINUTE = timedelta(minutes=1)


@pytest.fixture
def everyone_on(unit, specialist, coordinator, perfusionist, physician):
    """One person on each duty."""
    duties = {
        Duty.BEDSIDE: specialist,
        Duty.COORDINATOR: coordinator,
        Duty.PERFUSION: perfusionist,
        Duty.PHYSICIAN: physician,
    }
    for duty, user in duties.items():
        ShiftFactory(person=PersonFactory(unit=unit, user=user), duty=duty)
    return duties


def told():
    return {message.to.username for message in Notification.objects.select_related("to")}


def test_unseen_the_alert_climbs_step_by_step(run, everyone_on):
    reconcile(run, finding())
    assert told() == {"sam"}

    escalate_unacknowledged(NOON + 29 * MINUTE)
    assert told() == {"sam"}

    escalate_unacknowledged(NOON + 30 * MINUTE)
    assert told() == {"sam", "cleo"}

    escalate_unacknowledged(NOON + 60 * MINUTE)
    assert told() == {"sam", "cleo", "pia", "fay"}


def test_a_second_sweep_tells_nobody_again(run, everyone_on):
    reconcile(run, finding())

    assert escalate_unacknowledged(NOON + 60 * MINUTE) == 3
    assert escalate_unacknowledged(NOON + 61 * MINUTE) == 0


def test_a_later_message_says_what_held(run, everyone_on, coordinator):
    reconcile(run, finding())
    escalate_unacknowledged(NOON + 31 * MINUTE)

    message = Notification.objects.get(to=coordinator)
    assert message.subject == "Not yet seen: Warning: bed 7, icu"
    assert "since 13:00" in message.text
    assert f"Step 2 of {DEFAULT_NAME}" in message.text


def test_seen_it_climbs_no_further(run, everyone_on, specialist):
    (alert,) = reconcile(run, finding())
    acknowledge(alert=alert, by=specialist, at=NOON + 5 * MINUTE)

    assert escalate_unacknowledged(NOON + 60 * MINUTE) == 0


def test_seen_as_a_warning_is_not_seen_as_critical(run, everyone_on, specialist):
    (alert,) = reconcile(run, finding())
    acknowledge(alert=alert, by=specialist, at=NOON + 5 * MINUTE)
    reconcile(run, finding(CRITICAL), at=NOON + 10 * MINUTE)

    assert escalate_unacknowledged(NOON + 39 * MINUTE) == 0
    assert escalate_unacknowledged(NOON + 40 * MINUTE) == 1


def test_getting_worse_again_must_be_seen_again(run, everyone_on, specialist):
    (alert,) = reconcile(run, finding(CRITICAL))
    acknowledge(alert=alert, by=specialist, at=NOON + MINUTE)
    reconcile(run, finding(WARNING), at=NOON + 2 * MINUTE)
    reconcile(run, finding(CRITICAL), at=NOON + 3 * MINUTE)

    assert escalate_unacknowledged(NOON + 33 * MINUTE) == 1


@pytest.mark.parametrize(
    ("severity", "category"),
    [(ADVISORY, Category.PHYSIOLOGY), (CRITICAL, Category.PAPERWORK)],
    ids=["advisory", "paperwork"],
)
def test_advisory_and_paperwork_never_climb(run, everyone_on, severity, category):
    reconcile(run, finding(severity), category=category)

    assert escalate_unacknowledged(NOON + 60 * MINUTE) == 0


def test_a_closed_alert_climbs_no_further(run, everyone_on):
    reconcile(run, finding())
    reconcile(run, at=NOON + MINUTE)

    assert escalate_unacknowledged(NOON + 60 * MINUTE) == 0


def test_the_statements_of_a_sweep_do_not_grow_with_the_alerts(run, everyone_on):
    codes = [f"measure{n}.low" for n in range(12)]
    reconcile(run, *[finding(code=code) for code in codes], judged=codes)

    with CaptureQueriesContext(connection) as asked:
        escalate_unacknowledged(NOON + 60 * MINUTE)

    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) <= 5


def test_a_site_has_its_own_steps(run, everyone_on, coordinator, director):
    body = {
        "steps": [
            {"after_min": 0, "duties": ["perfusion"]},
            {"after_min": 5, "duties": ["physician"]},
        ]
    }
    document = draft_document(
        centre=run.unit.centre, kind="escalation", body=body, by=coordinator, at=NOON
    )
    approve_document(document=document, valid_from=NOON, by=director, at=NOON)

    reconcile(run, finding())
    escalate_unacknowledged(NOON + 5 * MINUTE)

    assert told() == {"pia", "fay"}
    assert ladder_of(run.unit.centre, NOON).source == "escalation version 1"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no steps"),
        pytest.param({"steps": []}, id="empty"),
        pytest.param({"steps": [{"duties": ["bedside"]}]}, id="no time"),
        pytest.param({"steps": [{"after_min": "soon", "duties": []}]}, id="a word for a time"),
        pytest.param({"steps": [{"after_min": 5, "duties": ["bedside"]}]}, id="not at once"),
        pytest.param({"steps": [{"after_min": 0, "duties": ["porter"]}]}, id="unknown duty"),
        pytest.param(
            {"steps": [{"after_min": 0, "duties": []}, {"after_min": 0, "duties": []}]},
            id="two at once",
        ),
    ],
)
def test_steps_that_cannot_be_meant_are_refused(body):
    with pytest.raises(EscalationUnreadable):
        read_steps(body)


def test_a_second_tap_changes_nothing_and_a_note_is_kept(run, specialist):
    (alert,) = reconcile(run, finding())

    first = acknowledge(alert=alert, by=specialist, at=NOON)
    assert acknowledge(alert=alert, by=specialist, at=NOON + MINUTE) == first
    acknowledge(alert=alert, by=specialist, at=NOON + MINUTE, note="Line flushed")

    assert Acknowledgement.objects.count() == 2
    assert Alert.objects.open().exists()


def test_an_alert_that_is_gone_cannot_be_acknowledged(run, specialist):
    (alert,) = reconcile(run, finding())
    reconcile(run, at=NOON + MINUTE)

    with pytest.raises(AlertIsClosed):
        acknowledge(alert=alert, by=specialist, at=NOON + 2 * MINUTE)


def test_an_alert_of_the_unit_can_be_acknowledged(unit, specialist):
    alert = Alert.objects.create(
        unit=unit, subject="x", code="c", severity=2, message="m", opened_at=NOON
    )

    assert acknowledge(alert=alert, by=specialist, at=NOON).alert == alert


def failed_message(user, key="k"):
    return Notification.objects.create(
        to=user,
        key=key,
        subject="s",
        text="t",
        state=State.FAILED,
        error="The mail server answered 550 no such mailbox",
        queued_at=NOON,
        not_before=NOON,
        expires_at=NOON + 60 * MINUTE,
        claimed_at=NOON,
        message_id="<m@x>",
    )


def test_a_message_that_was_not_sent_becomes_an_alert_of_the_unit(unit, specialist):
    failed_message(specialist)
    failed_message(specialist, "k2")

    (alert,) = report_undelivered(NOON + MINUTE)
    assert report_undelivered(NOON + 2 * MINUTE) == []

    assert (alert.unit, alert.run, alert.category) == (unit, None, Category.SAFETY)
    assert "2 message(s) to Sam Specialist were not sent" in alert.message
    assert "550" in alert.message


def test_that_alert_closes_when_a_message_gets_through(unit, specialist):
    failed_message(specialist)
    report_undelivered(NOON)
    sent = failed_message(specialist, "k2")
    Notification.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=NOON + MINUTE)

    (alert,) = report_undelivered(NOON + 2 * MINUTE)

    assert alert.closed_at == NOON + 2 * MINUTE


def test_a_person_of_the_whole_centre_is_reported_in_its_first_unit(unit, coordinator):
    failed_message(coordinator)

    (alert,) = report_undelivered(NOON)

    assert alert.unit == unit


def test_a_person_who_works_nowhere_is_reported_nowhere(stranger, centre):
    failed_message(stranger)
    MembershipFactory(user=stranger, unit=None, centre=centre)

    assert report_undelivered(NOON) == []


def test_the_doorbell_escalates_and_reports(run, everyone_on, specialist):
    at = timezone.now()
    Shift.objects.update(ends_at=at + 60 * MINUTE)
    reconcile(run, finding(), at=at - 60 * MINUTE)
    failed = failed_message(specialist)
    Notification.objects.filter(pk=failed.pk).update(claimed_at=at)

    tasks.escalate()

    assert Notification.objects.filter(subject__startswith="Not yet seen").exists()
    assert Alert.objects.filter(category=Category.SAFETY).exists()
