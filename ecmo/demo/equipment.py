"""Furnishing the demo's equipment: a shelf, consoles, heater units with their hygiene, two cases."""

from datetime import datetime, time, timedelta
from typing import Any

from accounts.models import Unit, User
from circuits.actions.consoles import add_console, record_service, record_water, set_state
from circuits.actions.counts import count_stock
from circuits.actions.incidents import record_incident
from circuits.actions.recalls import Notice, receive_recall
from circuits.actions.stock import Arrival, receive_stock, reserve_stock, set_par_level
from circuits.models import ComponentKind, ComponentUse, Console, DeviceModel, HarmDone
from ecmo.demo.stay import Site

DAY = timedelta(days=1)
LOTS = (
    ("Example Adult Oxygenator", "A2607", 3, 420),
    ("Example Adult Oxygenator", "A2501", 1, 38),
    ("Example Centrifugal Head", "H2606", 4, 500),
    ("Example Adult Tubing Set", "T2605", 2, 260),
    ("Example Haemofilter", "F2604", 5, 300),
)
"""Of the adult unit: product, lot, how many came, days until they expire."""
WANTED = (
    ("Example Adult Oxygenator", 4),
    ("Example Centrifugal Head", 3),
    ("Example Adult Tubing Set", 4),
)
ALARMS = {
    "blood_flow": {"low": "2.5", "high": None},
    "p_drainage": {"low": "-120", "high": None},
    "p_pre_membrane": {"low": None, "high": "350"},
}


LATE_HEATER = 2
"""The device, in the order of the list, whose last disinfection is overdue."""


def furnish(site: Site) -> None:
    """Fill the stores and list the devices, some of which are in use; open a recall and an incident."""
    hospital = site.crew.hospital
    by, unit = hospital.login("equipment"), hospital.units["icu"]
    _fill_shelf(site, unit, by)
    _list_devices_in_use(site, by)
    _list_spare_devices(site, unit, by)
    _receive_recall(site, by)
    _receive_correction(site, by)
    _record_incident(site, unit)


def _fill_shelf(site: Site, unit: Unit, by: User) -> None:
    came_at, today = site.now - 20 * DAY, site.now.date()
    for name, lot, quantity, days in LOTS:
        arrival = Arrival(
            site.devices[name], lot=lot, quantity=quantity, expires_on=today + days * DAY
        )
        row = receive_stock(unit=unit, arrival=arrival, received_at=came_at, by=by, at=came_at).lot
        count_stock(lot=row, counted=quantity, counted_at=came_at, by=by, at=came_at)
    for name, quantity in WANTED:
        model = site.devices[name]
        set_par_level(unit=unit, model=model, quantity=quantity, by=by, at=came_at)
    heads = unit.stock_lots.get(lot="H2606")
    at = site.now - DAY
    reserve_stock(lot=heads, reserved_at=at, reason="back-up kit of the trolley", by=by, at=at)


def _list_devices_in_use(site: Site, by: User) -> None:
    """Put every console and heater unit that is in a circuit on the list."""
    durable = (ComponentKind.CONSOLE, ComponentKind.HEATER)
    uses = ComponentUse.objects.filter(removed_at=None, kind__in=durable)
    rows = uses.select_related("component__model", "circuit__run__unit").order_by("pk")
    for number, use in enumerate(rows, start=1):
        part = use.component
        console = _add(site, use.circuit.run.unit, part.model, part.serial, f"E{number:02}", by)
        _look_after(site, console, number, by)


def _list_spare_devices(site: Site, unit: Unit, by: User) -> None:
    model = site.devices["Example Console"]
    spare = _add(site, unit, model, "SN880021", "E31", by)
    _look_after(site, spare, 3, by)
    away = _add(site, unit, model, "SN880022", "E32", by)
    since = site.now - 5 * DAY
    why = "At the manufacturer for its yearly maintenance"
    set_state(console=away, state="out_of_service", reason=why, by=by, at=since)
    back_on = (site.now + 16 * DAY).date()
    lent_at = site.now - 5 * DAY
    loan = add_console(
        unit=unit,
        model=model,
        serial="SN990107",
        location="equipment room",
        owner="Example Devices",
        return_on=back_on,
        by=by,
        at=lent_at,
    )
    _done(loan, "self_test", site.now - 2 * DAY, by, verdict="passed")
    _done(loan, "maintenance", lent_at, by, note="Certificate came with it.")


