"""The unit on one screen: who is sickest, what is planned, who is missing, who does what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import Unit
from alerts.models import Alert, Due
from circuits.models import PlannedChange
from episodes.handover.unit import in_bed_order
from episodes.models import HuddleAction, PlannedProcedure
from patients.models import Run, TransportLeg, WeaningTrial
from staffing.queries import Gap, gaps

AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that is planned or goes on: when, for whom, what, who sees to it."""

    at: datetime
    run: Run
    kind: str
    what: str
    owner: str
    url: str
    is_late: bool
    is_kit_ready: bool | None = None
    procedure: PlannedProcedure | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient in risk order: the gravest open alert, how many more, what is late."""

    run: Run
    severity: int
    message: str
    more: int
    late: int


@dataclass(frozen=True, slots=True)
class Huddle:
    """All that the huddle of a unit goes through."""

    patients: list[Patient]
    slots: list[Slot]
    gaps: list[Gap]
    actions: list[HuddleAction]


def huddle_of(unit: Unit, runs: Iterable[Run], at: datetime) -> Huddle:
    """Return the huddle of a unit (eight statements, however many patients)."""
    rows = {run.pk: run for run in in_bed_order(runs)}
    slots = [*_procedures(rows, at), *_changes(rows, at), *_trials(rows), *_legs(rows, at)]
    actions = HuddleAction.objects.open().filter(unit=unit)
    return Huddle(
        patients=_patients(rows, at),
        slots=sorted(slots, key=lambda slot: slot.at),
        gaps=gaps(unit, at, at + AHEAD),
        actions=list(actions.select_related("owner", "run__patient")),
    )


def _patients(rows: dict[int, Run], at: datetime) -> list[Patient]:
    alerts: dict[int | None, list[tuple[int, str]]] = {}
    found = Alert.objects.open().attention().filter(run__in=rows).order_by("-severity", "opened_at")
    for run, severity, message in found.values_list("run_id", "severity", "message"):
        alerts.setdefault(run, []).append((severity, message))
    late: dict[int | None, int] = {}
    overdue = Due.objects.open().filter(run__in=rows, overdue_at__lt=at)
    for run in overdue.values_list("run_id", flat=True):
        late[run] = late.get(run, 0) + 1
    patients = [
        Patient(
            run,
            *(alerts.get(pk) or [(0, "")])[0],
            max(len(alerts.get(pk, ())) - 1, 0),
            late.get(pk, 0),
        )
        for pk, run in rows.items()
    ]
    return sorted(patients, key=lambda one: (-one.severity, -one.more, -one.late))


def _procedures(rows: dict[int, Run], at: datetime) -> Iterator[Slot]:
    found = PlannedProcedure.objects.open().filter(run__in=rows, planned_for__lt=at + AHEAD)
    for one in found.select_related("owner"):
        yield Slot(
            one.planned_for,
            rows[one.run_id],
            "Procedure",
            one.what,
            str(one.owner),
            reverse("episodes:procedure-close", args=[one.public_id]),
            is_late=one.planned_for < at,
            procedure=one,
        )


def _changes(rows: dict[int, Run], at: datetime) -> Iterator[Slot]:
    found = PlannedChange.objects.open().filter(run__in=rows, starts_at__lt=at + AHEAD)
    for one in found.select_related("owner"):
        yield Slot(
            one.starts_at,
            rows[one.run_id],
            f"Change, {one.urgency}",
            one.why,
            str(one.owner),
            reverse("circuits:change-detail", args=[one.public_id]),
            is_late=one.ends_at < at,
            is_kit_ready=one.is_kit_ready,
        )


def _trials(rows: dict[int, Run]) -> Iterator[Slot]:
    found = WeaningTrial.objects.filter(run__in=rows, ended_at=None).select_related("entered_by")
    for one in found:
        url = reverse("circuits:weaning", args=[rows[one.run_id].public_id])
        yield Slot(
            one.started_at,
            rows[one.run_id],
            "Weaning",
            f"{one.get_kind_display()} goes on",
            str(one.entered_by),
            url,
            is_late=False,
        )


def _legs(rows: dict[int, Run], at: datetime) -> Iterator[Slot]:
    found = TransportLeg.objects.filter(run__in=rows, closed_at=None, arrived_at=None)
    for one in found.filter(planned_at__lt=at + AHEAD).select_related("entered_by"):
        state = "under way" if one.is_under_way else one.get_decision_display().lower()
        yield Slot(
            one.departed_at or one.planned_at,
            rows[one.run_id],
            "Transport",
            f"{one}: {state}",
            str(one.entered_by),
            reverse("circuits:transport", args=[rows[one.run_id].public_id]),
            is_late=not one.is_under_way and one.planned_at < at,
        )
