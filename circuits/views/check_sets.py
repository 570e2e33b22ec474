"""The editor of what checks ask for: drafted by one person, approved by another."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, held, requires
from accounts.models import Centre
from accounts.permissions import Permission
from accounts.queries import centres_of
from circuits.access import working_centres
from circuits.actions.check_sets import draft_check_sets
from circuits.asked import CHECK_SETS
from circuits.forms.check_set import ApproveSetsForm, LayerForm, ShownForm
from circuits.set_editing import kind_labels, table_of
from web.actions import approve_document
from web.models import SiteDocument
from web.pages import act_on_form

P = Permission
DRAFTED = "The draft is saved. It holds once a second person has approved it."


@requires(P.CATALOGUE_VIEW)
def check_sets(request: UserRequest) -> HttpResponse:
    """Show for each centre what its checks ask for, and the draft that waits."""
    at = timezone.now()
    centres = working_centres(request.user, P.CATALOGUE_VIEW, at)
    context = {
        "tables": [table_of(centre, at) for centre in centres],
        "kinds": kind_labels(),
        "may_draft": P.SITE_DATA_DRAFT in held(request),
        "may_approve": P.SITE_DATA_APPROVE in held(request),
    }
    return render(request, "circuits/check_sets.html", context)


@requires(P.SITE_DATA_DRAFT)
def layer_edit(request: UserRequest, public_id: str, layer: str = "") -> HttpResponse:
    """Change, add or delete one layer, as the next draft."""
    at = timezone.now()
    centre = _centre(request, public_id, P.SITE_DATA_DRAFT)
    body = table_of(centre, at).body
    row = next((dict(one) for one in body["layers"] if one["id"] == layer), None)
    if layer and row is None:
        raise Http404("The table has no such layer.")
    form = LayerForm(request.POST or None, initial=row or {})

    def draft(facts: dict[str, Any]) -> None:
        new = form.body_with(body, layer)
        draft_check_sets(centre=centre, body=new, note=facts["note"], by=request.user, at=at)

    title = f"Layer: {row['label']}" if row else "Add a layer"
    return _form(request, form, draft, title, DRAFTED)


@requires(P.SITE_DATA_DRAFT)
def shown_edit(request: UserRequest, public_id: str) -> HttpResponse:
    """Change units and owners of values, as the next draft."""
    at = timezone.now()
    centre = _centre(request, public_id, P.SITE_DATA_DRAFT)
    table = table_of(centre, at)
    form = ShownForm(request.POST or None, sets=table.sets)

    def draft(facts: dict[str, Any]) -> None:
        new = form.body_with(table.body)
        draft_check_sets(centre=centre, body=new, note=facts["note"], by=request.user, at=at)

    return _form(request, form, draft, "Units and owners of values", DRAFTED)


@requires(P.SITE_DATA_APPROVE)
def sets_approve(request: UserRequest, public_id: str) -> HttpResponse:
    """Put the draft of somebody else in force."""
    at = timezone.now()
    document = get_object_or_404(
        SiteDocument.objects.select_related("centre"), public_id=public_id, kind=CHECK_SETS
    )
    _centre(request, document.centre.public_id, P.SITE_DATA_APPROVE)
    form = ApproveSetsForm(request.POST or None, at=at)

    def approve(facts: dict[str, Any]) -> None:
        approve_document(document=document, valid_from=facts["valid_from"], by=request.user, at=at)

    title = f"Approve version {document.version}"
    return _form(request, form, approve, title, "The new version is approved.")


def _form(request: UserRequest, form: Any, act: Any, title: str, done: str) -> HttpResponse:
    back = reverse("circuits:check-sets")
    return act_on_form(
        request,
        form,
        act,
        page="circuits/check_sets_form.html",
        context={"title": title, "back": back},
        then=back,
        done=done,
    )


def _centre(request: UserRequest, public_id: object, permission: Permission) -> Centre:
    found = centres_of(request.user, permission, timezone.now())
    centre: Centre = get_object_or_404(found, public_id=str(public_id))
    return centre
