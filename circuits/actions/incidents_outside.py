"""A device incident with no patient on the device: in the store, at a test, after a run."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from accounts.models import Unit, User
from audit.context import action
from circuits.actions.catalogue import listed
from circuits.actions.incidents import record_incident
from circuits.actions.parts import NewPart, component_of
from circuits.actions.stock import quarantine_stock
from circuits.models import Component, ComponentUse, DeviceIncident, StockLot
from patients.models import Run


@action("recorded a device incident outside a run")
def record_incident_outside(
    *,
    unit: Unit,
    part: NewPart | None,
    by: User,
    at: datetime,
    lot: StockLot | None = None,
    **facts: Any,
) -> DeviceIncident:
    """Open the case of a console, a part or something of a lot that is in no patient's circuit.

    `part` as its label says, None where it is not known. Something of `lot` leaves the shelf. If
    the part is in a circuit of the unit after all, the case is of that run. `facts` as those of
    `record_incident`; raises what that raises.
    """
    component = None
    if part is not None:
        component = component_of(replace(part, model=listed(part.model, by, at)), at)
    incident = record_incident(
        unit=unit,
        run=_run_of(component, unit),
        component=component,
        **facts,
        by=by,
        at=at,
    )
    if lot is not None:
        quarantine_stock(
            lot=lot,
            quarantined_at=at,
            reason="Device incident",
            component=component if component and component.serial else None,
            by=by,
            at=at,
        )
    return incident


def _run_of(component: Component | None, unit: Unit) -> Run | None:
    inside = ComponentUse.objects.filter(component=component, removed_at=None)
    use = inside.select_related("circuit__run").first() if component else None
    run = use.circuit.run if use else None
    return run if run is not None and run.unit_id == unit.pk else None
