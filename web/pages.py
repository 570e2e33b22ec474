"""What a page with one form does: ask, act, answer. Nothing typed is ever lost."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from web.problems import RuleBroken

UNPROCESSABLE = 422


def act_on_form(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    *,
    page: str,
    context: Mapping[str, Any],
    then: str,
    done: str,
) -> HttpResponse:
    """Show the form, or act on what was sent and go on to `then`, saying `done`.

    A form that cannot be read, and a rule that refuses, show the page again as 422 with what was
    typed and with the sentence that says what to do.
    """
    if request.method != "POST":
        return render(request, page, {**context, "form": form})
    if form.is_valid() and _acted(form, act):
        messages.success(request, done)
        return redirect(then)
    return render(request, page, {**context, "form": form}, status=UNPROCESSABLE)


def _acted(form: forms.BaseForm, act: Callable[[dict[str, Any]], object]) -> bool:
    try:
        with transaction.atomic():
            act(dict(form.cleaned_data))
    except RuleBroken as broken:
        form.add_error(None, broken.message)
        for error in broken.errors:
            if error["parameter"] in form.fields and error["message"] not in broken.message:
                form.add_error(error["parameter"], error["message"])
        return False
    return True
