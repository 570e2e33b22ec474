"""The device catalogue."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, held, requires
from accounts.permissions import Permission
from circuits.actions.devices import save_device
from circuits.forms.circuit import DeviceForm
from circuits.models import DeviceModel
from web.pages import act_on_form


@requires(Permission.CATALOGUE_VIEW)
def device_list(request: UserRequest) -> HttpResponse:
    """Show every product with its label hours and how many are in use."""
    context = {
        "devices": DeviceModel.objects.with_use(),
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
