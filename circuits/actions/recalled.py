"""Keep recalls true to the parts: what turns up joins its recall, what is in use raises an alert."""

from collections.abc import Iterable
from datetime import datetime

from alerts.actions import reconcile_alerts
from alerts.models import Category
from circuits.models import (
    ComponentUse,
    Recall,
    RecallFate,
    RecallItem,
    RecallStep,
    StepKind,
    StockLot,
)
from circuits.queries import uses_of
from circuits.recalled import SETTLED, label_of
from clinical.findings import Assessment, Finding
from clinical.recall import RecallAction, Verdict, severity, verdict
from patients.models import Run

RECALLED = "component.recalled"
_LEADS = {
    (RecallAction.REMOVAL, Verdict.AFFECTED): "is recalled for removal",
    (RecallAction.CORRECTION, Verdict.AFFECTED): "is to be corrected",
    (RecallAction.REMOVAL, Verdict.CANNOT_TELL): "may be recalled for removal: read its label",
    (RecallAction.CORRECTION, Verdict.CANNOT_TELL): "may have to be corrected: read its label",
}


def reassess_recalled(*, run: Run, at: datetime) -> None:
    """Match the parts in the run's circuits with every recall of the centre; alert for the open ones.

    Recording a part is never refused. A recall that was closed opens again when a part of it turns
    up. The caller holds the run's lock. One statement where the centre has no recall.
    """
    recalls = list(Recall.objects.filter(centre=run.unit.centre))
    if not recalls:
        return
    uses = list(uses_of(run))
    inside = [use for use in uses if use.removed_at is None and run.ended_at is None]
    for recall in recalls:
        _join(recall, inside, at)
    items = _items(inside)
    for use in uses:
        findings = tuple(_finding(item, use) for item in items.get(use.component_id, ()))
        _tell(run, use, RECALLED, findings if use in inside else (), at)


def match_lot(*, lot: StockLot, at: datetime) -> list[RecallItem]:
    """Match a lot that came into a store with every recall of the centre; return what joined."""
    label = label_of(lot.model, lot.lot, "")
    joined = []
    for recall in Recall.objects.filter(centre=lot.unit.centre):
        answer = verdict(recall.affected, label)
        known = recall.items.filter(stock_lot=lot)
        if answer is not Verdict.NOT_AFFECTED and not known.exists():
            item = RecallItem(recall=recall, stock_lot=lot, found=answer.value, found_at=at)
            joined += _turn_up(recall, [item], at)
    return joined


def _tell(
    run: Run, use: ComponentUse, code: str, findings: tuple[Finding, ...], at: datetime
) -> None:
    reconcile_alerts(
        unit=run.unit,
        run=run,
        assessment=Assessment(frozenset({code}), findings),
        at=at,
        category=Category.SAFETY,
        subject=str(use.public_id),
    )


def _join(recall: Recall, inside: Iterable[ComponentUse], at: datetime) -> None:
    affected = recall.affected
    answers = {
        use.component_id: verdict(affected, label_of(part.model, part.lot, part.serial))
        for use in inside
        for part in (use.component,)
    }
    named = {pk: one for pk, one in answers.items() if one is not Verdict.NOT_AFFECTED}
    if not named:
        return
    known = set(recall.items.filter(component__in=named).values_list("component", flat=True))
    new = [
        RecallItem(recall=recall, component_id=pk, found=one.value, found_at=at)
        for pk, one in named.items()
        if pk not in known
    ]
    if new:
        _turn_up(recall, new, at)


def _turn_up(recall: Recall, items: list[RecallItem], at: datetime) -> list[RecallItem]:
    made = RecallItem.objects.bulk_create(items)
    RecallStep.objects.bulk_create(
        RecallStep(recall=recall, kind=StepKind.TURNED_UP, item=item, happened_at=at, entered_at=at)
        for item in made
    )
    reopened = Recall.objects.filter(pk=recall.pk, closing_asked_at__isnull=False)
    if reopened.update(
        closing_asked_at=None, closing_asked_by=None, closed_at=None, closed_by=None
    ):
        RecallStep.objects.create(
            recall=recall,
            kind=StepKind.REOPENED,
            note="A part of it turned up.",
            happened_at=at,
            entered_at=at,
        )
    return made


def _items(inside: Iterable[ComponentUse]) -> dict[int | None, list[RecallItem]]:
    parts = [use.component_id for use in inside]
    rows = RecallItem.objects.filter(component__in=parts, recall__closed_at=None)
    found: dict[int | None, list[RecallItem]] = {}
    for item in rows.exclude(fate__in=SETTLED).select_related("recall"):
        found.setdefault(item.component_id, []).append(item)
    return found


def _finding(item: RecallItem, use: ComponentUse) -> Finding:
    recall = item.recall
    asked, found = RecallAction(recall.action), Verdict(item.found)
    lead = _LEADS[asked, found]
    stays = item.fate == RecallFate.STAYS
    decided = f" Stays for now: {item.fate_reason}" if stays else ""
    return Finding(
        code=RECALLED,
        severity=severity(asked, recall.recall_class, found, stays=stays),
        message=f"{use.component} {lead} ({recall}). {recall.instruction}{decided}",
    )
