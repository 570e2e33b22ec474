"""The trail of a patient tells of everything that has a history and belongs to them."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from audit.queries import event_models
from circuits.actions.activate import activate_standby
from circuits.actions.exchange import NewPart
from circuits.actions.prime import prime_standby
from circuits.actions.standby import assemble_standby
from clinical.lifecycle import State
from ecmo.trail import FURTHER, OF_A_RUN
from episodes.actions.ending import record_end_of_life
from episodes.actions.referrals import log_call, receive_referral, step_referral
from patients.actions.referral import name_patient
from tests.factories import NOON
from tests.journeys.people import Person
from tests.scenarios import device, running_vv
from web.models import ChecklistRun, ChecklistTap

PROJECTED = {"Alert", "Due"}
"""Rewritten by every reassessment: `AlertChange` says what was open when."""


def test_every_row_of_a_run_that_has_a_history_is_in_the_trail():
    tracked = {one.pgh_tracked_model for one in event_models()}
    of_a_run = {
        model.__name__
        for model in tracked
        if any(field.name == "run" for field in model._meta.fields)
    }

    assert len(of_a_run) > 25
    known = {model.__name__ for model in (*OF_A_RUN, *FURTHER)}
    assert of_a_run - PROJECTED - {"Referral", "RecallStep"} <= known


@pytest.mark.parametrize("model", [*OF_A_RUN, *FURTHER], ids=lambda model: model.__name__)
def test_what_the_trail_names_has_a_history(model):
    assert apps.get_model(model._meta.app_label, f"{model.__name__}Event")


def test_steps_calls_and_the_end_are_told(patient, unit, physician, coordinator, time_machine):
    time_machine.move_to(NOON + timedelta(hours=1), tick=False)
    referral = receive_referral(
        unit=unit, call_back="555 1", called_at=NOON, by=coordinator, at=NOON
    )
    name_patient(referral=referral, mrn="M1", family_name="Canary", by=coordinator, at=NOON)
    step_referral(referral=referral, to=State.TRIAGE, happened_at=NOON, by=physician, at=NOON)
    log_call(referral=referral, text="Prone.", happened_at=NOON, by=physician, at=NOON)
    run = running_vv(patient, physician)
    record_end_of_life(run=run, donation="declined", by=physician, at=NOON)
    director = Person(coordinator)

    page = director.opens(reverse("patient-trail", args=[patient.public_id])).content.decode()

    assert "took a step to “In triage”" in page
    assert "wrote into the call log (call)" in page
    assert "Referral (added)" in page or "referral (added)" in page
    assert "end of life (added)" in page


def test_a_standby_circuit_with_its_prime_and_the_answers_of_lists_are_told(
    patient, unit, perfusionist, coordinator
):
    by = {"by": perfusionist, "at": NOON}
    run = running_vv(patient, perfusionist)
    parts = [NewPart(model=device("oxygenator"), serial="SB-1", position="oxygenator")]
    standby = assemble_standby(
        unit=unit, label="Blue 1", location="Store", assembled_at=NOON, parts=parts, **by
    )
    prime_standby(
        standby=standby, kind="crystalloid", fluid="Balanced", volume_ml=600, primed_at=NOON,
        primed_by=perfusionist, **by,
    )  # fmt: skip
    activate_standby(run=run, standby=standby, activated_at=NOON, confirmed=["standby"], **by)
    checklist = ChecklistRun.objects.create(
        unit=unit, kind="decannulation", patient_key=str(patient.public_id), started_at=NOON,
        started_by=perfusionist, body={"title": "Decannulation"},
    )  # fmt: skip
    ChecklistTap.objects.create(
        checklist=checklist, item="sutures", answer="done", tapped_at=NOON, entered_at=NOON,
        by=perfusionist,
    )  # fmt: skip

    trail = reverse("patient-trail", args=[patient.public_id])
    page = Person(coordinator).opens(trail).content.decode()

    for said in ("standby circuit (added)", "prime (added)", "checklist run (added)", "sutures"):
        assert said in page, said
