"""What the trend rules find in a run on record, and what its page says of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from circuits.actions.checks import record_check
from circuits.actions.support import record_cannula
from circuits.document import Typed
from circuits.trend_story import told_of
from clinical.charted import Kind
from clinical.performance import Quantity
from labs.actions.results import Charted as Result
from labs.actions.results import record_results
from tests.factories import NOON
from tests.journeys.people import Person
from tests.labs.reference import site_document
from tests.scenarios import running_vv, with_circuit

HOUR = timedelta(hours=1)
STEADY = {
    "blood_flow": 4,
    "pump_speed": 3200,
    "fdo2": 100,
    "sweep_gas_flow": 4,
    "p_drainage": -60,
    "p_pre_membrane": 180,
    "p_post_membrane": 150,
}
MEMBRANE = {
    "sat_pre_membrane": 65,
    "po2_pre": 36,
    "sat_post_membrane": 100,
    "po2_post": 380,
    "hb_inline": 9,
}


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def signed(centre):
    """The site has signed for trend rules, with a number of its own."""
    site_document(centre, "clinical_switches", {"trends": True})
    site_document(centre, "trend_rules", {"flow_fall_pct": 12.5, "chatter_of_checks": 4})


@pytest.fixture
def run(patient, specialist):
    run = running_vv(patient, specialist)
    with_circuit(run, specialist)
    return run


@pytest.fixture
def charts(run, specialist):
    """Record a check of some hours ago."""

    def chart(hours_ago, *, findings=None, entered_at=NOON, **values):
        typed = Typed(
            checked_at=NOON - hours_ago * HOUR,
            values={**STEADY, **values},
            findings=findings or {},
        )
        return record_check(
            run=run, typed=typed, by=specialist, at=entered_at, confirmed=[*STEADY, *values]
        )

    return chart


def kinds(told):
    return {one.kind for one in told.now.found}


def page(run):
    return reverse("circuits:trend-page", args=[run.public_id])


def text(answer):
    return " ".join(answer.content.decode().split())


def test_nothing_is_read_out_of_the_checks_before_the_site_signs(run, charts, specialist):
    charts(2)
    charts(1, blood_flow=3)

    answer = Person(specialist).opens(page(run))

    assert told_of(run, NOON).signed is None
    assert "Trend rules are off" in text(answer)
    assert "Flow fell" not in text(answer)


def test_a_pattern_is_shown_with_its_readings_and_says_that_it_decides_nothing(
    run, charts, signed, specialist
):
    charts(2)
    charts(1, blood_flow=3, p_drainage=-95, p_pre_membrane=150, p_post_membrane=130)

    shown = text(Person(specialist).opens(page(run)))

    assert "Flow fell by 25 % at the same speed" in shown
    assert "Access side: low volume" in shown
    assert "trend_rules version 1" in shown
    assert "signed in clinical_switches version 1" in shown
    assert "it decides nothing" in shown
    assert not run.alerts.filter(code__contains="pattern").exists()


def test_the_numbers_are_those_of_the_site(run, charts, signed):
    charts(2)
    charts(1, blood_flow=3.55)

    assert kinds(told_of(run, NOON)) == set()


def test_a_check_charted_late_changes_what_is_found_as_if_it_had_been_there(run, charts, signed):
    charts(3, blood_flow=3.4)
    charts(1, blood_flow=3.4)
    before = kinds(told_of(run, NOON))

    charts(2, blood_flow=4.2)

    assert (before, kinds(told_of(run, NOON))) == (set(), {Kind.FLOW_FALL})


def test_a_trial_and_a_change_of_the_cannulas_are_no_pattern(run, charts, signed, specialist):
    charts(2)
    record_cannula(
        run=run,
        site="femoral_v",
        purpose="drainage",
        inserted_at=NOON - 1.5 * HOUR,
        by=specialist,
        at=NOON,
    )
    charts(1, blood_flow=3)

    assert kinds(told_of(run, NOON)) == set()


def test_what_stood_in_the_last_day_and_stands_no_more_is_told_apart(
    run, charts, signed, specialist
):
    charts(20)
    charts(19, blood_flow=3)
    charts(1)

    told = told_of(run, NOON)

    assert (kinds(told), [one.kind for one in told.past]) == (set(), [Kind.FLOW_FALL])
    assert "Earlier in the last 24 hr (1)" in text(Person(specialist).opens(page(run)))


@pytest.mark.parametrize(
    ("site", "side", "meaning"),
    [("femoral_a", "L", "Differential hypoxaemia"), ("axillary_a", "R", "The oxygenator")],
)
def test_a_low_right_hand_is_read_by_the_return_cannula_on_record(
    patient, specialist, signed, site, side, meaning
):
    run = running_vv(patient, specialist, mode="VA")
    record_cannula(
        run=run,
        site=site,
        side=side,
        purpose="return",
        inserted_at=run.started_at,
        by=specialist,
        at=NOON,
    )
    typed = Typed(checked_at=NOON - HOUR, values={**STEADY, "spo2_right_hand": 82})
    record_check(run=run, typed=typed, by=specialist, at=NOON, confirmed=["spo2_right_hand"])

    (found,) = told_of(run, NOON).now.found

    assert found.kind == Kind.RIGHT_HAND
    assert found.think[0].startswith(meaning)


def test_the_membrane_stands_beside_its_first_day(run, charts, signed, specialist):
    charts(46, **MEMBRANE)
    charts(1, **{**MEMBRANE, "sat_pre_membrane": 62, "po2_pre": 34, "po2_post": 98})

    told = {one.quantity: one for one in told_of(run, NOON).membrane}
    shown = text(Person(specialist).opens(page(run)))

    assert round(told[Quantity.TRANSFER].first.value) == 210
    assert told[Quantity.PO2_POST].newest.value == 98
    assert "Oxygen that the membrane adds" in shown
    assert "not measured" in shown


def test_a_run_without_a_check_says_what_could_not_be_asked(run, signed, specialist):
    shown = text(Person(specialist).opens(page(run)))

    assert "could not be asked" in shown
    assert "Of the rules below nothing can be said" in shown
    assert "no two checks with flow and speed within 4 h" in shown


@pytest.mark.parametrize(
    ("site", "comparator", "found"),
    [
        pytest.param("arterial", "", {Kind.FDO2_CREEP}, id="arterial"),
        pytest.param("venous", "", set(), id="a venous gas says nothing"),
        pytest.param("arterial", "<", set(), id="only a bound is known"),
    ],
)
def test_more_oxygen_for_the_same_arterial_gas_is_a_pattern(
    run, charts, signed, specialist, site, comparator, found
):
    for hours_ago, fdo2 in ((5, 50), (4, 60), (2, 70)):
        charts(hours_ago, fdo2=fdo2)
    for hours_ago in (4.5, 1):
        record_results(
            patient=run.patient,
            collected_at=NOON - hours_ago * HOUR,
            results=[Result("pao2", Decimal(70), "mm[Hg]", comparator)],
            site=site,
            by=specialist,
            at=NOON,
            confirmed=["pao2"],
        )

    assert kinds(told_of(run, NOON)) == found
