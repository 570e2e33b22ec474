"""Entries made in error are withdrawn on the page and stay readable; scores are corrected; a list of
diagnoses is taken over."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from patients.actions.entries import record_infection, record_procedure
from patients.actions.events import record_diagnosis
from patients.models import DiagnosisCode, Procedure, ScoreResult
from tests.factories import NOON, RunFactory
from tests.journeys.people import Person
from tests.scenarios import running_vv

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


@pytest.fixture
def procedure(run, specialist):
    return record_procedure(
        run=run, kind="pci", performed_at=NOON - HOUR, label="Stent", by=specialist, at=NOON
    )


def withdrawal(run, kind, entry):
    return reverse("patients:entry-withdraw", args=[run.public_id, kind, entry.public_id])


def events(run):
    return reverse("patients:event-list", args=[run.public_id])


def test_an_entry_is_withdrawn_from_the_list_and_stays_readable(run, procedure, specialist):
    sam = Person(specialist)
    assert withdrawal(run, "procedure", procedure) in sam.opens(events(run)).content.decode()

    refused = sam.saves(withdrawal(run, "procedure", procedure), reason="")
    done = sam.saves(withdrawal(run, "procedure", procedure), reason="wrong bed")

    assert (refused.status_code, done.status_code) == (422, 302)
    assert Procedure.objects.get().withdrawn_at == NOON
    page = sam.opens(events(run)).content.decode()
    assert "made in error" in page
    assert "by Sam Specialist: wrong bed" in page
    assert withdrawal(run, "procedure", procedure) not in page


def test_one_is_withdrawn_and_entered_anew_in_one_go(run, specialist):
    culture = record_infection(
        run=run, organism="E. coli", site="blood", collected_at=NOON - HOUR, by=specialist, at=NOON
    )
    diagnosis = record_diagnosis(
        run=run, label="ARDS", icd10="J80", is_primary=True, by=specialist, at=NOON
    )
    sam, page = Person(specialist), events(run)
    assert withdrawal(run, "diagnosis", diagnosis) in sam.opens(page).content.decode()

    answer = sam.saves(withdrawal(run, "infection", culture), reason="typo", anew="1")

    anew = reverse("patients:event-create", args=[run.public_id, "infection"])
    assert answer.headers["Location"] == anew


def test_an_entry_of_another_run_is_not_there(run, procedure, specialist, unit):
    other = RunFactory(patient__unit=unit, entered_by=specialist)

    answer = Person(specialist).opens(withdrawal(other, "procedure", procedure))

    assert answer.status_code == 404


def test_a_score_is_corrected_with_its_answers_filled_in_and_a_reason(run, specialist):
    sam, path = Person(specialist), reverse("reports:score-create", args=[run.public_id, "p-f"])
    scores = reverse("reports:score-list", args=[run.public_id])
    sam.saves(path, pao2="60", fio2_pct="60", looked="on")
    first = ScoreResult.objects.get()
    correct = f"{path}?corrects={first.public_id}"

    listed = sam.opens(scores).content.decode()
    filled = sam.fills(correct)
    bare = sam.saves(correct, pao2="66", looked="on")
    done = sam.saves(correct, pao2="66", looked="on", reason="misread")
    again = sam.opens(correct)

    assert f"corrects={first.public_id}" in listed
    assert filled["pao2"] == "60"
    assert (bare.status_code, done.status_code, again.status_code) == (422, 302, 404)
    newest = ScoreResult.objects.current().get()
    assert (newest.corrects, newest.reason, newest.value) == (first, "misread", 110)
    assert "corrects 100: misread" in sam.opens(scores).content.decode()
    assert sam.opens(f"{path}?corrects=x").status_code == 404


def test_a_list_of_diagnoses_is_taken_over_or_refused_line_by_line(coordinator, centre):
    cleo = Person(coordinator)
    page, upload = reverse("patients:code-list"), reverse("patients:code-import")
    empty = cleo.opens(page).content.decode()

    def sends(text):
        file = SimpleUploadedFile("list.csv", text.encode(), "text/csv")
        return cleo.client.post(upload, {**cleo.fills(upload), "centre": centre.pk, "file": file})

    wrong = sends("J80,ARDS\nnonsense,x\n")
    none_of_it = DiagnosisCode.objects.count()
    done = sends("code,text\nJ80,ARDS\nI46.9,Cardiac arrest\n")

    assert "No list yet" in empty
    assert (wrong.status_code, none_of_it) == (422, 0)
    assert "is no ICD-10 code" in wrong.content.decode()
    assert done.status_code == 302
    shown = cleo.opens(page).content.decode()
    assert "2 codes in use" in shown
    assert "Cardiac arrest" in shown


def test_a_nurse_takes_over_no_list(nurse):
    assert Person(nurse).opens(reverse("patients:code-import")).status_code == 403
