"""What must be at hand: listed, looked at, taken off the board."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.actions.kit import add_kit, look_at_kit, retire_kit
from circuits.care_policies import oxygen_policy
from circuits.forms.standby import KitForm, LookForm, RetireForm
from circuits.models import KitItem
from web.pages import act_on_form

P = Permission
FORM = "circuits/standby_form.html"


@requires(P.STANDBY_KEEP)
def kit_create(request: UserRequest) -> HttpResponse:
    """Put a thing on the readiness board."""
    at = timezone.now()
    units = units_of(request.user, P.STANDBY_KEEP, at)
    sizes = sorted({size for one in units for size in oxygen_policy(one.centre, at).factors})
    form = KitForm(request.POST or None, units=units, sizes=sizes)
    back = reverse("circuits:readiness")
    return act_on_form(
        request,
        form,
        lambda facts: add_kit(**facts, by=request.user, at=at),
        page=FORM,
        context={"title": "List a thing", "back": back},
        then=back,
        done="Listed. It is not ready before somebody has looked at it.",
    )


@requires(P.STANDBY_KEEP)
def kit_retire(request: UserRequest, public_id: str) -> HttpResponse:
    """Take a thing off the readiness board, with the reason."""
    at = timezone.now()
    rows = KitItem.objects.select_related("unit__centre")
    item = row_or_refuse(rows, request.user, P.STANDBY_KEEP, public_id=public_id)
    back = reverse("circuits:readiness")
    return act_on_form(
        request,
        RetireForm(request.POST or None),
        lambda facts: retire_kit(item=item, **facts, by=request.user, at=at),
        page=FORM,
        context={
            "title": f"{item.label} leaves service",
            "sub": f"{item.get_kind_display()}, {item.location}",
            "back": back,
        },
        then=back,
        done="It is off the board.",
    )


@requires(P.CHECKLIST_ANSWER)
def kit_look(request: UserRequest, public_id: str) -> HttpResponse:
    """Say what a look at a thing found."""
    at = timezone.now()
    rows = KitItem.objects.select_related("unit__centre")
    item = row_or_refuse(rows, request.user, P.CHECKLIST_ANSWER, public_id=public_id)
    form = LookForm(request.POST or None, at=at, kind=item.kind, initial={"looked_at": at})
    back = reverse("circuits:readiness")

    def look(facts: dict[str, Any]) -> object:
        return look_at_kit(item=item, **facts, by=request.user, at=at)

    context = {"title": item.label, "sub": item.get_kind_display(), "back": back}
    return act_on_form(request, form, look, page=FORM, context=context, then=back, done="Kept.")
