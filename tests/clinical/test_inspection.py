"""What is looked at, and which answers need someone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.findings import Severity
from clinical.inspection import ITEMS, Look, Per, UnknownItem, assess_looks, item

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("one", ITEMS.values(), ids=ITEMS.keys())
def test_an_item_has_answers_of_which_one_needs_nobody(one):
    severities = [choice.severity for choice in one.choices.values()]

    assert None in severities
    assert any(severities)
    assert one.source.startswith("bedside 1.4")


def test_cannulas_and_limbs_are_looked_at_one_by_one():
    assert item("cannula_site").per is Per.CANNULA
    assert item("limb").per is Per.LIMB
    assert item("air").per is Per.CIRCUIT


def test_an_answer_that_needs_someone_is_a_finding():
    assessment = assess_looks([Look("air", "bubble_post_membrane", NOON)])

    (finding,) = assessment.findings
    assert (finding.code, finding.severity) == ("air", Severity.CRITICAL)
    assert finding.parameter == "air"
    assert finding.message == "Air in the circuit: Bubble behind the membrane"


def test_a_normal_answer_is_judged_without_a_finding():
    assessment = assess_looks([Look("air", "none", NOON)])

    assert assessment.judged == {"air"}
    assert assessment.findings == ()


def test_the_newest_answer_counts_whenever_it_was_charted():
    looks = [Look("air", "none", NOON), Look("air", "bubble_pre_pump", NOON - HOUR)]

    assert assess_looks(looks).findings == ()
    assert assess_looks(reversed(looks)).findings == ()


def test_each_place_is_judged_for_itself():
    looks = [Look("limb", "warm_with_pulse", NOON, "left"), Look("limb", "tense", NOON, "right")]

    assessment = assess_looks(looks)

    assert assessment.judged == {"limb@left", "limb@right"}
    assert [one.code for one in assessment.findings] == ["limb@right"]
    assert assessment.findings[0].message == "Cannulated limb (right): Tense or painful"


def test_what_was_not_looked_at_is_not_judged():
    assert assess_looks([]).judged == frozenset()


def test_an_unknown_item_or_answer_is_refused():
    with pytest.raises(UnknownItem, match="Did you mean chatter"):
        item("chater")
    with pytest.raises(UnknownItem, match=r"called 'zzz'\.$"):
        item("zzz")
    with pytest.raises(UnknownItem, match="cannot be 'purple', only none, micro"):
        assess_looks([Look("air", "purple", NOON)])


@given(code=st.sampled_from(sorted(ITEMS)), data=st.data())
def test_every_answer_in_the_table_can_be_judged(code, data):
    choice = data.draw(st.sampled_from(sorted(ITEMS[code].choices)))

    assessment = assess_looks([Look(code, choice, NOON)])

    assert bool(assessment.findings) == (ITEMS[code].choices[choice].severity is not None)
