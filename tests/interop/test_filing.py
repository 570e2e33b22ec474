"""What may be filed, what is left alone, and what waits for a person."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interop.filing import decide, identify, keys_named, outcome
from interop.hl7message import Identifier, PatientIdentity
from interop.hl7v2 import parse
from interop.labcodes import Catalogue
from interop.verdicts import (
    File,
    KnownPatient,
    Leave,
    Outcome,
    Quarantine,
    Reason,
    ResultKey,
    Standing,
    Status,
)
from tests.interop.messages import ORDER, oru, result

CATALOGUE = Catalogue.of(
    [
        {"analyte": "aptt", "loinc": ["14979-9"], "local": ["APTT"], "unit": "s",
         "accepted_units": {"s": 1, "SEC": 1}, "hard": [10, 300]},
        {"analyte": "hb", "loinc": ["718-7"], "local": ["HGB"], "unit": "g/dL",
         "accepted_units": {"g/dL": 1, "g/L": 0.1}, "hard": [2, None]},
        {"analyte": "paco2", "loinc": ["2019-8"], "local": ["PCO2"], "unit": "mm[Hg]",
         "accepted_units": {"mm[Hg]": 1, "kPa": 7.50062}, "hard": [5, 250]},
        {"analyte": "inr", "loinc": ["6301-6"], "local": ["INR"], "unit": None, "accepted_units": {}, "hard": None},
        {"analyte": "sample_site", "loinc": [], "local": ["SITE"], "unit": None, "accepted_units": {}, "hard": None},
    ]
)  # fmt: skip
ALPHA = KnownPatient("alpha", "MRN1", "HOSP", "Testpt", "Alpha", date(1985, 7, 12))
BETA = KnownPatient("beta", "MRN2", "HOSP", "Other", "Beta", date(1990, 1, 1))


def decisions(*segments, stored=(), **parts):
    return decide(parse(oru(*segments, **parts), zone=UTC), CATALOGUE, dict(stored))


def only(*segments, **parts):
    (decision,) = decisions(*segments, **parts)
    return decision


SENT = PatientIdentity(
    mrn="MRN1", authority="HOSP", family="TESTPT", given="ALPHA", born_on=date(1985, 7, 12), sex="F"
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ALPHA),
        ({"family": " testpt "}, ALPHA),
        ({"mrn": "MRN9"}, Outcome.UNMATCHED),
        ({"authority": "ELSEWHERE"}, Outcome.UNMATCHED),
        ({"mrn": ""}, Outcome.UNMATCHED),
        ({"family": "TESTPT-NEW"}, Outcome.IDENTITY_MISMATCH),
        ({"given": "ALPHONSE"}, Outcome.IDENTITY_MISMATCH),
        ({"born_on": date(1985, 7, 21)}, Outcome.IDENTITY_MISMATCH),
        ({"born_on": None}, Outcome.IDENTITY_MISMATCH),
        ({"identifiers": (Identifier("MRN1", "HOSP", "MR"), Identifier("MRN2", "HOSP", "MR"))},
         Outcome.IDENTITY_MISMATCH),
        ({"mrn": "X", "identifiers": (Identifier("MRN1", "HOSP", "VN"),)}, Outcome.UNMATCHED),
        ({"mrn": "MRN2", "family": "OTHER", "given": "BETA", "born_on": date(1990, 1, 1)}, BETA),
    ],
)  # fmt: skip
def test_a_patient_is_told_by_number_name_and_birth_date_together(changes, expected):
    assert identify(replace(SENT, **changes), [ALPHA, BETA]) == expected


def test_a_patient_without_a_number_of_ours_is_never_met():
    blank = KnownPatient("blank", "", "", "Testpt", "Alpha", date(1985, 7, 12))

    assert identify(replace(SENT, mrn="", authority=""), [blank]) is Outcome.UNMATCHED


def test_a_number_is_filed_in_the_unit_of_the_catalogue():
    filed = only(result(code="718-7^Hb^LN", value="89", unit="g/L"))

    assert isinstance(filed, File)
    assert (filed.analyte, filed.value, filed.unit) == ("hb", Decimal("8.9"), "g/dL")
    assert (filed.comparator, filed.value_text, filed.reported) == (None, None, "89 g/L")
    assert filed.key.sender == "LIS"
    assert filed.key.filler_order == "C1"


def test_a_local_code_is_enough():
    assert only(result(code="HGB^Hb^L", value="9", unit="g/dL")).analyte == "hb"


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"code": "PHOS^Phosphate^L"}, Reason.CODE_UNKNOWN),
        ({"code": ""}, Reason.CODE_UNKNOWN),
        ({"code": "APTT^aPTT^LN"}, Reason.CODE_UNKNOWN),
        ({"code": "14979-9^aPTT^LN^HGB^Hb^L"}, Reason.CODES_DISAGREE),
        ({"unit": "min"}, Reason.UNIT_UNKNOWN),
        ({"unit": ""}, Reason.UNIT_UNKNOWN),
        ({"unit": "S"}, Reason.UNIT_UNKNOWN),
        ({"value": "9.99"}, Reason.OUT_OF_HARD_RANGE),
        ({"value": "300.01"}, Reason.OUT_OF_HARD_RANGE),
        ({"kind": "ST", "value": ">301"}, Reason.OUT_OF_HARD_RANGE),
        ({"value": ""}, Reason.VALUE_MISSING),
        ({"status": "I"}, Reason.STATUS_UNKNOWN),
        ({"status": ""}, Reason.STATUS_UNKNOWN),
    ],
)
def test_what_does_not_fit_waits_for_a_person(sent, reason):
    decision = only(result(**sent))

    assert isinstance(decision, Quarantine)
    assert decision.reason is reason


@pytest.mark.parametrize("value", ["10", "300"])
def test_a_value_on_a_hard_limit_is_possible(value):
    assert isinstance(only(result(value=value)), File)


def test_a_unit_slip_is_shown_converted_and_is_not_mended():
    decision = only(result(code="HGB^Hb^L", value="13", unit="g/L"))

    assert (decision.converted, decision.unit, decision.reported) == (
        Decimal("1.3"),
        "g/dL",
        "13 g/L",
    )


def test_a_result_needs_its_order_and_its_times():
    no_order = ORDER.replace("|C1^LIS|", "||")
    no_collection = ORDER.replace("20260314081500-0500", "")

    assert only(result(), order=no_order).reason is Reason.ORDER_MISSING
    assert only(result(at=""), order=no_collection).reason is Reason.TIME_MISSING


def test_a_text_is_filed_without_number_or_unit():
    filed = only(result(kind="ST", value="NO CLOT"))

    assert (filed.value, filed.unit, filed.value_text, filed.reported) == (
        None,
        None,
        "NO CLOT",
        "NO CLOT s",
    )


def test_a_number_of_an_analyte_without_units_is_taken_without_one():
    assert only(result(code="INR^INR^L", value="1.4", unit="")).value == Decimal("1.4")


@pytest.mark.parametrize("status", ["X", "D", "W"])
def test_a_withdrawal_is_never_held_back_by_its_value(status):
    filed = only(result(status=status, value="9999", unit="furlong"))

    assert isinstance(filed, File)
    assert filed.value is None


def test_a_withdrawn_number_that_fits_stays_readable():
    filed = only(result(status="D"))

    assert (filed.status, filed.value) == (Status.ENTERED_IN_ERROR, Decimal("71.4"))


def test_a_withdrawal_without_a_value_is_filed():
    assert only(result(status="D", value="")).value_text is None


@pytest.mark.parametrize(
    ("value", "unit", "flags"),
    [("12.9", "mm[Hg]", ("kpa_suspected",)), ("13", "mm[Hg]", ()), ("5.4", "kPa", ())],
)
def test_a_tension_that_looks_like_kpa_is_flagged(value, unit, flags):
    assert only(result(code="PCO2^pCO2^L", value=value, unit=unit)).flags == flags


def test_the_sample_site_belongs_to_the_whole_message_and_is_no_result():
    first, second = decisions(
        result(),
        "OBR|2||C2^LIS|HGB^Hb^L|||20260314090000-0500|||||||||||||||20260314090000-0500",
        result(code="HGB^Hb^L", value="9", unit="g/dL"),
        "OBX|3|ST|SITE^Sample site^L||RIGHT RADIAL ARTERIAL LINE||||||F",
    )

    assert first.sample_site == second.sample_site == "RIGHT RADIAL ARTERIAL LINE"


def test_without_a_site_result_the_specimen_says_where_it_was_taken():
    filed = only(result(), "SPM|1|||B^Blood^L||||RR^Right radial^L")

    assert filed.sample_site == "Right radial"


@pytest.mark.parametrize(
    ("status", "minute", "expected"),
    [
        ("F", 33, Outcome.OLDER_THAN_STORED),
        ("P", 34, Outcome.OLDER_THAN_STORED),
        ("F", 34, Outcome.NO_CHANGE),
        ("C", 34, Outcome.FILED),
        ("X", 34, Outcome.FILED),
        ("D", 34, Outcome.FILED),
        ("P", 35, Outcome.FILED),
        ("D", 33, Outcome.OLDER_THAN_STORED),
    ],
)
def test_only_a_newer_word_replaces_what_is_stored(status, minute, expected):
    (stored,) = decisions()
    order = ORDER.replace("20260314083400", f"202603140{8}{minute}00")

    found = decisions(result(status=status), order=order, stored=[(stored.key, stored.standing)])

    assert outcome(found) == expected


def test_ranks_follow_preliminary_final_corrected_cancelled_in_error():
    assert [each.rank for each in Status] == [0, 1, 2, 3, 4]


def test_one_result_named_twice_in_a_message_is_filed_once():
    first, second = decisions(result(), result(value="80"))

    assert isinstance(first, File)
    assert isinstance(second, Leave)
    assert second.because is Outcome.NO_CHANGE


@pytest.mark.parametrize(
    "change", [{"sub": "2"}, {"at": "20260314081600-0500"}, {"code": "INR^INR^L", "unit": ""}]
)
def test_another_sub_id_time_or_analyte_is_another_result(change):
    first, second = decisions(result(), result(**change))

    assert first.key != second.key


def test_the_same_instant_with_another_offset_is_the_same_result():
    _, second = decisions(result(), result(at="20260314131500+0000"))

    assert isinstance(second, Leave)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ((result(), result(code="PHOS^P^L")), Outcome.PARTLY_QUARANTINED),
        ((result(code="PHOS^P^L"),), Outcome.QUARANTINED),
        ((result(), result()), Outcome.FILED),
        (("NTE|1|L|nothing yet",), Outcome.NO_CHANGE),
    ],
)
def test_the_outcome_names_quarantine_before_what_was_filed(segments, expected):
    assert outcome(decisions(*segments)) == expected


def test_an_older_word_is_named_before_one_that_changes_nothing():
    hb = result(code="HGB^Hb^L", value="9", unit="g/dL")
    aptt_key, hb_key = (each.key for each in decisions(result(), hb))
    now = Standing(datetime(2026, 3, 14, 13, 34, tzinfo=UTC), Status.FINAL.rank)
    later = Standing(datetime(2026, 3, 14, 14, 34, tzinfo=UTC), Status.FINAL.rank)

    found = decisions(result(), hb, stored=[(aptt_key, now), (hb_key, later)])

    assert outcome(found) is Outcome.OLDER_THAN_STORED


def test_the_keys_of_a_message_are_those_of_its_results():
    message = parse(oru(result(), result(code="PHOS^P^L")), zone=UTC)

    assert keys_named(message, CATALOGUE) == {decisions()[0].key}


def test_a_result_without_a_set_id_is_counted():
    assert only(result().replace("OBX|1|", "OBX||")).obx == "1"


@given(st.permutations(["P", "F", "C", "X", "D"]))
def test_the_order_of_arrival_does_not_change_the_final_state(statuses):
    stored: dict[ResultKey, Standing] = {}

    for status in statuses:
        for decision in decisions(result(status=status), stored=stored):
            if isinstance(decision, File):
                stored[decision.key] = decision.standing

    assert [each.rank for each in stored.values()] == [Status.ENTERED_IN_ERROR.rank]
