"""The candidates of the two assessments, where the registry's person chooses."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from patients.access import open_run
from patients.models import Run
from patients.queries import banner_of
from reports.actions.choices import choose_rows
from reports.asked import SUPPORT
from reports.candidates import groups_of
from reports.forms import CandidatesForm
from reports.noticing import noticed
from reports.queries.cohort import cohort
from web.pages import act_on_form

NAMES = dict(SUPPORT)


@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTRY_EXPORT)
def run_candidates(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Show every row that an assessment may be told from; keep which one a person chooses."""
    at = timezone.now()
    run = open_run(request, run_id, Permission.REGISTRY_EXPORT, what="assessment candidates")
    (member,) = cohort(Run.objects.filter(pk=run.pk), at)
    groups = groups_of(member.record, run.assessment_choices.select_related("chosen_by"))
    form = CandidatesForm(request.POST or None, groups=groups)

    def choose(facts: dict[str, Any]) -> object:
        return choose_rows(run=run, picks=facts, by=request.user, at=at)

    back = reverse("reports:run-registry", args=[run.public_id])
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "at": at,
        "groups": form.rows(),
        "support": [(NAMES.get(row.item, row.item), row) for row in member.record.support_before],
        "noticed": noticed(run, member.record, at),
        "back": back,
    }
    return act_on_form(
        request,
        form,
        choose,
        page="reports/run_candidates.html",
        context=context,
        then=back,
        done="Kept. The record is judged anew.",
    )
