"""Which clots stand, what a size implies, and whether a check says the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.clots import (
    CODE,
    Change,
    ClotSeen,
    assess_map,
    disagrees,
    least_grade,
    standing,
    worst_grade,
)
from clinical.findings import Severity

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = {"pump_head": "pump head", "oxygenator_post": "oxygenator, outlet side"}


def look(hours, grade=2, change=Change.SAME, clot="a", place="pump_head", entered=None):
    entered_at = NOON + (hours if entered is None else entered) * HOUR
    return ClotSeen(clot, place, grade, change, NOON + hours * HOUR, entered_at)


def grades(*looks, since=None, at=24):
    return [one.grade for one in standing(looks, since or {}, NOON + at * HOUR)]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        pytest.param([look(0, 2, Change.NEW), look(1, 3, Change.LARGER)], [3], id="the newest"),
        pytest.param([look(1, 3, Change.LARGER), look(0, 2, Change.NEW)], [3], id="charted late"),
        pytest.param([look(0, 2), look(1, 2, Change.GONE)], [], id="gone"),
        pytest.param([look(0, 2), look(0, 3, entered=1)], [3], id="two of one time"),
        pytest.param([look(0, 2), look(0, 4, clot="b")], [4, 2], id="two clots, the worst first"),
        pytest.param([look(25, 2)], [], id="not seen yet by then"),
        pytest.param([look(24, 2)], [2], id="seen just then"),
        pytest.param([], [], id="none"),
    ],
)
def test_a_clot_stands_by_its_newest_look(looks, expected):
    assert grades(*looks) == expected


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        pytest.param(1, [2], id="seen when the part went in"),
        pytest.param(1.1, [], id="seen before"),
    ],
)
def test_a_clot_leaves_with_the_part_that_it_was_on(installed, expected):
    since = {"pump_head": NOON + installed * HOUR, "bridge": NOON + 9 * HOUR}

    assert grades(look(1, 2), since=since) == expected


@pytest.mark.parametrize(
    ("size", "is_clot", "is_mobile", "grade"),
    [
        pytest.param("4.9", True, False, 2, id="small"),
        pytest.param("5", True, False, 3, id="five mm"),
        pytest.param("10", True, False, 3, id="ten mm"),
        pytest.param("10.1", True, False, 4, id="larger"),
        pytest.param(None, True, False, 1, id="not measured"),
        pytest.param("12", False, False, 1, id="fibrin is graded by the eye"),
        pytest.param(None, False, True, 4, id="it moves"),
    ],
)
def test_a_size_implies_the_lowest_grade_that_fits(size, is_clot, is_mobile, grade):
    size_mm = None if size is None else Decimal(size)

    assert least_grade(is_clot=is_clot, size_mm=size_mm, is_mobile=is_mobile) == grade


@pytest.mark.parametrize(
    ("grade", "severity"),
    [(1, None), (2, Severity.ADVISORY), (3, Severity.WARNING), (4, Severity.CRITICAL)],
)
def test_the_worst_clot_needs_whom_its_grade_needs_in_a_check(grade, severity):
    judged = assess_map([look(0, 1), look(0, grade, clot="b", place="oxygenator_post")], PLACES)

    assert judged.judged == {CODE}
    assert [one.severity for one in judged.findings] == ([severity] if severity else [])


def test_an_empty_map_needs_nobody():
    assert assess_map([], PLACES).findings == ()
    assert worst_grade([]) == 0


@pytest.mark.parametrize(
    ("answer", "clots", "expected"),
    [
        pytest.param("grade_2", [look(0, 2)], False, id="the same"),
        pytest.param("grade_0", [look(0, 2)], True, id="less"),
        pytest.param("grade_3", [look(0, 2)], True, id="more"),
        pytest.param("grade_0", [], False, id="none on either"),
        pytest.param(None, [look(0, 4)], False, id="not looked"),
    ],
)
def test_a_check_agrees_with_the_map_or_does_not(answer, clots, expected):
    assert disagrees(answer, clots) is expected
