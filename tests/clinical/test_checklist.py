"""What an answer that is a number means, on both sides of each line."""

from decimal import Decimal

import pytest

from clinical.checklist import (
    Item,
    Standing,
    default_body,
    default_kinds,
    is_possible,
    items_of,
    standing,
    words_of,
)
from clinical.spans import OPEN, Span

POTASSIUM = items_of(
    {
        "items": [
            {
                "id": "k",
                "label": "Potassium",
                "kind": "value",
                "unit": "mmol/L",
                "hard": [0, 40],
                "caution": [None, 6],
                "stop": [None, 8],
            }
        ]
    }
)[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("6", Standing.FINE),
        ("6.01", Standing.CAUTION),
        ("8", Standing.CAUTION),
        ("8.01", Standing.STOP),
    ],
)
def test_a_value_on_a_line_is_inside_it(value, expected):
    assert standing(POTASSIUM, Decimal(value)) is expected


@pytest.mark.parametrize(("value", "expected"), [("0", True), ("40", True), ("40.1", False)])
def test_a_value_outside_the_hard_span_cannot_be(value, expected):
    assert is_possible(POTASSIUM, Decimal(value)) is expected


def test_an_item_is_read_as_its_document_has_it_and_lacks_what_it_does_not_say():
    said = {"label": "Potassium", "group": "Gas", "detail": "warm", "kind": "value"}
    said |= {"unit": "mmol/L", "decimals": 1, "role": "nurse"}
    row = {"id": "k", **said, "hard": [0, 40], "caution": [None, 6], "stop": [None, 8]}

    whole, bare = items_of({"items": [row, {"id": "clamp"}]})

    spans = (
        Span(Decimal(0), Decimal(40)),
        Span(None, Decimal(6)),
        Span(None, Decimal(8)),
    )
    assert whole == Item("k", **said, hard=spans[0], caution=spans[1], stop=spans[2])
    assert bare == Item("clamp", "clamp")


def test_an_item_without_lines_judges_nothing():
    item = items_of({"items": [{"id": "clamp"}]})[0]

    assert (item.label, item.is_value) == ("clamp", False)
    assert standing(item, Decimal(10_000)) is Standing.FINE
    assert is_possible(item, Decimal(-1))


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(Decimal(1), Decimal(2)), "1 to 2 %"),
        (Span(Decimal(1), None), "at least 1 %"),
        (Span(None, Decimal(2)), "at most 2 %"),
        (OPEN, ""),
    ],
)
def test_a_span_is_said_in_words(span, words):
    assert words_of(span, "%") == words


def test_every_default_list_has_a_title_a_source_and_a_unit_for_each_number():
    assert default_kinds() >= {"priming", "connection_timeout", "standby_weekly"}
    for kind in default_kinds():
        body = default_body(kind)
        items = items_of(body)
        assert body["title"]
        assert "default" in body["source"]
        assert len({item.id for item in items}) == len(items)
        assert all(item.unit for item in items if item.is_value)


def test_a_kind_without_a_default_is_said_to_have_none():
    with pytest.raises(KeyError):
        default_body("nothing")


def test_no_bound_in_a_file_is_no_bound():
    battery = next(one for one in items_of(default_body("priming")) if one.id == "battery")

    assert (battery.caution.low, battery.caution.high) == (Decimal(80), None)
