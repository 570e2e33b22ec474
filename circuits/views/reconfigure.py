"""A reconfiguration: cannulas put in, corrected, moved; the mode; limits confirmed after."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.support import (
    confirm_limits,
    correct_cannula,
    record_cannula,
    record_mode,
    reposition_cannula,
)
from circuits.forms.cannula import (
    CannulaCorrectionForm,
    CannulaForm,
    ConfirmationForm,
    ModeForm,
    ModePreviewForm,
    PositionForm,
)
from circuits.wording import span_words
from clinical.measures import MEASURES, Measure
from clinical.spans import Span
from patients.access import note_reading, open_run
from patients.models import Cannula, Run
from patients.queries import banner_of, span_of
from patients.reconfiguration import LimitChange, limits_following, timeline_after
from web.pages import act_on_form


@requires(Permission.RUN_EDIT)
def mode_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Enter or change the mode; the timeline that results is shown beside the form."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what="mode")
    form = ModeForm(request.POST or None, at=at)
    return _save(
        request,
        run,
        form,
        lambda facts: record_mode(run=run, by=request.user, at=at, **facts),
        page="circuits/mode_form.html",
        title="Mode",
        done="Mode recorded.",
        more=_preview(request, run, at),
    )


@requires(Permission.LIMIT_SET)
def limit_confirm(request: UserRequest, public_id: str) -> HttpResponse:
    """Say that limits and targets fit after a conversion."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.LIMIT_SET, what="limits")
    return _save(
        request,
        run,
        ConfirmationForm(request.POST or None, at=at),
        lambda facts: confirm_limits(run=run, by=request.user, at=at, **facts),
        title="Confirm limits and targets",
        note="Look at the limits of this run and at the targets of the day first. This says that "
        "they fit the support as it is now.",
        done="Limits and targets confirmed.",
    )


@requires(Permission.RUN_EDIT)
def cannula_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Enter a cannula."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what="cannula")
    return _save(
        request,
        run,
        CannulaForm(request.POST or None, at=at),
        lambda facts: record_cannula(run=run, by=request.user, at=at, **facts),
        title="Cannula",
        done="Cannula recorded.",
    )


@requires(Permission.RUN_EDIT)
def cannula_correct(request: UserRequest, public_id: str) -> HttpResponse:
    """Correct what was entered of a cannula."""
    at, cannula = timezone.now(), _cannula(request, public_id)
    initial = CannulaCorrectionForm.facts_of(cannula)
    return _save(
        request,
        cannula.run,
        CannulaCorrectionForm(request.POST or None, at=at, initial=initial),
        lambda facts: correct_cannula(cannula=cannula, by=request.user, at=at, **facts),
        title="Correct a cannula",
        note=f"{cannula}. What was there before stays in the history.",
        done="Cannula corrected.",
    )


@requires(Permission.RUN_EDIT)
def cannula_move(request: UserRequest, public_id: str) -> HttpResponse:
    """Note a new depth or tip position; the earlier ones stay on record."""
    at, cannula = timezone.now(), _cannula(request, public_id)
    before = "; ".join(str(one) for one in cannula.positions.all()) or "none on record"
    return _save(
        request,
        cannula.run,
        PositionForm(request.POST or None, at=at),
        lambda facts: reposition_cannula(cannula=cannula, by=request.user, at=at, **facts),
        title="Depth and tip of a cannula",
        note=f"{cannula}. Before, oldest first: {before}.",
        done="Position recorded.",
    )


def _save(
    request: UserRequest,
    run: Run,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    done: str,
    note: str = "",
    page: str = "circuits/entry_form.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    back = reverse("circuits:support-detail", args=[run.public_id])
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, timezone.now()),
        "title": title,
        "note": note,
        "back": back,
        **(more or {}),
    }
    return act_on_form(request, form, act, page=page, context=context, then=back, done=done)


def _preview(request: UserRequest, run: Run, at: datetime) -> dict[str, Any]:
    """Return the modes as they would stand, and the limits that would follow."""
    segments = list(run.modes.order_by("starts_at"))
    asked = ModePreviewForm(request.POST or request.GET or None, at=at)
    if not asked.is_valid():
        return {"stretches": None, "segments": segments}
    mode, starts_at = asked.cleaned_data["mode"], asked.cleaned_data["starts_at"]
    is_newest = all(one.starts_at <= starts_at for one in segments)
    return {
        "stretches": timeline_after(run, segments, mode, starts_at),
        "segments": segments,
        "following": [_words(one) for one in limits_following(run, mode)] if is_newest else [],
    }


def _words(change: LimitChange) -> tuple[Measure, str, str]:
    measure = MEASURES[change.then.measure]
    now = span_of(change.now, "warning") if change.now else Span()
    return measure, span_words(now, measure.code), span_words(change.then.warning, measure.code)


def _cannula(request: UserRequest, public_id: str) -> Cannula:
    rows = Cannula.objects.select_related("run__patient__centre", "run__unit__centre")
    cannula = row_or_refuse(rows, request.user, Permission.RUN_EDIT, public_id=public_id)
    note_reading(request, cannula.run.patient, "cannula", cannula.public_id)
    return cannula
