"""Scores of a run: what is on record, and one worked out or brought from elsewhere."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import UserRequest, requires
from accounts.permissions import Permission
from accounts.queries import may
from clinical.scores.catalogue import SCORES
from clinical.scores.score import Score, Subject
from patients.access import open_run
from patients.actions.scores import record_score
from patients.models import Run, ScoreResult
from patients.queries import banner_of
from patients.run_summary import age_at_flow_on
from reports.queries.cohort import cohort
from reports.scoring import ScoreForm
from reports.suggesting import suggestions, told_before
from web.pages import act_on_form

P = Permission


@require_safe
@requires(P.PATIENT_VIEW)
def score_list(request: UserRequest, run_id: UUID) -> HttpResponse:
    """Show the scores of a run, newest first, and those that fit the patient's age."""
    at = timezone.now()
    run = open_run(request, run_id, P.PATIENT_VIEW, what="scores")
    age = age_at_flow_on(run)
    subject = Subject(age.years, age.days) if age else Subject()
    results = run.scores.current().select_related("entered_by", "corrects")
    context = {
        "run": run,
        "banner": banner_of(run.patient, run, at),
        "results": [(slug_of(one.score), one) for one in results],
        "fitting": [
            (slug_of(one), one) for one in SCORES.values() if one.population.holds(subject)
        ],
        "others": [one for one in SCORES.values() if not one.population.holds(subject)],
        "may_edit": may(request.user, P.RUN_EDIT, unit=run.unit, at=at),
        "at": at,
    }
    return render(request, "reports/score_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.RUN_EDIT)
def score_create(request: UserRequest, run_id: UUID, name: str) -> HttpResponse:
    """Work out a score from what the record suggests and somebody has looked at."""
    at = timezone.now()
    run = open_run(request, run_id, P.RUN_EDIT, what="record score")
    score = _score(name)
    newest = run.scores.current().filter(name=score.name).first()
    corrected = _corrected(run, score, request.GET.get("corrects"))
    if corrected is not None:
        suggested = told_before(corrected)
    else:
        (member,) = cohort(Run.objects.filter(pk=run.pk), at)
        suggested = suggestions(member.record, score)
    form = ScoreForm(
        request.POST or None, at=at, score=score, suggested=suggested, is_correction=bool(corrected)
    )
    back = reverse("reports:score-list", args=[run.public_id])

    def record(_: dict[str, Any]) -> ScoreResult:
        return record_score(
            run=run,
            name=score.name,
            given=form.given(),
            external=form.external(),
            corrects=corrected,
            reason=form.cleaned_data.get("reason", ""),
            by=request.user,
            at=at,
        )

    return act_on_form(
        request,
        form,
        record,
        page="reports/score_form.html",
        context={
            "run": run,
            "banner": banner_of(run.patient, run, at),
            "score": score,
            "newest": newest,
            "corrected": corrected,
            "back": back,
        },
        then=back,
        done=f"{score.name} recorded with its inputs.",
    )


def slug_of(score: Score) -> str:
    """Return how a score is written in an address."""
    return score.name.lower().replace("/", "-")


def _corrected(run: Run, score: Score, key: str | None) -> ScoreResult | None:
    """Return the result that is corrected; 404 unless the run has it, of this score, as the newest."""
    if not key:
        return None
    try:
        return get_object_or_404(run.scores.current(), name=score.name, public_id=UUID(key))
    except ValueError as unreadable:
        raise Http404("There is no such result.") from unreadable


def _score(slug: str) -> Score:
    found = [one for one in SCORES.values() if slug_of(one) == slug]
    if not found:
        raise Http404("There is no such score.")
    return found[0]
