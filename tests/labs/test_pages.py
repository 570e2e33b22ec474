"""The anticoagulation tab, the results table and their forms, as people meet them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from audit.models import Access
from labs.actions.infusions import Change, Dosing, change_infusion, start_infusion
from labs.actions.plans import set_plan
from labs.actions.results import Charted, record_results
from labs.models import AnticoagulationPlan, InfusionChange, InfusionChangeWithdrawal, Result
from tests.factories import NOON
from tests.labs.reference import site_document
from tests.labs.test_plans import CASE


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def heparin(run, nurse, physician):
    """Heparin since yesterday, aimed at an anti-Xa that is now too low."""
    began = NOON - timedelta(hours=24)
    started = start_infusion(
        run=run,
        agent="ufh",
        dosing=Dosing("[IU]/kg/h", Decimal(80), "actual"),
        change=Change("start", began, Decimal(12)),
        by=nurse,
        at=began,
    )
    set_plan(
        run=run,
        agent="ufh",
        driver="anti_xa_ufh",
        target_low=Decimal("0.3"),
        target_high=Decimal("0.5"),
        protocol="ufh-adult-low",
        starts_at=began,
        by=physician,
        at=began,
    )
    for hours, value in ((18, "0.41"), (6, "0.22")):
        chart(run, nurse, value, NOON - timedelta(hours=hours))
    return started.infusion


def chart(run, nurse, value, collected_at):
    typed = Charted("anti_xa_ufh", Decimal(value), "[IU]/mL")
    return record_results(
        patient=run.patient,
        collected_at=collected_at,
        results=[typed],
        by=nurse,
        at=collected_at + timedelta(minutes=30),
        confirmed=["anti_xa_ufh"],
    )


def tab(run, name="labs:anticoagulation"):
    return reverse(name, args=[run.public_id])


def text_of(response):
    return response.content.decode()


def test_the_tab_shows_dose_target_and_what_is_out_of_target(client, run, heparin, nurse):
    client.force_login(nurse)

    page = text_of(client.get(tab(run)))

    assert "units/kg/hr" in page
    assert "0.30 to 0.50" in page
    assert "below the target" in page
    assert "[IU]" not in page


def test_no_step_of_a_protocol_is_shown_until_the_site_has_signed(
    client, run, heparin, nurse, centre
):
    site_document(centre, "anticoagulation_protocols", CASE["anticoagulation_protocols"])
    client.force_login(nurse)
    before = text_of(client.get(tab(run)))

    site_document(centre, "clinical_switches", {"titration": True})
    after = text_of(client.get(tab(run)))

    assert "has not signed for titration" in before
    assert "Protocol step" not in before
    assert "Protocol step" in after


def test_an_empty_run_says_that_nothing_was_started(client, run, nurse):
    client.force_login(nurse)

    page = text_of(client.get(tab(run)))

    assert "No anticoagulant was started" in page


def test_a_held_infusion_says_so_with_its_reason(client, run, heparin, nurse):
    held = Change(
        "hold",
        NOON - timedelta(hours=1),
        reason="bleeding at the cannula",
        review_at=NOON + timedelta(hours=1),
    )
    change_infusion(infusion=heparin, change=held, by=nurse, at=NOON)
    client.force_login(nurse)

    page = text_of(client.get(tab(run)))

    assert "bleeding at the cannula" in page
    assert "Look again by" in page


@pytest.mark.parametrize("hours", ["24", "72", "0", "nonsense"])
def test_the_chart_is_drawn_for_each_range(client, run, heparin, nurse, hours):
    client.force_login(nurse)

    page = text_of(client.get(tab(run), {"hours": hours}))

    assert page.count('class="panel"') == 2
    assert "style=" not in page.split('class="chart"', 1)[1].split("</figure>")[0]


@pytest.mark.parametrize("name", ["labs:anticoagulation", "labs:results"])
def test_a_reading_is_written_down_and_a_stranger_finds_nothing(
    client, run, heparin, nurse, split_person, stranger, name
):
    client.force_login(nurse)
    client.get(tab(run, name))
    assert Access.objects.filter(patient_key=str(run.patient.public_id)).exists()

    client.force_login(stranger)
    assert client.get(tab(run, name)).status_code in {403, 404}


@pytest.mark.parametrize("name", ["labs:result-create", "labs:infusion-start", "labs:plan-set"])
def test_who_only_observes_here_may_not_write(client, run, split_person, name):
    client.force_login(split_person)

    assert client.get(tab(run, name)).status_code == 403


def test_a_result_is_charted_on_the_form(client, run, nurse):
    client.force_login(nurse)
    facts = {"client_uuid": uuid4(), "collected_at": "11:30", "site": "arterial", "aptt": "<25"}

    response = client.post(tab(run, "labs:result-create"), facts)

    result = Result.objects.get()
    assert response.status_code == 302
    assert (result.comparator, result.value, result.unit) == ("<", 25, "s")


@pytest.mark.parametrize(
    "typed",
    [{"aptt": "7,140"}, {"aptt": "many"}, {"aptt": "714"}, {"collected_at": "13:30"}, {}],
    ids=["thousands", "words", "decimal slip", "future", "nothing"],
)
def test_a_slip_on_the_result_form_is_said_and_nothing_is_lost(client, run, nurse, typed):
    client.force_login(nurse)
    facts = {"client_uuid": uuid4(), "collected_at": "12:30", "ldh": "", **typed}

    response = client.post(tab(run, "labs:result-create"), facts)

    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert not Result.objects.exists()


def test_a_large_change_is_asked_back_on_the_form_and_taken_when_confirmed(
    client, run, heparin, nurse
):
    client.force_login(nurse)
    url = reverse("labs:infusion-change", args=[heparin.public_id])
    facts = {"client_uuid": uuid4(), "kind": "change", "changed_at": "now", "rate": "120"}

    asked = client.post(url, facts)
    taken = client.post(url, {**facts, "confirmed": ["rate"]})

    assert asked.status_code == 422
    assert 'name="confirmed" value="rate"' in text_of(asked)
    assert taken.status_code == 302
    assert InfusionChange.objects.last().rate == 120


def test_an_infusion_is_started_on_the_form_once_however_often_it_is_sent(client, run, nurse):
    client.force_login(nurse)
    facts = {
        "client_uuid": uuid4(),
        "agent": "ufh",
        "rate": "12.5",
        "rate_unit": "[IU]/kg/h",
        "changed_at": "11:00",
        "weight_kg": "80",
        "weight_basis": "actual",
    }

    for _ in range(2):
        assert client.post(tab(run, "labs:infusion-start"), facts).status_code == 302

    assert InfusionChange.objects.get().rate == Decimal("12.5")


def test_a_change_is_withdrawn_on_the_form(client, heparin, nurse):
    client.force_login(nurse)
    change = InfusionChange.objects.get()
    url = reverse("labs:change-withdraw", args=[change.public_id])

    assert client.get(url).status_code == 200
    client.post(url, {"reason": "other patient", "client_uuid": uuid4()})

    assert InfusionChangeWithdrawal.objects.get().change == change


def test_a_plan_is_set_on_the_form_by_a_physician(client, run, physician):
    client.force_login(physician)
    facts = {
        "client_uuid": uuid4(),
        "agent": "ufh",
        "driver": "aptt",
        "target_low": "50",
        "target_high": "70",
        "starts_at": "11:00",
    }

    response = client.post(tab(run, "labs:plan-set"), facts)

    assert response.status_code == 302
    assert AnticoagulationPlan.objects.get().unit == "s"


@pytest.mark.parametrize(("typed", "status"), [("0.24", "corrected"), ("", "entered_in_error")])
def test_a_result_is_corrected_or_withdrawn_on_the_form(client, run, heparin, nurse, typed, status):
    client.force_login(nurse)
    result = Result.objects.current().order_by("-sample__collected_at").first()
    url = reverse("labs:result-correct", args=[result.public_id])
    facts = {"value": typed, "reason": "misread", "confirmed": "anti_xa_ufh"}

    response = client.post(url, {**facts, "client_uuid": uuid4()})

    assert response.status_code == 302
    assert Result.objects.get(supersedes=result).status == status
    assert client.get(tab(run, "labs:results")).status_code == 200


def test_the_table_of_a_run_without_results_says_so(client, run, nurse):
    client.force_login(nurse)

    assert "No result yet" in text_of(client.get(tab(run, "labs:results")))


def test_a_name_with_markup_is_shown_as_text(client, run, nurse):
    words = Charted("hit_antibody", value_text="<script>alert(1)</script> 🧪")
    record_results(patient=run.patient, collected_at=NOON, results=[words], by=nurse, at=NOON)
    client.force_login(nurse)

    page = text_of(client.get(tab(run, "labs:results")))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🧪" in page


def test_the_tab_costs_the_same_however_long_the_run(
    client, run, heparin, nurse, django_assert_max_num_queries
):
    for hours in range(1, 6):
        chart(run, nurse, "0.4", NOON - timedelta(hours=hours))
    client.force_login(nurse)

    with django_assert_max_num_queries(36):
        client.get(tab(run))
