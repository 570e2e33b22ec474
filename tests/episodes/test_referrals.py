"""A referral from the call to flow on: clocks, who is told, what is refused, what is owed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from rest_framework.exceptions import ValidationError

from accounts.permissions import Permission
from alerts.models import Alert, Due
from circuits.actions.support import start_support
from clinical.lifecycle import TRANSITIONS, State
from ecmo.site_data import KINDS
from episodes.actions.referrals import (
    NeedsPhysicians,
    StepElsewhere,
    UnknownReason,
    WatchedTooLong,
    hand_over,
    log_call,
    receive_referral,
    start_from_referral,
    step_referral,
    take_back,
)
from episodes.actions.waiting import sweep
from episodes.policy import months_later, referral_policy
from notifications.models import Notification
from notifications.models import State as Sent
from patients.actions.patient import correct_patient
from patients.actions.referral import (
    AnotherPatient,
    NobodyToHandOverTo,
    NoCallBack,
    change_referral,
    name_patient,
)
from patients.actions.run import SecondRunningRun
from patients.actions.steps import NothingToTakeBack, StepIncomplete, StepRefused
from patients.actions.times import InTheFuture
from patients.models import CallLogEntry, EpisodeStep, Referral
from tests.factories import NOON, PersonFactory, ShiftFactory

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DECLINE = {"reason": "too_well", "advice": "Prone, then call again."}
ACCEPT = {"physicians": "Fay Physician, Max Maple"}


@pytest.fixture
def referral(unit, coordinator, physician):
    """A call of noon, with the physician on call."""
    ShiftFactory(person=PersonFactory(unit=unit, user=physician), unit=unit, duty="physician")
    return receive_referral(
        unit=unit,
        call_back="+47 555 01 234",
        called_at=NOON,
        by=coordinator,
        at=NOON,
        weight_kg=Decimal(92),
    )


def goes(referral, by, *states, at=NOON, **last):
    """Take a referral through states; what the last one asks for is in `last`."""
    for state in states:
        given = last if state == states[-1] else {}
        step_referral(referral=referral, to=State(state), happened_at=at, by=by, at=at, **given)
    referral.refresh_from_db()
    return referral


def waits_for(referral):
    dues = Due.objects.open().filter(subject=str(referral.public_id))
    return dict(dues.values_list("kind", "due_at"))


def test_a_call_back_number_is_enough_the_clock_runs_and_the_physician_is_told(
    referral, physician, coordinator
):
    assert (referral.state, referral.owner) == ("referred", coordinator)
    assert waits_for(referral) == {"acknowledge": NOON + 10 * MINUTE}
    told = Notification.objects.get(to=physician)
    assert told.subject == "New ECMO referral: icu"
    assert "since 13:00" in told.text


def test_without_a_call_back_number_it_is_refused_with_what_to_do(unit, coordinator):
    with pytest.raises(NoCallBack, match="number to call back first"):
        receive_referral(unit=unit, call_back=" ", called_at=NOON, by=coordinator, at=NOON)
    with pytest.raises(InTheFuture):
        receive_referral(unit=unit, call_back="1", called_at=NOON + MINUTE, by=coordinator, at=NOON)


def test_what_is_told_later_is_added_and_the_number_cannot_be_emptied(referral, coordinator):
    change_referral(referral=referral, diagnosis="ARDS", by=coordinator, at=NOON)

    with pytest.raises(NoCallBack):
        change_referral(referral=referral, call_back="", by=coordinator, at=NOON)

    referral.refresh_from_db()
    assert (referral.diagnosis, referral.call_back) == ("ARDS", "+47 555 01 234")


def test_whoever_takes_it_on_owns_it(referral, physician):
    goes(referral, physician, "triage", at=NOON + 4 * MINUTE)

    assert referral.owner == physician
    assert waits_for(referral) == {}


def test_a_call_that_nobody_takes_on_is_an_alert_until_somebody_does(referral, physician):
    sweep(NOON + 10 * MINUTE)
    assert not Alert.objects.exists()
    sweep(NOON + 11 * MINUTE)
    alert = Alert.objects.open().get()
    goes(referral, physician, "triage", at=NOON + 12 * MINUTE)

    assert (alert.code, alert.category) == ("referral.acknowledge.overdue", "safety")
    assert not Alert.objects.open().exists()


def test_declining_needs_reason_and_advice_and_the_referrer_is_called_later(referral, physician):
    with pytest.raises(StepIncomplete, match="“Reason” and “Advice given”"):
        goes(referral, physician, "triage", "declined")
    with pytest.raises(UnknownReason, match="too_well"):
        goes(referral, physician, "declined", facts={**DECLINE, "reason": "hunch"})
    goes(referral, physician, "declined", facts=DECLINE)

    assert waits_for(referral) == {"call_back": NOON + 12 * HOUR}
    later = NOON + 13 * HOUR
    log_call(referral=referral, text="Better.", happened_at=later, by=physician, at=later)
    assert waits_for(referral) == {}


@pytest.mark.parametrize(
    ("hours", "refused"),
    [(0, "lie ahead"), (1 / 60, ""), (6, ""), (6.01, "within 6 h")],
)
def test_watching_has_a_time_to_look_again_within_the_sites_hours(
    referral, physician, hours, refused
):
    goes(referral, physician, "triage")
    review_at = NOON + hours * HOUR

    if refused:
        with pytest.raises(WatchedTooLong, match=refused):
            goes(referral, physician, "watch", review_at=review_at)
    else:
        goes(referral, physician, "watch", review_at=review_at)
        assert waits_for(referral) == {"re_review": review_at}


def test_a_re_review_is_reminded_of_and_an_alert_once_it_is_late(referral, physician):
    goes(referral, physician, "triage", "watch", review_at=NOON + 2 * HOUR)
    goes(referral, physician, "watch", review_at=NOON + 4 * HOUR)
    sweep(NOON + 4 * HOUR + MINUTE)

    reminders = Notification.objects.filter(key__contains=":review:")
    assert {(one.not_before, one.state) for one in reminders} == {
        (NOON + 2 * HOUR, Sent.EXPIRED),
        (NOON + 4 * HOUR, Sent.QUEUED),
    }
    assert Alert.objects.open().get().code == "referral.re_review.overdue"
    goes(referral, physician, "candidate", at=NOON + 5 * HOUR)
    assert not Alert.objects.open().exists()
    assert not reminders.filter(state=Sent.QUEUED).exists()


def test_accepting_takes_two_physicians_as_a_plan(referral, physician):
    goes(referral, physician, "triage", "candidate")

    with pytest.raises(NeedsPhysicians, match="takes 2 physicians"):
        goes(referral, physician, "accepted", facts={"physicians": "Fay Physician,"})
    goes(referral, physician, "accepted", facts=ACCEPT)

    assert referral.steps.first().facts == ACCEPT


def test_a_step_out_of_order_is_refused_with_what_can_follow(referral, physician):
    with pytest.raises(StepRefused, match="“In triage”, “On support” or “Died”"):
        goes(referral, physician, "accepted", facts=ACCEPT)
    with pytest.raises(StepElsewhere, match="flow on starts it"):
        goes(referral, physician, "supporting")
    with pytest.raises(InTheFuture):
        step_referral(
            referral=referral,
            to=State.TRIAGE,
            happened_at=NOON + MINUTE,
            by=physician,
            at=NOON,
        )


def test_a_declined_patient_is_referred_again(referral, physician):
    goes(referral, physician, "triage", "declined", facts=DECLINE)
    goes(referral, physician, "triage", facts={"reason": "pH 7.1 now"}, at=NOON + HOUR)

    assert (referral.is_open, referral.state_since) == (True, NOON + HOUR)
    assert waits_for(referral) == {}
    targets = list(referral.steps.values_list("target", flat=True))
    assert targets == ["triage", "declined", "triage", "referred"]


def test_a_step_that_was_an_error_is_taken_back_and_both_stay(referral, physician):
    goes(referral, physician, "triage", "watch", review_at=NOON + HOUR)
    goes(referral, physician, "declined", facts=DECLINE)

    take_back(referral=referral, by=physician, at=NOON + MINUTE, reason="another referral")

    referral.refresh_from_db()
    assert (referral.state, waits_for(referral)) == ("watch", {"re_review": NOON + HOUR})
    take_back(referral=referral, by=physician, at=NOON + MINUTE, reason="that too")
    referral.refresh_from_db()
    assert (referral.state, referral.review_at) == ("triage", None)
    assert referral.steps.count() == 6
    with pytest.raises(StepIncomplete):
        take_back(referral=referral, by=physician, at=NOON + MINUTE, reason=" ")


def test_the_call_itself_cannot_be_taken_back(referral, physician):
    with pytest.raises(NothingToTakeBack):
        take_back(referral=referral, by=physician, at=NOON, reason="no call")


def test_the_log_goes_with_the_referral_to_the_next_coordinator(
    referral, coordinator, physician, director
):
    log_call(referral=referral, text="Dr Q: worse.", happened_at=NOON, by=coordinator, at=NOON)
    goes(referral, coordinator, "triage", "watch", review_at=NOON + HOUR)

    hand_over(referral=referral, to=director, text="Gas at 14.", by=coordinator, at=NOON)

    referral.refresh_from_db()
    assert (referral.owner, referral.state_since) == (director, NOON)
    assert [entry.kind for entry in referral.log.all()] == ["handover", "call"]
    mine = Notification.objects.filter(to=director, state=Sent.QUEUED)
    assert {one.not_before for one in mine} == {NOON, NOON + HOUR}
    with pytest.raises(NobodyToHandOverTo):
        hand_over(referral=referral, to=director, text="Again.", by=coordinator, at=NOON)


def test_the_log_and_the_steps_are_written_once(referral, coordinator):
    log_call(referral=referral, text="Called.", happened_at=NOON, by=coordinator, at=NOON)

    for rows in (CallLogEntry.objects.all(), EpisodeStep.objects.all()):
        with pytest.raises(Exception, match=r"append_only|permission denied"), transaction.atomic():
            rows.update(entered_at=NOON - HOUR)


def test_the_database_refuses_a_watched_referral_without_a_time(referral):
    with pytest.raises(IntegrityError, match="watched_until_a_time"), transaction.atomic():
        Referral.objects.update(state="watch")


def test_the_patient_is_linked_by_number_and_a_slip_of_it_is_caught(referral, patient, coordinator):
    with pytest.raises(AnotherPatient, match="belongs to CANARY, Wren"):
        name_patient(referral=referral, mrn="M1", family_name="Finch", by=coordinator, at=NOON)

    name_patient(referral=referral, mrn=" M1", family_name="canary", by=coordinator, at=NOON)

    referral.refresh_from_db()
    assert referral.patient == patient


def test_a_new_number_admits_the_patient(referral, coordinator):
    name_patient(referral=referral, mrn="M2", family_name="Finch", by=coordinator, at=NOON)

    referral.refresh_from_db()
    assert (referral.patient.mrn, referral.patient.unit) == ("M2", referral.unit)


def test_flow_on_from_an_unnamed_referral_links_everything_in_one_tap(referral, specialist):
    change_referral(referral=referral, had_arrest=True, by=specialist, at=NOON)

    run = start_from_referral(
        referral=referral, started_at=NOON + 5 * MINUTE, by=specialist, at=NOON + 6 * MINUTE
    )

    referral.refresh_from_db()
    assert (referral.state, referral.run, referral.patient) == ("supporting", run, run.patient)
    assert str(run.patient) == "UNKNOWN, ECPR 13:05"
    assert waits_for(referral) == {}
    assert run.weights.get().basis == "estimated"
    assert run.steps.get() == referral.steps.first()
    owed = set(run.dues.open().values_list("kind", flat=True))
    assert {"identity", "mode", "check"} <= owed
    with pytest.raises(SecondRunningRun, match="already on ECMO"):
        start_from_referral(referral=referral, started_at=NOON, by=specialist, at=NOON + HOUR)


def test_an_unknown_patient_is_named_later_and_nothing_is_lost(referral, specialist):
    run = start_from_referral(referral=referral, started_at=NOON, by=specialist, at=NOON)

    correct_patient(
        patient=run.patient, mrn="M7", family_name="Finch", by=specialist, at=NOON, reason="found"
    )

    run.patient.refresh_from_db()
    assert (run.patient.is_identity_known, run.patient.runs.get()) == (True, run)


def test_flow_on_of_a_named_patient_closes_the_referral_by_itself(
    referral, patient, coordinator, specialist
):
    name_patient(referral=referral, mrn="M1", family_name="Canary", by=coordinator, at=NOON)

    run = start_support(patient=patient, unit=patient.unit, started_at=NOON, by=specialist, at=NOON)

    referral.refresh_from_db()
    assert (referral.run, referral.state) == (run, "supporting")


def test_whoever_dies_before_flow_on_is_reminded_of_no_more(referral, physician):
    goes(referral, physician, "triage", "watch", review_at=NOON + HOUR)
    goes(referral, physician, "died")

    assert (referral.is_open, waits_for(referral)) == (False, {})
    assert not Notification.objects.filter(state=Sent.QUEUED).exists()


def test_the_table_asks_for_permissions_that_exist():
    assert {step.who for step in TRANSITIONS} <= set(Permission)


def test_a_site_without_a_policy_has_the_default_marked_so(centre):
    assert referral_policy(centre, NOON).source.startswith("product default")


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 1, 31), 1, (2026, 2, 28)),
        ((2027, 8, 31), 6, (2028, 2, 29)),
        ((2026, 6, 15), 6, (2026, 12, 15)),
        ((2026, 12, 1), 12, (2027, 12, 1)),
    ],
)
def test_some_months_on_is_the_same_day_or_the_last_of_a_shorter_month(day, months, later):
    assert months_later(date(*day), months) == date(*later)


@pytest.mark.parametrize(
    ("body", "is_taken"),
    [
        ({"acknowledge_min": 5}, True),
        ({"call_back_h": [12, 24], "follow_up_months": [3]}, True),
        ({"call_back_h": [24, 12]}, False),
        ({"decline_reasons": []}, False),
        ({"longest_watch_h": "6"}, False),
    ],
)
def test_a_sites_policy_is_read_before_it_can_hold(body, is_taken):
    if is_taken:
        KINDS["referral_policy"](body)
    else:
        with pytest.raises(ValidationError):
            KINDS["referral_policy"](body)
