"""Handing over: all patients, one patient, what was handed over, and the sheet of the unit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import units_of
from audit.actions import record_accesses
from episodes.actions.handover import give_handover, take_handover
from episodes.forms import HandoverForm
from episodes.handover import Section, read, sheet_of
from episodes.handover.paper import render_unit
from episodes.handover.unit import brief_of, in_bed_order, newest, rows_of
from episodes.models import Handover
from episodes.queries import who_may
from patients.access import note_reading, open_run
from patients.models import Run
from patients.queries import banner_of, census
from web.downloads import attached
from web.pages import act_on_form
from web.problems import RuleBroken

P = Permission
EARLIER = 10
SOURCES = {
    "emergency": "circuits:care-plan",
    "values": "circuits:check-list",
    "circuit": "circuits:circuit-detail",
    "anticoagulation": "labs:anticoagulation",
    "pending": "labs:results",
    "aims": "circuits:care-plan",
    "day": "circuits:weaning",
    "due": "circuits:run-overview",
    "since": "patients:event-list",
}
"""Where the lines of a section are entered: what is wrong is put right there, not here."""
UNPROCESSABLE = 422


@requires(P.PATIENT_VIEW)
def handover_list(request: UserRequest) -> HttpResponse:
    """Show every running patient in bed order, with who handed over to whom."""
    at = timezone.now()
    rows = rows_of(census(request.user, at))
    _note(request, [row.run for row in rows], "handover", at)
    context = {
        "rows": rows,
        "waiting": sum(row.handover is not None and not row.handover.is_taken for row in rows),
        "units": units_of(request.user, P.PATIENT_VIEW, at),
        "at": at,
    }
    return render(request, "episodes/handover_list.html", context)


@requires(P.PATIENT_VIEW)
def run_handover(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show the sheet of a patient as it writes itself now; whoever charts may hand it over."""
    at = timezone.now()
    run = open_run(request, public_id, P.PATIENT_VIEW, what="handover")
    may_give = P.CHECK_RECORD in rights_in(request.user, run.unit) and run.is_running
    if request.method == "POST" and not may_give:
        raise PermissionDenied(f"In {run.unit} handing over needs the right to record checks.")
    people = who_may(P.CHECK_RECORD, run.unit, at).exclude(pk=request.user.pk)
    rows = Handover.objects.filter(run=run).select_related("given_by", "taken_by", "to")
    earlier = list(rows[:EARLIER])

    def give(facts: dict[str, Any]) -> Handover:
        return give_handover(run=run, **facts, by=request.user, at=at)

    return act_on_form(
        request,
        HandoverForm(request.POST or None, people=people),
        give,
        page="episodes/run_handover.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "sections": _linked(sheet_of(run, request.user, at), run),
            "newest": earlier[0] if earlier else None,
            "earlier": earlier[1:],
            "may_give": may_give,
            "at": at,
        },
        then=reverse("episodes:run-handover", args=[run.public_id]),
        done="Signed by you. Whoever takes over signs the same sheet.",
    )


@requires(P.PATIENT_VIEW)
def handover_detail(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Show a sheet as both read it, and who signed."""
    handover = _open(request, public_id, P.PATIENT_VIEW)
    return render(request, "episodes/handover_detail.html", _context(request, handover))


@require_POST
@requires(P.CHECK_RECORD)
def handover_take(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Sign for what was handed over."""
    handover = _open(request, public_id, P.CHECK_RECORD)
    then = reverse("episodes:handover-detail", args=[handover.public_id])
    try:
        take_handover(handover=handover, by=request.user, at=timezone.now())
    except RuleBroken as broken:
        context = {**_context(request, handover), "refused": broken.message}
        return render(request, "episodes/handover_detail.html", context, status=UNPROCESSABLE)
    messages.success(request, "You took over. Both have signed.")
    return redirect(then)


@require_safe
@requires(P.PATIENT_VIEW)
def unit_sheet(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Hand out the unit on one sheet, as at now."""
    at = timezone.now()
    units = Unit.objects.with_permission(request.user, P.PATIENT_VIEW, at)
    unit = get_object_or_404(units.select_related("centre"), public_id=public_id)
    runs = in_bed_order(census(request.user, at).filter(unit=unit))
    _note(request, runs, "handover sheet", at)
    handovers = newest([run.pk for run in runs])
    briefs = [brief_of(run, handovers.get(run.pk), at) for run in runs]
    content = render_unit(unit, briefs, request.user, at)
    return attached(
        f"handover-{timezone.localtime(at):%Y%m%d-%H%M}.pdf", "application/pdf", content
    )


def _open(request: UserRequest, public_id: UUID, permission: Permission) -> Handover:
    rows = Handover.objects.select_related(
        "run__patient__centre", "run__unit__centre", "given_by", "taken_by", "to"
    )
    handover = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, handover.run.patient, "handover", handover.public_id)
    return handover


def _context(request: UserRequest, handover: Handover) -> dict[str, Any]:
    run = handover.run
    newer = Handover.objects.filter(run=run, given_at__gt=handover.given_at).first()
    may_take = P.CHECK_RECORD in rights_in(request.user, run.unit)
    return {
        "run": run,
        "banner": banner_of(run.patient, run, timezone.now()),
        "handover": handover,
        "sections": [(section, "") for section in read(handover.body)],
        "newer": newer,
        "may_take": may_take
        and not handover.is_taken
        and newer is None
        and handover.given_by != request.user,
        "at": timezone.now(),
    }


def _linked(sections: list[Section], run: Run) -> list[tuple[Section, str]]:
    """Return sections, each with the address of the page where its lines are entered."""
    return [
        (one, reverse(SOURCES[one.key], args=[run.public_id]) if one.key in SOURCES else "")
        for one in sections
    ]


def _note(request: UserRequest, runs: list[Run], what: str, at: datetime) -> None:
    record_accesses(
        by=request.user,
        at=at,
        what=what,
        patient_keys=[run.patient.public_id for run in runs],
        request_id=request.id,
    )
