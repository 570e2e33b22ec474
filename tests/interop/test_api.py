"""The laboratory system sends over HTTP; the people of the interface read the list."""

import pytest
from django.db import OperationalError
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.permissions import Role
from audit.models import Access
from interop import api
from interop.actions import receive as receiving
from interop.models import Message
from tests.cast import member
from tests.factories import NOON, CentreFactory, MembershipFactory
from tests.interop.test_receiving import PID, message, obx

URL = "/api/v1/hl7/"
LIST = "/api/v1/hl7-messages/"


@pytest.fixture
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def send(at_noon, lab_interface):
    client = signed_in(lab_interface)

    def send(raw, content_type="application/hl7-v2", url=URL, **headers):
        return client.generic("POST", url, raw, content_type=content_type, **headers)

    return send


def signed_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def answer(response):
    return response.content.decode().split("\r")[1].split("|")


@pytest.mark.parametrize(
    "content_type", ["application/hl7-v2", "text/plain", "x-application/hl7-v2+er7"]
)
def test_a_message_is_taken_and_acknowledged(run, send, content_type):
    response = send(message().encode(), content_type)

    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/hl7-v2")
    assert answer(response)[1:3] == ["AA", "M1"]
    assert Message.objects.get().outcome == "filed"


def test_the_interface_signs_in_with_its_token(run, at_noon, lab_interface):
    _, token = AuthToken.objects.create(lab_interface)
    client = APIClient(HTTP_AUTHORIZATION=f"Token {token}")

    response = client.generic("POST", URL, message().encode(), content_type="text/plain")

    assert answer(response)[1] == "AA"


def test_a_sender_that_wants_plain_text_gets_it(run, send):
    response = send(message().encode(), HTTP_ACCEPT="text/plain")

    assert response["Content-Type"].startswith("text/plain")
    assert answer(response)[1] == "AA"


def test_a_huge_body_is_refused_for_ever_and_not_stored(run, send):
    response = send(b"MSH" + b"x" * receiving.MAX_BYTES)

    assert answer(response)[1] == "AR"
    assert not Message.objects.exists()


def test_an_empty_body_is_answered_and_kept(run, send):
    response = send(b"")

    assert answer(response)[1] == "AR"
    assert Message.objects.get().outcome == "unreadable"


def test_another_content_type_is_named_as_the_fault(run, send):
    assert send(b"{}", "application/json").status_code == 415


def test_only_the_interface_may_send(run, at_noon, specialist, stranger):
    for user in (specialist, stranger):
        client = signed_in(user)
        response = client.generic("POST", URL, message().encode(), content_type="text/plain")
        assert response.status_code == 403
    nobody = APIClient().generic("POST", URL, message().encode(), content_type="text/plain")
    assert nobody.status_code == 401
    assert not Message.objects.exists()


def test_a_sender_of_two_centres_names_the_one_it_means(run, send, lab_interface):
    other = CentreFactory(code="south")
    MembershipFactory(user=lab_interface, role=Role.INTERFACE, unit=None, centre=other)

    assert send(message().encode()).status_code == 403
    named = send(message().encode(), url=f"{URL}?centre=north")

    assert answer(named)[1] == "AA"


def test_the_list_tells_what_became_of_each_message(run, send, coordinator):
    send(message(obx(unit="parsec")).encode())
    send(message().encode())

    (row,) = signed_in(coordinator).get(LIST).json()["results"]

    assert row["outcome"] == "quarantined"
    assert [value["reason"] for value in row["quarantined"]] == ["unit_unknown"]
    assert [receipt["is_duplicate"] for receipt in row["receipts"]] == [False, True]
    assert "raw" not in row


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("outcome=unmatched", 1),
        ("outcome=filed", 0),
        ("quarantined=true", 1),
        ("quarantined=false", 1),
        ("state=held", 2),
        ("control_id=M1", 2),
    ],
)
def test_the_list_is_narrowed(run, send, coordinator, query, count):
    send(message(obx(unit="parsec")).encode())
    send(message(patient=PID.replace("M1^", "M2^"), header=other_sender()).encode())

    assert signed_in(coordinator).get(f"{LIST}?{query}").json()["count"] == count


def other_sender():
    return message().split("\r", 1)[0].replace("|LIS|", "|BGA|")


def test_the_list_shows_only_ones_own_centre_and_only_to_who_works_on_it(
    run, send, specialist, centre
):
    send(message().encode())
    elsewhere = member("far", Role.COORDINATOR, centre=CentreFactory())

    assert signed_in(elsewhere).get(LIST).json()["count"] == 0
    assert signed_in(specialist).get(LIST).status_code == 403


def test_reading_the_list_is_written_down(run, patient, send, coordinator):
    send(message().encode())

    signed_in(coordinator).get(LIST)

    assert Access.objects.get().patient_key == str(patient.public_id)


def test_the_list_costs_the_same_however_long_it_is(
    run, send, coordinator, django_assert_num_queries
):
    for number in range(4):
        send(message(header=other_sender().replace("|M1|", f"|N{number}|")).encode())
    client = signed_in(coordinator)

    with django_assert_num_queries(6):
        client.get(LIST)


def test_a_database_that_cannot_store_asks_the_sender_to_send_again(run, send, monkeypatch):
    monkeypatch.setattr(api, "receive_message", _cannot)

    response = send(message().encode())

    assert answer(response)[1] == "AE"
    assert "send it again" in answer(response)[3]


def _cannot(**_):
    raise OperationalError("gone away")
