"""C01 to C13: identity and times, on both sides of each edge, from a run without a fault."""

from datetime import timedelta
from decimal import Decimal

import pytest

from clinical.runtime import ModeSegment
from tests.reports.elso.runs import (
    OFF,
    ON,
    admitted,
    born,
    cannula,
    checks,
    component,
    ended,
    findings,
    hours,
)

NEONATE = {"patient": born(born_at=ON - timedelta(days=3)), "weight_kg": Decimal(3)}


@pytest.mark.parametrize(
    ("unique_id", "mrn", "found"),
    [
        ("", "MRN0070101", True),
        ("CEN-70101", "MRN0070101", True),
        ("CEN-0070101", "MRN0070101", True),
        ("CEN-7010", "MRN0070101", False),
        ("CEN-ABX", "ABX", True),
        ("CEN-1", "", False),
    ],
)
def test_c01_the_unique_id_must_not_give_the_hospital_number_away(unique_id, mrn, found):
    patient = born(unique_id=unique_id, mrn=mrn)

    assert ("C01" in checks(patient=patient)) is found


@pytest.mark.parametrize(
    ("run_no", "numbers", "expected"),
    [
        (1, (1, 2), []),
        (2, (1, 2), []),
        (1, (1, 1), ["C02"]),
        (1, (1, 3), ["C03"]),
        (2, (2,), ["C03"]),
        (1, (1, 2, 2), []),
    ],
)
def test_c02_c03_runs_are_numbered_once_each_from_one(run_no, numbers, expected):
    assert checks(run_no=run_no, run_numbers=numbers) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"patient": born(born_at=hours(1))},
        {"time_off": ON, "modes": (ModeSegment("VV", ON, ON),)},
        {"as_of": hours(119)},
    ],
    ids=["flow before birth", "no length", "off in the future"],
)
def test_c05_the_times_follow_each_other(change):
    assert "C05" in checks(**change)


def test_c05_a_run_that_goes_on_is_no_fault():
    going_on = {
        "time_off": None,
        "modes": (ModeSegment("VV", ON),),
        "cannulas": (cannula("can-1", end=None),),
        "components": (
            component("oxy-1", end=None, reason=None),
            component("pump-1", type="pump_head", end=None, reason=None),
        ),
        "outcome": ended(reason_discontinued=None, discharged_alive=None, discharge_location=None),
    }

    assert checks(**going_on) == []


def test_c06_flow_does_not_end_after_discharge():
    assert "C06" in checks(admission=admitted(hospital_discharged_at=hours(119)))
    assert "C06" not in checks(admission=admitted(hospital_discharged_at=OFF))


@pytest.mark.parametrize(
    ("died", "reason", "found"),
    [
        (119, "expected_recovery", True),
        (119, "death_or_poor_prognosis", False),
        (120, "expected_recovery", False),
    ],
)
def test_c07_death_before_flow_off_is_the_reason(died, reason, found):
    outcome = ended(discharged_alive=False, died_at=hours(died), reason_discontinued=reason)

    assert ("C07" in checks(outcome=outcome)) is found


@pytest.mark.parametrize(
    ("minutes", "found"), [(59, True), (60, False), (120 * 1440, False), (120 * 1440 + 1, True)]
)
def test_c08_a_run_of_minutes_or_months_is_asked_about(minutes, found):
    off = ON + timedelta(minutes=minutes)

    assert ("C08" in checks(time_off=off, as_of=off)) is found


def test_c08_a_newborn_is_asked_about_after_sixty_days():
    off = ON + timedelta(days=60, minutes=1)

    assert "C08" in checks(**NEONATE, time_off=off, as_of=off)


@pytest.mark.parametrize(
    ("by", "found"), [("own_centre", True), ("own_mobile_team", False), ("other_centre", False)]
)
def test_c09_admission_after_flow_needs_a_cannulation_elsewhere(by, found):
    late = admitted(admitted_at=hours(1), cannulated_by=by)

    assert ("C09" in checks(admission=late)) is found


def test_c10_intubation_long_before_is_asked_about():
    assert checks(intubated_at=ON - timedelta(days=60)) == []
    assert checks(intubated_at=ON - timedelta(days=60, minutes=1)) == ["C10"]


@pytest.mark.parametrize(
    "modes",
    [
        (),
        (ModeSegment("VV", hours(1), OFF),),
        (ModeSegment("VV", ON, hours(119)),),
        (ModeSegment("VV", ON, hours(10)), ModeSegment("VA", hours(11), OFF)),
        (ModeSegment("VV", ON, hours(12)), ModeSegment("VA", hours(11), OFF)),
    ],
    ids=["none", "late", "short", "gap", "overlap"],
)
def test_c11_the_modes_cover_the_run(modes):
    assert "C11" in checks(modes=modes)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(-6, 126, False), (-6.1, 120, True), (0, 126.1, True), (121, 122, True), (0, None, True)],
)
def test_c12_a_cannula_lies_within_six_hours_of_the_run(start, end, found):
    assert ("C12" in checks(cannulas=(cannula("can-1", start=start, end=end),))) is found


def test_c12_what_left_on_ecls_needs_no_end():
    cannulas = (cannula("can-1", end=None),)
    left = ended(reason_discontinued="transferred_on_ecls")
    parts = (component("oxy-1", end=None, reason="transferred_with_patient"),)

    assert "C12" not in checks(cannulas=cannulas, outcome=left)
    assert "C12" not in checks(components=parts)


def test_c12_names_the_part():
    assert ("C12", "run.components:oxy-1") in findings(components=(component("oxy-1", end=127),))


def test_c13_a_run_soon_after_another_may_be_the_same():
    assert checks(previous_ended_at=hours(-23)) == ["C13"]
    assert checks(previous_ended_at=hours(-24)) == []


def test_a_birth_that_is_not_known_is_a_gap_and_no_wrong_order():
    assert checks(patient=born(born_at=None)) == []
