"""The demo's planned change: an owner, a slot by day, and the kit that stands ready for it."""

from circuits.actions.changes import plan_change
from circuits.changes import possible_owners
from circuits.queries import uses_of
from circuits.schedule import proposed_slot
from clinical.signals import Urgency
from ecmo.demo.readiness import PRIMED_AGO, UNIT
from ecmo.demo.stay import Site
from patients.models import Run

BED = "3"


def plan_a_change(site: Site) -> None:
    """Plan the change of the oxygenator whose resistance rises, where the roster finds somebody."""
    unit = site.crew.hospital.units[UNIT]
    run = Run.objects.running().get(unit=unit, patient__bed=BED)
    found = proposed_slot(unit, Urgency.PLANNED, site.now)
    oxygenators = list(uses_of(run).filter(kind="oxygenator", removed_at=None))
    if found is None or not oxygenators:
        return
    owners = possible_owners(unit, site.now).order_by("pk")
    plan_change(
        run=run,
        uses=oxygenators,
        starts_at=found.slot.starts_at,
        ends_at=found.slot.ends_at,
        urgency=Urgency.PLANNED,
        owner=owners.filter(pk__in=found.users).first() or site.crew.hospital.login("perfusionist"),
        why="Resistance rises against its own baseline (demo)",
        is_kit_ready=True,
        kit_note=f"Standby circuit {max(PRIMED_AGO)}, perfusion store",
        by=site.crew.hospital.login("perfusionist"),
        at=site.now,
    )
