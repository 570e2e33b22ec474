"""Journey 2: a laboratory message is kept, filed, raises an alert; what fits nobody waits."""

import pytest
from django.urls import reverse

from alerts.models import Alert
from clinical.limits import Limit
from clinical.spans import Span
from interop.models import Message, MessageState
from labs.models import Result
from patients.actions.limits import set_limits
from tests.factories import NOON
from tests.interop.messages import HEADER
from tests.interop.test_receiving import NOON_ORDER, PID, message, obx
from tests.journeys.people import Person, machine, said

HL7 = "/api/v1/hl7/"
LONG = Limit("aptt", warning=Span.of([None, 90]), critical=Span.of([None, 120]))


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def laboratory(run, physician, lab_interface):
    """The laboratory's machine; the run has an upper limit of the aPTT."""
    set_limits(run=run, limits=[LONG], by=physician, at=NOON, source="test")
    client = machine(lab_interface)
    return lambda raw: client.post(HL7, raw.encode(), content_type="application/hl7-v2")


def numbered(control_id):
    return HEADER.replace("|M1|", f"|{control_id}|")


def answer_of(response):
    return response.content.decode().split("\r")[1].split("|")[1]


def test_a_result_is_filed_raises_an_alert_and_its_correction_closes_it(
    run, laboratory, specialist
):
    sam = Person(specialist)

    assert answer_of(laboratory(message(obx(value="131")))) == "AA"
    assert answer_of(laboratory(message(obx(value="131")))) == "AA"

    assert Result.objects.count() == 1
    alert = Alert.objects.open().get()
    assert alert.code == "aptt.high"
    assert alert.acknowledgements.count() == 0
    assert "131" in sam.opens(reverse("labs:results", args=[run.public_id])).content.decode()

    later = NOON_ORDER.replace("20260302113000+0000", "20260302115000+0000").replace(
        "|COAG|F", "|COAG|C"
    )
    corrected = obx(value="61", status="C")
    assert answer_of(laboratory(message(corrected, order=later, header=numbered("M2")))) == "AA"

    assert [f"{r.value:f}"[:3] for r in Result.objects.order_by("pk")] == ["131", "61."]
    alert.refresh_from_db()
    assert alert.closed_at is not None


def test_a_message_for_nobody_waits_on_the_work_list_until_a_person_files_it(
    run, laboratory, specialist, coordinator
):
    stranger = PID.replace("M1^", "M77^")

    assert answer_of(laboratory(message(obx(value="131"), patient=stranger))) == "AA"

    held = Message.objects.get()
    assert (held.state, Result.objects.count()) == (MessageState.HELD, 0)
    assert Person(specialist).opens(reverse("interop:message-list")).status_code == 403
    cleo = Person(coordinator)
    waiting = cleo.opens(reverse("interop:message-list")).content.decode()
    assert reverse("interop:message-detail", args=[held.public_id]) in waiting

    filing = f"{reverse('interop:message-match', args=[held.public_id])}?q=canary"
    filed = cleo.saves(filing, patient=run.patient.public_id, reason="label misread")

    assert filed.status_code == 302, said(filed)
    assert Result.objects.get().sample.patient == run.patient
    assert Alert.objects.open().get().code == "aptt.high"
    again = cleo.opens(reverse("interop:message-list")).content.decode()
    assert reverse("interop:message-detail", args=[held.public_id]) not in again
