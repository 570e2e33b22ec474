"""A device incident as a case: the part kept aside, who held it, the report, the outcome."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from accounts.models import Unit, User
from alerts.actions import reconcile_alerts, set_dues
from alerts.models import Category
from alerts.owed import Owed
from audit.context import action
from circuits.actions.exchange import record_fate
from circuits.actions.holds import ask_about_holds, reassess_holds
from circuits.models import Component, ComponentUse, CustodyEntry, DeviceIncident, Fate
from circuits.policies import incident_rules
from clinical.due import Due
from clinical.findings import Assessment, Finding, Severity
from clinical.incident import report_due
from patients.actions.times import refuse_future
from patients.models import Run
from web.problems import RuleBroken

REPORT = "incident_report"
LATE = "incident_report.overdue"


class NothingKept(RuleBroken):
    code = "nothing_kept"


class IncidentIsClosed(RuleBroken):
    code = "incident_is_closed"


class ReportOwed(RuleBroken):
    code = "report_owed"


@action("recorded a device incident")
def record_incident(
    *,
    unit: Unit,
    happened_at: datetime,
    what: str,
    harm: str,
    by: User,
    at: datetime,
    run: Run | None = None,
    component: Component | None = None,
    harm_note: str = "",
    keep_part: bool = True,
    holder: str = "",
    place: str = "",
    public_id: UUID | None = None,
) -> DeviceIncident:
    """Open the case of an incident; its part is kept aside, and its report is owed by the rules.

    `holder` and `place` begin the chain of custody; without them it begins with `by` in the unit.
    """
    refuse_future(happened_at, at, "time of the incident")
    if not what.strip():
        raise RuleBroken("Say what happened, in the order in which it happened.")
    kept = component is not None and keep_part
    incident = DeviceIncident(
        unit=unit,
        run=run,
        component=component,
        happened_at=happened_at,
        known_at=at,
        what=what.strip(),
        harm=harm,
        harm_note=harm_note.strip(),
        quarantined_at=at if kept else None,
        entered_at=at,
        entered_by=by,
    )
    if public_id is not None:
        incident.public_id = public_id
    _set_report_by(incident)
    incident.save()
    if kept:
        _keep_aside(component, by, at)
        _hand(incident, holder or str(by), place or str(unit), at, by, at, "")
    _owe(incident, at)
    return incident


@action("handed over the part of an incident")
def hand_over(
    *,
    incident: DeviceIncident,
    holder: str,
    place: str,
    taken_at: datetime,
    by: User,
    at: datetime,
    note: str = "",
) -> CustodyEntry:
    """Note who holds the part from a time on, and where. Raises NothingKept."""
    refuse_future(taken_at, at, "time of the handover")
    incident = DeviceIncident.objects.locked(incident.pk)
    if not incident.is_in_quarantine:
        raise NothingKept(
            "No part of this incident is kept aside any more, so nobody can take it over."
        )
    if not holder.strip() or not place.strip():
        raise RuleBroken("Say who takes the part, and where it is kept.")
    return _hand(incident, holder.strip(), place.strip(), taken_at, by, at, note.strip())


@action("let go the part of an incident")
def release_part(
    *,
    incident: DeviceIncident,
    to: str,
    released_at: datetime,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> DeviceIncident:
    """End the quarantine: the part went to the manufacturer, was discarded, or is used again.

    Raises NeedsConfirmation while the circuit that it came from is held.
    """
    refuse_future(released_at, at, "time")
    incident = DeviceIncident.objects.locked(incident.pk)
    if not incident.is_in_quarantine:
        raise NothingKept("No part of this incident is kept aside any more.")
    if not to.strip():
        raise RuleBroken("Say what became of the part: who got it, or why it is used again.")
    parts = [incident.component_id] if incident.component_id else []
    ask_about_holds(parts, confirmed)
    incident.released_at, incident.released_to = released_at, to.strip()
    incident.save(update_fields=["released_at", "released_to"])
    reassess_holds(parts, at)
    return incident


@action("judged the harm of a device incident")
def judge_harm(
    *, incident: DeviceIncident, harm: str, by: User, at: datetime, harm_note: str = ""
) -> DeviceIncident:
    """Say what the incident did to the patient, once that is known; the report's date follows."""
    incident = _open(incident)
    incident.harm, incident.harm_note = harm, harm_note.strip()
    _set_report_by(incident)
    incident.save(update_fields=["harm", "harm_note", "report_by", "report_rule"])
    _owe(incident, at)
    return incident


