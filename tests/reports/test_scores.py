"""The page of the scores: what the record suggests is looked at, worked out, and never guessed."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from clinical.scores.catalogue import score_named
from patients.actions.scores import Given, record_score
from patients.models import Run, ScoreResult
from reports.queries.cohort import cohort
from reports.suggesting import suggestions
from reports.views.scores import slug_of
from tests.clinical.scores.told import SAVE
from tests.reports.situations import APRIL, ended_run, whole_run


@pytest.fixture
def told(patient, specialist):
    return whole_run(patient, specialist)


def suggested(run, name):
    (member,) = cohort(Run.objects.filter(pk=run.pk), APRIL)
    return suggestions(member.record, score_named(name))


def sent(**answers):
    """What the form sends: the answers, that they were looked at, and its hidden key."""
    return {"looked": "on", "client_uuid": str(uuid4()), **answers}


def page(run, name):
    return reverse("reports:score-create", args=[run.public_id, slug_of(score_named(name))])


def test_the_record_suggests_answers_with_source_site_and_time(told):
    found = suggested(told, "RESP")

    assert found["ventilated_h"].value == Decimal(20)
    assert found["paco2_worst"].source == "pre_ecls.gases[0]"
    assert found["paco2_worst"].site.startswith("arterial")
    assert found["paco2_worst"].taken_at is not None
    assert found["arrest"].value is False


def test_a_no_is_never_suggested_for_support_that_nobody_recorded(told):
    assert {"nmb", "ino", "bicarbonate"}.isdisjoint(suggested(told, "RESP"))


def test_a_run_of_which_little_is_told_suggests_little(patient, specialist):
    bare = ended_run(patient, specialist)

    assert set(suggested(bare, "RESP")) == {"age_years"}


def test_a_score_is_worked_out_from_what_was_looked_at(client, told, specialist):
    client.force_login(specialist)
    answers = sent(pao2="60", fio2_pct="80")

    shown = client.get(page(told, "P/F")).content.decode()
    client.post(page(told, "P/F"), answers)

    assert "Suggested from pre_ecls.gases[0] arterial" in shown
    row = ScoreResult.objects.get()
    assert (row.value, row.entered_by) == (Decimal(75), specialist)
    assert row.inputs["pao2"]["source"] == "entered by hand"
    assert row.inputs["fio2_pct"]["source"] == "pre_ecls.vent[0]"
    listed = client.get(reverse("reports:score-list", args=[told.public_id])).content.decode()
    assert "75" in listed
    assert "<dt>PaO2</dt><dd>60 mm[Hg] <small>entered by hand</small></dd>" in listed


def test_a_missing_answer_refuses_and_what_was_typed_stays(client, told, specialist):
    client.force_login(specialist)

    answer = client.post(page(told, "RESP"), sent(pip_worst="31"))

    assert answer.status_code == 422
    assert "This score needs it. Nothing is guessed." in answer.content.decode()
    assert 'value="31"' in answer.content.decode()
    assert not ScoreResult.objects.exists()


def test_answers_are_shown_in_words(told, specialist):
    answers = {name: Given(value) for name, value in SAVE.items()}
    row = record_score(run=told, name="SAVE", given=answers, by=specialist, at=APRIL)

    shown = {one["label"]: one["value"] for one in row.answers}

    assert (shown["Diagnoses"], shown["CNS dysfunction"], shown["Weight"]) == ("other", "no", "70")


def test_nobody_keeps_a_score_unseen(client, told, specialist):
    client.force_login(specialist)

    answer = client.post(page(told, "P/F"), {"pao2": "60", "fio2_pct": "80"})

    assert answer.status_code == 422
    assert "Look at every value" in answer.content.decode()


def test_a_result_from_elsewhere_asks_for_its_source(client, told, specialist):
    client.force_login(specialist)
    result = sent(result="21", obtained_at="01-Mar-2026 10:00")

    refused = client.post(page(told, "REMEMBER"), result)
    client.post(page(told, "REMEMBER"), result | {"result_source": "the authors' calculator"})

    assert refused.status_code == 422
    assert ScoreResult.objects.get().band == "III"


def test_a_score_that_does_not_exist_is_not_found(client, told, specialist):
    client.force_login(specialist)

    path = reverse("reports:score-create", args=[told.public_id, "apache"])

    assert client.get(path).status_code == 404


def test_without_a_score_the_page_says_what_to_do(client, told, observer):
    client.force_login(observer)

    shown = client.get(reverse("reports:score-list", args=[told.public_id])).content.decode()

    assert "No score yet" in shown
    assert "Work out" not in shown
