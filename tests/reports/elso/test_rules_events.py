"""C30 to C42: diagnoses, complications, infections and the outcome."""

from datetime import timedelta

import pytest

from reports.elso.records import AdjunctRow, ComplicationRow, DiagnosisRow, InfectionRow
from tests.reports.elso.runs import (
    OFF,
    a_run,
    cannula,
    checks,
    component,
    ended,
    findings,
    hours,
)


def complication(code, at=10):
    return ComplicationRow(code=code, at=None if at is None else hours(at))


def complications(*codes):
    return {"complications": tuple(complication(code) for code in codes)}


@pytest.mark.parametrize("primaries", [(), (False,), (True, True)])
def test_c30_one_diagnosis_is_the_primary_one(primaries):
    diagnoses = tuple(DiagnosisRow(icd10="J80", is_primary=each) for each in primaries)

    assert "C30" in checks(diagnoses=diagnoses)


@pytest.mark.parametrize(
    ("reason", "code", "at", "found"),
    [
        ("clot", "101", 74, False),
        ("clot", "101", 75, True),
        ("clot", "104", 50, True),
        ("clot", "101", None, True),
        ("pump_failure", "104", 50, False),
        ("haemolysis", "822", 50, False),
        ("leak", "103", 50, False),
        ("gas_exchange", "134", 50, True),
        ("other", "121", 50, False),
    ],
)
def test_c31_a_fault_and_its_complication_stand_together(reason, code, at, found):
    change = {
        "components": (
            component("oxy-1", end=50, reason=reason),
            component("oxy-2", start=50),
            component("pump-1", type="pump_head"),
        ),
        "complications": (complication(code, at),),
    }

    assert (("C31", "component oxy-1") in findings(**change)) is found


@pytest.mark.parametrize("reason", ["protocol_expiry", "upsizing", "mode_change", "recall", None])
def test_c31_a_change_without_a_fault_needs_no_complication(reason):
    parts = (component("oxy-1", end=50, reason=reason), component("pump-1", type="pump_head"))

    assert checks(components=parts) == []


def test_c31_a_mechanical_complication_needs_a_removal():
    assert findings(**complications("134")) == [("C31", "complication 134")]


@pytest.mark.parametrize(
    ("at", "found"), [(0, False), (-0.1, True), (144, False), (144.1, True), (None, True)]
)
def test_c32_a_complication_has_a_time_in_the_run(at, found):
    assert ("C32" in checks(complications=(complication("601", at),))) is found


@pytest.mark.parametrize(
    ("codes", "sites", "subjects"),
    [
        (("401", "402"), ("femoral_v",), ["complications 401+402"]),
        (("822", "823"), ("femoral_v",), ["complications 822+823"]),
        (("222",), ("right_atrium",), ["complication 222"]),
        (("222",), ("femoral_v",), []),
        (("223",), ("femoral_v",), ["complication 223"]),
        (("223",), ("ascending_aorta",), []),
        (("901", "903"), ("internal_jugular_v",), ["complication 901", "complication 903"]),
        (("901",), ("femoral_a",), []),
    ],
)
def test_c33_codes_fit_each_other_and_the_cannulas(codes, sites, subjects):
    change = {"cannulas": tuple(cannula(site, site=site) for site in sites)}

    found = findings(**change, **complications(*codes))

    assert [subject for number, subject in found if number == "C33"] == subjects


@pytest.mark.parametrize(("at", "found"), [(34, False), (34.1, True), (None, True)])
def test_c34_cpr_goes_with_an_arrhythmia(at, found):
    both = (complication("502", 10), complication("504", at))

    assert ("C34" in checks(complications=both)) is found


def test_c35_renal_replacement_goes_with_a_filter_or_the_procedure():
    replaced = complications("415")
    parts = (*a_run().components, component("filt-1", type="hemofilter"))

    assert checks(**replaced) == ["C35"]
    assert checks(**replaced, procedures=frozenset({"rrt"})) == []
    assert checks(**replaced, components=parts) == []
    for kind, expected in (("crrt", []), ("hemofilter", []), ("iabp", ["C35"])):
        beside = (AdjunctRow(id="one", kind=kind, started_at=hours(2)),)
        assert checks(**replaced, adjuncts=beside) == expected


@pytest.mark.parametrize(("at", "found"), [(0, False), (-1, True), (120, False), (121, True)])
def test_c36_only_cultures_of_the_run_count(at, found):
    culture = InfectionRow(organism="E. coli", site="urine", collected_at=hours(at))

    assert ("C36" in checks(infections=(culture,))) is found


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (ended(reason_discontinued=None), ["C38", "C44"]),
        (ended(died_at=hours(300)), ["C39", "C44"]),
        (ended(discharged_alive=False), ["C39", "C44"]),
        (ended(discharge_location=None), ["C40", "C44"]),
        (ended(reason_discontinued="death_or_poor_prognosis"), ["C41"]),
        (ended(discharged_alive=None), ["C44"]),
    ],
)
def test_c38_to_c41_the_outcome_does_not_contradict_itself(outcome, expected):
    assert checks(outcome=outcome, as_of=hours(120 + 24 * 31)) == expected


def test_c37_brain_death_and_discharge_alive_exclude_each_other():
    assert findings(**complications("301")) == [("C37", "complication 301")]


def test_c42_an_outcome_is_known_after_ninety_days():
    unknown = {"outcome": ended(discharged_alive=None)}

    assert "C42" not in checks(**unknown, as_of=OFF + timedelta(days=90))
    assert "C42" in checks(**unknown, as_of=OFF + timedelta(days=90, minutes=1))
