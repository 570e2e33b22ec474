"""Reading ORU^R01 and answering it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interop.hl7v2 import (
    Code,
    HL7Error,
    Identifier,
    acknowledgement,
    decoded,
    header_of,
    parse,
)
from tests.interop.messages import HEADER, ORDER, PATIENT, oru, result

CHICAGO = ZoneInfo("America/Chicago")
AT = datetime(2026, 3, 14, 13, 40, tzinfo=UTC)


def read(text):
    return parse(text, zone=CHICAGO)


def only(text):
    (observation,) = read(text).observations
    return observation


def test_the_header_says_who_sent_what_and_when():
    header = read(oru()).header

    assert (header.sender, header.sender_facility) == ("LIS", "HOSP")
    assert (header.type, header.control_id) == ("ORU^R01", "M1")
    assert (header.version, header.processing_id) == ("2.5.1", "P")
    assert header.sent_at == datetime(2026, 3, 14, 13, 35, 12, tzinfo=UTC)


def test_the_patient_is_read_with_every_number_sent():
    patient = read(
        oru(
            patient="PID|1||V9^^^HOSP^VN~MRN7^^^HOSP&1.2&ISO^MR||O\\S\\Neil&O^Ada||19850712081500|F"
        )
    ).patient

    assert (patient.mrn, patient.authority) == ("MRN7", "HOSP")
    assert (patient.family, patient.given, patient.sex) == ("O^Neil", "Ada", "F")
    assert patient.born_on == date(1985, 7, 12)
    assert patient.identifiers == (Identifier("V9", "HOSP", "VN"), Identifier("MRN7", "HOSP", "MR"))


@pytest.mark.parametrize("sent", ["", "1985", "19851345", "unknown"])
def test_a_birth_date_that_is_no_date_is_not_guessed(sent):
    assert read(oru(patient=f"PID|1||1^^^H^MR||A^B||{sent}|F")).patient.born_on is None


def test_a_result_carries_both_codings_its_unit_and_its_times():
    observation = only(oru())

    assert observation.codes == (Code("14979-9", "aPTT", "LN"), Code("APTT", "PTT", "L"))
    assert (observation.number, observation.unit, observation.reported) == (
        Decimal("71.4"),
        "s",
        "71.4 s",
    )
    assert (observation.status, observation.filler_order, observation.set_id) == ("F", "C1", "1")
    assert observation.collected_at == datetime(2026, 3, 14, 13, 15, tzinfo=UTC)
    assert observation.status_at == datetime(2026, 3, 14, 13, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "comparator", "number", "text"),
    [
        ("NM", "71.4", "", Decimal("71.4"), ""),
        ("NM", "-1.2", "", Decimal("-1.2"), ""),
        ("NM", ".5", "", Decimal("0.5"), ""),
        ("NM", "7e3", "", None, "7e3"),
        ("NM", "1~2", "", None, "1\n2"),
        ("NM", "\u0663", "", None, "\u0663"),
        ("NM", '""', "", None, ""),
        ("SN", "<^0.10", "<", Decimal("0.10"), ""),
        ("SN", ">=^150", ">=", Decimal(150), ""),
        ("SN", "^14", "", Decimal(14), ""),
        ("SN", "=^14", "", Decimal(14), ""),
        ("SN", "^1^:^128", "", None, "^1^:^128"),
        ("ST", ">20.00", ">", Decimal("20.00"), ""),
        ("ST", "< 0.10", "<", Decimal("0.10"), ""),
        ("ST", "0,10", "", None, "0,10"),
        ("ST", "NO CLOT", "", None, "NO CLOT"),
        ("TX", "SEE\\.br\\NOTE", "", None, "SEE\nNOTE"),
        ("CWE", "POS^Positive^L", "", None, "Positive"),
        ("CWE", "POS", "", None, "POS"),
    ],
)
def test_a_value_is_a_number_or_a_text_never_half_of_each(kind, value, comparator, number, text):
    observation = only(oru(result(kind=kind, value=value)))

    assert (observation.comparator, observation.number, observation.text) == (
        comparator,
        number,
        text,
    )


def test_a_censored_value_is_reported_as_it_was_sent():
    assert only(oru(result(kind="SN", value="<^0.10", unit="[IU]/mL"))).reported == "<^0.10 [IU]/mL"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("202603141315+0000", datetime(2026, 3, 14, 13, 15, tzinfo=UTC)),
        ("20260314081500.1234-0500", datetime(2026, 3, 14, 13, 15, tzinfo=UTC)),
        ("20260314081500", datetime(2026, 3, 14, 13, 15, tzinfo=UTC)),
        ("20260113081500", datetime(2026, 1, 13, 14, 15, tzinfo=UTC)),
    ],
    ids=["offset", "fractions", "zone in summer", "zone in winter"],
)
def test_a_time_without_an_offset_is_a_time_of_the_senders_zone(sent, expected):
    assert only(oru(result(at=sent))).collected_at == expected


def test_the_collection_time_of_the_order_counts_where_the_result_has_none():
    assert only(oru(result(at=""))).collected_at == datetime(2026, 3, 14, 13, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "sent",
    ["20260314", "20260332101500", "2026031425", "20260314081500-9900", "00010101000000", "noon"],
)
def test_a_time_that_cannot_be_is_refused_with_its_place(sent):
    with pytest.raises(HL7Error, match=r"OBX-14: .*") as refused:
        read(oru(result(at=sent)))

    assert refused.value.answer == "AE"


def test_orders_keep_their_own_results_sites_and_notes():
    message = read(
        oru(
            result(),
            "NTE|1|L|SECOND ALIQUOT",
            "NTE|2|L|SAME DRAW",
            "SPM|1|||ABLD^Arterial blood^L||||RR^Right radial^L",
            "ORC|RE||C2^LIS",
            "OBR|2||C2^LIS|HGB^Hb^L|||20260314090000-0500||||||||^^^LINE&x",
            "NTE|1|L|ABOUT THE ORDER",
            result(code="HGB^Hb^L"),
        )
    )

    first, second = message.groups
    assert first.observations[0].notes == ("SECOND ALIQUOT", "SAME DRAW")
    assert (first.specimen, first.observations[0].sample_site) == ("Arterial blood", "Right radial")
    assert (second.filler_order, second.notes) == ("C2", ("ABOUT THE ORDER",))
    assert second.observations[0].sample_site == "LINE"
    assert second.observations[0].status_at == message.header.sent_at


def test_the_message_chooses_its_own_delimiters():
    text = oru().translate(str.maketrans("|^~\\&", "$*@!%"))

    assert read(text).observations[0].codes[1] == Code("APTT", "PTT", "L")


def test_escapes_are_undone_and_unknown_ones_are_left_alone():
    sent = "A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F \\H\\bold\\N\\ \\X41\\ \\Zx\\ 50\\"

    assert only(oru(result(kind="ST", value=sent))).text == "A|B^C&D~E\\F bold A \\Zx\\ 50\\"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_any_line_end_is_taken(end):
    assert read(oru(end=end)) == read(oru())


def test_a_line_feed_inside_a_field_stays_where_carriage_returns_end_segments():
    assert only(oru(result(kind="TX", value="SEE\nNOTE"))).text == "SEE\nNOTE"


@pytest.mark.parametrize(
    ("text", "where", "answer"),
    [
        ("", "message", "AR"),
        ("hello", "message", "AR"),
        ("MSH", "MSH-1", "AR"),
        ("MSH|^^^^|LIS", "MSH-1", "AR"),
        ("MSHxyzuv|LIS", "MSH-1", "AR"),
        (oru() + "\0", "message", "AR"),
        (oru() + "\ud800", "message", "AR"),
        ("MSH|^~\\&|" + "x" * 1_000_001, "message", "AR"),
        (oru(header=HEADER.replace("ORU^R01^ORU_R01", "ADT^A01")), "MSH-9", "AR"),
        (oru(header=HEADER.replace("ORU^R01^ORU_R01", "")), "MSH-9", "AR"),
        (oru(header=HEADER.replace("|M1|", "||")), "MSH-10", "AR"),
        (oru(header=HEADER.replace("|LIS|", "||")), "MSH-3", "AR"),
        (oru(patient=""), "PID", "AE"),
        (oru(result(), PATIENT), "PID", "AE"),
        (oru(order=""), "OBX", "AE"),
        (oru("ORC|RE", result()), "OBX", "AE"),
        (oru(result(), "and some more"), "line 5", "AE"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, where, answer):
    with pytest.raises(HL7Error) as refused:
        read(text)

    assert (refused.value.where, refused.value.answer) == (where, answer)
    assert str(refused.value).startswith(f"{where}: ")


def test_a_message_of_another_kind_still_has_a_header_to_answer_to():
    header = header_of(oru(header=HEADER.replace("ORU^R01^ORU_R01", "ADT^A01")), CHICAGO)

    assert (header.type, header.control_id) == ("ADT^A01", "M1")


def test_an_order_without_results_is_read():
    assert read(HEADER + "\r" + PATIENT + "\r" + ORDER).observations == ()


def test_the_acknowledgement_goes_back_to_the_sender_under_his_control_id():
    answer = acknowledgement(read(oru()), "AA", "", AT, "A7")

    assert answer == (
        "MSH|^~\\&|ECMO|PROG|LIS|HOSP|20260314134000+0000||ACK^R01^ACK|A7|P|2.5.1\rMSA|AA|M1|\r"
    )


def test_the_text_of_an_acknowledgement_cannot_break_out_of_its_field():
    answer = acknowledgement(header_of(oru(), CHICAGO), "AE", "a|b^c\rMSA|AA", AT, "A7")

    assert answer.endswith("\rMSA|AE|M1|a\\F\\b\\S\\c\\.br\\MSA\\F\\AA\r")


def test_an_unreadable_message_is_answered_without_a_control_id():
    answer = acknowledgement(None, "AR", "not HL7", AT, "A7")

    assert answer.endswith("|ACK^R01^ACK|A7|P|2.5.1\rMSA|AR||not HL7\r")


def test_only_the_three_answers_of_the_standard_exist():
    with pytest.raises(ValueError, match="CA"):
        acknowledgement(None, "CA", "", AT, "A7")


def test_bytes_are_read_as_utf8_or_as_the_character_set_they_name():
    latin = (HEADER + "||||||8859/1\rPID|1||1||Müller^Änne").encode("latin-1")

    assert decoded("Müller".encode()) == "Müller"
    assert "Müller^Änne" in decoded(latin)
    with pytest.raises(HL7Error, match="MSH-18"):
        decoded(b"MSH|^~\\&|LIS|M\xfcller")


PIECES = st.sampled_from(
    ["MSH|^~\\&|", "\r", "\n", "PID|", "OBR|", "OBX|1|NM|", "ORC", "SPM|", "NTE|", "|", "^", "~", "\\", "&",
     '""', "20260314", "0815", "-0500", "ORU^R01", "<^", "0.1", "\0", "\x1c", "é", "9" * 30, HEADER, PATIENT, ORDER]
)  # fmt: skip


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(),
        st.lists(PIECES).map("".join),
        st.lists(PIECES).map(lambda x: oru(*map(str, x or ["Z"]))),
    )
)
def test_reading_never_fails_but_with_its_own_error(text):
    with suppress(HL7Error):
        message = read(text)

        assert acknowledgement(message, "AA", text[:300], AT, "A7").count("\r") == 2


@given(st.binary())
def test_bytes_never_fail_but_with_our_own_error(body):
    with suppress(HL7Error):
        read(decoded(body))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")))
def test_a_text_survives_being_sent(text):
    marks = read(oru()).header.delimiters

    assert marks.unescaped(marks.escaped(text)) == text


def test_a_time_read_has_the_offset_it_was_sent_with():
    assert only(oru()).collected_at.utcoffset() == timedelta(hours=-5)
