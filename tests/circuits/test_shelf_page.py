"""The shelf as the coordinator sees and works it, on pages and through the API."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from circuits.actions.counts import CountDiffers, count_stock
from circuits.actions.fitness import LotRecalled
from circuits.actions.recalls import record_fate
from circuits.actions.stock import Arrival, receive_stock, reserve_stock, set_par_level
from circuits.models import StockLot, StockMovement
from circuits.stocklist import lines_of, shelves
from patients.actions.times import InTheFuture
from tests.circuits.recall_cases import GTIN, LOT, received
from tests.factories import NOON
from tests.journeys.people import Person, machine
from tests.scenarios import device

HOUR = timedelta(hours=1)
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def on_shelf(unit, by, **facts):
    facts = {"model": device("oxygenator"), "lot": "L26A", "expires_on": date(2027, 3, 31)} | facts
    arrival = Arrival(**facts)
    return receive_stock(
        unit=unit, arrival=arrival, received_at=NOON - 2 * HOUR, by=by, at=NOON
    ).lot


def recalled_lot(unit, by):
    model = device("oxygenator")
    model.gtin = GTIN
    model.save()
    return on_shelf(unit, by, lot=LOT, quantity=2)


def count(lot, by, counted, *, minutes_ago=0, **more):
    when = NOON - timedelta(minutes=minutes_ago)
    return count_stock(lot=lot, counted=counted, counted_at=when, by=by, at=NOON, **more)


def test_a_count_that_agrees_moves_nothing(unit, perfusionist):
    lot = on_shelf(unit, perfusionist, quantity=3)

    counted = count(lot, perfusionist, 3)

    assert (counted.expected, counted.adjustment) == (3, None)
    assert lot.movements.count() == 1


@pytest.mark.parametrize(
    ("counted", "kind", "quantity"),
    [pytest.param(1, "missing", 2, id="fewer"), pytest.param(5, "found", 2, id="more")],
)
def test_a_count_that_differs_is_asked_for_its_reason_and_then_holds(
    unit, perfusionist, counted, kind, quantity
):
    lot = on_shelf(unit, perfusionist, quantity=3)
    with pytest.raises(CountDiffers, match=f"3 of .* should lie free.*counted were {counted}"):
        count(lot, perfusionist, counted, reason="  ")

    moved = count(lot, perfusionist, counted, reason="lent to the theatre").adjustment

    assert (moved.kind, moved.quantity, moved.reason) == (kind, quantity, "lent to the theatre")
    assert lines_of([lot], NOON)[0].shelf == counted


def test_a_count_is_compared_with_what_had_moved_by_then(unit, perfusionist):
    lot = on_shelf(unit, perfusionist, quantity=3)
    reserve_stock(lot=lot, reserved_at=NOON, reason="kit", by=perfusionist, at=NOON)

    counted = count(lot, perfusionist, 3, minutes_ago=30)

    assert counted.expected == 3
    assert lines_of([lot], NOON)[0].shelf == 2
    with pytest.raises(InTheFuture):
        count(lot, perfusionist, 2, minutes_ago=-30)


@pytest.mark.parametrize(
    ("days", "is_expired", "is_expiring"),
    [
        pytest.param(-1, True, False, id="yesterday"),
        pytest.param(0, False, True, id="today-is-the-last-day"),
        pytest.param(60, False, True, id="in-sixty-days"),
        pytest.param(61, False, False, id="in-sixty-one-days"),
        pytest.param(None, False, False, id="no-date-on-record"),
    ],
)
def test_a_lot_is_announced_before_it_expires(unit, perfusionist, days, is_expired, is_expiring):
    last = None if days is None else TODAY + timedelta(days=days)

    (line,) = lines_of([on_shelf(unit, perfusionist, expires_on=last)], NOON)

    assert (line.is_expired, line.is_expiring, line.usable) == (
        is_expired,
        is_expiring,
        0 if is_expired else 1,
    )


def test_what_is_expired_or_recalled_does_not_count_to_what_is_wanted(
    unit, centre, perfusionist, coordinator
):
    set_par_level(unit=unit, model=device("oxygenator"), quantity=3, by=perfusionist, at=NOON)
    recalled_lot(unit, perfusionist)
    on_shelf(unit, perfusionist, lot="OLD", expires_on=TODAY - timedelta(days=1))
    on_shelf(unit, perfusionist, lot="GOOD", quantity=2)
    received(centre, coordinator)

    found = shelves(coordinator, NOON)

    (product,) = found.products
    assert (product.usable, product.wanted, product.missing) == (2, 3, 1)
    assert (found.below, found.held, found.expired, found.expiring) == (1, 1, 1, 0)


def test_a_wish_for_a_product_that_is_not_there_is_shown(unit, perfusionist, coordinator):
    set_par_level(unit=unit, model=device("oxygenator"), quantity=1, by=perfusionist, at=NOON)
    set_par_level(unit=unit, model=device("pump_head"), quantity=0, by=perfusionist, at=NOON)

    (product,) = shelves(coordinator, NOON).products

    assert (product.model.kind, product.lots, product.missing) == ("oxygenator", (), 1)


def test_a_lot_recalled_for_removal_is_refused_to_a_plan_until_it_is_ruled_out(
    unit, centre, perfusionist, coordinator
):
    lot = recalled_lot(unit, perfusionist)
    recall = received(centre, coordinator)
    plan = {"lot": lot, "reserved_at": NOON, "reason": "kit", "by": perfusionist, "at": NOON}
    with pytest.raises(LotRecalled, match=r"FSN-2026-014\); it lies in Adult intensive care"):
        reserve_stock(**plan)

    looked = {"fate": "ruled_out", "decided_at": NOON, "reason": "other lot on the box"}
    items = list(recall.items.filter(stock_lot=lot))
    record_fate(recall=recall, items=items, **looked, by=coordinator, at=NOON)

    assert reserve_stock(**plan).quantity == 1
    assert lines_of([lot], NOON)[0].recalls == ()


def test_a_correction_does_not_keep_a_lot_from_being_planned_with(
    unit, centre, perfusionist, coordinator
):
    lot = recalled_lot(unit, perfusionist)
    received(centre, coordinator, action="correction")

    reserve_stock(lot=lot, reserved_at=NOON, reason="kit", by=perfusionist, at=NOON)

    assert lines_of([lot], NOON)[0].recalls == ()


def test_the_shelf_is_worked_on_its_pages(client, unit, coordinator):
    cleo = Person(coordinator)
    receive = reverse("circuits:stock-receive")
    model = device("oxygenator")
    cleo.saves(receive, model=model.pk, lot="L26A", quantity="4", received_at="now")
    cleo.saves(receive, model=model.pk, lot="L26A", serial="SN-1", received_at="now")
    cleo.saves(reverse("circuits:par-set"), model=model.pk, quantity="9")
    lot = StockLot.objects.get()
    here = [lot.public_id]
    part = lot.movements.get(component__serial="SN-1").component

    cleo.saves(
        reverse("circuits:stock-reserve", args=here),
        part=str(part.public_id),
        moved_at="now",
        reason="planned change",
    )
    cleo.saves(
        reverse("circuits:stock-set-aside", args=here), quantity="2", moved_at="now", reason="torn"
    )
    refused = cleo.saves(reverse("circuits:stock-count", args=here), counted="1", counted_at="now")
    cleo.saves(
        reverse("circuits:stock-count", args=here), counted="1", counted_at="now", reason="gone"
    )
    held = StockMovement.objects.get(kind="reserved")
    cleo.saves(
        reverse("circuits:stock-put-back", args=[held.public_id]), moved_at="now", reason="off"
    )

    assert refused.status_code == 422
    assert "should lie free on the shelf; counted were 1" in refused.content.decode()
    page = cleo.opens(reverse("circuits:stock-detail", args=here)).content.decode()
    assert "1 by Cleo Coordinator" in page
    assert "serial SN-1" in page
    (line,) = lines_of([lot], NOON)
    assert (line.shelf, line.reserved, line.quarantined) == (2, 0, 2)
    listed = cleo.opens(reverse("circuits:stock-list"), unit=str(unit.public_id)).content.decode()
    assert "of 9 wanted" in listed


def test_an_empty_store_says_how_to_begin(coordinator, nurse):
    for person, words in ((coordinator, "scanning its boxes"), (nurse, "Who keeps the devices")):
        page = Person(person).opens(reverse("circuits:stock-list")).content.decode()
        assert "Nothing on the shelf yet" in page
        assert words in page


def test_another_centre_sees_nothing_and_another_unit_may_look_but_not_touch(
    unit, other_unit, perfusionist, stranger, split_person
):
    lot = on_shelf(unit, perfusionist)
    detail = reverse("circuits:stock-detail", args=[lot.public_id])
    kim = Person(split_person)

    assert kim.opens(detail).status_code == 200
    assert kim.opens(reverse("circuits:stock-count", args=[lot.public_id])).status_code == 403
    assert Person(stranger).opens(detail).status_code == 403


def delivery(unit, **more):
    body = {
        "unit": str(unit.public_id), "model": str(device("oxygenator").public_id), "lot": "L26A",
        "expires_on": "2027-03-31", "quantity": 4, "received_at": NOON.isoformat(),
    }  # fmt: skip
    return body | more


MOVED = {"moved_at": NOON.isoformat(), "reason": "kit"}


def test_a_delivery_is_received_once_through_the_api_and_only_by_who_may(
    unit, other_unit, perfusionist, nurse
):
    pia, key = machine(perfusionist), {"HTTP_IDEMPOTENCY_KEY": "a-delivery"}
    page = "/api/v1/stock-lots/"

    made = pia.post(page, delivery(unit), format="json", **key)
    pia.post(page, delivery(unit), format="json", **key)

    assert (made.status_code, made.json()["shelf"]) == (201, 4)
    lot = f"{page}{made.json()['public_id']}/"
    assert pia.get(lot).json()["shelf"] == 4
    assert machine(nurse).post(f"{lot}discard/", MOVED, format="json").status_code == 403
    assert pia.post(page, delivery(other_unit), format="json").status_code == 400
    strange = {**MOVED, "component": "00000000-0000-4000-8000-000000000000"}
    assert pia.post(f"{lot}discard/", strange, format="json").status_code == 400


def test_a_lot_is_worked_through_the_api(unit, perfusionist):
    pia = machine(perfusionist)
    lot = f"/api/v1/stock-lots/{on_shelf(unit, perfusionist, quantity=4).public_id}/"

    def post(page, **more):
        return pia.post(page, MOVED | more, format="json").json()

    reserved = post(f"{lot}reserve/", needed_on="2027-03-31")
    assert post(f"{lot}reserve/", needed_on="2027-04-01")["code"] == "lot_expired"
    post(f"{lot}set-aside/")
    post(f"{lot}discard/")
    counting = {"counted": 3, "counted_at": NOON.isoformat()}
    assert pia.post(f"{lot}count/", counting, format="json").json()["code"] == "count_differs"
    counting["reason"] = "found two"
    counted = pia.post(f"{lot}count/", counting, format="json").json()
    held = f"/api/v1/stock-movements/{reserved['public_id']}/"
    assert post(f"{held}put-back/")["kind"] == "returned"
    assert post(f"{held}discard/")["code"] == "nothing_to_settle"

    assert (counted["expected"], counted["reason"]) == (1, "found two")
    shown = pia.get(lot).json()
    assert (shown["shelf"], shown["quarantined"], shown["usable"]) == (4, 1, 4)
    assert len(pia.get(f"{lot}movements/").json()) == 6
    assert pia.get("/api/v1/stock-movements/", {"kind": "discarded"}).json()["count"] == 1


def test_how_many_are_wanted_is_set_through_the_api(unit, perfusionist):
    pia = machine(perfusionist)
    wish = {"unit": str(unit.public_id), "model": str(device("oxygenator").public_id)}

    for quantity in (2, 6):
        pia.post("/api/v1/par-levels/", {**wish, "quantity": quantity}, format="json")

    (level,) = pia.get("/api/v1/par-levels/").json()["results"]
    assert level["quantity"] == 6


def test_the_page_costs_the_same_however_many_lots_it_shows(
    client, unit, perfusionist, coordinator, centre
):
    received(centre, coordinator)
    client.force_login(coordinator)

    def statements(lots):
        for number in range(lots):
            on_shelf(unit, perfusionist, lot=f"L{number}")
        client.get(reverse("circuits:stock-list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("circuits:stock-list"))
        return len(queries)

    few = statements(2)
    assert statements(9) == few
    assert few <= 14
