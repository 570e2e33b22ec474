"""Safety alerts of parts: recorded as they are on the patient, and told at once."""

from collections.abc import Iterator
from datetime import date, datetime

from alerts.actions import reconcile_alerts
from alerts.models import Category
from circuits.models import ComponentUse, Console, Fate, ServiceState
from circuits.queries import uses_of
from clinical.findings import Assessment, Finding, Severity
from patients.models import Run

EXPIRED = "component.expired"
HELD_BACK = "component.held_back"
OUT_OF_SERVICE = "component.out_of_service"
HELD = frozenset({Fate.QUARANTINE, Fate.BIOMED, Fate.RETURNED})


def reassess_safety(*, run: Run, at: datetime) -> None:
    """Open a safety alert for each part that should not be in; close it when the part is out."""
    uses = list(uses_of(run))
    held, consoles = _held_back(uses), _out_of_service(uses)
    for use in uses:
        is_in = use.removed_at is None and run.ended_at is None
        found = (*_findings(run, use, held.get(use.component_id)), *consoles.get(use.pk, ()))
        findings = found if is_in else ()
        reconcile_alerts(
            unit=run.unit,
            run=run,
            assessment=Assessment(frozenset({EXPIRED, HELD_BACK, OUT_OF_SERVICE}), findings),
            at=at,
            category=Category.SAFETY,
            subject=str(use.public_id),
        )


def _findings(run: Run, use: ComponentUse, held: ComponentUse | None) -> Iterator[Finding]:
    expires, tz = use.component.expires_on, run.unit.centre.tz
    if expires and use.installed_at.astimezone(tz).date() > expires:
        yield _expired(use, expires)
    if held is not None and held.installed_at < use.installed_at:
        where = held.get_fate_display().lower()
        yield Finding(
            code=HELD_BACK,
            severity=Severity.WARNING,
            message=f"{use.component} is in the circuit, but was last recorded as {where}",
        )


def _held_back(uses: list[ComponentUse]) -> dict[int, ComponentUse]:
    """Return by part the newest use after which it was held back (one statement)."""
    rows = ComponentUse.objects.filter(
        component__in={use.component_id for use in uses}, fate__in=HELD
    ).order_by("installed_at")
    return {row.component_id: row for row in rows}


def _out_of_service(uses: list[ComponentUse]) -> dict[int, tuple[Finding, ...]]:
    """Return by use what is said of a device that is in a circuit and not in service (one statement)."""
    rows = Console.objects.filter(component__in=[use.component_id for use in uses])
    unfit = {row.component_id: row for row in rows.exclude(state=ServiceState.IN_SERVICE)}
    return {
        use.pk: (
            Finding(
                code=OUT_OF_SERVICE,
                severity=Severity.WARNING,
                message=f"{use.component} is in the circuit, but is not in service: "
                f"{unfit[use.component_id].state_reason}",
            ),
        )
        for use in uses
        if use.component_id in unfit
    }


def _expired(use: ComponentUse, expires: date) -> Finding:
    return Finding(
        code=EXPIRED,
        severity=Severity.WARNING,
        message=f"{use.component} was past its expiry of {expires:%d-%b-%Y} when installed",
    )
