"""Weaning: the trial that goes on, its steps, and what earlier ones showed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission
from alerts.models import Alert
from circuits.actions.weaning import record_step, record_trial, start_trial
from circuits.actions.weaning_end import end_trial, judge_trial, restore_settings
from circuits.care_policies import WeaningPolicy, weaning_policy
from circuits.forms.care import StepForm, TrialForm, VerdictForm
from circuits.queries import Recent
from circuits.trials import agents_running, as_trial, restorable, support_of
from circuits.views.form_page import form_page
from clinical.due import Due
from clinical.measures import MEASURES
from clinical.weaning import (
    CODES,
    LOW_FLOW_KINDS,
    WHY_NOT,
    Fault,
    TimeLimit,
    TrialKind,
    fault_of,
    has_stasis_risk,
    trial_due,
)
from patients.access import note_reading, open_run
from patients.models import Run, WeaningKind, WeaningTrial
from patients.queries import banner_of
from web.pages import confirmed_in

PAGE = "circuits:weaning"
LOOK_BACK = 8
STEP_VALUES = ("blood_flow", "sweep_gas_flow", "fdo2")


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of trial as the page offers it: why not, how long it lasts, what passes."""

    kind: WeaningKind
    why_not: str
    limit: TimeLimit
    criteria: tuple[str, ...]


@requires(Permission.PATIENT_VIEW)
def weaning(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the trial that goes on and the earlier ones."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="weaning")
    trials = list(
        run.weaning_trials.select_related("entered_by", "judged_by").prefetch_related(
            "steps__entered_by"
        )
    )
    running = next((one for one in trials if one.is_running), None)
    found, rights = weaning_policy(run.unit.centre, at), rights_in(request.user, run.unit)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "earlier": [one for one in trials if not one.is_running],
        "running": running,
        "due": _due(run, running, found, at),
        "before": _before(running),
        "alerts": Alert.objects.open().filter(run=run, code__in=CODES),
        "criteria": found.criteria[TrialKind(running.kind)] if running else (),
        "ways": [] if running else _ways(run, found, at),
        "source": found.source,
        "may_start": Permission.CARE_PLAN_SET in rights and run.is_running,
        "may_record": Permission.RUN_EDIT in rights and run.is_running,
        "may_step": Permission.CHECK_RECORD in rights,
        "may_judge": Permission.CARE_PLAN_SET in rights,
        "at": at,
    }
    return render(request, "patients/weaning.html", context)


@requires(Permission.CARE_PLAN_SET)
def trial_start(request: UserRequest, public_id: str) -> HttpResponse:
    """Begin a trial that was planned."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CARE_PLAN_SET, what="start a trial")
    form = TrialForm(request.POST or None, at=at, initial={"started_at": at, **_asked(request)})
    return form_page(
        request,
        run,
        form,
        lambda facts: start_trial(run=run, **facts, by=request.user, at=at),
        title="Begin a weaning trial",
        back=PAGE,
        done="The trial has begun. Checks are now due more often.",
        at=at,
        note="The settings of the newest check are kept: one tap says that they are restored.",
        warning=_stasis_warning(run, at),
    )


@requires(Permission.RUN_EDIT)
def trial_record(request: UserRequest, public_id: str) -> HttpResponse:
    """Record a trial that had begun already: never refused, at most asked back."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what="record a trial")
    form = TrialForm(request.POST or None, at=at)
    confirmed = confirmed_in(request)
    return form_page(
        request,
        run,
        form,
        lambda facts: record_trial(run=run, **facts, confirmed=confirmed, by=request.user, at=at),
        title="A trial that has begun already",
        back=PAGE,
        done="The trial is recorded. Checks are now due more often.",
        at=at,
        warning=_stasis_warning(run, at),
    )


