"""The pages of trials, plans and journeys, as they are worked through."""

from datetime import timedelta

import pytest
from django.urls import reverse

from circuits.actions.care_plan import set_target
from circuits.actions.transport import plan_leg
from circuits.actions.weaning import start_trial
from circuits.models import Check
from patients.models import DailyTarget, WeaningTrial
from tests.factories import NOON
from tests.journeys.people import Person, said
from tests.scenarios import running_vv
from web.actions import approve_document, draft_document
from web.models import ChecklistTap

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


def page(name, row):
    return reverse(f"circuits:{name}", args=[row.public_id])


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_plan_that_does_not_fit_says_why_and_the_way_out(patient, physician, specialist):
    run = running_vv(patient, specialist, mode="VA")
    fay = Person(physician)

    answer = fay.saves(page("trial-start", run), kind="vv_sweep_off", started_at="now")

    assert answer.status_code == 422
    assert "Choose a turn-down" in said(answer)
    assert "does not fit" in text(fay.opens(page("weaning", run)))


def test_a_fact_is_asked_back_with_a_box_to_confirm_and_then_recorded(patient, specialist):
    run = running_vv(patient, specialist, mode="VA")
    sam, url = Person(specialist), page("trial-record", run)
    told = {"kind": "vv_sweep_off", "started_at": "now"}

    asked = sam.saves(url, **told)
    saved = sam.saves(url, **told, confirm=["kind"])

    assert asked.status_code == 422
    assert 'name="confirm" value="kind"' in text(asked)
    assert saved.status_code == 302
    assert "may shunt" in text(sam.opens(page("weaning", run)))


def test_the_check_form_has_the_trial_that_goes_on_chosen(run, physician):
    start_trial(run=run, kind="vv_sweep_off", started_at=NOON, by=physician, at=NOON)

    form = Person(physician).fills(reverse("circuits:check-create", args=[run.public_id]))

    assert form["trial"] == "vv_sweep_off"


def test_one_tap_restores_the_settings(run, physician, nurse):
    trial = start_trial(run=run, kind="vv_sweep_off", started_at=NOON, by=physician, at=NOON)
    noor = Person(nurse)
    before = text(noor.opens(page("weaning", run)))

    answer = noor.client.post(page("trial-restore", trial))

    assert "Settings are restored" in before
    assert answer.status_code == 302
    assert WeaningTrial.objects.get().restored_at == NOON
    assert "verdict owed" in text(noor.opens(page("weaning", run)))
    assert not Check.objects.exists()


def test_an_observer_sees_the_trial_and_no_button(run, physician, observer):
    trial = start_trial(run=run, kind="vv_sweep_off", started_at=NOON, by=physician, at=NOON)
    olu = Person(observer)

    shown = text(olu.opens(page("weaning", run)))

    assert "V-V sweep-off trial" in shown
    assert "Settings are restored" not in shown
    assert olu.client.post(page("trial-restore", trial)).status_code == 403


def test_a_target_is_withdrawn_by_one_button(run, physician):
    target = set_target(run=run, key="sedation", words="awake", by=physician, at=NOON - HOUR)
    fay = Person(physician)

    answer = fay.client.post(page("target-withdraw", target))

    assert answer.status_code == 302
    assert DailyTarget.objects.filter(is_withdrawn=True).exists()
    assert "No target set today" in text(fay.opens(page("care-plan", run)))


def test_a_missing_emergency_plan_is_said_to_be_missing(run, nurse):
    shown = text(Person(nurse).opens(page("care-plan", run)))

    assert "No emergency plan yet" in shown
    assert "Ceiling of care not entered" in shown


def test_a_checklist_is_answered_on_the_page_of_the_journey(
    run, nurse, specialist, centre, coordinator, director
):
    body = {"items": [{"id": "o2", "label": "Oxygen read", "unit": "psi"}]}
    facts = {"centre": centre, "kind": "transport_before", "body": body, "at": NOON - HOUR}
    listed = draft_document(**facts, by=coordinator)
    approve_document(document=listed, valid_from=NOON - HOUR, by=director, at=NOON - HOUR)
    leg = plan_leg(
        run=run, kind="road", from_place="ICU", to_place="City", planned_at=NOON,
        by=specialist, at=NOON,
    )  # fmt: skip
    noor = Person(nurse)
    url = reverse("circuits:item-answer", args=[run.public_id, "transport_before", leg.public_id])

    answered = noor.client.post(url, {"item": "o2", "answer": "done", "value": "1900"})
    nonsense = noor.client.post(url, {"item": "o2", "answer": "perhaps"})
    shown = text(noor.opens(answered.headers["Location"]))

    assert (answered.status_code, nonsense.status_code) == (302, 404)
    tap = ChecklistTap.objects.select_related("checklist").get()
    assert (tap.value, tap.checklist.patient_key) == ("1900", str(run.patient.public_id))
    assert "done: 1900 psi" in shown
    assert "The site has no such checklist in force" in shown
    assert "cannot be told" in shown


def test_go_is_asked_back_on_the_page_and_signed_when_confirmed(run, physician, specialist):
    leg = plan_leg(
        run=run, kind="air", from_place="ICU", to_place="City", planned_at=NOON,
        by=specialist, at=NOON,
    )  # fmt: skip
    fay, url = Person(physician), page("leg-decide", leg)

    asked = fay.saves(url, decision="go")
    signed = fay.saves(url, decision="go", confirm=["oxygen_unknown", "checklist_open"])

    assert (asked.status_code, signed.status_code) == (422, 302)
    assert "Nobody can say how long" in text(asked)
    assert "GO" in text(fay.opens(page("transport", run)))


def test_decannulation_shows_each_cannula_and_how_its_vessel_was_closed(run, specialist):
    sam = Person(specialist)
    sam.saves(
        reverse("circuits:cannula-create", args=[run.public_id]),
        site="femoral_v",
        purpose="drainage",
        inserted_at="01-Mar-2026 10:00",
    )
    cannula = run.cannulas.get()

    sam.saves(
        page("cannula-remove", cannula),
        removed_at="now",
        reason="elective_decannulation",
        repair="suture",
    )

    shown = text(sam.opens(page("decannulation", run)))
    assert "closure suture at the skin" in shown
