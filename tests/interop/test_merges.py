"""ADT^A40: stored first, answered, and then a person says whether two records are one patient."""

from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from circuits.actions.support import start_support
from interop.actions.merge import NotAMerge, confirm_merge, waits_for_merge
from interop.actions.receive import receive_message
from interop.actions.work import set_aside
from interop.hl7v2 import HL7Error, Identifier, is_merge, parse_merge
from interop.models import Message, MessageOutcome, MessageState
from patients.actions.patient import admit_unknown
from patients.models import PatientMerge, Run
from tests.factories import NOON
from tests.interop.messages import adt_a40, oru
from tests.journeys.people import Person
from web.problems import NeedsConfirmation

OSLO = ZoneInfo("Europe/Oslo")
WREN = "PID|1||M1^^^HOSP^MR||Canary^Wren||19800517|F"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def unknown(unit, specialist):
    """Somebody whom nobody knew, on ECMO since just now, under a number of the hospital's."""
    patient = admit_unknown(unit=unit, seen_at=NOON, called="ECPR", by=specialist, at=NOON)
    patient.assigning_authority = "HOSP"
    patient.save(update_fields=["assigning_authority"])
    start_support(patient=patient, unit=unit, started_at=NOON, by=specialist, at=NOON)
    return patient


@pytest.fixture
def known(patient):
    patient.assigning_authority = "HOSP"
    patient.save(update_fields=["assigning_authority"])
    return patient


@pytest.fixture
def receive(centre, lab_interface):
    def receive(raw):
        return receive_message(raw=raw.encode(), by=lab_interface, centre=centre, at=NOON)

    return receive


def goes(patient):
    return f"{patient.mrn}^^^HOSP^MR"


def test_a_merge_is_read_with_the_record_that_stays_and_the_one_that_goes():
    text = adt_a40(stays=WREN, goes="U-1^^^HOSP^MR~ALT9^^^LAB^PI")

    merge = parse_merge(text, zone=OSLO)

    assert is_merge(text)
    assert not is_merge(oru())
    assert (merge.patient.mrn, merge.patient.family) == ("M1", "Canary")
    assert merge.retired == (Identifier("U-1", "HOSP", "MR"), Identifier("ALT9", "LAB", "PI"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (adt_a40(goes=""), "name the number of the record that goes"),
        (adt_a40(more=("MRG|U-2",)), "1 PID and 2 MRG"),
        (adt_a40(more=(WREN,)), "2 PID and 1 MRG"),
        (adt_a40().replace("MRG|", "ZZZ|"), "1 PID and 0 MRG"),
    ],
    ids=["no number", "two that go", "two that stay", "none that goes"],
)
def test_a_message_that_names_no_one_pair_is_refused_and_kept(receive, unit, text, said):
    with pytest.raises(HL7Error, match=said):
        parse_merge(text, zone=OSLO)

    received = receive(text)

    assert received.ack_text.split("\r")[1].split("|")[1] == "AR"
    assert received.message.state == MessageState.FAILED
    assert said in received.message.error


def test_a_merge_is_stored_and_answered_in_its_own_event_and_waits_for_a_person(
    receive, known, unknown
):
    received = receive(adt_a40(stays=WREN, goes=goes(unknown)))

    msh, msa = received.ack_text.split("\r")[:2]
    assert msh.split("|")[8] == "ACK^A40^ACK"
    assert msa.split("|")[1:3] == ["AA", "A1"]
    message = received.message
    assert (message.state, message.outcome) == (MessageState.HELD, "")
    assert "they are one person" in message.error
    assert waits_for_merge(message)
    assert not PatientMerge.objects.exists()
    assert receive(adt_a40(stays=WREN, goes=goes(unknown))).receipt.is_duplicate


def test_whoever_works_the_list_compares_confirms_and_merges(receive, known, unknown, coordinator):
    message = receive(adt_a40(stays=WREN, goes=goes(unknown))).message
    cleo = Person(coordinator)
    shown = cleo.opens(reverse("interop:message-list")).content.decode()
    detail = cleo.opens(reverse("interop:message-detail", args=[message.public_id]))
    page = reverse("interop:message-merge", args=[message.public_id])

    asked = cleo.saves(page, reason="wristband")
    told = [question["parameter"] for question in asked.context["questions"]]
    done = cleo.saves(page, reason="wristband", confirm=told)

    assert "Waits for a person" in shown
    assert page in detail.content.decode()
    assert (asked.status_code, "same_person" in told) == (422, True)
    assert done.status_code == 302
    merge, message = PatientMerge.objects.get(), Message.objects.get()
    assert (merge.retired, merge.survivor, merge.merged_by) == (unknown, known, coordinator)
    assert "ADT^A40 A1" in merge.reason
    assert Run.objects.get().patient == known
    assert (message.state, message.outcome) == (MessageState.DONE, MessageOutcome.FILED)
    assert message.patient == known
    assert cleo.opens(page).status_code == 404
    with pytest.raises(NotAMerge):
        confirm_merge(message=message, by=coordinator, at=NOON, reason="again")


def test_a_merge_of_records_that_are_not_here_or_were_merged_is_done_with(
    receive, known, unknown, coordinator
):
    elsewhere = receive(adt_a40(stays=WREN, goes="X-1^^^HOSP^MR", control="A2")).message
    message = receive(adt_a40(stays=WREN, goes=goes(unknown))).message
    with pytest.raises(NeedsConfirmation) as asked:
        confirm_merge(message=message, by=coordinator, at=NOON, reason="papers")
    told = [error["parameter"] for error in asked.value.errors]
    confirm_merge(message=message, by=coordinator, at=NOON, reason="papers", confirmed=told)
    again = receive(adt_a40(stays=WREN, goes=goes(unknown), control="A3")).message

    assert (elsewhere.state, elsewhere.outcome) == ("done", "other_patient")
    assert (again.state, again.outcome) == ("done", "no_change")


def test_what_cannot_be_merged_waits_with_the_sentence_that_says_why_and_is_set_aside(
    receive, known, unknown, coordinator
):
    absent = "PID|1||N-9^^^HOSP^MR||Canary^Wren||19800517|F"
    nowhere = receive(adt_a40(stays=absent, goes=goes(unknown))).message
    known_goes = receive(
        adt_a40(stays=f"PID|1||{unknown.mrn}^^^HOSP^MR||X^Y", goes=goes(known), control="A4")
    ).message
    cleo = Person(coordinator)

    assert "The record that stays (N-9) is not here" in nowhere.error
    assert "It is on record who" in known_goes.error
    merging = reverse("interop:message-merge", args=[nowhere.public_id])
    detail = cleo.opens(reverse("interop:message-detail", args=[nowhere.public_id]))
    assert merging not in detail.content.decode()
    assert cleo.opens(merging).status_code == 404
    done = set_aside(message=nowhere, by=coordinator, at=NOON, reason="sent in error")
    assert done.state == MessageState.DONE
