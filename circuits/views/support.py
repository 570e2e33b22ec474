"""Flow on, what is entered afterwards, limits, flow off, outcome."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, rights_in
from accounts.permissions import Permission
from accounts.queries import units_of
from alerts.models import Due
from circuits.actions.dues import CHECK, LIMITS, REVIEW
from circuits.actions.support import (
    change_limit,
    decannulate,
    record_weight,
    start_support,
)
from circuits.forms.support import (
    FlowOffForm,
    FlowOnForm,
    LimitForm,
    OutcomeForm,
    WeightForm,
)
from clinical.measures import MEASURES
from clinical.spans import Span
from patients.access import open_run
from patients.actions.run import record_outcome
from patients.configuration import configuration_of, inside_at
from patients.models import Outcome, Patient, Run
from patients.queries import banner_of, mode_at, mode_problems, run_hours
from web.once import KEY
from web.pages import act_on_form, confirmed_in
from web.problems import RuleBroken

Act = Callable[[dict[str, Any]], object]


class CrossedBounds(RuleBroken):
    code = "crossed_bounds"


@requires(Permission.RUN_START)
def support_start(request: UserRequest) -> HttpResponse:
    """Flow on: one tap and a time."""
    at = timezone.now()
    units = units_of(request.user, Permission.RUN_START, at)
    patients = (
        Patient.objects.kept()
        .filter(unit__in=units)
        .exclude(runs__ended_at=None, runs__isnull=False)
        .order_by("sort_key")
    )
    wanted = _uuid(request.GET.get("patient"))
    initial = {"patient": patients.filter(public_id=wanted).first() if wanted else None}
    form = FlowOnForm(
        request.POST or None,
        at=at,
        patients=patients,
        units=units,
        initial={**initial, "started_at": at},
    )

    def start(facts: dict[str, Any]) -> Run:
        return start_support(
            patient=facts["patient"],
            unit=facts["unit"],
            started_at=facts["started_at"],
            mode=facts["mode"],
            support_type=facts["support_type"],
            public_id=form.cleaned_data["client_uuid"],
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    return act_on_form(
        request,
        form,
        start,
        page="circuits/support_start.html",
        context={"at": at},
        then=reverse("board"),
        done="Flow is on. What is still owed is listed on the run's page.",
    )


@requires(Permission.PATIENT_VIEW)
def support_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the run: hours, modes, weights, cannulas, what is owed, outcome."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="run")
    end, modes = run.ended_at or at, list(run.modes.order_by("starts_at"))
    dues = Due.objects.open().filter(run=run)
    rights = rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "hours": run_hours(run, at),
        "modes": modes,
        "problems": mode_problems(run, at),
        "weights": run.weights.all(),
        "cannulas": run.cannulas.prefetch_related("positions"),
        "configuration": configuration_of(inside_at(run, end), mode_at(modes, end)),
        "outcome": Outcome.objects.filter(run=run).first(),
        "dues": dues.exclude(kind__in=[CHECK, REVIEW, "sample"]),
        "confirms": dues.filter(kind=LIMITS).first(),
        "may_edit": Permission.RUN_EDIT in rights,
        "may_limit": Permission.LIMIT_SET in rights,
        "at": at,
    }
    return render(request, "circuits/support_detail.html", context)


@requires(Permission.RUN_EDIT)
def weight_create(request: UserRequest, public_id: str) -> HttpResponse:
    """Enter a weight."""
    return _entry(request, public_id, WeightForm, "Weight", record_weight, "Weight recorded.")


@requires(Permission.PATIENT_VIEW)
def limit_list(request: UserRequest, public_id: str) -> HttpResponse:
    """Show every limit of the run, with where it comes from."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="limits")
    rows = run.limits.filter(superseded_at=None).select_related("entered_by")
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "rows": [(MEASURES[row.measure], row) for row in rows if row.measure in MEASURES],
        "may_limit": Permission.LIMIT_SET in rights_in(request.user, run.unit) and run.is_running,
        "at": at,
    }
    return render(request, "circuits/limit_list.html", context)


