"""By day, and the first slot in which those who are needed are on duty."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinical.daytime import Daytime, Rostered, SlotRules, propose_slot
from clinical.signals import Urgency

OSLO = ZoneInfo("Europe/Oslo")
HOUR = timedelta(hours=1)
RULES = SlotRules()


def local(day, hour, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=OSLO).astimezone(UTC)


MONDAY = local(2, 10)


def shift(day, begins=8, hours=12, duty="perfusion", who=1):
    return Rostered(who, duty, local(day, begins), local(day, begins) + hours * HOUR)


@pytest.mark.parametrize(
    ("moment", "is_day"),
    [
        pytest.param(local(2, 8), True, id="opening"),
        pytest.param(local(2, 7, 59), False, id="just before"),
        pytest.param(local(2, 15, 59), True, id="just before closing"),
        pytest.param(local(2, 16), False, id="closing"),
        pytest.param(local(6, 12), True, id="Friday"),
        pytest.param(local(7, 12), False, id="Saturday"),
        pytest.param(local(8, 12), False, id="Sunday"),
        pytest.param(local(30, 8), True, id="the first opening of summer time"),
        pytest.param(local(30, 7, 30), False, id="half past seven of summer time"),
    ],
)
def test_day_is_by_the_local_clock(moment, is_day):
    assert Daytime().covers(moment, OSLO) is is_day


@pytest.mark.parametrize(
    ("urgency", "roster", "at", "starts_at", "lacks"),
    [
        pytest.param("planned", [shift(2)], MONDAY, MONDAY, (), id="on duty now"),
        pytest.param("planned", [shift(2, 12)], MONDAY, local(2, 12), (), id="from noon on"),
        pytest.param(
            "planned", [shift(2, 15)], MONDAY, MONDAY, ("perfusion",), id="nobody in time"
        ),
        pytest.param("planned", [shift(2, 15), shift(4)], MONDAY, local(4, 8), (), id="Wednesday"),
        pytest.param("elective", [shift(2, 14)], MONDAY, local(2, 14), (), id="ends at closing"),
        pytest.param(
            "planned", [shift(2, 8, 3)], MONDAY, MONDAY, ("perfusion",), id="off too early"
        ),
        pytest.param("planned", [shift(2, 8, 4)], MONDAY, MONDAY, (), id="off as it ends"),
        pytest.param(
            "planned", [shift(2, duty="physician")], MONDAY, MONDAY, ("perfusion",), id="another"
        ),
        pytest.param("planned", [shift(9)], local(6, 17), local(9, 8), (), id="over the weekend"),
        pytest.param(
            "urgent", [shift(2, 20)], local(2, 18), local(2, 20), (), id="urgent by night"
        ),
        pytest.param(
            "urgent",
            [shift(3, 1)],
            local(2, 18),
            local(2, 18),
            ("perfusion",),
            id="urgent waits at most six hours",
        ),
        pytest.param("emergent", [], MONDAY, MONDAY, ("perfusion",), id="emergent is now"),
    ],
)
def test_the_slot_is_the_first_in_which_everybody_needed_is_on(
    urgency, roster, at, starts_at, lacks
):
    slot = propose_slot(Urgency(urgency), roster, at, OSLO, RULES)

    assert (slot.starts_at, slot.lacks) == (starts_at, lacks)
    assert slot.ends_at - slot.starts_at == 2 * HOUR
    assert {one.duty for one in slot.people} == ({"perfusion"} if not lacks else set())


def test_a_slot_that_is_longer_than_any_day_is_none():
    rules = SlotRules(daytime=Daytime(time(8), time(9)))

    assert propose_slot(Urgency.PLANNED, [shift(2)], MONDAY, OSLO, rules) is None


def test_the_night_of_the_clock_change_is_a_night():
    """On 29 March the clock goes from 2 to 3: Monday's opening is still at 8 by the clock."""
    slot = propose_slot(Urgency.PLANNED, [], local(28, 12), OSLO, RULES)

    assert slot.starts_at == local(30, 8) == datetime(2026, 3, 30, 6, tzinfo=UTC)