@action("reported a device incident")
def report_incident(
    *, incident: DeviceIncident, to: str, reported_at: datetime, by: User, at: datetime
) -> DeviceIncident:
    """Note that the incident was reported, and to whom; its date is then no longer owed."""
    refuse_future(reported_at, at, "time of the report")
    incident = _open(incident)
    if not to.strip():
        raise RuleBroken("Say to whom it was reported.")
    incident.reported_at, incident.reported_to, incident.reported_by = reported_at, to.strip(), by
    incident.save(update_fields=["reported_at", "reported_to", "reported_by"])
    _owe(incident, at)
    return incident


@action("closed a device incident")
def close_incident(
    *, incident: DeviceIncident, outcome: str, by: User, at: datetime
) -> DeviceIncident:
    """Close the case with what was found. Refused while its report is owed or its part is kept."""
    incident = _open(incident)
    if not outcome.strip():
        raise RuleBroken("Say what the case came to: what was found, and what was changed.")
    if incident.report_by and incident.reported_at is None:
        raise ReportOwed("The report of this incident is still owed. Note it as reported first.")
    if incident.is_in_quarantine:
        raise ReportOwed("The part is still kept aside. Say first what became of it.")
    incident.closed_at, incident.closed_by, incident.outcome = at, by, outcome.strip()
    incident.save(update_fields=["closed_at", "closed_by", "outcome"])
    _owe(incident, at)
    return incident


def sweep_reports(at: datetime) -> int:
    """Open an advisory for each report that is overdue, close those that are not; return how many."""
    late = 0
    for incident in DeviceIncident.objects.unreported().select_related("unit"):
        late += incident.report_by is not None and incident.report_by < at
        _warn(incident, at)
    return late


def _keep_aside(component: Component | None, by: User, at: datetime) -> None:
    """Note that the part is in quarantine, if it is out and nobody said where it went."""
    rows = ComponentUse.objects.filter(component=component).select_related("circuit")
    last = rows.order_by("installed_at").last()
    if last is not None and last.removed_at and not last.fate:
        record_fate(use=last, fate=Fate.QUARANTINE, by=by, at=at)


def _open(incident: DeviceIncident) -> DeviceIncident:
    incident = DeviceIncident.objects.locked(incident.pk)
    if incident.closed_at:
        raise IncidentIsClosed("This incident is closed: its outcome is written. Open a new one.")
    return incident


def _hand(
    incident: DeviceIncident,
    holder: str,
    place: str,
    taken_at: datetime,
    by: User,
    at: datetime,
    note: str,
) -> CustodyEntry:
    return CustodyEntry.objects.create(
        incident=incident,
        holder=holder,
        place=place,
        note=note,
        taken_at=taken_at,
        entered_at=at,
        entered_by=by,
    )


def _due(incident: DeviceIncident) -> tuple[Due | None, str]:
    found = incident_rules(incident.unit.centre, incident.known_at)
    return report_due(incident.harm, incident.known_at, found.body), found.source


def _set_report_by(incident: DeviceIncident) -> None:
    due, source = _due(incident)
    incident.report_by = due.due_at if due else None
    incident.report_rule = f"{due.why} ({source})"[:300] if due else ""


def _owe(incident: DeviceIncident, at: datetime) -> None:
    """Make the due date of the report, and what is said when it is late, agree with the case."""
    is_owed = incident.reported_at is None and incident.closed_at is None
    due, source = _due(incident) if is_owed else (None, "")
    label = f"Report of the incident: {incident}"[:200]
    set_dues(
        unit=incident.unit,
        run=None,
        subject=str(incident.public_id),
        kinds=frozenset({REPORT}),
        dues=[Owed(REPORT, label, due, owner="coordinator", source=source)] if due else [],
        at=at,
    )
    _warn(incident, at)


def _warn(incident: DeviceIncident, at: datetime) -> None:
    is_late = (
        incident.reported_at is None
        and incident.closed_at is None
        and incident.report_by is not None
        and incident.report_by < at
    )
    finding = Finding(LATE, Severity.ADVISORY, "The report of a device incident is overdue")
    reconcile_alerts(
        unit=incident.unit,
        run=None,
        assessment=Assessment(frozenset({LATE}), (finding,) if is_late else ()),
        at=at,
        category=Category.PAPERWORK,
        subject=str(incident.public_id),
    )
