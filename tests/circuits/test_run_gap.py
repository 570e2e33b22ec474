"""A return to support within the site's gap is the same run; a new one so soon is asked back."""

from datetime import timedelta

import pytest

from circuits.actions.run_gap import NotTheSameRun, StillRunning, resume_support
from circuits.actions.support import decannulate, start_support
from patients.actions.times import InTheFuture
from patients.models import Interruption
from patients.queries import mode_problems
from tests.factories import NOON
from web.actions import approve_document, draft_document
from web.problems import NeedsConfirmation

HOUR = timedelta(hours=1)
OFF = NOON - 30 * HOUR


@pytest.fixture
def ended(run, specialist):
    """The run, ended thirty hours before NOON."""
    return decannulate(run=run, ended_at=OFF, end_reason="vad", by=specialist, at=OFF)


def again(ended, by, hours, **facts):
    when = OFF + hours * HOUR
    patient = ended.patient
    return start_support(
        patient=patient, unit=patient.unit, started_at=when, by=by, at=when, **facts
    )


def test_a_new_run_within_the_gap_is_asked_back_and_accepted_when_confirmed(ended, specialist):
    with pytest.raises(NeedsConfirmation, match="is the same run") as asked:
        again(ended, specialist, 24)

    assert asked.value.errors[0]["parameter"] == "run_gap"
    assert again(ended, specialist, 24, confirmed=["run_gap"]).run_no == 2


def test_a_new_run_after_the_gap_is_no_question(ended, specialist):
    assert again(ended, specialist, 24.1).run_no == 2


def test_a_site_has_its_own_gap(ended, specialist, centre, coordinator, director):
    facts = {"centre": centre, "kind": "run_gap", "body": {"gap_h": 2}, "at": OFF}
    document = draft_document(**facts, by=coordinator)
    approve_document(document=document, valid_from=OFF, by=director, at=OFF)

    with pytest.raises(NotTheSameRun, match="within 2 h"):
        resume_support(run=ended, resumed_at=OFF + 3 * HOUR, by=specialist, at=NOON)

    assert again(ended, specialist, 2.1).run_no == 2


def test_a_run_that_goes_on_keeps_the_time_off_as_an_interruption(ended, specialist):
    resumed = resume_support(run=ended, resumed_at=OFF + 2 * HOUR, by=specialist, at=NOON)
    told = Interruption.objects.get()

    assert (resumed.ended_at, resumed.end_reason, resumed.is_running) == (None, "", True)
    assert (told.stopped_at, told.resumed_at, told.end_reason_told) == (
        OFF,
        OFF + 2 * HOUR,
        "vad",
    )
    assert mode_problems(resumed, NOON) == ()
    assert {"check", "components_udi", "emergency_plan"} <= set(
        resumed.dues.open().values_list("kind", flat=True)
    )


@pytest.mark.parametrize(
    "hours", [pytest.param(0, id="at flow off"), pytest.param(-1, id="before"), 24.1]
)
def test_only_a_return_after_flow_off_and_within_the_gap_is_the_same_run(ended, specialist, hours):
    with pytest.raises(NotTheSameRun):
        resume_support(run=ended, resumed_at=OFF + hours * HOUR, by=specialist, at=NOON)


def test_a_running_run_cannot_go_on_again(run, specialist):
    with pytest.raises(StillRunning):
        resume_support(run=run, resumed_at=NOON, by=specialist, at=NOON)


def test_only_the_newest_run_goes_on(ended, specialist):
    again(ended, specialist, 1, confirmed=["run_gap"])

    with pytest.raises(NotTheSameRun, match="later run"):
        resume_support(run=ended, resumed_at=OFF + HOUR, by=specialist, at=NOON)


def test_flow_on_again_in_the_future_is_refused(ended, specialist):
    with pytest.raises(InTheFuture):
        resume_support(run=ended, resumed_at=NOON + HOUR, by=specialist, at=NOON)
