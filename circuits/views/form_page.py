"""A page of a run with one form that acts, asks back, and goes on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from accounts.access import UserRequest
from patients.models import Run
from patients.queries import banner_of
from web.pages import act_on_form


def form_page(
    request: UserRequest,
    run: Run,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    back: str,
    done: str,
    at: datetime,
    note: str = "",
    warning: str = "",
    is_wide: bool = False,
) -> HttpResponse:
    """Show the form under the patient's banner, or act on it; `back` is the name of a run's page."""
    where = reverse(back, args=[run.public_id])
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "title": title,
        "note": note,
        "warning": warning,
        "back": where,
        "is_wide": is_wide,
    }
    return act_on_form(
        request,
        form,
        act,
        page="circuits/entry_form.html",
        context=context,
        then=where,
        done=done,
    )
