"""The candidates of the two assessments: all are shown, the rule proposes, a person may choose."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from labs.actions.results import Charted, record_results
from patients.models import Run
from reports.actions.choices import NotACandidate, choose_rows
from reports.candidates import groups_of
from reports.judging import judge
from reports.models import AssessmentChoice
from reports.queries.cohort import cohort
from tests.factories import NOON
from tests.journeys.people import Person, machine
from tests.scenarios import running_vv

HOUR = timedelta(hours=1)


def gas(run, hours, **values):
    at = (run.started_at + hours * HOUR).isoformat()
    return {"taken_at": at, "site": "arterial", **values}


@pytest.fixture
def run(patient, specialist):
    """Gases 7, 3 and 1 h before flow, the last venous; pressures, and a gas of the laboratory."""
    run = running_vv(patient, specialist)
    run.registry_facts = {
        "pre_ecls": {
            "gases": [
                gas(run, -7, ph=7.3),
                gas(run, -3, ph=7.1, paco2=80),
                gas(run, -2, ph=7.2, paco2=70),
                {**gas(run, -1, ph=7.0), "site": "venous"},
            ],
            "haemodynamics": [{"taken_at": gas(run, -1)["taken_at"], "mbp": 55}],
            "support": [{"item": "norepinephrine"}],
        }
    }
    run.save()
    record_results(
        patient=patient, collected_at=run.started_at + 24 * HOUR, site="arterial",
        results=[Charted("pao2", Decimal(70), "mm[Hg]")], by=specialist, at=NOON,
    )  # fmt: skip
    return run


def groups(run):
    (member,) = cohort(Run.objects.filter(pk=run.pk), NOON)
    return {one.field: one for one in groups_of(member.record, run.assessment_choices.all())}


def told(run, field):
    (judged,) = judge(cohort(Run.objects.filter(pk=run.pk), NOON))
    return {one.field: (one.value, one.source) for one in judged.fields}[field]


def test_every_row_is_shown_with_why_it_counts_or_not(run):
    found = groups(run)["before-gas"]

    assert [(one.why_not, one.is_by_rule, one.worst) for one in found.candidates] == [
        ("not in the 6 h before flow on", False, ()),
        ("", False, ("pH", "PaCO2")),
        ("", True, ()),
        ("not arterial", False, ()),
    ]
    assert found.candidates[1].from_flow == "3:00 hr before flow on"
    assert [one.why_not for one in groups(run)["day-gas"].candidates] == [""]
    assert groups(run)["day-ventilator"].candidates == ()


def test_a_row_that_a_person_chose_is_told_and_it_is_kept_who_chose(run, coordinator, director):
    earlier = groups(run)["before-gas"].candidates[1]
    assert told(run, "pre_ph_closest") == (Decimal("7.2"), "pre_ecls.gases[2]")

    choose_rows(run=run, picks={"before-gas": earlier.key}, by=coordinator, at=NOON)
    again = choose_rows(run=run, picks={"before-gas": earlier.key}, by=director, at=NOON)

    assert told(run, "pre_ph_closest") == (Decimal("7.1"), "pre_ecls.gases[1]")
    assert told(run, "pre_ph_worst_6h") == (Decimal("7.1"), "pre_ecls.gases[1]")
    found = groups(run)["before-gas"]
    assert ([one.is_told for one in found.candidates], again) == ([False, True, False, False], [])
    assert found.choice.chosen_by == coordinator
    choose_rows(run=run, picks={"before-gas": ""}, by=director, at=NOON)
    assert told(run, "pre_ph_closest")[0] == Decimal("7.2")
    assert AssessmentChoice.objects.get().chosen_by == director


@pytest.mark.parametrize("number", [0, 3])
def test_a_row_that_does_not_count_cannot_be_chosen(run, coordinator, number):
    key = groups(run)["before-gas"].candidates[number].key

    with pytest.raises(NotACandidate, match="choose one that does"):
        choose_rows(run=run, picks={"before-gas": key}, by=coordinator, at=NOON)


def test_a_chosen_row_that_is_gone_leaves_the_rule_and_says_so(run, coordinator, specialist):
    (key,) = groups(run)["day-gas"].keys
    choose_rows(run=run, picks={"day-gas": key}, by=coordinator, at=NOON)
    assert not groups(run)["day-gas"].is_gone
    run.registry_facts = {}
    run.save()
    AssessmentChoice.objects.update(row_source="pre_ecls.gases[9]")

    assert groups(run)["day-gas"].is_gone
    assert told(run, "h24_pao2")[0] == Decimal(70)


def test_the_database_refuses_a_row_without_its_time(run, coordinator):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssessmentChoice.objects.create(
            run=run, assessment="before", group="gas", row_source="x", chosen_at=NOON,
            chosen_by=coordinator,
        )  # fmt: skip


def test_the_page_offers_and_keeps_a_choice(run, coordinator, specialist, time_machine):
    time_machine.move_to(NOON, tick=False)
    cleo, url = Person(coordinator), reverse("reports:run-candidates", args=[run.public_id])
    key = groups(run)["before-gas"].candidates[1].key

    page = cleo.opens(url).content.decode()
    kept = cleo.saves(url, **{"before-gas": key})
    forged = cleo.saves(url, **{"before-gas": "x"})
    again = cleo.opens(url).content.decode()

    assert "not arterial" in page
    assert "Noradrenaline" in page
    assert (kept.status_code, forged.status_code) == (302, 422)
    assert "chosen by Cleo Coordinator" in again
    assert Person(specialist).opens(url).status_code == 403


def test_the_api_shows_and_chooses(run, coordinator, specialist, time_machine):
    time_machine.move_to(NOON, tick=False)
    cleo, path = machine(coordinator), f"/api/v1/runs/{run.public_id}/assessment-candidates/"
    listed = cleo.get(path).json()
    key = listed[0]["candidates"][1]["key"]
    body = {"assessment": "before", "group": "gas", "key": key}

    chosen = cleo.post(path, body, format="json")
    wrong = cleo.post(path, {**body, "key": "x"}, format="json")

    assert len(listed) == 6
    assert listed[0]["candidates"][1]["values"][1] == {
        "name": "PaCO2",
        "value": "80",
        "unit": "mm[Hg]",
    }
    assert (chosen.status_code, chosen.json()["chosen_by"]["name"]) == (201, "Cleo Coordinator")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_a_candidate")
    assert machine(specialist).post(path, body, format="json").status_code == 403
    assert machine(specialist).get(path).status_code == 200
