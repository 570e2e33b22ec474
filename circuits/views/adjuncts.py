"""Adjunct devices of a run, and the tasks that its configuration asks for."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from accounts.access import UserRequest, requires, row_or_refuse
from accounts.permissions import Permission
from circuits.actions.adjuncts import do_task, end_adjunct, start_adjunct
from circuits.adjuncts import PREFIX
from circuits.forms.adjunct import AdjunctEndForm, AdjunctForm, TaskForm
from circuits.models import Adjunct
from circuits.views.form_page import form_page
from patients.access import note_reading, open_run

PAGE = "circuits:circuit-detail"


@requires(Permission.RUN_EDIT)
def adjunct_start(request: UserRequest, public_id: str) -> HttpResponse:
    """Start the clock of an adjunct device."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.RUN_EDIT, what="adjunct")
    form = AdjunctForm(request.POST or None, at=at, initial={"started_at": at})
    return form_page(
        request,
        run,
        form,
        lambda facts: start_adjunct(run=run, **facts, by=request.user, at=at),
        title="Adjunct device",
        back=PAGE,
        done="Started. Its hours count from the time you gave.",
        at=at,
        note="A new filter is a new row: end the old one at the time it stopped.",
    )


@requires(Permission.RUN_EDIT)
def adjunct_end(request: UserRequest, public_id: str) -> HttpResponse:
    """Stop the clock of an adjunct device."""
    at = timezone.now()
    rows = Adjunct.objects.select_related("run__patient__centre", "run__unit__centre")
    adjunct = row_or_refuse(rows, request.user, Permission.RUN_EDIT, public_id=public_id)
    note_reading(request, adjunct.run.patient, "adjunct", adjunct.public_id)
    form = AdjunctEndForm(request.POST or None, at=at, initial={"ended_at": at})
    return form_page(
        request,
        adjunct.run,
        form,
        lambda facts: end_adjunct(adjunct=adjunct, **facts, by=request.user, at=at),
        title=f"{adjunct} stopped",
        back=PAGE,
        done="Stopped.",
        at=at,
    )


@requires(Permission.CHECK_RECORD)
def task_do(request: UserRequest, public_id: str, task: str) -> HttpResponse:
    """Note that a task of the configuration was done."""
    at = timezone.now()
    run = open_run(request, public_id, Permission.CHECK_RECORD, what="task")
    due = run.dues.open().filter(kind=PREFIX + task).first()
    if due is None and request.method == "GET":
        raise Http404("This run owes no such task now.")
    form = TaskForm(request.POST or None, at=at, initial={"done_at": at})

    def done(facts: dict[str, Any]) -> object:
        do_task(run=run, task=task, **facts, by=request.user, at=at)
        return task

    return form_page(
        request,
        run,
        form,
        done,
        title=due.label if due else "Task",
        back=PAGE,
        done="Done. The next is due from then.",
        at=at,
    )