@requires(Permission.CHECK_RECORD)
def trial_step(request: UserRequest, public_id: str) -> HttpResponse:
    """Record a step; its values are a check of the circuit as well."""
    at = timezone.now()
    trial, run = _trial(request, public_id, Permission.CHECK_RECORD)
    form = StepForm(request.POST or None, at=at, initial={"stepped_at": at})
    for reading in islice(Recent(run), LOOK_BACK):
        form.show_last(reading.values, reading.checked_at)

    def step(facts: dict[str, Any]) -> object:
        values = {name: facts[name] for name in STEP_VALUES if facts[name] is not None}
        return record_step(
            trial=trial,
            stepped_at=facts["stepped_at"],
            values=values,
            note=facts["note"],
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    return form_page(
        request,
        run,
        form,
        step,
        title=f"Step of the {trial.get_kind_display()}",
        back=PAGE,
        done="Step recorded.",
        at=at,
        note="What you enter here is a check of the circuit as well: enter it once.",
        is_wide=True,
    )


@require_POST
@requires(Permission.CHECK_RECORD)
def trial_restore(request: UserRequest, public_id: str) -> HttpResponse:
    """One tap: the settings are as before, the trial is over."""
    at = timezone.now()
    trial, run = _trial(request, public_id, Permission.CHECK_RECORD)
    restore_settings(trial=trial, restored_at=at, by=request.user, at=at)
    messages.success(request, "Settings restored; the trial is over. Its verdict is still owed.")
    return redirect(PAGE, public_id=run.public_id)


@requires(Permission.CARE_PLAN_SET)
def trial_judge(request: UserRequest, public_id: str) -> HttpResponse:
    """Say what a trial showed; one that goes on ends with it."""
    at = timezone.now()
    trial, run = _trial(request, public_id, Permission.CARE_PLAN_SET)
    form = VerdictForm(
        request.POST or None, at=at, is_running=trial.is_running, initial={"ended_at": at}
    )
    act = end_trial if trial.is_running else judge_trial
    confirmed = confirmed_in(request)
    return form_page(
        request,
        run,
        form,
        lambda facts: act(trial=trial, **facts, confirmed=confirmed, by=request.user, at=at),
        title=f"What the {trial.get_kind_display()} showed",
        back=PAGE,
        done="Verdict recorded.",
        at=at,
    )


def _asked(request: UserRequest) -> dict[str, str]:
    kind = request.GET.get("kind", "")
    return {"kind": kind} if kind in WeaningKind.values else {}


def _due(run: Run, running: WeaningTrial | None, found: WeaningPolicy, at: datetime) -> Due | None:
    if running is None:
        return None
    return trial_due(as_trial(run, running, at), found.limits[TrialKind(running.kind)])


def _before(running: WeaningTrial | None) -> list[tuple[str, str]]:
    settings: dict[str, Decimal] = restorable(running) if running else {}
    return [(MEASURES[code].short, MEASURES[code].text(value)) for code, value in settings.items()]


def _ways(run: Run, found: WeaningPolicy, at: datetime) -> list[Way]:
    """Every kind of trial but those of another age."""
    support = support_of(run, at)
    faults = {kind: fault_of(kind, support) for kind in TrialKind}
    return [
        Way(
            WeaningKind(kind),
            WHY_NOT[fault] if fault else "",
            found.limits[kind],
            found.criteria[kind],
        )
        for kind, fault in faults.items()
        if fault is not Fault.ADULT
    ]


def _stasis_warning(run: Run, at: datetime) -> str:
    agents = agents_running(run, at)
    if not any(has_stasis_risk(kind, agents) for kind in LOW_FLOW_KINDS):
        return ""
    return (
        "Bivalirudin runs. In a turn-down, retrograde or clamp trial it degrades in slow blood: agree "
        "on the anticoagulation before the flow goes down."
    )


def _trial(
    request: UserRequest, public_id: str, permission: Permission
) -> tuple[WeaningTrial, Run]:
    rows = WeaningTrial.objects.select_related("run__patient__centre", "run__unit__centre")
    trial = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, trial.run.patient, "weaning trial", trial.public_id)
    return trial, trial.run
