"""The shelf: counted from what moved, plans refused, facts kept."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from circuits.actions.exchange import NewPart, install_component, open_circuit, remove_component
from circuits.actions.fitness import LotExpired, PartReserved, PartUsed
from circuits.actions.stock import (
    Arrival,
    NothingToSettle,
    OneAtATime,
    ReceivedAlready,
    StockGone,
    discard_stock,
    quarantine_stock,
    receive_stock,
    reserve_stock,
    return_stock,
    set_par_level,
)
from circuits.models import Component, MovementKind, ParLevel, StockLot
from patients.actions.times import InTheFuture
from tests.factories import NOON
from tests.scenarios import FLOW_ON, device, running_vv, with_circuit
from web.problems import NeedsConfirmation

HOUR = timedelta(hours=1)
LATER = date(2027, 3, 31)


def receive(unit, by, **facts):
    facts = {"model": device("oxygenator"), "lot": "L26A", "expires_on": LATER} | facts
    return receive_stock(
        unit=unit, arrival=Arrival(**facts), received_at=NOON - HOUR, by=by, at=NOON
    )


def reserve(lot, by, **facts):
    facts = {"reason": "planned change"} | facts
    return reserve_stock(lot=lot, reserved_at=NOON, by=by, at=NOON, **facts)


def counts(lot):
    row = StockLot.objects.with_counts().get(pk=lot.pk)
    return {"shelf": row.shelf, "reserved": row.reserved, "quarantined": row.quarantined}


def put_in(run, by, *, confirmed=(), **facts):
    circuit = open_circuit(run=run, label="Circuit 1", started_at=FLOW_ON, by=by, at=NOON)
    part = NewPart(**{"model": device("oxygenator"), "lot": "L26A"} | facts)
    return install_component(
        circuit=circuit, part=part, installed_at=NOON, by=by, at=NOON, confirmed=confirmed
    )


def test_the_shelf_is_counted_from_what_moved(unit, perfusionist):
    moved = {"by": perfusionist, "at": NOON}
    lot = receive(unit, perfusionist, quantity=5).lot
    first = reserve(lot, perfusionist, quantity=2)
    held = quarantine_stock(lot=lot, quarantined_at=NOON, reason="torn wrapping", **moved)
    assert counts(lot) == {"shelf": 2, "reserved": 2, "quarantined": 1}

    return_stock(movement=first, returned_at=NOON, reason="not needed", **moved)
    discard_stock(lot=lot, discarded_at=NOON, reason="torn", settles=held, **moved)
    discard_stock(lot=lot, discarded_at=NOON, reason="dropped", **moved)
    receive(unit, perfusionist, quantity=3)

    assert counts(lot) == {"shelf": 6, "reserved": 0, "quarantined": 0}
    assert StockLot.objects.count() == 1


def test_a_reserved_part_can_be_quarantined_in_its_place(unit, perfusionist):
    lot = receive(unit, perfusionist, quantity=2).lot
    reserved = reserve(lot, perfusionist)

    quarantine_stock(
        lot=lot,
        quarantined_at=NOON,
        reason="torn",
        settles=reserved,
        by=perfusionist,
        at=NOON,
    )

    assert counts(lot) == {"shelf": 1, "reserved": 0, "quarantined": 1}


def test_a_reservation_ends_once_and_the_second_is_told_by_whom(unit, perfusionist, specialist):
    reserved = reserve(receive(unit, perfusionist).lot, perfusionist)
    ending = {"movement": reserved, "returned_at": NOON, "reason": "not needed", "at": NOON}
    ended = return_stock(by=specialist, **ending)

    with pytest.raises(NothingToSettle, match="by Sam Specialist at 02-Mar-2026 13:00"):
        return_stock(by=perfusionist, **ending)
    with pytest.raises(NothingToSettle, match="Only what is reserved or quarantined"):
        return_stock(by=perfusionist, **{**ending, "movement": ended})


def test_more_than_the_shelf_holds_is_refused_with_who_took_the_last(
    unit, perfusionist, specialist
):
    lot = receive(unit, perfusionist, quantity=2).lot
    with pytest.raises(StockGone, match=r"Only 2 of .* are left on the shelf\. Choose"):
        reserve(lot, specialist, quantity=3)
    reserve(lot, specialist, quantity=2)

    with pytest.raises(StockGone, match=r"None .* The last went to Sam Specialist at 02-Mar-2026"):
        reserve(lot, perfusionist)

    assert counts(lot) == {"shelf": 0, "reserved": 2, "quarantined": 0}


@pytest.mark.parametrize(
    ("expires_on", "needed_on", "sentence"),
    [
        pytest.param(date(2026, 3, 1), None, "expired on 01-Mar-2026; it lies in", id="expired"),
        pytest.param(date(2026, 3, 2), None, "", id="on-its-last-day"),
        pytest.param(None, date(2030, 1, 1), "", id="without-expiry"),
        pytest.param(LATER, LATER, "", id="needed-on-its-last-day"),
        pytest.param(
            LATER, date(2027, 4, 1), "before it is needed on 01-Apr-2027", id="expired-by-then"
        ),
    ],
)
def test_only_a_lot_that_lasts_can_be_planned_with(
    unit, perfusionist, expires_on, needed_on, sentence
):
    lot = receive(unit, perfusionist, expires_on=expires_on).lot

    if sentence:
        with pytest.raises(LotExpired, match=sentence):
            reserve(lot, perfusionist, needed_on=needed_on)
    else:
        reserve(lot, perfusionist, needed_on=needed_on)

    assert counts(lot)["reserved"] == (0 if sentence else 1)


def test_a_part_in_use_or_used_up_or_set_aside_cannot_be_reserved(
    unit, run, perfusionist, specialist
):
    received = receive(unit, perfusionist, serial="SN-1")
    part, lot = received.component, received.lot
    receive(unit, perfusionist, serial="SN-2")
    use = put_in(run, specialist, serial="SN-1")
    with pytest.raises(PartUsed, match="SN-1 is in use: Circuit 1 in Adult intensive care, bed 7"):
        reserve(lot, perfusionist, component=part)

    remove_component(use=use, removed_at=NOON + HOUR, reason="clot", by=specialist, at=NOON + HOUR)

    with pytest.raises(PartUsed, match="was used before"):
        reserve(lot, perfusionist, component=part)
    other = Component.objects.get(serial="SN-2")
    reserve(lot, specialist, component=other)
    with pytest.raises(PartReserved, match="SN-2 is reserved by Sam Specialist at 02-Mar-2026"):
        reserve(lot, perfusionist, component=other)


def test_a_part_with_a_serial_is_received_once_and_one_at_a_time(unit, other_unit, perfusionist):
    receive(unit, perfusionist, serial="SN-1")

    with pytest.raises(ReceivedAlready, match=r"by Pia Perfusionist at .* into Adult intensive"):
        receive(other_unit, perfusionist, serial="SN-1")
    with pytest.raises(OneAtATime):
        receive(unit, perfusionist, serial="SN-2", quantity=2)
    with pytest.raises(InTheFuture):
        receive_stock(
            unit=unit,
            arrival=Arrival(device("oxygenator")),
            received_at=NOON + HOUR,
            by=perfusionist,
            at=NOON,
        )


def test_a_part_that_is_installed_leaves_the_shelf_by_serial_or_by_lot(
    unit, run, perfusionist, specialist
):
    lot = receive(unit, perfusionist, quantity=2).lot
    numbered = receive(unit, perfusionist, serial="SN-9").component
    reserve(lot, perfusionist, component=numbered)

    by_lot = put_in(run, specialist, position="first")
    by_serial = put_in(run, specialist, position="second", serial="SN-9", lot="")

    assert counts(lot) == {"shelf": 1, "reserved": 0, "quarantined": 0}
    assert by_lot.movement.kind == MovementKind.USED
    assert by_serial.movement.settles.component == numbered


def test_the_last_of_a_lot_is_asked_back_with_who_took_it_and_kept_when_confirmed(
    unit, run, perfusionist, specialist
):
    lot = receive(unit, perfusionist).lot
    reserve(lot, perfusionist, reason="kit 2")

    with pytest.raises(NeedsConfirmation, match=r"the last went to Pia .* \(kit 2\)") as asked:
        put_in(run, specialist)
    assert [error["rule"] for error in asked.value.errors] == ["last_of_lot"]

    put_in(run, specialist, confirmed={"last_of_lot"})
    assert counts(lot) == {"shelf": 0, "reserved": 0, "quarantined": 0}

    put_in(run, specialist, position="second", confirmed={"last_of_lot"})
    assert counts(lot)["shelf"] == -1


def test_what_no_store_knows_is_installed_without_a_question(unit, run, perfusionist, specialist):
    receive(unit, perfusionist, lot="ANOTHER")

    parts = with_circuit(run, specialist)

    assert not hasattr(parts[0], "movement")


def test_a_par_level_is_one_number_for_a_unit_and_a_product(unit, perfusionist):
    for quantity in (2, 4):
        set_par_level(
            unit=unit, model=device("oxygenator"), quantity=quantity, by=perfusionist, at=NOON
        )

    assert ParLevel.objects.get().quantity == 4


def test_the_last_of_a_lot_is_confirmed_on_the_page_and_kept(
    client, unit, patient, perfusionist, specialist
):
    now = timezone.now()
    run = running_vv(patient, specialist, at=now - HOUR)
    lot = receive(unit, perfusionist).lot
    reserve(lot, perfusionist)
    client.force_login(specialist)
    page = reverse("circuits:component-install", args=[run.public_id])
    typed = {
        "client_uuid": "6f1c5c1e-7a0e-4a70-9d3c-0a4f3f1f2a11",
        "model": lot.model.pk,
        "lot": lot.lot,
        "installed_at": "-5",
    }

    asked = client.post(page, typed)
    assert asked.status_code == 422
    assert 'value="last_of_lot"' in asked.content.decode()

    assert client.post(page, {**typed, "confirm": "last_of_lot"}).status_code == 302
    assert counts(lot) == {"shelf": 0, "reserved": 0, "quarantined": 0}
