"""What happens to a check after it was signed: undone, amended, withdrawn."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from circuits.actions.checks import amend_check
from circuits.actions.withdrawal import withdraw_check
from circuits.asked import check_sets
from circuits.check_pages import draft_key, open_check
from circuits.document import values_of
from circuits.forms.check import AmendForm, WithdrawForm
from circuits.models import Check
from circuits.slips import may_mend
from patients.queries import banner_of
from web.actions import reopen_draft
from web.once import KEY
from web.pages import act_on_form, confirmed_in
from web.problems import RuleBroken


@requires(Permission.CHECK_AMEND)
def check_amend(request: UserRequest, public_id: str) -> HttpResponse:
    """Correct a check by a new version; the first stays readable."""
    at = timezone.now()
    check = open_check(request, public_id, Permission.CHECK_AMEND)
    form = AmendForm(
        request.POST or None,
        values=values_of(check.document),
        units=check_sets(check.unit.centre, at)[0].units,
        needs_reason=not may_mend(check, request.user, at),
    )

    def amend(facts: dict[str, Any]) -> None:
        amend_check(
            check=check,
            values=form.changed_values(),
            units=form.changed_units(),
            reason=facts["reason"],
            confirmed=confirmed_in(request),
            by=request.user,
            at=at,
        )

    return _change(request, check, form, amend, at, page="circuits/check_amend.html")


@requires(Permission.CHECK_AMEND)
def check_withdraw(request: UserRequest, public_id: str) -> HttpResponse:
    """Take a check back that was entered in error; it stays readable."""
    at = timezone.now()
    check = open_check(request, public_id, Permission.CHECK_AMEND)
    form = WithdrawForm(request.POST or None)

    def withdraw(facts: dict[str, Any]) -> None:
        withdraw_check(check=check, reason=facts["reason"], by=request.user, at=at)

    return _change(request, check, form, withdraw, at, page="circuits/check_withdraw.html")


@requires(Permission.CHECK_RECORD)
@require_POST
def check_undo(request: UserRequest, public_id: str) -> HttpResponse:
    """Undo a check within seconds of signing it; what was typed is there again."""
    at = timezone.now()
    check = open_check(request, public_id, Permission.CHECK_RECORD)
    try:
        withdraw_check(check=check, by=request.user, at=at)
    except RuleBroken:
        messages.error(
            request,
            "The time to undo is over, and the check stands. Amend it, or withdraw it with a reason.",
        )
        return redirect("circuits:check-detail", public_id=check.public_id)
    reopen_draft(key=draft_key(check.run), but=KEY, by=request.user, at=at)
    address = reverse("circuits:check-create", args=[check.run.public_id])
    return redirect(f"{address}?kind={check.kind}")


def _change(
    request: UserRequest,
    check: Check,
    form: Any,
    act: Callable[[dict[str, Any]], None],
    at: datetime,
    *,
    page: str,
) -> HttpResponse:
    return act_on_form(
        request,
        form,
        act,
        page=page,
        context={
            "run": check.run,
            "banner": banner_of(check.run.patient, check.run, at),
            "check": check,
        },
        then=reverse("circuits:check-detail", args=[check.public_id]),
        done="The check is changed; what it said before stays readable.",
    )
