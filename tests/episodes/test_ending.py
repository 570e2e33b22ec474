"""How an episode ends: withdrawal, death with the clamp apart, the hold, follow-up."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts.models import Alert, AlertChange, Due
from circuits.actions.holds import NotHeld, release_circuits
from circuits.actions.support import decannulate, record_cannula, start_support
from clinical.lifecycle import State
from episodes.actions.ending import (
    record_death,
    record_end_of_life,
    record_withdrawal,
    take_back_death,
)
from episodes.actions.follow_up import SeenAlready, SeenLater, record_visit
from episodes.actions.steps import step_run
from notifications.actions import queue_notification
from notifications.models import Notification
from patients.actions.steps import NothingToTakeBack, StepRefused
from patients.actions.times import InTheFuture
from patients.episode import follow_up_list, followed, lifecycle_of, state_of
from patients.models import EndOfLife, FollowUpVisit, Outcome
from tests.factories import NOON
from tests.scenarios import running_vv, with_circuit

HOUR = timedelta(hours=1)


@pytest.fixture
def on(patient, specialist):
    """A patient on V-V for two days, with a circuit and a cannula."""
    run = running_vv(patient, specialist)
    with_circuit(run, specialist)
    record_cannula(
        run=run,
        inserted_at=run.started_at,
        by=specialist,
        at=run.started_at,
        purpose="both",
        site="internal_jugular_v",
        side="R",
        size_fr=31,
    )
    return run


def off(run, by, at=NOON):
    decannulate(run=run, ended_at=at, by=by, at=at, end_reason="expected_recovery")
    run.refresh_from_db()
    return run


def steps_to(run, by, *states, at=NOON):
    for state in states:
        facts = {"reason": "followed elsewhere"} if state == "closed" else {}
        step_run(run=run, to=State(state), happened_at=at, facts=facts, by=by, at=at)
    run.refresh_from_db()
    return run


def test_death_stops_every_reminder_and_closes_alerts_with_the_reason(on, specialist, physician):
    alert = Alert.objects.create(
        unit=on.unit, run=on, code="p_drainage.low", severity=3, message="low", opened_at=NOON
    )
    queue_notification(
        to=specialist, subject="Bed 7", text="x", key=f"alert:{alert.public_id}:3", at=NOON
    )

    record_death(
        run=on,
        died_at=NOON - HOUR,
        clamped_at=NOON - 2 * HOUR,
        coroner="hold",
        coroner_note="C-12",
        by=physician,
        at=NOON,
    )

    on.refresh_from_db()
    outcome = Outcome.objects.get(run=on)
    assert (on.ended_at, outcome.died_at) == (NOON - 2 * HOUR, NOON - HOUR)
    assert (on.end_reason, outcome.discharged_alive) == ("death_or_poor_prognosis", False)
    assert state_of(on) is State.DIED
    assert not Due.objects.open().exists()
    assert not Alert.objects.open().exists()
    assert AlertChange.objects.get(change="closed", alert=alert).run_ended
    assert not Notification.objects.filter(state="queued").exists()
    assert on.holds.get(released_at=None).reason == "Coroner: C-12"
    assert on.end_of_life.open_questions == [
        "Has the donation team been asked?",
        "Who cares for the family?",
    ]


def test_nothing_is_owed_of_the_dead_whatever_is_charted_later(on, specialist, physician):
    record_death(run=on, died_at=NOON, clamped_at=NOON, by=physician, at=NOON)

    record_cannula(
        run=on, inserted_at=NOON - HOUR, by=specialist, at=NOON, purpose="vent", site="other"
    )

    assert not Due.objects.open().exists()


def test_flow_may_go_on_after_death_and_so_do_its_checks(on, physician):
    record_death(run=on, died_at=NOON - HOUR, donation="consented", by=physician, at=NOON)

    on.refresh_from_db()
    assert (on.is_running, state_of(on)) == (True, State.DIED)
    assert Due.objects.open().filter(run=on, kind="check").exists()
    off(on, physician)
    assert state_of(on) is State.DIED
    assert not Due.objects.open().exists()


def test_death_lies_in_the_past(on, physician):
    with pytest.raises(InTheFuture):
        record_death(run=on, died_at=NOON + HOUR, by=physician, at=NOON)

    assert state_of(on) is State.SUPPORTING


def test_withdrawal_keeps_the_decision_and_flow_goes_off_in_its_own_time(on, physician):
    record_withdrawal(
        run=on,
        happened_at=NOON - HOUR,
        decision="No way off.",
        decided_by="Fay, Max",
        by=physician,
        at=NOON,
    )

    kept = EndOfLife.objects.get(run=on)
    assert (kept.decided_at, kept.decided_by) == (NOON - HOUR, "Fay, Max")
    off(on, physician)
    assert state_of(on) is State.WITHDRAWN


def test_a_death_that_was_an_error_is_taken_back_and_leaves_the_outcome(on, physician):
    record_death(run=on, died_at=NOON, by=physician, at=NOON)

    take_back_death(run=on, by=physician, at=NOON, reason="another bed")

    assert state_of(on) is State.SUPPORTING
    assert Outcome.objects.get(run=on).died_at is None
    with pytest.raises(NothingToTakeBack):
        take_back_death(run=on, by=physician, at=NOON, reason="flow on too")


def test_a_held_circuit_is_released_with_who_and_why(on, physician):
    record_end_of_life(run=on, coroner="hold", by=physician, at=NOON)
    record_end_of_life(run=on, coroner="hold", donation="declined", by=physician, at=NOON)

    release_circuits(run=on, by=physician, at=NOON, reason="Coroner's officer by phone")

    hold = on.holds.get()
    assert (hold.released_by, hold.reason) == (physician, "Coroner")
    with pytest.raises(NotHeld):
        release_circuits(run=on, by=physician, at=NOON, reason="again")


def test_flow_off_leaves_cannulas_in_until_all_are_out(on, specialist):
    off(on, specialist, NOON - 2 * HOUR)
    before = state_of(on)

    steps_to(on, specialist, "post_ecls")

    assert before is State.OFF_SUPPORT_CANNULATED
    assert state_of(on) is State.POST_ECLS
    assert on.cannulas.get().removed_at == NOON


def test_a_device_instead_of_ecmo_is_a_conversion(on, specialist):
    decannulate(run=on, ended_at=NOON, by=specialist, at=NOON, end_reason="vad")

    on.refresh_from_db()
    assert state_of(on) is State.CONVERTED


def test_follow_up_plans_the_sites_months_and_is_due_on_its_day(on, specialist, coordinator):
    steps_to(off(on, specialist), specialist, "post_ecls", "followup")

    visits = list(on.visits.all())
    assert [visit.planned_on for visit in visits] == [date(2026, 9, 2), date(2027, 3, 2)]
    assert Due.objects.open().filter(kind="follow_up").count() == 2
    (row,) = followed(follow_up_list(coordinator, NOON))
    assert (row.state, row.next, row.last) == ("In follow-up", visits[0], None)


def test_a_visit_is_seen_once_and_never_ahead_of_its_day(on, specialist):
    steps_to(off(on, specialist), specialist, "post_ecls", "followup")
    visit = on.visits.first()

    with pytest.raises(SeenLater):
        record_visit(visit=visit, seen_on=date(2026, 3, 3), result="Well.", by=specialist, at=NOON)
    record_visit(visit=visit, seen_on=date(2026, 3, 2), result="Well.", by=specialist, at=NOON)

    assert Due.objects.open().filter(kind="follow_up").count() == 1
    with pytest.raises(SeenAlready):
        record_visit(visit=visit, seen_on=date(2026, 3, 2), result="Ill.", by=specialist, at=NOON)


def test_a_closed_episode_is_followed_no_more_until_it_is_opened_again(on, specialist, coordinator):
    steps_to(off(on, specialist), specialist, "post_ecls", "followup", "closed")

    assert not follow_up_list(coordinator, NOON).exists()
    assert not Due.objects.open().filter(kind="follow_up").exists()
    steps_to(on, specialist, "followup")
    assert follow_up_list(coordinator, NOON).get() == on


def test_the_dead_are_not_followed(on, specialist, coordinator):
    steps_to(off(on, specialist), specialist, "post_ecls", "followup")
    record_death(run=on, died_at=NOON, by=specialist, at=NOON)

    assert not follow_up_list(coordinator, NOON).exists()
    assert set(FollowUpVisit.objects.values_list("cancelled_why", flat=True)) == {
        "the patient died"
    }


def test_what_a_run_cannot_become_is_said(on, specialist):
    with pytest.raises(StepRefused, match="cannot become “In follow-up” now"):
        steps_to(on, specialist, "followup")


def test_an_episode_without_a_referral_begins_with_flow_on(patient, specialist):
    run = start_support(patient=patient, unit=patient.unit, started_at=NOON, by=specialist, at=NOON)

    episode = lifecycle_of(run)
    assert [line.step.target for line in episode.steps] == ["supporting"]
    assert (episode.referral, episode.is_ending) == (None, False)


def test_the_database_refuses_a_result_without_its_day(on, specialist):
    with pytest.raises(IntegrityError, match="seen_with_a_result"), transaction.atomic():
        FollowUpVisit.objects.create(
            run=on, name="x", planned_on=date(2026, 3, 2), result="Well.", entered_at=NOON,
            entered_by=specialist,
        )  # fmt: skip