def _add(site: Site, unit: Unit, model: DeviceModel, serial: str, tag: str, by: User) -> Console:
    at = site.now - 500 * DAY
    return add_console(
        unit=unit,
        model=model,
        serial=serial,
        location="equipment room",
        asset_tag=tag,
        firmware="4.2",
        by=by,
        at=at,
    )


def _look_after(site: Site, console: Console, number: int, by: User) -> None:
    """Chart maintenance and tests; of a heater unit its hygiene, whose disinfection is once late."""
    _done(console, "maintenance", _morning(site, 90 + 20 * number), by)
    if not console.is_heater:
        _done(console, "self_test", _morning(site, 1 + number % 3), by, verdict="passed")
        minutes = {"battery_min": str(40 + number)}
        _done(console, "battery_test", _morning(site, 30 + number), by, "passed", details=minutes)
        _done(console, "alarm_limits", _morning(site, 12), by, details=ALARMS)
        return
    for days in (47, 33, 19, *(() if number == LATE_HEATER else (5,))):
        _done(console, "disinfection", _morning(site, days), by)
    for days in (17, 10, 3):
        _done(console, "water_change", _morning(site, days), by)
    sampled_at = _morning(site, 19)
    _done(console, "water_sample", sampled_at, by)
    record_water(
        console=console,
        test="Heterotrophic plate count",
        value=str(8 + number),
        unit_text="CFU/mL",
        verdict="acceptable",
        sampled_at=sampled_at,
        reported_at=sampled_at + 5 * DAY,
        by=by,
        at=sampled_at + 5 * DAY,
    )


def _done(
    console: Console,
    kind: str,
    at: datetime,
    by: User,
    verdict: str = "done",
    note: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    record_service(
        console=console,
        kind=kind,
        verdict=verdict,
        done_at=at,
        note=note,
        details=details,
        by=by,
        at=at,
    )


def _morning(site: Site, days_ago: int) -> datetime:
    """Return nine in the morning, so many days ago."""
    day = (site.now - days_ago * DAY).date()
    return datetime.combine(day, time(9), tzinfo=site.crew.hospital.centre.tz)


def _receive_recall(site: Site, by: User) -> None:
    """Receive a notice about lots that were never here: none found, with its proof."""
    model, at = site.devices["Example Haemofilter"], site.now - 3 * DAY
    receive_recall(
        centre=site.crew.hospital.centre,
        notice=Notice(
            issuer="Example Devices",
            reference="FSN-DEMO-07",
            product=model.name,
            action="removal",
            recall_class="II",
            issued_on=(at - DAY).date(),
            instruction="Stop using the lots named and send them back. Invented for the demo.",
            model=model,
            lot_ranges=[("F1901", "F1909")],
        ),
        received_at=at,
        by=by,
        at=at,
    )


def _receive_correction(site: Site, by: User) -> None:
    """Receive a notice about a lot that lies on the shelf: looked at, not thrown away."""
    model, at = site.devices["Example Haemofilter"], site.now - DAY
    receive_recall(
        centre=site.crew.hospital.centre,
        notice=Notice(
            issuer="Example Devices",
            reference="FSN-DEMO-08",
            product=model.name,
            action="correction",
            recall_class="III",
            issued_on=(at - 2 * DAY).date(),
            instruction="Stick the new label over the old one. Invented for the demo.",
            model=model,
            lots=["F2604"],
        ),
        received_at=at,
        by=by,
        at=at,
    )


def _record_incident(site: Site, unit: Unit) -> None:
    """Record an incident with a spare console that nobody has closed yet."""
    at = site.now - 2 * DAY
    spare = Console.objects.get(component__serial="SN880021")
    record_incident(
        unit=unit,
        component=spare.component,
        happened_at=at - timedelta(hours=2),
        what="The display went dark for two seconds during the morning test and came back by itself.",
        harm=HarmDone.NEAR_MISS,
        holder="Equipment and biomedical engineering",
        place="Workshop, shelf 4",
        by=site.crew.hospital.login("equipment"),
        at=at,
    )
