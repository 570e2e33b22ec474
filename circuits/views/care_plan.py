"""The plan: targets of the day, emergency plan and ceiling of care."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, requires, rights_in, row_or_refuse
from accounts.permissions import Permission, Role
from accounts.queries import with_role
from circuits.actions.care_plan import (
    KINDS,
    carry_targets_forward,
    set_emergency_plan,
    set_target,
    withdraw_target,
)
from circuits.forms.care import CarryForm, EmergencyPlanForm, TargetForm
from circuits.views.form_page import form_page
from labs.queries.plans import plan_at
from patients.access import note_reading, open_run
from patients.care import emergency_plan_of, targets_now
from patients.models import DailyTarget, Run
from patients.queries import banner_of

PAGE = "circuits:care-plan"
EARLIER = 5


@requires(Permission.PATIENT_VIEW)
def care_plan(request: UserRequest, public_id: str) -> HttpResponse:
    """Show the targets that hold, and what is done if it goes wrong."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.PATIENT_VIEW, what="plan")
    plans = list(run.emergency_plans.select_related("physician", "entered_by")[: EARLIER + 1])
    targets = targets_now(run, at)
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "targets": targets,
        "has_stale": any(one.is_stale for one in targets),
        "plan": plans[0] if plans else None,
        "earlier": plans[1:],
        "is_stale": bool(plans) and plans[0].review_by < at,
        "anticoagulation": plan_at(run, at),
        "dues": run.dues.open().filter(kind__in=KINDS),
        "form": CarryForm(targets=targets),
        "may_set": Permission.CARE_PLAN_SET in rights_in(request.user, run.unit) and run.is_running,
        "at": at,
    }
    return render(request, "patients/plan.html", context)


@requires(Permission.CARE_PLAN_SET)
def target_set(request: UserRequest, public_id: str) -> HttpResponse:
    """Set a target, perhaps in the place of the one that holds."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CARE_PLAN_SET, what="set a target")
    form = TargetForm(request.POST or None, at=at, initial={"key": request.GET.get("key", "")})
    return form_page(
        request,
        run,
        form,
        lambda facts: set_target(run=run, **facts, by=request.user, at=at),
        title="Target of the day",
        back=PAGE,
        done="Target set.",
        at=at,
        note="A target never renews itself: at its review time somebody says that it still holds.",
        is_wide=True,
    )


@requires(Permission.CARE_PLAN_SET)
def targets_carry(request: UserRequest, public_id: str) -> HttpResponse:
    """Confirm targets for another day, one by one."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CARE_PLAN_SET, what="carry targets forward")
    form = CarryForm(request.POST or None, targets=targets_now(run, at))
    return form_page(
        request,
        run,
        form,
        lambda facts: carry_targets_forward(run=run, **facts, by=request.user, at=at),
        title="Carry targets forward",
        back=PAGE,
        done="Carried forward. What was not ticked keeps its old review time.",
        at=at,
    )


@require_POST
@requires(Permission.CARE_PLAN_SET)
def target_withdraw(request: UserRequest, public_id: str) -> HttpResponse:
    """Say that a target no longer holds."""
    at = timezone.now()
    rows = DailyTarget.objects.select_related("run__patient__centre", "run__unit__centre")
    target = row_or_refuse(rows, request.user, Permission.CARE_PLAN_SET, public_id=public_id)
    note_reading(request, target.run.patient, "target", target.public_id)
    withdraw_target(run=target.run, key=target.key, by=request.user, at=at)
    messages.success(request, f"{target.label}: no target any more.")
    return redirect(PAGE, public_id=target.run.public_id)


@requires(Permission.CARE_PLAN_SET)
def emergency_plan_set(request: UserRequest, public_id: str) -> HttpResponse:
    """Write or review emergency plan and ceiling of care."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CARE_PLAN_SET, what="emergency plan")
    physicians = with_role(Role.PHYSICIAN, run.unit, at)
    form = EmergencyPlanForm(
        request.POST or None, at=at, physicians=physicians, initial=_initial(run, request, at)
    )
    return form_page(
        request,
        run,
        form,
        lambda facts: set_emergency_plan(run=run, **facts, by=request.user, at=at),
        title="Emergency plan and ceiling of care",
        back=PAGE,
        done="Emergency plan kept. It is to be reviewed again within the site's time.",
        at=at,
        note="A physician's decision. Saving it unchanged says that it was reviewed.",
    )


def _initial(run: Run, request: UserRequest, at: datetime) -> dict[str, object]:
    known = emergency_plan_of(run)
    first: dict[str, object] = {"physician": request.user.pk, "reviewed_at": at}
    if known is not None:
        first |= {"ceiling": known.ceiling, "words": known.words}
    return first
