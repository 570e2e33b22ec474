"""C14 to C29: classing and measurements, on both sides of each edge."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.runtime import ModeSegment
from tests.reports.elso.runs import (
    OFF,
    ON,
    before,
    born,
    checks,
    day,
    findings,
    gas,
    pressure,
    vent,
)

NEONATE = {"patient": born(born_at=ON - timedelta(days=3)), "weight_kg": Decimal(3)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"support_type": "ecpr", "arrest_pre_ecls": False}, ["C15", "C16"]),
        ({"support_type": "ecpr", "arrest_pre_ecls": True}, ["C16"]),
        ({"support_type": "cardiac"}, ["C16"]),
        ({"support_type": "cardiac", "modes": (ModeSegment("VA", ON, OFF),)}, []),
    ],
)
def test_c15_c16_the_support_type_fits_arrest_and_mode(change, expected):
    assert checks(**change) == expected


def test_c14_a_run_has_a_support_type():
    assert "C14" in checks(support_type=None)


def test_c17_a_recorded_age_group_is_the_derived_one():
    assert checks(age_group_recorded="adult") == []
    assert checks(age_group_recorded="pediatric") == ["C17"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"weight_kg": Decimal("24.9")}, True),
        ({"weight_kg": Decimal(25)}, False),
        (NEONATE | {"weight_kg": Decimal("6.1")}, True),
        (NEONATE | {"weight_kg": Decimal(6)}, False),
        ({"weight_kg": None}, False),
    ],
)
def test_c18_a_weight_fits_the_age(change, found):
    assert ("C18" in checks(**change)) is found


@pytest.mark.parametrize(
    ("patient", "found"),
    [
        (born(), False),
        (born(sex="Male"), True),
        (born(sex="Unknown"), True),
        (born(born_at=datetime(2016, 1, 11, tzinfo=UTC)), True),
        (born(born_at=datetime(2016, 1, 10, tzinfo=UTC)), False),
        (born(born_at=datetime(1965, 1, 11, tzinfo=UTC)), False),
        (born(born_at=datetime(1965, 1, 10, tzinfo=UTC)), True),
    ],
)
def test_c19_pregnancy_fits_sex_and_age(patient, found):
    assert ("C19" in checks(patient=patient, pregnancy=True)) is found


@pytest.mark.parametrize(
    ("rows", "subject"),
    [
        ({"gases": (gas(-7),)}, "before.gases"),
        ({"ventilator": (vent(0),)}, "before.vent"),
        ({"haemodynamics": (pressure(1),)}, "before.haemodynamics"),
    ],
)
def test_c20_what_was_charted_before_lies_in_the_window(rows, subject):
    assert ("C20", subject) in findings(before=before(**rows))


def test_c20_nothing_charted_is_a_gap_and_not_a_wrong_time():
    assert "C20" not in checks(before=before(gases=()))


def test_c21_a_gas_is_given_whole():
    assert findings(before=before(gases=(gas(-1, hco3=None),)))[0] == ("C21", "pre gas")
    assert findings(at_24h=day(gases=(gas(24, ph=None, hco3=None),)))[0] == ("C21", "24 h gas")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"ph": "7.40"}, False),
        ({"ph": "7.53"}, False),
        ({"ph": "7.55"}, True),
        ({"ph": "7.24"}, True),
        ({"paco2": 0}, False),
        ({"hco3": -1}, False),
    ],
)
def test_c22_a_gas_agrees_with_itself(values, found):
    assert ("C22" in checks(before=before(gases=(gas(-1, **values),)))) is found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"peep": 15}, False),
        ({"peep": 16}, True),
        ({"paw_mean": 31}, True),
        ({"pip": None, "paw_mean": 40}, False),
    ],
)
def test_c24_airway_pressures_stand_in_their_order(values, found):
    assert ("C24" in checks(before=before(ventilator=(vent(-1, **values),)))) is found


def test_c25_blood_pressures_stand_in_their_order():
    assert findings(before=before(haemodynamics=(pressure(-1, mbp=101),))) == [
        ("C25", "pre haemodynamics")
    ]
    assert findings(at_24h=day(haemodynamics=(pressure(24, dbp=67),))) == [
        ("C25", "24 h haemodynamics")
    ]


@pytest.mark.parametrize(("pao2", "found"), [(400, False), (401, True)])
def test_c26_no_lung_gives_more_than_500_times_fio2(pao2, found):
    assert ("C26" in checks(before=before(gases=(gas(-1, pao2=pao2),)))) is found


def test_c27_a_tension_below_13_may_be_kpa():
    assert "C27" in checks(before=before(gases=(gas(-1, paco2=12),)))
    assert "C27" in checks(at_24h=day(gases=(gas(24, pao2="12.9"),)))
    assert "C27" not in checks(at_24h=day(gases=(gas(24, pao2=13),)))


def test_c28_c29_creatinine_and_bilirubin_may_be_in_micromoles():
    assert checks(creatinine_before=Decimal(20), bilirubin_before=Decimal(50)) == []
    assert checks(creatinine_before=Decimal(21), bilirubin_before=Decimal(51)) == ["C28", "C29"]
