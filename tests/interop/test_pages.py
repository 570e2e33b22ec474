"""The work list: what waits for a person, and what they do with it."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.permissions import Role
from audit.models import Access
from interop.actions.receive import receive_message
from interop.models import Message, MessageState
from labs.models import Result
from tests.cast import member
from tests.factories import NOON, CentreFactory
from tests.interop.test_receiving import PID, message, obx

LIST = "/laboratory/"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def worker(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def received(centre, lab_interface):
    def received(raw):
        return receive_message(raw=raw, by=lab_interface, centre=centre, at=NOON).message

    return received


@pytest.fixture
def unmatched(run, received):
    return received(message(patient=PID.replace("M1^", "M2^").replace("Wren", "<i>Wren</i> 🐦")))


@pytest.fixture
def quarantined(run, received):
    return received(message(obx(unit="parsec")))


def key():
    return {"client_uuid": uuid4()}


def page(name, row):
    return reverse(f"interop:{name}", args=[row.public_id])


def text_of(response):
    return response.content.decode()


def test_the_list_shows_what_waits_and_why(worker, quarantined, received):
    received(b"nonsense")

    shown = text_of(worker.get(LIST))

    assert "The unit is not taken for this test" in shown
    assert "begins with MSH" in shown


def test_what_was_filed_stands_only_under_all(worker, run, received):
    received(message())

    assert "Nothing waits" in text_of(worker.get(LIST))
    assert "CANARY" in text_of(worker.get(LIST, {"all": "1"}))


def test_a_message_is_shown_as_it_came_and_never_as_markup(worker, unmatched):
    shown = text_of(worker.get(page("message-detail", unmatched)))

    assert "<i>Wren" not in shown
    assert "&lt;i&gt;Wren&lt;/i&gt; 🐦" in shown


def test_a_reading_is_written_down(worker, quarantined, patient):
    worker.get(page("message-detail", quarantined))

    assert Access.objects.get().patient_key == str(patient.public_id)


def test_a_patient_is_searched_and_the_message_filed_under_them(worker, unmatched, patient):
    url = f"{page('message-match', unmatched)}?q=canary"
    found = text_of(worker.get(f"{page('message-detail', unmatched)}?q=canary"))

    worker.post(url, key() | {"patient": patient.public_id, "reason": "label misread"})

    assert "born 17-May-1980" in found
    assert Result.objects.get().sample.patient == patient


def test_a_patient_who_was_not_found_by_the_search_cannot_be_chosen(worker, unmatched, patient):
    response = worker.post(
        page("message-match", unmatched), {"patient": patient.public_id, "reason": "guess"}
    )

    assert response.status_code == 422
    assert not Result.objects.exists()


def test_a_message_is_set_aside_with_a_reason(worker, unmatched):
    url = page("message-aside", unmatched)
    refused = worker.post(url, {"reason": ""})

    worker.post(url, key() | {"reason": "outpatient"})

    assert refused.status_code == 422
    assert Message.objects.get().state == MessageState.DONE


def test_a_value_is_resolved_with_a_reason(worker, quarantined):
    value = quarantined.quarantined.get()
    assert worker.get(page("value-resolve", value)).status_code == 200

    worker.post(page("value-resolve", value), key() | {"reason": "sent again"})

    assert "sent again" in text_of(worker.get(page("message-detail", quarantined)))


def test_who_does_not_work_the_interface_is_refused(client, quarantined, specialist):
    client.force_login(specialist)
    value = quarantined.quarantined.get()

    assert client.get(LIST).status_code == 403
    assert client.get(page("message-detail", quarantined)).status_code == 403
    assert client.post(page("value-resolve", value), {"reason": "x"}).status_code == 403


def test_a_coordinator_of_another_centre_finds_nothing(client, quarantined, other_coordinator):
    client.force_login(other_coordinator)
    value = quarantined.quarantined.get()

    assert "Nothing waits" in text_of(client.get(LIST))
    assert client.get(page("message-detail", quarantined)).status_code == 404
    assert client.get(page("value-resolve", value)).status_code == 404


@pytest.fixture
def other_coordinator(db):
    return member("far", Role.COORDINATOR, centre=CentreFactory())


def test_the_list_costs_the_same_however_long_it_is(
    worker, run, received, django_assert_max_num_queries
):
    for number in range(6):
        header = message().split("\r", 1)[0].replace("|M1|", f"|N{number}|")
        received(message(obx(unit="parsec"), header=header))

    with django_assert_max_num_queries(20):
        worker.get(LIST)
