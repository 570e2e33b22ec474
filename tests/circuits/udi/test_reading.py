"""Labels as scanners send them, as people type them, and damaged."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.udi import Agency, read_label
from circuits.udi.hibcc import check_character

GTIN = "00614141000012"
MESSAGE = f"01{GTIN}1727033110L26A417\x1d21SN0004512"  # bedside.md 3.3
MARCH_END = date(2027, 3, 31)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(MESSAGE, id="with-the-separator"),
        pytest.param(f"\x1d{MESSAGE}\x1d\r\n", id="with-separators-around-and-enter"),
        pytest.param(f"]d2{MESSAGE}", id="datamatrix-prefix"),
        pytest.param(f"]C1{MESSAGE}", id="gs1-128-prefix"),
        pytest.param(f"]e0{MESSAGE}", id="databar-prefix"),
        pytest.param(MESSAGE.replace("270331", "270300"), id="day-00-is-the-last-of-the-month"),
        pytest.param(MESSAGE.replace("\x1d", "<GS>"), id="separator-in-words"),
        pytest.param(MESSAGE.replace("\x1d", "\N{SYMBOL FOR GROUP SEPARATOR}"), id="its-picture"),
        pytest.param(MESSAGE.replace("\x1d", "|"), id="separator-as-bar"),
        pytest.param(MESSAGE.replace("\x1d", "^]"), id="separator-as-control-key"),
        pytest.param(f"(01){GTIN}(17)270331(10)L26A417(21)SN0004512", id="print"),
        pytest.param(f"(01) {GTIN} (17) 270331 (10) L26A417 (21) SN0004512", id="spaced-print"),
        pytest.param(f"01{GTIN}10L26A417\x1d17270331\x1d21SN0004512", id="other-order"),
    ],
)
def test_a_gs1_label_says_the_same_however_it_comes(raw):
    label = read_label(raw)

    assert (label.agency, label.gtin) == (Agency.GS1, GTIN)
    assert (label.lot, label.serial, label.expires_on) == ("L26A417", "SN0004512", MARCH_END)
    assert (label.raw, label.problem, label.doubts) == (raw, "", ())


@pytest.mark.parametrize(
    ("expiry", "day"),
    [
        ("270300", date(2027, 3, 31)),
        ("280200", date(2028, 2, 29)),
        ("270200", date(2027, 2, 28)),
        ("270401", date(2027, 4, 1)),
    ],
)
def test_the_day_of_expiry_is_read_to_the_end_of_the_month(expiry, day):
    assert read_label(f"01{GTIN}17{expiry}").expires_on == day


@pytest.mark.parametrize(
    ("raw", "gtin"),
    [(GTIN, GTIN), ("614141000012", GTIN), ("4006381333931", "04006381333931")],
)
def test_a_bare_product_number_is_a_gtin(raw, gtin):
    assert (read_label(raw).gtin, read_label(raw).lot) == (gtin, "")


def test_a_swallowed_separator_is_a_doubt_not_a_lot():
    label = read_label(MESSAGE.replace("\x1d", ""))

    assert label.lot == "L26A41721SN0004512"
    assert "may hold more than the lot" in label.doubts[0]


@pytest.mark.parametrize(
    ("raw", "di", "lot", "serial", "expires_on"),
    [
        pytest.param("+A123BJC5D6E71G", "A123BJC5D6E71", "", "", None, id="product-only"),
        pytest.param("*+A123BJC5D6E71G*", "A123BJC5D6E71", "", "", None, id="code-39-stars"),
        pytest.param(
            "+A99912345/$$52001510X33", "A99912345", "10X3", "", date(2020, 1, 15), id="standard"
        ),
        pytest.param(
            "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
            "A99912345",
            "10X3",
            "77DEFG45",
            date(2020, 1, 15),
            id="with-serial-and-date-made",
        ),
    ],
)
def test_an_hibc_label_of_the_standard_is_read(raw, di, lot, serial, expires_on):
    label = read_label(raw)

    assert (label.agency, label.di, label.gtin) == (Agency.HIBCC, di, "")
    assert (label.lot, label.serial, label.expires_on, label.problem) == (
        lot,
        serial,
        expires_on,
        "",
    )


@pytest.mark.parametrize(
    ("secondary", "lot", "serial", "expires_on"),
    [
        pytest.param("$3C001", "3C001", "", None, id="lot-only"),
        pytest.param("$+SN7", "", "SN7", None, id="serial-only"),
        pytest.param("20015LOT", "LOT", "", date(2020, 1, 15), id="day-of-year"),
        pytest.param("$$09053C001", "3C001", "", date(2005, 9, 30), id="month-0x"),
        pytest.param("$$12053C001", "3C001", "", date(2005, 12, 31), id="month-1x"),
        pytest.param("$$2090105L", "L", "", date(2005, 9, 1), id="mmddyy"),
        pytest.param("$$3050901L", "L", "", date(2005, 9, 1), id="yymmdd"),
        pytest.param("$$405090116L", "L", "", date(2005, 9, 1), id="with-hour"),
        pytest.param("$$60501516L", "L", "", date(2005, 1, 15), id="day-of-year-with-hour"),
        pytest.param("$$7L", "L", "", None, id="no-date"),
        pytest.param("$$8243050901L", "L", "", date(2005, 9, 1), id="quantity-of-two-digits"),
        pytest.param("$$9000243050901L", "L", "", date(2005, 9, 1), id="quantity-of-five"),
        pytest.param("$$+0905SN7", "", "SN7", date(2005, 9, 30), id="serial-with-date"),
        pytest.param("$L/S9/14D20270331", "L", "9", MARCH_END, id="expiry-beside"),
        pytest.param("S9", "", "9", None, id="serial-beside-only"),
        pytest.param("$L/Q500", "L", "", None, id="what-we-do-not-keep"),
    ],
)
def test_each_form_of_what_was_made_when_is_read(secondary, lot, serial, expires_on):
    body = f"+A99912345/{secondary}"

    label = read_label(body + check_character(body))

    assert (label.lot, label.serial, label.expires_on) == (lot, serial, expires_on)
    assert (label.problem, label.doubts) == ("", ())


def test_a_check_character_that_is_a_space_may_be_left_out():
    body = "+H123ABC01234567890/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202"

    assert check_character(body) == " "
    for raw in (body, body + " ", body + "_"):
        assert read_label(raw).serial == "XYZ456789012345678"
        assert read_label(raw).made_on == date(2013, 2, 2)


def test_an_hibc_date_that_is_none_leaves_the_lot_to_be_typed():
    body = "+A99912345/$$31399990X"

    label = read_label(body + check_character(body))

    assert (label.di, label.expires_on) == ("A99912345", None)
    assert "type it from the print" in label.doubts[0]


def test_an_isbt_label_is_read_and_its_donation_passed_over():
    elements = "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032"

    for raw in (f"{elements}&,1000000000000XYZ123", f"=+06000{elements}&,1000000000000XYZ123"):
        label = read_label(raw)
        assert (label.agency, label.di) == (Agency.ICCBBA, "A9999XYZ100T0944")
        assert (label.lot, label.serial) == ("XYZ123", "000025")
        assert (label.expires_on, label.made_on) == (date(2014, 2, 1), date(2013, 2, 1))


@pytest.mark.parametrize(
    ("raw", "agency", "why"),
    [
        pytest.param("", "", "Nothing was read", id="nothing"),
        pytest.param("  \r\n", "", "Nothing was read", id="enter-only"),
        pytest.param("REF 70105.4567", "", "no label that we can read", id="other-print"),
        pytest.param(MESSAGE.replace("12", "13", 1), "GS1", "could not be read", id="wrong-gtin"),
        pytest.param(MESSAGE[:-20][:10], "GS1", "could not be read whole", id="cut-in-gtin"),
        pytest.param(f"01{GTIN}17271331", "GS1", "could not be read whole", id="month-13"),
        pytest.param("(01)123", "GS1", "could not be read whole", id="short-print"),
        pytest.param("()", "GS1", "could not be read whole", id="empty-brackets"),
        pytest.param("614141000013", "GS1", "could not be read whole", id="wrong-upc"),
        pytest.param("+A123BJC5D6E71H", "HIBCC", "check character is wrong", id="hibc-check"),
        pytest.param("+a123bjc5d6e71G", "HIBCC", "check character is wrong", id="hibc-small"),
        pytest.param("+", "HIBCC", "check character is wrong", id="hibc-plus-only"),
        pytest.param(f"+$L{check_character('+$L')}", "HIBCC", "second half", id="hibc-second-half"),
        pytest.param(
            f"+1A/$L{check_character('+1A/$L')}", "HIBCC", "another form", id="hibc-product"
        ),
        pytest.param("=/A9999", "ICCBBA", "could not be read from", id="isbt-cut"),
        pytest.param("=>014999", "ICCBBA", "a date that is none", id="isbt-day-999"),
    ],
)
def test_a_damaged_label_is_kept_and_says_what_is_wrong(raw, agency, why):
    label = read_label(raw)

    assert (label.raw, label.agency.value, label.is_read) == (raw, agency, False)
    assert why in label.problem
    assert (label.di, label.lot, label.serial, label.expires_on) == ("", "", "", None)


@given(st.text(max_size=60) | st.text("01()+=$/,>&12A\x1d|", max_size=40))
def test_no_string_whatever_breaks_the_reader(raw):
    label = read_label(raw)

    assert label.raw == raw
