"""Pages of referrals and episodes: the call is kept while it is typed, steps, flow on, the end."""

from uuid import uuid4

import pytest
from django.urls import reverse

from episodes.actions.referrals import receive_referral
from patients.models import Referral, Run
from tests.factories import NOON
from tests.journeys.people import Person, said
from tests.scenarios import running_vv

NEW = "/referrals/new/"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def referral(unit, coordinator):
    return receive_referral(
        unit=unit, call_back="555 1", called_at=NOON, by=coordinator, at=NOON, age=3, age_unit="d"
    )


def call(unit, **typed):
    return {"referral": str(uuid4()), "called_at": "now", "unit": unit.pk, "age_unit": "a"} | typed


def test_the_call_is_kept_from_the_number_on_while_it_is_typed(client, unit, coordinator):
    client.force_login(coordinator)
    keep = {"headers": {"X-Autosave": "1"}}
    sent = call(unit)

    without = client.post(NEW, sent, **keep)
    first = client.post(NEW, {**sent, "call_back": "555 1", "weight_kg": "ninety"}, **keep)
    more = {**sent, "call_back": "555 1", "weight_kg": "90", "had_arrest": "true"}
    client.post(first.json()["url"], more, **keep)
    saved = client.post(NEW, more)

    assert (without.status_code, without.json()["unread"]) == (422, ["Number to call back"])
    assert first.json()["unread"] == ["Weight"]
    referral = Referral.objects.get()
    assert (referral.weight_kg, referral.had_arrest) == (90, True)
    assert saved.headers["Location"] == referral.get_absolute_url()


def test_without_a_script_the_form_is_refused_with_what_to_do_and_keeps_what_was_typed(
    client, unit, coordinator
):
    client.force_login(coordinator)

    answer = client.post(NEW, call(unit, diagnosis="ARDS"))

    assert answer.status_code == 422
    assert 'value="ARDS"' in answer.content.decode()
    assert not Referral.objects.exists()


@pytest.mark.parametrize("part", ["", "1"])
def test_the_list_shows_open_calls_with_what_they_wait_for(client, referral, observer, part):
    client.force_login(observer)

    html = client.get("/referrals/", {"part": part}).content.decode()

    assert "Take on the referral" in html
    assert "3 days" in html


def test_an_empty_list_says_what_to_do(client, coordinator):
    client.force_login(coordinator)

    assert "number to call back first" in client.get("/referrals/").content.decode()


def test_a_referral_goes_from_the_call_to_flow_on(referral, physician):
    fay, page = Person(physician), referral.get_absolute_url()
    fay.saves(f"{page}to/triage/")
    fay.saves(f"{page}to/candidate/", inclusion="P/F 52")
    refused = fay.saves(f"{page}to/accepted/", physicians="Fay")
    fay.saves(f"{page}to/accepted/", physicians="Fay, Max")
    fay.saves(f"{page}log/", text="Coming by air")
    fay.saves(f"{page}flow-on/")

    run = Run.objects.get()
    assert "takes 2 physicians" in said(refused)
    assert (run.referral.pk, str(run.patient)) == (referral.pk, "UNKNOWN, ECMO 13:00")
    html = fay.opens(page).content.decode()
    assert all(words in html for words in ("P/F 52", "Coming by air", "To the run"))


def test_who_may_not_decide_is_told_so(client, referral, nurse, observer):
    client.force_login(nurse)
    assert client.get(f"{referral.get_absolute_url()}to/triage/").status_code == 403
    client.force_login(observer)
    assert client.get(f"{referral.get_absolute_url()}log/").status_code == 403
    assert client.get(referral.get_absolute_url()).status_code == 200


def test_a_stranger_finds_no_referral(client, referral, split_person, unit):
    split_person.memberships.filter(unit=unit).delete()
    client.force_login(split_person)

    assert client.get(referral.get_absolute_url()).status_code == 404
    assert "Take on" not in client.get("/referrals/").content.decode()


@pytest.mark.parametrize(
    "name", ["edit", "hand-over", "name", "take-back", "flow-on", "log", "detail"]
)
def test_a_page_of_a_referral_opens_for_a_coordinator(client, referral, coordinator, name):
    client.force_login(coordinator)

    assert (
        client.get(reverse(f"episodes:referral-{name}", args=[referral.public_id])).status_code
        == 200
    )


def test_a_death_is_recorded_from_the_page_and_the_circuit_is_held(patient, specialist, physician):
    run = running_vv(patient, physician)
    fay = Person(physician)

    fay.saves(f"/runs/{run.public_id}/death/", died_at="-10", clamped_at="-5", coroner="hold")

    html = fay.opens(f"/runs/{run.public_id}/episode/").content.decode()
    assert "Hold the circuit, discard nothing" in html
    assert "Has the donation team been asked?" in html
    assert fay.opens("/follow-up/").status_code == 200


def test_a_run_is_followed_from_its_page(patient, physician):
    run = running_vv(patient, physician)
    fay, page = Person(physician), f"/runs/{run.public_id}/episode/"
    fay.saves(f"/runs/{run.public_id}/run/end/", ended_at="now")
    for state in ("post_ecls", "followup"):
        fay.saves(f"{page}to/{state}/")
    visit = run.visits.first()
    fay.saves(f"/visits/{visit.public_id}/", seen_on="2026-03-02", result="Walks 400 m")

    assert "Walks 400 m" in fay.opens(page).content.decode()
    assert "Walks 400 m" in fay.opens("/follow-up/").content.decode()
    assert fay.opens(f"{page}to/nowhere/").status_code == 404


def test_flow_on_needs_nothing_but_the_time(specialist, unit):
    sam = Person(specialist)

    sam.saves("/flow-on/", support_type="ecpr")

    assert str(Run.objects.get().patient) == "UNKNOWN, ECPR 13:00"
