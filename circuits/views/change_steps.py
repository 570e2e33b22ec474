"""What is done to a planned change: move it, hand it over, note its kit, drop it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from circuits.actions.changes import cancel_change, hand_over_change, note_kit, replan_change
from circuits.changes import possible_owners
from circuits.forms.change import CancelForm, HandOverForm, KitForm, ReplanForm
from circuits.models import PlannedChange
from circuits.views.changes import change_or_refuse
from patients.queries import banner_of
from web.pages import act_on_form


@requires(Permission.COMPONENT_EXCHANGE)
def change_replan(request: UserRequest, public_id: str) -> HttpResponse:
    """Move a change to another slot."""
    at = timezone.now()
    change = change_or_refuse(request, public_id, Permission.COMPONENT_EXCHANGE)
    first = {name: getattr(change, name) for name in ("urgency", "starts_at", "ends_at")}
    form = ReplanForm(request.POST or None, initial=first, at=at)
    done = "Planned again; its owner is told."
    return _step(request, change, form, replan_change, "Plan the change again", done, at)


@requires(Permission.COMPONENT_EXCHANGE)
def change_hand_over(request: UserRequest, public_id: str) -> HttpResponse:
    """Let somebody else see to a change."""
    at = timezone.now()
    change = change_or_refuse(request, public_id, Permission.COMPONENT_EXCHANGE)
    owners = possible_owners(change.unit, at)
    form = HandOverForm(request.POST or None, at=at, owners=owners)
    done = "Handed over; the new owner is told."
    return _step(request, change, form, hand_over_change, "Hand the change over", done, at)


@requires(Permission.COMPONENT_EXCHANGE)
def change_kit(request: UserRequest, public_id: str) -> HttpResponse:
    """Say whether the kit of a change is ready."""
    at = timezone.now()
    change = change_or_refuse(request, public_id, Permission.COMPONENT_EXCHANGE)
    first = {"is_ready": change.is_kit_ready, "note": change.kit_note}
    form = KitForm(request.POST or None, initial=first, at=at)
    return _step(request, change, form, note_kit, "Kit of the change", "Noted.", at)


@requires(Permission.COMPONENT_EXCHANGE)
def change_cancel(request: UserRequest, public_id: str) -> HttpResponse:
    """Drop a plan."""
    at = timezone.now()
    change = change_or_refuse(request, public_id, Permission.COMPONENT_EXCHANGE)
    form = CancelForm(request.POST or None, at=at)
    return _step(request, change, form, cancel_change, "Cancel the change", "Cancelled.", at)


def _step(
    request: UserRequest,
    change: PlannedChange,
    form: forms.BaseForm,
    step: Callable[..., object],
    title: str,
    done: str,
    at: datetime,
) -> HttpResponse:
    back = reverse("circuits:change-detail", args=[change.public_id])

    def act(facts: dict[str, Any]) -> object:
        return step(change=change, **facts, by=request.user, at=at)

    context = {
        "run": change.run,
        "banner": banner_of(change.run.patient, change.run, at),
        "title": title,
        "back": back,
    }
    page = "circuits/entry_form.html"
    return act_on_form(request, form, act, page=page, context=context, then=back, done=done)
