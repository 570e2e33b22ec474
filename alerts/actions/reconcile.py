"""Make the open alerts agree with what was judged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, TextField

from accounts.models import Unit
from alerts.actions.telling import tell_first
from alerts.models import Alert, AlertChange, Category, Change
from clinical.findings import Assessment, Finding, Severity
from patients.models import Run
from web.prepared import Given, Prepared

EVIDENCE = (
    "message",
    "value",
    "comparator",
    "value_unit",
    "limit",
    "measured_at",
    "since",
    "source",
)
_STANDING = Prepared(
    lambda: Alert.objects.open().filter(
        run=Given("run", BigIntegerField()),
        unit=Given("unit", BigIntegerField()),
        subject=Given("subject", TextField()),
    )
)


@dataclass(slots=True)
class Difference:
    """What must be written to make the open alerts agree."""

    opened: list[Alert] = field(default_factory=list)
    renewed: list[Alert] = field(default_factory=list)
    changes: list[AlertChange] = field(default_factory=list)


@transaction.atomic(savepoint=False)
def reconcile_alerts(
    *,
    unit: Unit,
    run: Run | None,
    assessment: Assessment,
    at: datetime,
    category: Category = Category.PHYSIOLOGY,
    subject: str = "",
) -> list[Alert]:
    """Open, escalate, ease and close alerts; return those that changed. The caller holds the lock.

    What was not judged is left alone. The same severity with a newer value renews the evidence
    and is no change. Statements: one to read; at most three more to write what changed.
    """
    if run is None:
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    standing = (
        _STANDING(run=run.pk, unit=unit.pk, subject=subject)
        if run
        else Alert.objects.open().filter(unit=unit, run=None, subject=subject)
    )
    alerts = {alert.code: alert for alert in standing}
    findings = _most_severe(assessment.findings)
    difference = Difference()
    for code in sorted(assessment.judged | findings.keys()):
        match alerts.get(code), findings.get(code):
            case None, Finding() as finding:
                alert = Alert(unit=unit, run=run, subject=subject, category=category, opened_at=at)
                _open(difference, alert, finding, at)
            case Alert() as alert, Finding() as finding:
                _renew(difference, alert, finding, at)
            case Alert() as alert, None:
                _close(difference, alert, at)
    _write(difference)
    changed = [change.alert for change in difference.changes]
    tell_first([c.alert for c in difference.changes if _is_news(c)], unit=unit, run=run, at=at)
    return changed


@transaction.atomic(savepoint=False)
def close_for_end(*, run: Run, at: datetime, why: str = "the run ended") -> list[Alert]:
    """Close every open alert of a run that is over, saying why. The caller holds the run's lock."""
    alerts = list(run.alerts.open())
    difference = Difference()
    for alert in alerts:
        _close(difference, alert, at)
    for change in difference.changes:
        change.run_ended, change.why = True, why
    _write(difference)
    return alerts


def _most_severe(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.code: finding for finding in sorted(findings, key=lambda f: f.severity)}


def _open(difference: Difference, alert: Alert, finding: Finding, at: datetime) -> None:
    alert.code, alert.severity = finding.code, finding.severity
    alert.parameter, alert.side = finding.parameter or "", finding.side or ""
    _set_evidence(alert, finding)
    difference.opened.append(alert)
    difference.changes.append(_change(alert, Change.OPENED, at))


def _renew(difference: Difference, alert: Alert, finding: Finding, at: datetime) -> None:
    before = (alert.severity, *(getattr(alert, name) for name in EVIDENCE))
    severity_before = Severity(alert.severity)
    alert.severity = finding.severity
    _set_evidence(alert, finding)
    if before != (alert.severity, *(getattr(alert, name) for name in EVIDENCE)):
        difference.renewed.append(alert)
    if finding.severity > severity_before:
        difference.changes.append(_change(alert, Change.ESCALATED, at))
    elif finding.severity < severity_before:
        difference.changes.append(_change(alert, Change.EASED, at))


def _close(difference: Difference, alert: Alert, at: datetime) -> None:
    alert.closed_at = at
    difference.renewed.append(alert)
    difference.changes.append(AlertChange(alert=alert, at=at, change=Change.CLOSED))


def _set_evidence(alert: Alert, finding: Finding) -> None:
    for name, value in _evidence(finding).items():
        setattr(alert, name, value)


def _evidence(finding: Finding) -> dict[str, Any]:
    evidence = finding.evidence
    if evidence is None:
        blank = {"comparator": "", "value_unit": "", "source": ""}
        return {**dict.fromkeys(EVIDENCE), **blank, "message": finding.message}
    return {
        "message": finding.message,
        "value": evidence.value,
        "comparator": evidence.comparator or "",
        "value_unit": evidence.unit,
        "limit": evidence.limit,
        "measured_at": evidence.measured_at,
        "since": evidence.since,
        "source": evidence.source,
    }


def _change(alert: Alert, change: Change, at: datetime) -> AlertChange:
    return AlertChange(
        alert=alert,
        at=at,
        change=change,
        severity=alert.severity,
        value=alert.value,
        source=alert.source,
    )


def _write(difference: Difference) -> None:
    if difference.opened:
        Alert.objects.bulk_create(difference.opened)
    columns = ["severity", "closed_at", *EVIDENCE]
    if len(difference.renewed) == 1:  # the usual case, and much cheaper than a bulk update of one
        difference.renewed[0].save(update_fields=columns)
    elif difference.renewed:
        Alert.objects.bulk_update(difference.renewed, columns)
    if difference.changes:
        AlertChange.objects.bulk_create(difference.changes)


def _is_news(change: AlertChange) -> bool:
    return change.change in {Change.OPENED, Change.ESCALATED}
