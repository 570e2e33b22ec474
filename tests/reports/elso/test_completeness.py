"""What may be exported, which fields a run must have (C43, C44), and C49, C50."""

from datetime import timedelta
from decimal import Decimal

import pytest

from reports.elso.completeness import Filled, check
from reports.elso.findings import Level
from reports.elso.records import CommentRow
from tests.reports.elso.runs import (
    OFF,
    ON,
    a_run,
    before,
    born,
    checks,
    ended,
    hours,
    vent,
)

NEONATE = {"patient": born(born_at=ON - timedelta(days=3)), "weight_kg": Decimal(3)}


def test_a_run_without_a_fault_may_be_exported():
    found = check(a_run())

    assert found.findings == ()
    assert found.is_exportable
    assert (found.mandatory.filled, found.mandatory.missing) == (44, ())


def test_a_warning_does_not_stop_the_export_and_a_block_does():
    assert check(a_run(weight_kg=Decimal(24))).is_exportable
    assert not check(a_run(support_type="")).is_exportable


def test_c43_a_gap_is_named_and_many_gaps_block():
    two = check(a_run(weight_kg=None, trauma=None))
    three = check(a_run(weight_kg=None, trauma=None, immunocompromised=None))

    assert two.mandatory.missing == ("trauma", "weight_kg")
    assert two.findings == ()
    assert [(each.check, each.level) for each in three.findings] == [("C43", Level.BLOCK)]


def test_c43_shares_are_rounded_half_up_and_95_is_enough():
    assert Filled(25, 43, ()).pct == Decimal("58.1")
    assert Filled(1, 16, ()).pct == Decimal("6.3")
    assert Filled(95, 100, ()).is_enough
    assert not Filled(94, 100, ()).is_enough


@pytest.mark.parametrize(
    ("change", "applicable"),
    [
        ({}, 44),
        ({"was_ventilated": False}, 37),
        ({"before": before(ventilator=(vent(-1, type="hfo"),))}, 41),
        ({"outcome": ended(discharged_alive=None)}, 43),
        ({"outcome": ended(discharged_alive=False, died_at=hours(300))}, 44),
        (NEONATE, 47),
    ],
)
def test_c43_asks_only_for_what_applies(change, applicable):
    assert check(a_run(**change)).mandatory.applicable == applicable


@pytest.mark.parametrize(("length", "applicable"), [(3.9, 38), (4, 39), (17.9, 39), (18, 44)])
def test_c43_asks_a_short_run_for_less(length, applicable):
    off = hours(length)

    assert check(a_run(time_off=off)).mandatory.applicable == applicable


def test_c44_a_run_is_complete_a_month_after_it_closed():
    gap = {"weight_kg": None}

    assert checks(**gap, as_of=OFF + timedelta(days=30)) == []
    assert checks(**gap, as_of=OFF + timedelta(days=30, minutes=1)) == ["C44"]
    assert checks(as_of=OFF + timedelta(days=300)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TESTCASE oozed", True),
        ("Testcases are many", False),
        ("mrn0070101", True),
        ("see 70101", True),
        ("see 0070101.", True),
        ("370101 mL", False),
        ("cannula turned", False),
    ],
)
def test_c49_no_comment_names_the_patient(text, found):
    comment = CommentRow(source="run.complications[0].comment", text=text)

    assert ("C49" in checks(comments=(comment,))) is found


def test_c49_a_patient_without_name_and_number_has_nothing_to_give_away():
    comment = CommentRow(source="x", text="anything 0")

    assert "C49" not in checks(patient=born(mrn="", family_name=" "), comments=(comment,))


@pytest.mark.parametrize(("abstractor", "approver"), [("", "b"), ("a", ""), ("a", "a")])
def test_c50_two_people_sign(abstractor, approver):
    assert checks(abstractor=abstractor, approver=approver) == ["C50"]
