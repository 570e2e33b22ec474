"""What one writes: results, infusions, plans. Questions are asked back on the same page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, require_in_unit, requires
from accounts.permissions import Permission
from clinical.measures import MEASURES
from clinical.units import written
from labs.actions.infusions import (
    Change,
    Dosing,
    change_infusion,
    start_infusion,
    withdraw_change,
)
from labs.actions.plans import set_plan
from labs.actions.results import Charted, correct_result, record_results, withdraw_result
from labs.forms import (
    CorrectionForm,
    InfusionChangeForm,
    InfusionStartForm,
    PlanForm,
    ReasonForm,
    ResultForm,
)
from labs.models import Infusion, InfusionChange, Result
from labs.queries.catalogue import catalogue_rows
from patients.access import note_reading, open_run
from patients.models import Run
from patients.queries import banner_of, running_at, weight_at
from web.pages import act_on_form
from web.problems import NeedsConfirmation

FORM = "labs/form.html"
P = Permission


@requires(P.LAB_RECORD)
def result_create(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Chart results of one sample."""
    at = timezone.now()
    run = open_run(request, public_id, P.LAB_RECORD, what="record results")
    catalogue = catalogue_rows(run.unit.centre, at)
    form = ResultForm(request.POST or None, at=at, catalogue=catalogue)
    return _answer(
        request,
        form,
        run,
        lambda facts: record_results(
            patient=run.patient,
            collected_at=facts["collected_at"],
            site=facts["site"],
            results=form.charted(),
            public_id=form.cleaned_data["client_uuid"],
            confirmed=request.POST.getlist("confirmed"),
            by=request.user,
            at=at,
        ),
        title="Record results",
        then="labs:results",
    )


@requires(P.LAB_RECORD)
def result_correct(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Correct a result, or withdraw it."""
    at = timezone.now()
    result, run = _result(request, public_id)
    form = CorrectionForm(request.POST or None, unit=result.unit)

    def act(facts: dict[str, Any]) -> object:
        common = {"result": result, "by": request.user, "at": at, "reason": facts["reason"]}
        if not facts["value"]:
            return withdraw_result(**common)
        comparator, number = facts["value"]
        charted = Charted(result.analyte, number, result.unit, comparator)
        confirmed = request.POST.getlist("confirmed")
        return correct_result(**common, charted=charted, confirmed=confirmed)

    return _answer(request, form, run, act, title=f"Correct: {_words(result)}", then="labs:results")


@requires(P.INFUSION_CHANGE)
def infusion_start(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Start an anticoagulant."""
    at = timezone.now()
    run = open_run(request, public_id, P.INFUSION_CHANGE, what="start an infusion")
    weight = weight_at(run, at)
    form = InfusionStartForm(request.POST or None, at=at)
    if weight:
        form.fields["weight_kg"].help_text = f"On record: {weight.weight_kg.normalize():f} kg."
    return _answer(
        request,
        form,
        run,
        lambda facts: start_infusion(
            run=run,
            agent=facts["agent"],
            dosing=Dosing(facts["rate_unit"], facts["weight_kg"], facts["weight_basis"]),
            change=Change(
                "start",
                facts["changed_at"],
                facts["rate"],
                reason=facts["reason"],
                public_id=form.cleaned_data["client_uuid"],
            ),
            confirmed=request.POST.getlist("confirmed"),
            by=request.user,
            at=at,
        ),
        title="Start an infusion",
    )


@requires(P.INFUSION_CHANGE)
def infusion_change(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Record a new rate, bolus, hold, resumption or stop."""
    at = timezone.now()
    infusion = get_object_or_404(
        Infusion.objects.filter(run__in=Run.objects.visible_to(request.user, at)),
        public_id=public_id,
    )
    run = open_run(request, infusion.run.public_id, P.INFUSION_CHANGE, what="change an infusion")
    unit = written(infusion.rate_unit)
    form = InfusionChangeForm(request.POST or None, at=at, unit=unit)
    newest = infusion.changes.current().last()
    if newest and newest.rate is not None:
        form.fields["rate"].show_before(newest.rate.normalize(), newest.changed_at)  # type: ignore[attr-defined]

    def act(facts: dict[str, Any]) -> object:
        public_id = form.cleaned_data["client_uuid"]
        confirmed = request.POST.getlist("confirmed")
        change = Change(**facts, public_id=public_id)
        return change_infusion(
            infusion=infusion, change=change, confirmed=confirmed, by=request.user, at=at
        )

    title = f"Change: {infusion} ({unit})"
    return _answer(request, form, run, act, title=title)


@requires(P.INFUSION_CHANGE)
def change_withdraw(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Say that a change of an infusion was entered in error."""
    at = timezone.now()
    change = get_object_or_404(
        InfusionChange.objects.select_related("infusion__run").filter(
            infusion__run__in=Run.objects.visible_to(request.user, at)
        ),
        public_id=public_id,
    )
    run = open_run(request, change.infusion.run.public_id, P.INFUSION_CHANGE, what="withdraw")
    return _answer(
        request,
        ReasonForm(request.POST or None),
        run,
        lambda facts: withdraw_change(change=change, **facts, by=request.user, at=at),
        title=f"Entered in error: {change} {written(change.infusion.rate_unit)}",
    )


@requires(P.PLAN_SET)
def plan_set(request: UserRequest, public_id: UUID) -> HttpResponse:
    """Say what anticoagulation is aimed at from a time on."""
    at = timezone.now()
    run = open_run(request, public_id, P.PLAN_SET, what="set the plan")

    form = PlanForm(request.POST or None, at=at)

    def act(facts: dict[str, Any]) -> object:
        public_id = form.cleaned_data["client_uuid"]
        return set_plan(run=run, **facts, public_id=public_id, by=request.user, at=at)

    return _answer(request, form, run, act, title="Anticoagulation plan")


def _answer(
    request: UserRequest,
    form: Any,
    run: Run,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    then: str = "labs:anticoagulation",
) -> HttpResponse:
    """Act on the form; what the action asks back is put as questions above it."""
    back = reverse(then, args=[run.public_id])
    at = timezone.now()
    context: dict[str, Any] = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "title": title,
        "back": back,
        "is_wide": isinstance(form, ResultForm),
    }

    def asking(facts: dict[str, Any]) -> object:
        try:
            return act(facts)
        except NeedsConfirmation as question:
            context["questions"] = question.errors
            context["confirmed"] = request.POST.getlist("confirmed")
            raise

    return act_on_form(
        request, form, asking, page=FORM, context=context, then=back, done="Recorded."
    )


def _result(request: UserRequest, public_id: UUID) -> tuple[Result, Run]:
    """The result and the run under whose page it stands: the right is asked for in its unit."""
    at = timezone.now()
    rows = Result.objects.select_related("sample__patient")
    visible = Run.objects.visible_to(request.user, at).values("patient")
    result = get_object_or_404(rows.filter(sample__patient__in=visible), public_id=public_id)
    patient, when = result.sample.patient, result.sample.collected_at
    run = running_at(patient, when) or patient.runs.order_by("-started_at").first()
    if run is None:
        raise AssertionError("a patient found through a run has one")
    require_in_unit(request.user, P.LAB_RECORD, run.unit, at)
    note_reading(request, patient, "correct a result", result.public_id)
    return result, run


def _words(result: Result) -> str:
    one = MEASURES.get(result.analyte)
    if one is None or result.value is None:
        return str(result)
    return f"{one.label} {result.comparator}{one.text(result.value)}"
