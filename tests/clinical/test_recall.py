"""Which parts a recall is about: products, lots, ranges, serials, and what no record can rule out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.findings import Severity
from clinical.recall import (
    Affected,
    Label,
    LotRange,
    RecallAction,
    Verdict,
    is_orderly,
    is_within,
    normal_gtin,
    normal_lot,
    severity,
    verdict,
)

GTIN = "00614141000012"
YES, NO, OPEN = Verdict.AFFECTED, Verdict.NOT_AFFECTED, Verdict.CANNOT_TELL


def notice(**more):
    return Affected(**{"gtins": frozenset({GTIN}), **more})


def part(**more):
    return Label(**{"kind": "oxygenator", "model": "7", "gtin": GTIN, **more})


LOTS = notice(lots=frozenset({"L26A417", "L26A418"}))
RANGE = notice(ranges=(LotRange("L100", "L199"),))
SERIALS = notice(serials=frozenset({"SN-1"}))


@pytest.mark.parametrize(
    ("affected", "label", "says"),
    [
        pytest.param(notice(), part(), YES, id="the-whole-product"),
        pytest.param(notice(), part(gtin="614141000012"), YES, id="a-gtin-of-twelve-digits"),
        pytest.param(notice(gtins=frozenset({"614141000012"})), part(), YES, id="short-in-notice"),
        pytest.param(notice(), part(gtin="00614141000029"), NO, id="another-product"),
        pytest.param(notice(), part(gtin=""), OPEN, id="a-product-without-gtin"),
        pytest.param(notice(), part(gtin="12345"), OPEN, id="a-gtin-that-is-none"),
        pytest.param(Affected(models=frozenset({"7"})), part(gtin=""), YES, id="by-its-model"),
        pytest.param(Affected(models=frozenset({"8"})), part(gtin=""), NO, id="another-model"),
        pytest.param(notice(kind="oxygenator"), part(gtin=""), OPEN, id="the-kind-fits"),
        pytest.param(notice(kind="pump_head"), part(gtin=""), NO, id="another-kind"),
        pytest.param(notice(kind="pump_head"), part(), NO, id="another-kind-same-gtin"),
        pytest.param(LOTS, part(lot="L26A417"), YES, id="a-lot-that-is-listed"),
        pytest.param(LOTS, part(lot=" l26a-417 "), YES, id="typed-otherwise"),
        pytest.param(LOTS, part(lot="L26A419"), NO, id="a-lot-that-is-not"),
        pytest.param(LOTS, part(), OPEN, id="no-lot-on-record"),
        pytest.param(LOTS, part(gtin="", lot="L26A417"), OPEN, id="lot-fits-product-unknown"),
        pytest.param(LOTS, part(gtin="", lot="L9"), NO, id="lot-rules-out-product-unknown"),
        pytest.param(RANGE, part(lot="L100"), YES, id="first-of-the-range"),
        pytest.param(RANGE, part(lot="L199"), YES, id="last-of-the-range"),
        pytest.param(RANGE, part(lot="L99"), NO, id="before-the-range"),
        pytest.param(RANGE, part(lot="L200"), NO, id="after-the-range"),
        pytest.param(RANGE, part(lot="L1500"), NO, id="longer-than-the-range"),
        pytest.param(RANGE, part(lot="150L"), OPEN, id="built-otherwise"),
        pytest.param(
            notice(lots=frozenset({"150L"}), ranges=RANGE.ranges), part(lot="150L"), YES, id="listed-beside"
        ),
        pytest.param(SERIALS, part(serial="sn1"), YES, id="a-serial-that-is-listed"),
        pytest.param(SERIALS, part(serial="SN-2"), NO, id="a-serial-that-is-not"),
        pytest.param(SERIALS, part(), OPEN, id="no-serial-on-record"),
        pytest.param(
            notice(lots=frozenset({"A"}), serials=frozenset({"1"})), part(lot="B", serial="1"), YES, id="serial-of-another-lot"
        ),
        pytest.param(
            notice(lots=frozenset({"A"}), serials=frozenset({"1"})), part(lot="B"), OPEN, id="other-lot-no-serial"
        ),
    ],
)  # fmt: skip
def test_a_part_is_affected_or_not_or_cannot_be_ruled_out(affected, label, says):
    assert verdict(affected, label) is says


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("00614141000012", GTIN),
        ("0614141000012", GTIN),
        ("614141000012", GTIN),
        (" 0061-4141 000012", GTIN),
        ("12345670", "00000012345670"),
        ("1234567", ""),
        ("123456789", ""),
        ("006141410000123", ""),
        ("0061414100001X", ""),
        ("٠٠٦١٤١٤١٠٠٠٠١٢", ""),
        ("", ""),
    ],
)
def test_a_gtin_is_read_as_fourteen_digits_or_not_at_all(text, gtin):
    assert normal_gtin(text) == gtin


@pytest.mark.parametrize(
    ("first", "last", "can_be_read"),
    [
        ("L100", "L199", True),
        ("L100", "L100", True),
        ("L199", "L100", False),
        ("L100", "199", False),
        ("26A417", "26C009", True),
        ("L9", "L10", True),
        ("", "L10", False),
        ("-", "-", False),
    ],
)
def test_a_range_needs_ends_built_alike_in_their_order(first, last, can_be_read):
    assert is_orderly(LotRange(first, last)) is can_be_read


@pytest.mark.parametrize(
    ("lot", "answer"),
    [("26A416", False), ("26A417", True), ("26B001", True), ("26C009", True), ("26C010", False), ("", None)],
)  # fmt: skip
def test_letters_and_numbers_of_a_lot_are_compared_piece_by_piece(lot, answer):
    assert is_within(lot, LotRange("26A417", "26C009")) is answer


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_a_numbered_lot_lies_in_a_range_as_its_number_does(low, high, number):
    low, high = sorted((low, high))

    assert is_within(f"L{number}", LotRange(f"L{low}", f"L{high}")) is (low <= number <= high)


def test_a_lot_is_compared_without_its_spelling():
    assert normal_lot(" l26a_4.1/7-b ") == "L26A417B"


@pytest.mark.parametrize(
    ("action", "recall_class", "found", "stays", "level"),
    [
        ("removal", "", YES, False, Severity.WARNING),
        ("removal", "II", YES, False, Severity.WARNING),
        ("removal", "III", YES, False, Severity.WARNING),
        ("removal", "I", YES, False, Severity.CRITICAL),
        ("removal", "I", YES, True, Severity.ADVISORY),
        ("removal", "I", OPEN, False, Severity.ADVISORY),
        ("correction", "I", YES, False, Severity.ADVISORY),
        ("correction", "", OPEN, False, Severity.ADVISORY),
    ],
)
def test_a_removal_is_more_urgent_than_a_correction(action, recall_class, found, stays, level):
    assert severity(RecallAction(action), recall_class, found, stays=stays) is level
