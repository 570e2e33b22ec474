"""Procedures, cultures, family, blood: recorded as told, withdrawn without a trace lost."""

from datetime import timedelta
from decimal import Decimal

import pytest

from patients.actions.entries import (
    record_draw,
    record_family_entry,
    record_infection,
    record_procedure,
    withdraw_entry,
)
from patients.actions.events import (
    DiagnosisUnnamed,
    IdentityMissing,
    record_diagnosis,
    record_product,
)
from patients.actions.times import InTheFuture
from patients.blood import blood_of
from patients.models import DiagnosisCode
from patients.timeline import timeline
from tests.factories import NOON, RunFactory
from tests.scenarios import running_vv

LATER = NOON + timedelta(minutes=1)
BAG = {
    "donation_id": "W0001", "product_code": "E0382", "abo_rhd": "O neg", "expires_at": LATER,
}  # fmt: skip


def give(run, by, given_to="patient", **facts):
    facts = {"product": "red_cells", "volume_ml": Decimal(100), "started_at": NOON, **facts}
    return record_product(run=run, given_to=given_to, by=by, at=NOON, **facts)


ENTRIES = [
    (record_procedure, {"kind": "pci"}, "performed_at"),
    (record_infection, {"organism": "E. coli", "site": "blood"}, "collected_at"),
    (record_family_entry, {"kind": "consent", "text": "Agreed to ECMO."}, "occurred_at"),
    (record_draw, {"volume_ml": Decimal("1.2")}, "drawn_at"),
]


@pytest.mark.parametrize(("act", "facts", "when"), ENTRIES)
def test_an_entry_stands_in_the_timeline_until_it_is_withdrawn(run, specialist, act, facts, when):
    row = act(run=run, by=specialist, at=NOON, **facts, **{when: NOON})
    shown = [one.public_id for one in timeline(run)]

    withdraw_entry(entry=row, by=specialist, at=LATER, reason="another patient's")
    withdraw_entry(entry=row, by=specialist, at=LATER + timedelta(hours=1), reason="again")

    assert row.public_id in shown
    assert row.public_id not in [one.public_id for one in timeline(run)]
    row.refresh_from_db()
    assert row.withdrawn_at == LATER


@pytest.mark.parametrize(("act", "facts", "when"), ENTRIES)
def test_an_entry_cannot_lie_in_the_future(run, specialist, act, facts, when):
    with pytest.raises(InTheFuture):
        act(run=run, by=specialist, at=NOON, **facts, **{when: LATER})


@pytest.mark.parametrize("missing", BAG)
def test_a_bag_of_the_prime_is_asked_for_its_full_identity_once(run, specialist, missing):
    known = {name: value for name, value in BAG.items() if name != missing}

    with pytest.raises(IdentityMissing, match="full identity") as asked:
        give(run, specialist, "circuit", **known)

    assert asked.value.errors[0]["parameter"] == "identity"
    assert give(run, specialist, "circuit", confirmed=["identity"], **known).pk


def test_a_bag_with_its_full_identity_and_one_for_the_patient_are_not_asked_about(run, specialist):
    assert give(run, specialist, "circuit", **BAG).product_code == "E0382"
    assert give(run, specialist).donation_id == ""


def test_blood_is_added_up_by_day_and_kilogram_without_what_was_withdrawn(patient, specialist):
    run = running_vv(patient, specialist, weight_kg="4")
    give(run, specialist)
    wrong = give(run, specialist, volume_ml=Decimal(50))
    give(run, specialist, "circuit", **BAG)
    record_draw(run=run, volume_ml=Decimal(2), drawn_at=NOON, by=specialist, at=NOON)
    withdraw_entry(entry=wrong, by=specialist, at=NOON, reason="twice")

    blood = blood_of(run)

    (day,) = blood.balance.days
    assert (day.ecls_day, day.ml_per_kg, day.sampling_ml_per_kg) == (3, Decimal(25), Decimal("0.5"))
    assert blood.balance.circuit_prime_ml == {"red_cells": Decimal(100)}
    assert blood.is_small


@pytest.mark.parametrize(("weight", "is_small"), [("9.999", True), ("10", False)])
def test_millilitres_count_below_ten_kilograms(patient, specialist, weight, is_small):
    run = running_vv(patient, specialist, weight_kg=weight)

    assert blood_of(run).is_small == is_small


def test_without_a_weight_nothing_is_given_per_kilogram(patient, specialist):
    run = RunFactory(patient=patient)
    give(run, specialist)

    blood = blood_of(run)

    assert blood.balance.total_ml_per_kg is None
    assert not blood.is_small


def test_a_diagnosis_without_words_takes_those_of_the_list(run, specialist):
    listed = {"centre": run.unit.centre, "imported_at": NOON, "imported_by": specialist}
    DiagnosisCode.objects.create(code="J80", label="ARDS", **listed)
    DiagnosisCode.objects.create(code="J81", label="Oedema", retired_at=NOON, **listed)
    told = {"run": run, "is_primary": False, "by": specialist, "at": NOON}

    assert record_diagnosis(icd10=" j80 ", label="", **told).label == "ARDS"
    assert record_diagnosis(icd10="J80", label="Shock lung", **told).label == "Shock lung"
    with pytest.raises(DiagnosisUnnamed, match="not in the list"):
        record_diagnosis(icd10="J81", label=" ", **told)
