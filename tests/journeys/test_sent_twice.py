"""A double tap, a retry, the back button: a form makes its rows once and ends on the same page."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from circuits.models import Check
from tests.factories import NOON
from tests.journeys.people import Person, said
from tests.scenarios import running_vv
from web.models import IdempotencyRecord


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def flow(patient, specialist):
    run = running_vv(patient, specialist)
    return reverse("circuits:check-create", args=[run.public_id])


def test_a_form_changed_after_it_was_saved_is_asked_about_and_then_saved_as_another(
    flow, specialist
):
    sam = Person(specialist)
    sent = sam.fills(flow, checked_at="-10", v_blood_flow="4.2")
    sam.client.post(flow, sent)

    changed = sam.client.post(flow, {**sent, "v_blood_flow": "4.6"})
    assert (changed.status_code, Check.objects.count()) == (422, 1)
    assert "saved already, and then changed" in said(changed)

    new_key = changed.context["form"]["client_uuid"].value()
    saved = sam.client.post(flow, {**sent, "v_blood_flow": "4.6", "client_uuid": new_key})
    assert (saved.status_code, Check.objects.count()) == (302, 2)


def test_a_refused_form_may_be_sent_again_corrected(flow, specialist):
    sam = Person(specialist)
    sent = sam.fills(flow, checked_at="now", v_blood_flow="44")

    refused = sam.client.post(flow, sent)
    taken = sam.client.post(flow, {**sent, "v_blood_flow": "4.4"})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert Check.objects.count() == 1


def test_the_same_key_from_another_person_is_refused_in_words(flow, specialist, nurse):
    sent = Person(specialist).fills(flow, checked_at="now", v_blood_flow="4.2")
    Person(specialist).client.post(flow, sent)

    answer = Person(nurse).client.post(flow, sent)

    assert (answer.status_code, Check.objects.count()) == (422, 1)
    assert "on file" in said(answer)
    assert not IdempotencyRecord.objects.filter(user=nurse).exists()


@pytest.mark.django_db(transaction=True)
def test_four_taps_at_once_save_one_check(flow, specialist):
    sam = Person(specialist)
    sent = sam.fills(flow, checked_at="now", v_blood_flow="4.2")
    cookies, gate, answers = sam.client.cookies, threading.Barrier(4), []

    def tap():
        tapping = Person.__new__(Person)
        tapping.client = type(sam.client)(raise_request_exception=False)
        tapping.client.cookies = cookies
        gate.wait()
        answers.append(tapping.client.post(flow, sent))
        connections.close_all()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(a.status_code, a.headers.get("Location")) for a in answers] == [
        (302, answers[0].headers["Location"])
    ] * 4
    assert Check.objects.count() == 1
