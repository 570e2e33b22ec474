"""Close a recall: one person asks, another agrees. What is missing is said, one sentence each."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.actions.recalled import reassess_recalled
from circuits.models import ComponentUse, Found, Recall, RecallStep, StepKind
from patients.models import Run
from web.problems import RuleBroken


class NotReadyToClose(RuleBroken):
    code = "not_ready_to_close"


class ClosedByTwo(RuleBroken):
    code = "closed_by_two"


def missing_for_closing(recall: Recall) -> list[str]:
    """Return what is still to be done before a recall can be closed, a sentence each."""
    missing = []
    undecided = recall.items.filter(fate="").count()
    if undecided:
        missing.append(f"Say what became of {undecided} part(s) or lot(s).")
    untold = _untold(recall)
    if untold:
        missing.append(f"Tell the physician of {untold} patient(s) in whom an affected part is.")
    if not recall.steps.filter(kind=StepKind.REPLIED).exists():
        missing.append("Send the reply to who issued the notice.")
    return missing


def check_can_close(recall: Recall, by: User, missing: Sequence[str]) -> None:
    """Raise NotReadyToClose or ClosedByTwo unless `by` may take the next step of closing.

    `missing` is what `missing_for_closing` says.
    """
    if recall.closed_at:
        raise ClosedByTwo(f"{recall} is closed already.")
    if missing:
        raise NotReadyToClose(" ".join(missing))
    if recall.closing_asked_by_id == by.pk:
        raise ClosedByTwo(
            "You asked for the closing; a second person looks through the case and closes it."
        )


def can_close(recall: Recall, by: User, missing: Sequence[str]) -> bool:
    """Say whether `check_can_close` lets it pass."""
    try:
        check_can_close(recall, by, missing)
    except RuleBroken:
        return False
    return True


@action("closed a recall")
def close_recall(*, recall: Recall, by: User, at: datetime, note: str = "") -> Recall:
    """Ask for closing or, as the second person, close. Its alerts close with it."""
    recall = Recall.objects.locked(recall.pk)
    check_can_close(recall, by, missing_for_closing(recall))
    if recall.closing_asked_at is None:
        recall.closing_asked_at, recall.closing_asked_by = at, by
        kind = StepKind.CLOSING_ASKED
    else:
        recall.closed_at, recall.closed_by = at, by
        kind = StepKind.CLOSED
    recall.save(update_fields=["closing_asked_at", "closing_asked_by", "closed_at", "closed_by"])
    RecallStep.objects.create(
        recall=recall, kind=kind, by=by, note=note.strip(), happened_at=at, entered_at=at
    )
    if recall.closed_at:
        parts = recall.items.values("component")
        exposed = Run.objects.running().filter(circuits__uses__component__in=parts).distinct()
        for run in exposed.select_related("unit__centre").order_by("pk"):
            reassess_recalled(run=run.locked(), at=at)
    return recall


def _untold(recall: Recall) -> int:
    """Return how many running patients have an affected part whose physician nobody told."""
    affected = recall.items.filter(found=Found.AFFECTED).values("component")
    uses = ComponentUse.objects.filter(component__in=affected, removed_at=None)
    told = recall.steps.filter(kind=StepKind.TOLD, run__isnull=False).values("run")
    exposed = uses.exclude(circuit__run__in=told)
    return exposed.values("circuit__run").distinct().count()
