"""Messages that come twice, cannot be read, mean somebody else or hold what cannot be filed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from alerts.models import Alert, Category
from interop import tasks
from interop.actions import process
from interop.actions.process import process_message, sweep
from interop.actions.receive import receive_message
from interop.actions.work import (
    NotWaiting,
    OtherCentre,
    ReasonMissing,
    match_by_hand,
    resolve_quarantined,
    set_aside,
)
from interop.models import Message, MessageState, QuarantinedObservation, Receipt
from labs.models import Result
from labs.queries.catalogue import default_rows
from tests.factories import NOON, CentreFactory, PatientFactory, UnitFactory
from tests.interop.messages import HEADER, ORDER, oru, result
from tests.labs.reference import site_document

PID = "PID|1||M1^^^HOSP^MR||Canary^Wren||19800517|F"
NOON_ORDER = ORDER.replace("20260314081500-0500", "20260302110000+0000").replace(
    "20260314083400-0500", "20260302113000+0000"
)


def message(*segments, patient=PID, order=NOON_ORDER, header=HEADER):
    return oru(*(segments or (obx(),)), patient=patient, order=order, header=header)


def obx(**parts):
    return result(**{"at": "20260302110000+0000"} | parts)


@pytest.fixture
def receive(centre, lab_interface):
    def receive(raw, at=NOON):
        return receive_message(raw=raw, by=lab_interface, centre=centre, at=at)

    return receive


def ack_of(received):
    return received.ack_text.split("\r")[1].split("|")


def test_a_result_is_stored_answered_and_filed(run, receive):
    received = receive(message().encode())

    filed = Result.objects.get()
    assert ack_of(received)[1:3] == ["AA", "M1"]
    assert received.message.state == MessageState.DONE
    assert (filed.analyte, f"{filed.value:.1f}", filed.unit) == ("aptt", "71.4", "s")


def test_a_message_that_comes_again_is_answered_again_and_changes_nothing(run, receive):
    receive(message().encode())

    again = receive(message(obx(value="99")).encode(), at=NOON + timedelta(minutes=1))

    assert ack_of(again)[1] == "AA"
    assert again.receipt.is_duplicate
    assert Result.objects.count() == 1
    assert Receipt.objects.count() == 2


def test_another_laboratory_may_use_the_same_control_id(run, receive):
    receive(message().encode())

    other = receive(message(header=HEADER.replace("|LIS|", "|BGA|")).encode())

    assert not other.receipt.is_duplicate


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"", "AR"),
        (b"\x00\x01\x02", "AR"),
        (b"\xff\xfe not utf-8", "AR"),
        (b'{"results": []}', "AR"),
        (message(header=HEADER.replace("ORU^R01^ORU_R01", "ADT^A01")).encode(), "AR"),
        (message(header=HEADER.replace("|M1|", f"|{'9' * 200}|")).encode(), "AR"),
        (message(obx(at="not a time")).encode(), "AE"),
        (message(patient="").encode(), "AE"),
    ],
    ids=["empty", "binary", "latin", "json", "adt", "long control id", "bad time", "no patient"],
)
def test_what_cannot_be_read_is_kept_and_answered_with_what_to_change(receive, raw, answer):
    received = receive(raw)

    kept = Message.objects.get()
    assert ack_of(received)[1] == answer
    assert ack_of(received)[3]
    assert kept.state == MessageState.FAILED
    assert kept.error
    assert not Result.objects.exists()


def test_the_same_unreadable_text_again_is_one_message_with_two_arrivals(receive):
    receive(b"nonsense")

    again = receive(b"nonsense")

    assert ack_of(again)[1] == "AR"
    assert Message.objects.count() == 1
    assert Receipt.objects.count() == 2


def test_a_message_that_was_mended_may_come_again_under_its_control_id(run, receive):
    receive(message(obx(at="not a time")).encode())

    received = receive(message().encode())

    assert received.message.state == MessageState.DONE
    assert Result.objects.count() == 1


def test_a_message_for_nobody_waits_for_a_person(run, receive):
    received = receive(message(patient=PID.replace("M1^", "M2^")).encode())

    assert received.message.outcome == "unmatched"
    assert received.message.state == MessageState.HELD
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        PID.replace("Canary", "Finch"),
        PID.replace("Wren", "Jay"),
        PID.replace("19800517", "19800518"),
        PID.replace("19800517", ""),
        PID.replace("Canary", "<b>Canary</b>"),
    ],
    ids=["family", "given", "birth date", "no birth date", "html"],
)
def test_a_name_or_birth_date_that_differs_keeps_every_value_out(run, receive, sent):
    received = receive(message(patient=sent).encode())

    assert received.message.outcome == "identity_mismatch"
    assert not Result.objects.exists()


def test_letter_case_and_accents_of_composition_do_not_make_another_person(unit, run, receive):
    PatientFactory(unit=unit, mrn="M3", family_name="Åse🦜", given_name="Zoë")

    received = receive(message(patient="PID|1||M3^^^HOSP^MR||ÅSE🦜^zoë||19800517|F").encode())

    assert received.message.outcome == "other_patient"
    assert Result.objects.get().sample.patient.mrn == "M3"


def test_a_patient_who_was_never_on_ecmo_is_another_patient(patient, receive):
    received = receive(message().encode())

    assert received.message.outcome == "other_patient"
    assert received.message.patient == patient


def test_the_same_number_in_another_centre_is_nobody_here(run, lab_interface):
    elsewhere = CentreFactory()

    received = receive_message(raw=message(), by=lab_interface, centre=elsewhere, at=NOON)

    assert received.message.outcome == "unmatched"


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        (obx(unit="parsec"), "unit_unknown"),
        (obx(value="714"), "out_of_hard_range"),
        (obx(code="X-9^What^L"), "code_unknown"),
        (obx(at="20260302130000+0000"), "in_the_future"),
        (obx(sub="1" * 30), "cannot_be_stored"),
        (obx(kind="ST", value=""), "value_missing"),
    ],
    ids=["unit", "decimal slip", "code", "future", "sub id", "empty"],
)
def test_a_value_that_does_not_fit_waits_and_the_others_are_filed(run, receive, segment, reason):
    fits = obx(code="777-3^PLT^LN", value="88", unit="10*3/uL").replace("OBX|1", "OBX|2")

    received = receive(message(segment, fits).encode())

    assert received.message.outcome == "partly_quarantined"
    assert received.message.state == MessageState.HELD
    assert QuarantinedObservation.objects.get().reason == reason
    assert Result.objects.get().analyte == "platelets"


def test_a_clock_that_is_an_hour_ahead_is_put_before_a_person(run, receive):
    receive(message(obx(at="20260302125900+0000")).encode())

    assert QuarantinedObservation.objects.get().reason == "in_the_future"
    assert not Result.objects.exists()


def test_a_correction_supersedes_and_an_older_word_changes_nothing(run, receive):
    receive(message().encode())
    later = NOON_ORDER.replace("113000", "114500")
    receive(
        message(
            obx(value="61", status="C"), order=later, header=HEADER.replace("|M1|", "|M2|")
        ).encode()
    )

    older = receive(message(obx(value="80"), header=HEADER.replace("|M1|", "|M3|")).encode())

    assert older.message.outcome == "older_than_stored"
    assert f"{Result.objects.current().get().value:.0f}" == "61"
    assert Result.objects.filter(is_history=True).count() == 1
    assert Result.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_message_that_comes_twice_at_once_is_stored_and_filed_once(run, receive):
    raw = message().encode()

    def send(_):
        try:
            return ack_of(receive(raw))[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(8)))

    assert answers == ["AA"] * 8
    assert Message.objects.count() == 1
    assert Receipt.objects.filter(is_duplicate=True).count() == 7
    assert Result.objects.count() == 1


def test_a_message_whose_filing_fails_is_tried_again_and_then_brought_to_a_person(
    run, unit, receive, monkeypatch
):
    monkeypatch.setattr(process, "file_message", _fails)
    received = receive(message().encode())
    first = received.message

    for minutes in (1, 2):
        sweep(at=NOON + timedelta(minutes=minutes))

    first.refresh_from_db()
    alert = Alert.objects.get()
    assert ack_of(received)[1] == "AA"
    assert (first.state, first.attempts) == (MessageState.RECEIVED, 3)
    assert (alert.category, alert.unit) == (Category.SAFETY, unit)
    assert "Canary" not in alert.message


def test_what_failed_is_filed_by_the_sweep_and_its_alert_closes(run, receive, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(process, "file_message", _fails)
        receive(message().encode())
        for minutes in (1, 2):
            sweep(at=NOON + timedelta(minutes=minutes))

    sweep(at=NOON + timedelta(minutes=90))

    assert Message.objects.get().outcome == "filed"
    assert not Alert.objects.open().exists()


def test_a_claim_that_was_cut_off_lapses(run, receive, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(process, "file_message", _fails)
        pk = receive(message().encode()).message.pk
    Message.objects.filter(pk=pk).update(state=MessageState.PROCESSING, claimed_at=NOON)

    still = process_message(pk=pk, at=NOON + timedelta(minutes=4))
    filed = process_message(pk=pk, at=NOON + timedelta(minutes=5))

    assert still.state == MessageState.PROCESSING
    assert filed.outcome == "filed"


def _fails(**_):
    raise RuntimeError("the disk is full")


def test_a_person_files_an_unmatched_message_under_the_patient_they_chose(
    run, patient, receive, coordinator
):
    held = receive(message(patient=PID.replace("M1^", "M2^")).encode()).message

    match_by_hand(
        message=held, patient=patient, by=coordinator, at=NOON, reason="typed wrongly on the label"
    )

    held.refresh_from_db()
    assert (held.outcome, held.patient) == ("filed", patient)
    assert Result.objects.get().sample.patient == patient


def test_a_message_is_matched_once_with_a_reason_and_in_its_own_centre(
    run, patient, receive, coordinator
):
    held = receive(message(patient=PID.replace("M1^", "M2^")).encode()).message
    common = {"message": held, "by": coordinator, "at": NOON}
    elsewhere = PatientFactory(unit=UnitFactory())

    with pytest.raises(ReasonMissing):
        match_by_hand(**common, patient=patient, reason=" ")
    with pytest.raises(OtherCentre):
        match_by_hand(**common, patient=elsewhere, reason="same name")
    match_by_hand(**common, patient=patient, reason="label")
    with pytest.raises(NotWaiting):
        match_by_hand(**common, patient=patient, reason="label")


def test_a_message_leaves_the_list_with_its_last_value(run, receive, coordinator):
    held = receive(message(obx(unit="parsec")).encode()).message
    row = held.quarantined.get()

    resolve_quarantined(row=row, by=coordinator, at=NOON, reason="laboratory sends it again")

    held.refresh_from_db()
    assert held.state == MessageState.DONE
    with pytest.raises(NotWaiting):
        resolve_quarantined(row=row, by=coordinator, at=NOON, reason="again")


def test_a_message_that_is_not_for_us_is_set_aside_and_stays_on_record(run, receive, coordinator):
    held = receive(message(patient=PID.replace("M1^", "M2^")).encode()).message
    filed = receive(message(header=HEADER.replace("|M1|", "|M9|")).encode()).message

    set_aside(message=held, by=coordinator, at=NOON, reason="outpatient")

    held.refresh_from_db()
    assert held.state == MessageState.DONE
    assert held.raw
    with pytest.raises(NotWaiting):
        set_aside(message=filed, by=coordinator, at=NOON, reason="outpatient")


def test_a_site_that_is_told_later_is_noted_on_the_sample(run, receive):
    receive(message().encode())
    later = NOON_ORDER.replace("113000", "114500")
    site = result(kind="ST", code="SITE^Site^L", value="ARTERIAL LINE", unit="")
    header = HEADER.replace("|M1|", "|M2|")
    site_document(
        run.unit.centre,
        "lab_catalogue",
        [*default_rows(), {**BLANK, "analyte": "sample_site", "local": ["SITE"]}],
    )

    receive(message(site, obx(status="C"), order=later, header=header).encode())

    assert Result.objects.current().get().sample.site == "ARTERIAL LINE"


BLANK: dict[str, object] = {"loinc": [], "unit": None, "accepted_units": {}, "hard": None}


def test_a_message_with_two_values_waiting_stays_on_the_list_until_the_second(
    run, receive, coordinator
):
    two = message(obx(unit="parsec"), obx(value="7").replace("OBX|1", "OBX|2"))
    held = receive(two.encode()).message
    first, second = held.quarantined.all()
    common = {"by": coordinator, "at": NOON, "reason": "asked for again"}

    resolve_quarantined(row=first, **common)
    held.refresh_from_db()
    assert held.state == MessageState.HELD

    resolve_quarantined(row=second, **common)
    held.refresh_from_db()
    assert held.state == MessageState.DONE


def test_an_absurd_number_is_kept_as_it_was_sent(run, receive):
    receive(message(obx(value="9" * 15)).encode())

    held = QuarantinedObservation.objects.get()
    assert (held.converted, held.reported) == (None, f"{'9' * 15} s")


def test_a_centre_without_units_keeps_a_message_that_cannot_be_filed(lab_interface, monkeypatch):
    monkeypatch.setattr(process, "file_message", _fails)
    received = receive_message(raw=message(), by=lab_interface, centre=CentreFactory(), at=NOON)

    for minutes in (1, 2):
        sweep(at=NOON + timedelta(minutes=minutes))

    received.message.refresh_from_db()
    assert received.message.attempts == 3
    assert not Alert.objects.exists()


def test_the_beat_rings_the_sweep(run, receive, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(process, "file_message", _fails)
        receive(message().encode())

    tasks.sweep()

    assert Message.objects.get().outcome == "filed"


def test_text_is_taken_as_bytes_are(run, lab_interface, centre):
    received = receive_message(raw="not \x00 HL7 \ud800", by=lab_interface, centre=centre, at=NOON)

    assert received.message.state == MessageState.FAILED
    assert "\x00" not in received.message.raw