@requires(Permission.LIMIT_SET)
def limit_change(request: UserRequest, public_id: str, measure: str) -> HttpResponse:
    """Change the warning and critical bounds of one measure from a time on."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.LIMIT_SET, what="limits")
    if measure not in MEASURES:
        raise Http404("There is no such measure.")
    row = run.limits.filter(superseded_at=None, measure=measure, valid_to=None).first()
    names = ("warning_low", "warning_high", "critical_low", "critical_high")
    initial = {name: _plain(getattr(row, name)) for name in names} if row else {}
    form = LimitForm(request.POST or None, at=at, initial={**initial, "valid_from": at})
    one = MEASURES[measure]
    for name in names:
        form.fields[name].widget.unit = (
            "as a fraction" if one.is_shown_in_percent else one.display_unit
        )
    back = reverse("circuits:limit-list", args=[run.public_id])
    return act_on_form(
        request,
        form,
        lambda facts: _change_limit(run, measure, facts, request, at),
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": f"Limits: {one.label}",
            "note": "A value on a limit is inside. Limits already passed are judged as they were.",
            "back": back,
        },
        then=back,
        done="Limit changed; it holds from the time you gave.",
    )


@requires(Permission.RUN_EDIT)
def support_end(request: UserRequest, public_id: str) -> HttpResponse:
    """Flow off: the run ends, its parts come out, its reminders stop."""
    note = (
        "Ending the run takes all parts out of the circuit, closes its alerts and stops its "
        "reminders. What was never entered stays owed."
    )
    return _entry(
        request, public_id, FlowOffForm, "Flow off", decannulate, "Flow is off.", note=note
    )


@requires(Permission.RUN_EDIT)
def outcome_record(request: UserRequest, public_id: str) -> HttpResponse:
    """Say what became of the patient."""
    run = open_run(request, public_id, Permission.RUN_EDIT, what="outcome")
    known = Outcome.objects.filter(run=run).values(
        *OutcomeForm.base_fields.keys() - {"end_reason", KEY}
    )
    initial = {**(known.first() or {}), "end_reason": run.end_reason}
    return _entry(
        request, public_id, OutcomeForm, "Outcome", record_outcome, "Outcome recorded.", initial
    )


def _entry(
    request: UserRequest,
    public_id: str,
    form_class: type[Any],
    title: str,
    act: Callable[..., object],
    done: str,
    initial: dict[str, Any] | None = None,
    note: str = "",
) -> HttpResponse:
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what=title.lower())
    form: forms.Form = form_class(request.POST or None, at=at, initial=initial)
    back = reverse("circuits:support-detail", args=[run.public_id])

    def record(facts: dict[str, Any]) -> object:
        return act(run=run, by=request.user, at=at, **facts)

    return act_on_form(
        request,
        form,
        record,
        page="circuits/entry_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "title": title,
            "note": note,
            "back": back,
        },
        then=back,
        done=done,
    )


def _change_limit(
    run: Run, measure: str, facts: dict[str, Any], request: UserRequest, at: datetime
) -> object:
    try:
        bounds = {
            kind: Span(facts[f"{kind}_low"], facts[f"{kind}_high"])
            for kind in ("warning", "critical")
        }
    except ValueError as crossed:
        raise CrossedBounds(str(crossed)) from crossed
    return change_limit(
        run=run,
        measure=measure,
        bounds=bounds,
        valid_from=facts["valid_from"],
        by=request.user,
        at=at,
        reason=facts["reason"],
    )


def _plain(bound: Decimal | None) -> Decimal | None:
    """Return a bound without the zeros that only the column has."""
    return None if bound is None else Decimal(f"{bound.normalize():f}")


def _uuid(text: str | None) -> str | None:
    field = forms.UUIDField(required=False)
    try:
        return str(field.clean(text or "")) if text else None
    except forms.ValidationError:
        return None
