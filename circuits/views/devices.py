"""The device catalogue."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import UserRequest, held, requires
from accounts.permissions import Permission
from circuits.access import working_centres
from circuits.actions.catalogue import acknowledge_labels, set_label
from circuits.actions.devices import save_device
from circuits.catalogue import catalogue
from circuits.forms.circuit import DeviceForm, LabelHoursForm
from circuits.models import DeviceModel
from web.pages import act_on_form


@requires(Permission.CATALOGUE_VIEW)
def device_list(request: UserRequest) -> HttpResponse:
    """Show every product: its label hours by market, the site's own hours, how many are in use."""
    at = timezone.now()
    context = {
        "lines": catalogue(working_centres(request.user, Permission.CATALOGUE_VIEW, at), at),
        "may_edit": Permission.CATALOGUE_EDIT in held(request),
    }
    return render(request, "circuits/device_list.html", context)


@requires(Permission.CATALOGUE_EDIT)
def device_create(request: UserRequest) -> HttpResponse:
    """Add a product."""
    return _form(request, DeviceModel())


@requires(Permission.CATALOGUE_EDIT)
def device_edit(request: UserRequest, public_id: str) -> HttpResponse:
    """Change a product; the history keeps what was there before."""
    return _form(request, get_object_or_404(DeviceModel, public_id=public_id))


@requires(Permission.CATALOGUE_EDIT)
def device_label(request: UserRequest, public_id: str) -> HttpResponse:
    """Say what a product's label says of hours in a market."""
    at = timezone.now()
    device = get_object_or_404(DeviceModel, public_id=public_id)
    form = LabelHoursForm(request.POST or None, at=at)
    back = reverse("circuits:device-list")
    return act_on_form(
        request,
        form,
        lambda _: set_label(model=device, label=form.label(), by=request.user, at=at),
        page="circuits/equipment_form.html",
        context={"title": "Label hours", "sub": str(device), "back": back},
        then=back,
        done="Label hours saved.",
    )


@require_POST
@requires(Permission.CATALOGUE_EDIT)
def device_labels_read(request: UserRequest, public_id: str) -> HttpResponse:
    """Note that one's centres have read what a product's labels say of hours."""
    at = timezone.now()
    device = get_object_or_404(DeviceModel, public_id=public_id)
    for centre in working_centres(request.user, Permission.CATALOGUE_EDIT, at):
        acknowledge_labels(model=device, centre=centre, by=request.user, at=at)
    messages.success(request, "Noted: the label hours were read.")
    return redirect("circuits:device-list")


def _form(request: UserRequest, device: DeviceModel) -> HttpResponse:
    form = DeviceForm(request.POST or None, instance=device)
    return act_on_form(
        request,
        form,
        lambda _: save_device(device=form.instance, by=request.user, at=timezone.now()),
        page="circuits/device_form.html",
        context={"device": device},
        then=reverse("circuits:device-list"),
        done="Product saved.",
    )
