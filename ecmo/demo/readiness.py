"""What stands ready in the demo: two circuits, kit that was looked at and kit that was not.

And adjunct devices on two running patients. All of it is invented.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Unit
from circuits.actions.adjuncts import do_task, start_adjunct
from circuits.actions.exchange import NewPart
from circuits.actions.kit import add_kit, look_at_kit
from circuits.actions.prime import prime_standby
from circuits.actions.standby import (
    WEEKLY,
    assemble_standby,
    begin_standby_list,
    end_look,
)
from circuits.adjuncts import tasks_of
from circuits.models import KitKind, StandbyCircuit
from clinical.checklist import items_of
from ecmo.demo.stay import Site
from patients.models import Mode, Run
from web.actions import answer_checklist

UNIT = "icu"
PARTS = ("Example Adult Oxygenator", "Example Centrifugal Head", "Example Adult Tubing Set")
PRIMED_AGO = {"Blue 1": timedelta(days=26), "Blue 2": timedelta(days=4)}
LOOKED_AGO = timedelta(hours=3)
KIT: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (KitKind.BACKUP_CONSOLE, "Back-up console", "", {}),
    (KitKind.HAND_CRANK, "Hand crank", "", {}),
    (KitKind.CLAMPS, "Clamps, drawer 2", "", {"count": 6}),
    (KitKind.CYLINDER, "Oxygen A", "E", {"pressure_psi": Decimal(2000), "flow_l_min": Decimal(6)}),
    (KitKind.CYLINDER, "Oxygen B", "E", {"pressure_psi": Decimal(900), "flow_l_min": Decimal(6)}),
)
NEVER_LOOKED_AT = "Oxygen B"
FILTER = {
    "kind": "crrt",
    "model_name": "Demo filter 150",
    "connection": "post_oxy_pre_pump",
    "settings": "effluent 2,400 mL/hr, citrate",
}
VENT = {"kind": "lv_vent", "settings": "apical, 0.4 L/min"}
STARTED_AGO = timedelta(hours=14)
DONE_AGO = timedelta(minutes=25)


def stand_ready(site: Site) -> None:
    """Let two circuits stand ready, list what must be at hand, and start adjuncts."""
    unit = site.crew.hospital.units[UNIT]
    for number, (label, ago) in enumerate(PRIMED_AGO.items(), start=1):
        _look(site, _circuit(site, unit, label, number, site.now - ago))
    _list_kit(site, unit)
    at = site.now - STARTED_AGO
    running = Run.objects.running().filter(unit=unit, started_at__lt=at).order_by("started_at")
    for facts, runs in ((FILTER, running), (VENT, running.filter(modes__mode=Mode.VA))):
        run = runs.first()
        if run is not None:
            by = site.crew.bedside(UNIT, at)
            start_adjunct(run=run, started_at=at, by=by, at=at, **facts)
            done_at = site.now - DONE_AGO
            for task in tasks_of(run):
                do_task(run=run, task=task.id, done_at=done_at, by=by, at=done_at)


def _circuit(
    site: Site, unit: Unit, label: str, number: int, primed_at: datetime
) -> StandbyCircuit:
    by = site.crew.hospital.login("perfusionist")
    parts = [
        NewPart(
            model=site.devices[name],
            lot=f"DEMO-S{number}",
            serial=f"SB-{place}-{number}",
            expires_on=(site.now + timedelta(days=400)).date(),
        )
        for place, name in enumerate(PARTS, start=1)
    ]
    standby = assemble_standby(
        unit=unit,
        label=label,
        location="Perfusion store, bay 2",
        configuration="Adult, V-V or V-A",
        console=f"Console {number}",
        tamper_seal=f"{4100 + number}",
        assembled_at=primed_at - timedelta(hours=2),
        parts=parts,
        by=by,
        at=primed_at,
    )
    prime_standby(
        standby=standby,
        kind="crystalloid",
        fluid="Balanced crystalloid (demo)",
        volume_ml=Decimal(600),
        primed_at=primed_at,
        primed_by=by,
        verified_by=site.crew.hospital.login("specialist"),
        by=by,
        at=primed_at,
    )
    return StandbyCircuit.objects.get(pk=standby.pk)


def _look(site: Site, standby: StandbyCircuit) -> None:
    at = site.now - timedelta(days=2)
    by = site.crew.hospital.login("perfusionist")
    checklist = begin_standby_list(standby=standby, kind=WEEKLY, by=by, at=at)
    for item in items_of(checklist.body):
        value = Decimal(96) if item.is_value else None
        answer_checklist(
            checklist=checklist, item=item.id, answer="done", value=value, by=by, at=at
        )
    end_look(standby=standby, checklist=checklist, by=by, at=at)


def _list_kit(site: Site, unit: Unit) -> None:
    listed_at, at = site.now - timedelta(days=30), site.now - LOOKED_AGO
    by, looker = site.crew.hospital.login("perfusionist"), site.crew.bedside(UNIT, at)
    for kind, label, size, found in KIT:
        item = add_kit(
            unit=unit,
            kind=kind,
            label=label,
            location="ECMO trolley",
            cylinder_size=size,
            by=by,
            at=listed_at,
        )
        if label != NEVER_LOOKED_AT:
            look_at_kit(item=item, is_good=True, looked_at=at, by=looker, at=at, **found)
