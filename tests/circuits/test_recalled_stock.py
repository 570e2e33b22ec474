"""What becomes of a recalled lot moves what lies of it, wherever it lies."""

import pytest

from circuits.actions.recalls import record_fate
from circuits.actions.stock import Arrival, quarantine_stock, receive_stock, reserve_stock
from circuits.models import StockLot
from tests.circuits.recall_cases import GTIN, LOT, received
from tests.factories import NOON
from tests.scenarios import device


@pytest.fixture
def lot(unit, perfusionist):
    """Five of a lot: two on the shelf, one of them numbered; two reserved; one kept aside, torn."""
    model = device("oxygenator")
    model.gtin = GTIN
    model.save()
    done = {"by": perfusionist, "at": NOON}
    for facts in ({"quantity": 4}, {"serial": "SN-1"}):
        arrival = Arrival(model, lot=LOT, **facts)
        lot = receive_stock(unit=unit, arrival=arrival, received_at=NOON, **done).lot
    reserve_stock(lot=lot, quantity=2, reserved_at=NOON, reason="kit", **done)
    quarantine_stock(lot=lot, quarantined_at=NOON, reason="torn", **done)
    return lot


def counts(lot):
    row = StockLot.objects.with_counts().get(pk=lot.pk)
    return row.shelf, row.reserved, row.quarantined


def decide(recall, lot, fate, by, **facts):
    items = list(recall.items.filter(stock_lot=lot))
    decided = {"decided_at": NOON, "by": by, "at": NOON} | facts
    record_fate(recall=recall, items=items, fate=fate, **decided)


@pytest.mark.parametrize(
    ("fate", "left", "moved"),
    [
        pytest.param("removed", (0, 0, 5), "quarantined", id="kept-aside"),
        pytest.param("returned", (0, 0, 0), "sent_back", id="to-the-manufacturer"),
        pytest.param("discarded", (0, 0, 0), "discarded", id="thrown-away"),
    ],
)
def test_a_fate_takes_all_of_the_lot_off_the_shelf(centre, coordinator, lot, fate, left, moved):
    recall = received(centre, coordinator)

    decide(recall, lot, fate, coordinator)

    assert counts(lot) == left
    assert lot.movements.filter(kind=moved, component__serial="SN-1").count() == 1
    assert lot.movements.last().reason == "Recall Example Devices FSN-2026-014"


@pytest.mark.parametrize("fate", ["ruled_out", "corrected"])
def test_what_is_free_again_lies_on_the_shelf_but_not_what_was_kept_aside_for_another_reason(
    centre, coordinator, lot, fate
):
    recall = received(centre, coordinator)
    decide(recall, lot, "removed", coordinator)

    decide(recall, lot, fate, coordinator, reason="looked at each box")

    assert counts(lot) == (4, 0, 1)


def test_what_stays_is_not_moved(centre, coordinator, lot):
    decide(received(centre, coordinator), lot, "stays", coordinator, reason="no other lot")

    assert counts(lot) == (2, 2, 1)
