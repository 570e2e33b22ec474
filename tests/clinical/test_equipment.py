"""When equipment falls due: each rule with both edges and with what is not known."""

from datetime import UTC, datetime, timedelta

import pytest

from clinical.due import Due
from clinical.equipment import expiry_due, loan_due, order_due, service_due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("last", "written", "every", "rule", "due"),
    [
        pytest.param(NOON, NOON + 9 * DAY, 30, "equipment.as_written", 9, id="as-written-wins"),
        pytest.param(NOON, None, 30, "equipment.interval", 30, id="by-the-sites-interval"),
        pytest.param(None, None, 30, "equipment.never_done", -5, id="never-done-is-due-at-once"),
        pytest.param(None, NOON + DAY, 30, "equipment.never_done", -5, id="written-without-record"),
    ],
)
def test_a_service_is_due_as_written_else_by_the_interval(last, written, every, rule, due):
    found = service_due(
        "Maintenance",
        last_at=last,
        known_at=NOON - 5 * DAY,
        written_at=written,
        every_days=every,
    )

    assert (found.rule, found.due_at) == (rule, NOON + due * DAY)
    assert not found.is_overdue(found.due_at)
    assert found.is_overdue(found.due_at + timedelta(seconds=1))


@pytest.mark.parametrize("last", [None, NOON])
def test_without_a_rule_and_nothing_written_nobody_knows_when_it_is_due(last):
    assert service_due("Disinfection", last_at=last, known_at=NOON) is None


@pytest.mark.parametrize(
    ("there", "is_owed"), [(-1, False), (0, False), (1, True)], ids=["owed", "gone", "one"]
)
def test_a_lot_is_owed_for_as_long_as_something_of_it_is_there(there, is_owed):
    found = expiry_due(
        received_at=NOON - 90 * DAY, over_at=NOON + 20 * DAY, warn_days=30, there=there
    )

    assert (found is not None) is is_owed
    if found:
        assert (found.warn_at, found.due_at) == (NOON - 10 * DAY, NOON + 20 * DAY)


@pytest.mark.parametrize(
    ("usable", "wanted", "is_owed"),
    [(3, 3, False), (4, 3, False), (2, 3, True), (0, 1, True), (0, 0, False)],
)
def test_a_product_is_ordered_when_fewer_are_usable_than_wanted(usable, wanted, is_owed):
    found = order_due(usable=usable, wanted=wanted, below_since=NOON, within_days=7)

    assert (found is not None) is is_owed
    if found:
        assert (found.anchor, found.due_at) == (NOON, NOON + 7 * DAY)


def test_a_loan_ends_when_it_was_agreed():
    assert loan_due("Example Devices", since=NOON, until=NOON + DAY).due_at == NOON + DAY


def test_what_falls_due_says_why_and_by_which_numbers():
    """Each whole: the rule, what it counts from, when, the sentence, the numbers it used."""
    late = NOON + 30 * DAY
    days = {"every_days": "30"}
    service = {"last_at": NOON, "known_at": NOON, "every_days": 30}
    lot = {"received_at": NOON, "over_at": late, "warn_days": 7, "there": 2}

    assert service_due("Service", **service | {"written_at": late}) == Due(
        "equipment.as_written", NOON, late, late, "Service: as written on it."
    )
    assert service_due("Service", **service | {"last_at": None}) == Due(
        "equipment.never_done",
        NOON,
        NOON,
        NOON,
        "Service is not on record; it is asked for every 30 days.",
        inputs=days,
    )
    assert service_due("Service", **service) == Due(
        "equipment.interval",
        NOON,
        late,
        late,
        "Service every 30 days, counted from the last.",
        inputs=days,
    )
    assert loan_due("Example Devices", since=NOON, until=late) == Due(
        "equipment.loan", NOON, late, late, "Lent: it goes back to Example Devices."
    )
    assert expiry_due(**lot) == Due(
        "stock.expiry",
        NOON,
        late,
        late,
        "2 of the lot are there; after its last day they may not be used.",
        warn_at=NOON + 23 * DAY,
        inputs={"warn_days": "7", "there": "2"},
    )
    assert order_due(usable=1, wanted=3, below_since=NOON, within_days=30) == Due(
        "stock.below_par",
        NOON,
        late,
        late,
        "1 of 3 wanted are free, in date and not recalled.",
        warn_at=NOON,
        inputs={"usable": "1", "wanted": "3", "within_days": "30"},
    )
