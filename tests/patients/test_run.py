"""A run: its modes in order, its end, what became of the patient, what happened on the way."""

from datetime import timedelta
from decimal import Decimal

import pytest

from clinical.limits import Limit
from clinical.spans import Span
from patients.actions.entries import withdraw_entry
from patients.actions.events import (
    end_bleeding,
    record_bleeding,
    record_complication,
)
from patients.actions.limits import UnknownMeasureInLimit, change_limit, set_limits
from patients.actions.run import (
    AlreadyEnded,
    EndsBeforeWhatIsCharted,
    ModesOverlap,
    change_mode,
    end_run,
    record_outcome,
    record_run_facts,
)
from patients.actions.times import InTheFuture
from patients.queries import mode_problems
from tests.factories import NOON

HOUR = timedelta(hours=1)


def modes(run):
    return [(one.mode, one.ends_at) for one in run.modes.all()]


def test_a_mode_told_late_fits_in_before_the_one_on_record(run, specialist):
    change_mode(run=run, mode="VAV", starts_at=NOON, by=specialist, at=NOON)

    change_mode(run=run, mode="VA", starts_at=NOON - HOUR, by=specialist, at=NOON)

    assert modes(run) == [("VV", NOON - HOUR), ("VA", NOON), ("VAV", None)]
    assert mode_problems(run, NOON + HOUR) == ()


@pytest.mark.parametrize(
    ("minutes", "sentence"), [(30, "Let this mode end there"), (-90, "end before it begins")]
)
def test_a_mode_that_would_reach_into_the_next_is_refused(run, specialist, minutes, sentence):
    change_mode(run=run, mode="VAV", starts_at=NOON - HOUR, by=specialist, at=NOON)
    ends_at = NOON - HOUR + timedelta(minutes=minutes)

    with pytest.raises(ModesOverlap, match=sentence):
        change_mode(
            run=run, mode="VA", starts_at=NOON - 2 * HOUR, ends_at=ends_at, by=specialist, at=NOON
        )

    assert [mode for mode, _ in modes(run)] == ["VV", "VAV"]


def test_a_mode_known_only_now_replaces_the_unknown_one_and_keeps_what_follows(run, specialist):
    change_mode(run=run, mode="VAV", starts_at=NOON, by=specialist, at=NOON)

    change_mode(run=run, mode="VA", starts_at=run.started_at, by=specialist, at=NOON)

    assert modes(run) == [("VA", NOON), ("VAV", None)]


def test_a_mode_after_support_that_had_stopped_begins_after_the_gap(run, specialist):
    change_mode(
        run=run,
        mode="VA",
        starts_at=NOON - 3 * HOUR,
        ends_at=NOON - 2 * HOUR,
        by=specialist,
        at=NOON,
    )

    change_mode(run=run, mode="VV", starts_at=NOON - HOUR, by=specialist, at=NOON)

    assert [segment.ends_at for segment in run.modes.all()] == [
        NOON - 3 * HOUR,
        NOON - 2 * HOUR,
        None,
    ]


def test_a_run_ends_once(run, specialist):
    end_run(run=run, ended_at=NOON, by=specialist, at=NOON)

    with pytest.raises(AlreadyEnded):
        end_run(run=run, ended_at=NOON, by=specialist, at=NOON)


def test_a_run_does_not_end_before_its_last_mode_began(run, specialist):
    change_mode(run=run, mode="VAV", starts_at=NOON, by=specialist, at=NOON)

    with pytest.raises(EndsBeforeWhatIsCharted):
        end_run(run=run, ended_at=NOON - HOUR, by=specialist, at=NOON)


def test_a_mode_that_had_ended_keeps_its_end_when_the_run_ends(run, specialist):
    stopped = NOON - HOUR
    change_mode(
        run=run, mode="VA", starts_at=stopped - HOUR, ends_at=stopped, by=specialist, at=NOON
    )

    end_run(run=run, ended_at=NOON, by=specialist, at=NOON)

    assert run.modes.last().ends_at == stopped


def test_the_outcome_and_why_the_run_ended_are_told_together(run, physician):
    end_run(run=run, ended_at=NOON - HOUR, by=physician, at=NOON)

    outcome = record_outcome(
        run=run, by=physician, at=NOON, end_reason="expected_recovery", discharged_alive=True
    )
    record_outcome(run=run, by=physician, at=NOON, discharge_location="home")

    run.refresh_from_db()
    outcome.refresh_from_db()
    assert run.end_reason == "expected_recovery"
    assert (outcome.discharged_alive, outcome.discharge_location) == (True, "home")


def test_facts_for_the_registry_are_added_to_those_on_record(run, registry_manager):
    for facts in ({"a": 1}, {"b": 2}):
        record_run_facts(run=run, by=registry_manager, at=NOON, registry_facts=facts, height_cm=170)

    run.refresh_from_db()
    assert (run.registry_facts, run.height_cm) == ({"a": 1, "b": 2}, 170)


@pytest.mark.parametrize("occurred_at", [None, NOON - HOUR], ids=["unknown", "known"])
def test_a_complication_is_told_with_or_without_its_time_and_withdrawn(
    run, specialist, occurred_at
):
    told = record_complication(
        run=run,
        code="101",
        label="Oxygenator failure",
        occurred_at=occurred_at,
        by=specialist,
        at=NOON,
    )

    withdraw_entry(entry=told, by=specialist, at=NOON, reason="another patient's")

    told.refresh_from_db()
    assert told.withdrawn_at == NOON


def test_a_complication_of_tomorrow_is_refused(run, specialist):
    with pytest.raises(InTheFuture):
        record_complication(
            run=run, code="101", label="Any", occurred_at=NOON + HOUR, by=specialist, at=NOON
        )


def test_bleeding_begins_and_stops(run, nurse):
    bleeding = record_bleeding(
        run=run, grade=2, site="cannula", starts_at=NOON - HOUR, by=nurse, at=NOON
    )

    end_bleeding(bleeding=bleeding, ends_at=NOON, by=nurse, at=NOON)

    bleeding.refresh_from_db()
    assert bleeding.ends_at == NOON


def set_flow_limit(run, by, *, at, low):
    return change_limit(
        run=run,
        measure="blood_flow",
        bounds={"warning": Span.of([low, None])},
        valid_from=at,
        by=by,
        at=at,
        reason="weaning",
    )


def test_a_changed_limit_holds_from_its_time_and_the_one_before_until_then(run, physician):
    set_flow_limit(run, physician, at=NOON - HOUR, low=3)

    set_flow_limit(run, physician, at=NOON, low=2)

    assert [(one.warning_low, one.valid_to) for one in run.limits.all()] == [
        (Decimal(3), NOON),
        (Decimal(2), None),
    ]


def test_a_limit_of_what_is_no_measure_is_refused(run, physician):
    with pytest.raises(UnknownMeasureInLimit, match="happiness"):
        change_limit(
            run=run,
            measure="happiness",
            bounds={},
            valid_from=NOON,
            by=physician,
            at=NOON,
            reason="none",
        )

    assert not run.limits.exists()


def test_a_set_of_limits_with_one_of_no_measure_is_refused_whole(run, physician):
    limits = [Limit("blood_flow"), Limit("happiness")]

    with pytest.raises(UnknownMeasureInLimit, match="happiness"):
        set_limits(run=run, limits=limits, by=physician, at=NOON, source="this test")

    assert not run.limits.exists()
