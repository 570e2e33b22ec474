"""A form that is sent twice is done once, whoever sends it and however fast."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circuits.models import Check
from patients.models import Patient, WeightEntry
from staffing.models import Shift
from tests.factories import PersonFactory
from tests.scenarios import running_vv
from web.models import IdempotencyRecord


@pytest.fixture
def support(patient, specialist):
    """A run that began two hours ago."""
    return running_vv(patient, specialist, at=timezone.now() - timedelta(hours=2))


@pytest.fixture
def bedside(client, specialist):
    client.force_login(specialist)
    return client


def clock(unit, minutes=5):
    """A time some minutes ago, as the ward writes it."""
    at = timezone.now() - timedelta(minutes=minutes)
    return at.astimezone(unit.centre.tz).strftime("%Y-%m-%d %H:%M")


def weighed(unit, **changed):
    return {
        "client_uuid": str(uuid4()),
        "weight_kg": "81",
        "basis": "actual",
        "measured_at": clock(unit),
    } | changed


def weigh_url(run):
    return reverse("circuits:weight-create", args=[run.public_id])


def test_a_double_tap_saves_one_weight_and_lands_on_the_same_page(bedside, support, unit):
    form = weighed(unit)

    first, second = (bedside.post(weigh_url(support), form) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert WeightEntry.objects.filter(weight_kg=81).count() == 1


def test_two_forms_with_the_same_values_are_two_entries(bedside, support, unit):
    for _ in range(2):
        bedside.post(weigh_url(support), weighed(unit))

    assert WeightEntry.objects.filter(weight_kg=81).count() == 2


def test_a_form_changed_after_it_was_saved_is_asked_about_and_then_saved_anew(
    bedside, support, unit
):
    form = weighed(unit)
    bedside.post(weigh_url(support), form)
    changed = form | {"weight_kg": "82"}

    refused = bedside.post(weigh_url(support), changed)
    again = changed | {"client_uuid": str(refused.context["form"]["client_uuid"].value())}
    saved = bedside.post(weigh_url(support), again)

    assert refused.status_code == 422
    assert "This form was saved already" in refused.content.decode()
    assert saved.status_code == 302
    assert WeightEntry.objects.filter(weight_kg=82).count() == 1


def test_a_refused_form_leaves_no_key_and_may_be_sent_again_corrected(bedside, support, unit):
    form = weighed(unit, weight_kg="many")

    refused = bedside.post(weigh_url(support), form)
    saved = bedside.post(weigh_url(support), form | {"weight_kg": "81"})

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert IdempotencyRecord.objects.count() == 1


def test_a_form_without_its_key_is_refused(bedside, support, unit):
    form = weighed(unit)
    del form["client_uuid"]

    response = bedside.post(weigh_url(support), form)

    assert response.status_code == 422
    assert not WeightEntry.objects.filter(weight_kg=81).exists()


def test_the_same_key_of_another_user_is_another_form(
    client, support, unit, specialist, perfusionist
):
    form = weighed(unit)

    for user in (specialist, perfusionist):
        client.force_login(user)
        assert client.post(weigh_url(support), form).status_code == 302

    assert WeightEntry.objects.filter(weight_kg=81).count() == 2


def test_a_key_that_is_no_uuid_is_refused_in_words(bedside, support, unit):
    response = bedside.post(weigh_url(support), weighed(unit, client_uuid="1' OR '1'='1"))

    assert response.status_code == 422
    assert not WeightEntry.objects.filter(weight_kg=81).exists()


def test_a_patient_is_admitted_once(bedside, unit):
    form = {
        "client_uuid": str(uuid4()),
        "unit": unit.pk,
        "mrn": "Z9",
        "assigning_authority": "HOSP",
        "family_name": "Canary",
        "given_name": "Robin",
        "sex": "unknown",
        "born_at": "1980-05-17 00:00",
        "bed": "4",
    }

    answers = [bedside.post(reverse("patients:patient-create"), form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Patient.objects.filter(mrn="Z9").count() == 1


def test_a_check_sent_twice_is_one_check_and_shows_it_both_times(bedside, support, unit):
    form = {
        "client_uuid": str(uuid4()),
        "checked_at": clock(unit),
        "kind": "hourly",
        "v_blood_flow": "4.1",
    }
    url = reverse("circuits:check-create", args=[support.public_id])

    answers = [bedside.post(url, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Check.objects.count() == 1


def test_a_shift_sent_twice_is_one_draft(client, coordinator, unit):
    client.force_login(coordinator)
    person = PersonFactory(unit=unit)
    form = {
        "client_uuid": str(uuid4()),
        "person": person.public_id,
        "duty": "bedside",
        "day": (timezone.now() + timedelta(days=3)).date().isoformat(),
        "begins": "07:30",
        "ends": "19:30",
    }
    url = reverse("staffing:shift-create", args=[unit.public_id])

    answers = [client.post(url, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Shift.objects.count() == 1


def test_two_taps_at_the_same_moment_save_one_weight(transactional_db, support, unit, specialist):
    clients = [Client(), Client()]
    for each in clients:
        each.force_login(specialist)
    form = weighed(unit)

    def tap(each):
        try:
            return each.post(weigh_url(support), form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(tap, clients))

    assert answers == [302, 302]
    assert WeightEntry.objects.filter(weight_kg=81).count() == 1
