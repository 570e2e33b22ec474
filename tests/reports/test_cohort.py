"""Our rows as registry records: from where each comes, and in how many statements."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Centre
from circuits.actions.checks import record_check
from circuits.document import Typed
from labs.models import Result, Sample
from patients.actions.entries import withdraw_entry
from patients.actions.events import record_complication
from patients.actions.run import record_run_facts
from patients.models import Run
from reports.judging import judge
from reports.months import span_of
from reports.queries.cohort import cohort, ended_in, on_ecmo_in
from tests.factories import NOON
from tests.reports.situations import APRIL, another, ended_run, gas_at_day, stamp, whole_run

MARCH = date(2026, 3, 1)


def member(run):
    (found,) = cohort(Run.objects.filter(pk=run.pk), as_of=APRIL)
    return found


def judged(run):
    return judge([member(run)])[0]


def value(run, name):
    fields = {field.field: (field.value, field.source) for field in judged(run).fields}
    return fields[name]


def test_a_run_that_is_told_wholly_is_exportable(told):
    found = judged(told)

    assert found.mandatory.missing == ()
    assert found.findings == ()
    assert found.is_exportable


def test_a_run_of_which_little_was_told_lists_what_is_missing(bare):
    found = judged(bare)

    assert not found.is_exportable
    assert {"admitted_at", "primary_diagnosis", "discharged_alive"} <= set(found.mandatory.missing)
    assert {"C01", "C30", "C43", "C50"} <= {each.check for each in found.blocks}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("weight_kg", (Decimal(80), "run.weight_kg")),
        ("intubated_at", ("2026-02-27T17:00+01:00", "run.intubated_at")),
        ("pre_paco2_closest", (Decimal(40), "pre_ecls.gases[0]")),
        ("hours_ecmo_exact", ("48:00", "derived: time_off - time_on, absolute")),
        ("initial_mode", ("VV", "run.modes[0]")),
        ("primary_diagnosis", ("J80", "run.diagnoses")),
        ("infections", ([["E. coli", "blood", "2026-03-01T19:00+01:00"]], "run.infections")),
        ("pre_support", (["norepinephrine"], "pre_ecls.support")),
        ("discharged_alive", (True, "run.outcome")),
        ("hospital_discharged_at", ("2026-03-22T13:00+01:00", "admission.hospital_discharged_at")),
    ],
)
def test_each_fact_comes_from_its_own_row(told, name, expected):
    assert value(told, name) == expected


def test_flow_and_gas_of_the_first_day_come_from_checks_and_laboratory(told):
    day_check = told.checks.get(checked_at=stamp(24))

    flow, flow_source = value(told, "flow_24h")
    ph, ph_source = value(told, "h24_ph")

    assert (flow, flow_source) == (Decimal("4.100"), f"check {day_check.root_id}")
    assert ph == Decimal("7.40")
    assert ph_source == f"sample {told.patient.samples.get().public_id}"


def test_a_withdrawn_complication_is_not_exported(told, specialist):
    facts = {
        "code": "601",
        "label": "Pneumothorax",
        "occurred_at": NOON,
        "by": specialist,
        "at": NOON,
    }
    kept = record_complication(run=told, **facts)
    wrong = record_complication(run=told, **facts | {"code": "504"})
    withdraw_entry(entry=wrong, by=specialist, at=NOON, reason="another patient")

    assert value(told, "complications")[0] == [["601", "2026-03-02T13:00+01:00"]]
    assert kept.code == "601"


def test_a_code_that_the_profile_does_not_know_holds_the_run_back(told, specialist):
    record_complication(
        run=told, code="999", label="Unheard of", occurred_at=NOON, by=specialist, at=NOON
    )

    assert [each.check for each in judged(told).blocks] == ["C47"]


@pytest.mark.parametrize(
    ("told_wrongly", "path"),
    [
        ({"intubated_at": "yesterday"}, "intubated_at"),
        ({"intubated_at": "2026-02-27T17:00:00"}, "intubated_at"),
        ({"intubated_at": 5}, "intubated_at"),
        ({"trauma": "no"}, "trauma"),
        ({"newborn": {"apgar_5": "7.5"}}, "newborn.apgar_5"),
        ({"newborn": {"birth_weight_kg": "heavy"}}, "newborn.birth_weight_kg"),
        ({"newborn": {"birth_weight_kg": "NaN"}}, "newborn.birth_weight_kg"),
        ({"newborn": {"birth_weight_kg": True}}, "newborn.birth_weight_kg"),
        ({"admission": "last week"}, "admission"),
        ({"pre_ecls": {"support": "none"}}, "pre_ecls.support"),
        ({"pre_ecls": {"support": ["none"]}}, "pre_ecls.support"),
    ],
)
def test_a_fact_that_cannot_be_read_is_left_out_and_named(told, specialist, told_wrongly, path):
    record_run_facts(run=told, registry_facts=told_wrongly, by=specialist, at=NOON)

    found = judged(told)

    assert (path, "cannot be read as it was entered") in {
        (each.subject, each.why) for each in found.blocks if each.check == "FACT"
    }


def test_an_arrest_is_told_with_its_own_times(told, specialist):
    arrest = {"arrest_at": stamp(-1), "cpr_started_at": stamp(-1), "witnessed": True}
    record_run_facts(run=told, registry_facts={"ecpr": arrest}, by=specialist, at=NOON)

    assert value(told, "ecpr_low_flow_min") == (60, "derived")


def test_two_patients_under_one_registry_id_hold_each_other_back(told, unit, specialist):
    other = whole_run(another(unit), specialist)
    other.patient.registry_id = told.patient.registry_id
    other.patient.save(update_fields=["registry_id"])

    found = judge(cohort(Run.objects.all(), as_of=APRIL))

    assert [[each.check for each in one.blocks] for one in found] == [["C02"], ["C02"]]


def test_the_month_of_a_run_is_that_of_its_flow_off_at_the_centre(told, bare, centre):
    def ended(month):
        return set(ended_in(centre, span_of(month, centre.tz)))

    assert ended(MARCH) == {told, bare}
    assert ended(date(2026, 2, 1)) == ended(date(2026, 4, 1)) == set()
    assert set(on_ecmo_in(centre, span_of(date(2026, 2, 1), centre.tz))) == {told, bare}
    assert not on_ecmo_in(centre, span_of(date(2026, 4, 1), centre.tz)).exists()


def test_runs_of_another_centre_are_not_in_the_cohort(told):
    elsewhere = Centre.objects.create(code="south", name="South")

    assert not ended_in(elsewhere, span_of(MARCH, elsewhere.tz)).exists()


def test_statements_do_not_grow_with_the_runs(told, unit, specialist, django_assert_num_queries):
    for _ in range(2):
        run = ended_run(another(unit), specialist)
        gas_at_day(run, specialist)

    with django_assert_num_queries(15):
        assert len(cohort(Run.objects.all(), as_of=APRIL)) == 3


def test_a_gas_sent_in_another_unit_is_turned_into_the_registrys(told, specialist):
    sample = told.patient.samples.get()
    sent = {"status": "final", "status_at": NOON, "known_at": NOON, "entered_by": specialist}
    kpa = Sample.objects.create(
        patient=told.patient, collected_at=sample.collected_at, site="ARTERIAL LINE",
        sender="LAB", filler_order="1", entered_at=NOON,
    )  # fmt: skip
    for analyte, value, unit in (("paco2", 5, "kPa"), ("lactate", 18, "mg/dL")):
        Result.objects.create(
            sample=kpa, analyte=analyte, value=value, unit=unit, control_id="C7", **sent
        )

    gas = next(row for row in member(told).record.laboratory_gases if row.source == "hl7:C7")

    assert gas.is_arterial
    assert round(gas.paco2, 1) == Decimal("37.5")
    assert gas.lactate is None


def test_a_check_without_a_flow_gives_none(told, specialist):
    typed = Typed(checked_at=NOON - timedelta(hours=44.5), values={"pump_speed": 3400})
    record_check(run=told, typed=typed, by=specialist, at=NOON)

    assert len(member(told).record.flows) == 2


def test_a_newborns_facts_are_told_once_a_run(told, specialist):
    newborn = {"birth_weight_kg": "3.2", "gestational_age_weeks": 38, "apgar_5": "8"}
    record_run_facts(run=told, registry_facts={"newborn": newborn}, by=specialist, at=NOON)

    assert value(told, "birth_weight_kg")[0] == Decimal("3.2")
    assert value(told, "gestational_age_weeks")[0] == 38
    assert value(told, "apgar_5")[0] == 8
