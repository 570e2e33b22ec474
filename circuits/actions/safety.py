"""Safety alerts of parts: recorded as they are on the patient, and told at once."""

from collections.abc import Iterator
from datetime import date, datetime

from alerts.actions import reconcile_alerts
from alerts.models import Category
from circuits.models import (
    DURABLE,
    ComponentUse,
    Console,
    Fate,
    RemovalReason,
    ServiceState,
)
from circuits.queries import uses_of
from clinical.findings import Assessment, Finding, Severity
from patients.models import Run

EXPIRED = "component.expired"
HELD_BACK = "component.held_back"
USED_BEFORE = "component.used_before"
GONE_ELSEWHERE = "component.gone_elsewhere"
OUT_OF_SERVICE = "component.out_of_service"
CODES = frozenset({EXPIRED, HELD_BACK, OUT_OF_SERVICE, USED_BEFORE, GONE_ELSEWHERE})
HELD = frozenset({Fate.QUARANTINE, Fate.BIOMED, Fate.RETURNED})


def reassess_safety(*, run: Run, at: datetime) -> None:
    """Open a safety alert for each part that should not be in; close it when the part is out."""
    uses = list(uses_of(run))
    held, consoles = _held_back(uses), _out_of_service(uses)
    before = _used_before(run, uses)
    for use in uses:
        is_in = use.removed_at is None and run.ended_at is None
        found = (*_findings(run, use, held.get(use.component_id)), *consoles.get(use.pk, ()))
        found += before.get(use.component_id, ())
        findings = found if is_in else ()
        if run.ended_at is None and use.removed_reason == RemovalReason.FOUND_ELSEWHERE:
            findings = tuple(_gone(use, uses))
        reconcile_alerts(
            unit=run.unit,
            run=run,
            assessment=Assessment(CODES, findings),
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


def _gone(use: ComponentUse, uses: list[ComponentUse]) -> Iterator[Finding]:
    """Yield that a part was found in another circuit, until something is recorded in its place."""
    is_replaced = any(
        one.circuit_id == use.circuit_id and one.position == use.position and one.removed_at is None
        for one in uses
    )
    if not is_replaced:
        yield Finding(
            code=GONE_ELSEWHERE,
            severity=Severity.WARNING,
            message=f"{use.component} was found in another circuit; nobody has recorded what is "
            f"in its place as {use.position} of {use.circuit}",
        )


def _used_before(run: Run, uses: list[ComponentUse]) -> dict[int, tuple[Finding, ...]]:
    """Return by part what is said of one that is used once and was in another run (one statement)."""
    parts = [use.component_id for use in uses if use.kind not in DURABLE]
    rows = ComponentUse.objects.filter(component__in=parts).exclude(
        circuit__run__patient=run.patient_id
    )
    return {
        use.component_id: (
            Finding(
                code=USED_BEFORE,
                severity=Severity.WARNING,
                message=f"{use.component} was in another patient's circuit before",
            ),
        )
        for use in rows.select_related("component__model")
        if use.removed_reason != RemovalReason.TRANSFERRED
    }


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
