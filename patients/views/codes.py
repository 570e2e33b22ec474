"""The centre's own list of diagnoses: what is in use, and taking over another."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from accounts.queries import centres_of
from patients.actions.codes import ListUnreadable, import_diagnosis_codes
from patients.forms import CodeListForm
from patients.models import DiagnosisCode
from web.pages import act_on_form

PAGE = 100


@requires(Permission.CODES_IMPORT)
def code_list(request: UserRequest) -> HttpResponse:
    """Show the codes in use in one's centres, with when they came."""
    at = timezone.now()
    centres = centres_of(request.user, Permission.CODES_IMPORT, at)
    rows = DiagnosisCode.objects.filter(centre__in=centres, retired_at=None)
    rows = rows.select_related("centre", "imported_by").order_by("centre", "code", "pk")
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "newest": rows.order_by("-imported_at").first(),
        "retired": DiagnosisCode.objects.filter(centre__in=centres)
        .exclude(retired_at=None)
        .count(),
        "may_import": centres.exists(),
        "has_several": centres.count() > 1,
    }
    return render(request, "patients/code_list.html", context)


@requires(Permission.CODES_IMPORT)
def code_import(request: UserRequest) -> HttpResponse:
    """Take over a list: each wrong line is named, and then nothing has changed."""
    at = timezone.now()
    centres = centres_of(request.user, Permission.CODES_IMPORT, at)
    form = CodeListForm(request.POST or None, request.FILES or None, centres=centres)
    back = reverse("patients:code-list")

    def take_over(facts: dict[str, Any]) -> object:
        content = facts["file"].read()
        centre = facts["centre"]
        try:
            return import_diagnosis_codes(centre=centre, content=content, by=request.user, at=at)
        except ListUnreadable as unreadable:
            for one in unreadable.errors:
                form.add_error("file", one["message"])
            raise

    return act_on_form(
        request,
        form,
        take_over,
        page="patients/code_import.html",
        context={"back": back},
        then=back,
        done="The list is in use. Codes that it lacks were retired; entries keep them.",
    )
