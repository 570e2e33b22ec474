"""Facts are read and written at their places, whatever stands there already."""

import pytest

from reports.asked import facts_asked, value_at, with_values

ODD = [
    {},
    {"pre_ecls": "not told"},
    {"pre_ecls": {"gases": "none"}},
    {"pre_ecls": {"gases": []}},
    {"pre_ecls": {"gases": ["none"], "support": "none"}},
    {"admission": ["odd"], "assessment_24h": {"vent": {"rate": 1}}},
]


def test_each_fact_is_asked_once():
    paths = [fact.path for fact in facts_asked()]

    assert len(set(paths)) == len(paths) > 40


@pytest.mark.parametrize("facts", ODD)
def test_whatever_stands_there_can_be_read(facts):
    assert {value_at(facts, fact.path) for fact in facts_asked()} == {None}


@pytest.mark.parametrize("facts", ODD[:4])
def test_a_value_is_written_where_nothing_readable_stood(facts):
    changed = with_values(facts, {"pre_ecls.gases.0.ph": "7.2"})

    assert value_at(changed, "pre_ecls.gases.0.ph") == "7.2"


def test_writing_leaves_what_was_given_alone():
    facts = {"pre_ecls": {"gases": [{"ph": "7.1"}]}}

    with_values(facts, {"pre_ecls.gases.0.ph": "7.2"})

    assert facts == {"pre_ecls": {"gases": [{"ph": "7.1"}]}}


def test_a_row_in_which_nothing_is_told_is_dropped():
    facts = {"pre_ecls": {"gases": [{"ph": "7.1"}, {"ph": "7.3"}]}}

    changed = with_values(facts, {"pre_ecls.gases.0.ph": None})

    assert changed["pre_ecls"]["gases"] == [{"ph": "7.3"}]
