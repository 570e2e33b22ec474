"""Where a part is, said so that somebody can go and look: never the name of a patient."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import Permission
from accounts.queries import may
from circuits.models import ComponentUse, StockMovement
from web.times import clinical_time


def place_of(use: ComponentUse, asker: User, at: datetime) -> str:
    """Return where a part in use is: circuit, unit, and the bed if `asker` may see that patient."""
    run = use.circuit.run
    bed = run.patient.bed if may(asker, Permission.PATIENT_VIEW, unit=run.unit, at=at) else ""
    where = f"{use.circuit.label} in {run.unit}" + (f", bed {bed}" if bed else "")
    since = clinical_time(use.installed_at.astimezone(run.unit.centre.tz))
    return f"{where}, as {use.position} since {since}, entered by {use.entered_by}"


def clashing_use(use: ComponentUse) -> ComponentUse | None:
    """Return where the part of a use that cannot be saved is at that time."""
    others = use.component.uses.exclude(pk=use.pk).exclude(removed_at__lte=use.installed_at)
    rows = others.select_related(
        "circuit__run__patient", "circuit__run__unit__centre", "entered_by"
    )
    return rows.order_by("installed_at").first()


def moved_by(movement: StockMovement) -> str:
    """Return who moved some of a lot and when, in the time of its unit."""
    when = clinical_time(movement.moved_at.astimezone(movement.lot.unit.centre.tz))
    why = f" ({movement.reason})" if movement.reason else ""
    return f"{movement.entered_by} at {when}{why}"
