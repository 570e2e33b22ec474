"""What the draft report of a device incident says: the device, its hours, and the timeline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from circuits.models import ComponentUse, CustodyEntry, DeviceIncident, ReviewDeferral
from clinical.instants import minutes_between
from clinical.runtime import hours_text
from patients.models import Complication
from patients.queries import age_words


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline."""

    at: datetime
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IncidentDocument:
    """The draft of a report. The patient is an age and a sex."""

    incident: DeviceIncident
    patient: str
    position: str
    hours: str
    timeline: Sequence[Moment]
    custody: Sequence[CustodyEntry]


def incident_document(incident: DeviceIncident, at: datetime) -> IncidentDocument:
    """Return what the draft says (five statements)."""
    uses = list(_uses(incident))
    during = [use for use in uses if use.installed_at <= incident.happened_at]
    use = during[-1] if during else None
    until = min(use.removed_at or at, incident.happened_at) if use else at
    custody = list(incident.custody.select_related("entered_by"))
    moments = [
        *(one for each in uses for one in _of_use(each)),
        *_of_run(incident),
        Moment(incident.happened_at, "Incident", incident.what),
        *(Moment(one.taken_at, "Part held by", f"{one.holder}, {one.place}") for one in custody),
    ]
    if incident.released_at:
        moments.append(Moment(incident.released_at, "Part let go", incident.released_to))
    return IncidentDocument(
        incident=incident,
        patient=_patient(incident),
        position=use.position if use else "not in a circuit",
        hours=hours_text(max(minutes_between(use.installed_at, until), 0)) if use else "",
        timeline=sorted(moments, key=lambda one: one.at),
        custody=custody,
    )


def _uses(incident: DeviceIncident) -> Iterator[ComponentUse]:
    rows = ComponentUse.objects.filter(component=incident.component_id or 0)
    yield from rows.select_related("circuit").order_by("installed_at")


def _of_use(use: ComponentUse) -> Iterator[Moment]:
    yield Moment(use.installed_at, "Part put in", f"{use.circuit}, {use.position}")
    for deferral in ReviewDeferral.objects.filter(use=use):
        until = f"{deferral.next_review_at:%d-%b-%Y %H:%M} UTC"
        yield Moment(deferral.deferred_at, "Review put off", f"until {until}: {deferral.reason}")
    if use.removed_at:
        yield Moment(use.removed_at, "Part taken out", use.get_removed_reason_display())


def _of_run(incident: DeviceIncident) -> Iterator[Moment]:
    if incident.run is None:
        return
    yield Moment(incident.run.started_at, "Flow on")
    for one in Complication.objects.filter(run=incident.run, withdrawn_at=None):
        if one.occurred_at is not None:
            yield Moment(one.occurred_at, "Complication", f"{one.code} {one.label}".strip())
    if incident.run.ended_at:
        yield Moment(incident.run.ended_at, "Flow off")


def _patient(incident: DeviceIncident) -> str:
    if incident.run is None:
        return "none"
    patient = incident.run.patient
    age = age_words(patient, incident.happened_at) or "age not known"
    return f"{age}, {patient.get_sex_display().lower()}"
