"""What a page with one form does: ask, act, answer. Nothing typed is ever lost."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from web.once import KEY, do_once, was_done
from web.problems import ErrorItem, RuleBroken

UNPROCESSABLE = 422
ASKED_BACK = "needs_confirmation"


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

    `act` gets what was typed, without the form's hidden key; a form that is sent twice is done once
    and ends at `then` both times. A form that cannot be read, and a rule that refuses, show the
    page again as 422 with what was typed and with the sentence that says what to do. What a rule
    asks back becomes `questions` of the page, each with a box to confirm it (`confirmed_in`).
    """
    if request.method != "POST":
        return render(request, page, {**context, "form": form})
    questions: list[ErrorItem] = []
    if was_done(request) or (form.is_valid() and _acted(request, form, act, questions)):
        messages.success(request, done)
        return redirect(then)
    asked = {"questions": questions, "confirmed": confirmed_in(request)} if questions else {}
    return render(request, page, {**asked, **context, "form": form}, status=UNPROCESSABLE)


def confirmed_in(request: HttpRequest) -> list[str]:
    """Return what the user has confirmed on the page, by parameter."""
    return request.POST.getlist("confirm")


def _acted(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], object],
    questions: list[ErrorItem],
) -> bool:
    facts = {name: value for name, value in form.cleaned_data.items() if name != KEY}
    try:
        do_once(request, form, lambda: act(facts))
    except RuleBroken as broken:
        if broken.code == ASKED_BACK:
            questions += broken.errors
            return False
        form.add_error(None, broken.message)
        for error in broken.errors:
            if error["parameter"] in form.fields and error["message"] not in broken.message:
                form.add_error(error["parameter"], error["message"])
        return False
    return True
