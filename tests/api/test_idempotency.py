"""A create that is sent twice is done once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from knox.models import AuthToken
from rest_framework.test import APIClient

from circuits.models import Check
from tests.api.test_checks import charted
from tests.factories import NOON
from web.actions.answers import KEPT_FOR, forget_answers
from web.idempotency import StillRunning
from web.models import IdempotencyRecord

KEY = {"Idempotency-Key": "k-1"}


def test_a_replay_answers_the_same_and_says_so(sam, checks):
    check = charted()

    first = sam.post(checks, check, headers=KEY)
    again = sam.post(checks, check, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert Check.objects.count() == 1


def test_a_key_with_another_body_is_refused(sam, checks):
    sam.post(checks, charted(), headers=KEY)

    answer = sam.post(checks, charted(fdo2=0.7), headers=KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Check.objects.count() == 1


def test_a_refused_check_leaves_its_key_free(sam, checks):
    check = charted(blood_flow="0.60")

    asked = sam.post(checks, check, headers=KEY)
    taken = sam.post(checks, {**check, "confirmed": ["blood_flow"]}, headers=KEY)

    assert (asked.status_code, taken.status_code) == (409, 201)


def test_keys_of_two_people_are_not_the_same_key(sam, api, perfusionist, checks):
    sam.post(checks, charted(), headers=KEY)

    answer = api(perfusionist).post(checks, charted(fdo2=0.7), headers=KEY)

    assert answer.status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 81], ids=["empty", "too long"])
def test_a_key_that_is_none_is_refused(sam, checks, key):
    answer = sam.post(checks, charted(), headers={"Idempotency-Key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_unreadable")


def test_a_known_public_id_without_a_key_is_not_stored_twice(sam, checks):
    mine = {**charted(), "public_id": "0f2a1e5e-8f2b-4f7b-9f0d-0a8a6a3d9f11"}
    sam.post(checks, mine)

    answer = sam.post(checks, mine)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_stored")
    assert Check.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_store_one_check(specialist, checks):
    _, token = AuthToken.objects.create(user=specialist)
    gate, answers, check = threading.Barrier(8), [], charted()

    def send():
        client = APIClient(headers={"authorization": f"Token {token}"})
        gate.wait()
        answers.append(client.post(checks, check, headers=KEY))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(201) == 1
    assert set(statuses) <= {200, 201, 409}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {StillRunning.code}
    assert Check.objects.count() == 1
    assert IdempotencyRecord.objects.get().status == 201
    late = APIClient(headers={"authorization": f"Token {token}"}).post(checks, check, headers=KEY)
    assert late.status_code == 200


def test_answers_are_forgotten_after_two_days(sam, checks):
    sam.post(checks, charted(), headers=KEY)

    assert forget_answers(at=NOON + KEPT_FOR) == 0
    assert forget_answers(at=NOON + KEPT_FOR + timedelta(seconds=1)) == 1
    assert not IdempotencyRecord.objects.exists()
