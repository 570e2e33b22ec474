"""A recall as a case: received and searched for, its parts dealt with, replied to, closed by two."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Centre, User
from audit.context import action
from circuits.actions.holds import ask_about_holds, reassess_holds
from circuits.actions.recalled import reassess_recalled
from circuits.actions.recalled_stock import move_recalled
from circuits.holding import LET_GO
from circuits.models import (
    ComponentUse,
    DeviceModel,
    Recall,
    RecallFate,
    RecallItem,
    RecallStep,
    StepKind,
)
from circuits.recalled import Named, search
from clinical.recall import LotRange, is_orderly, normal_gtin, normal_lot
from patients.actions.times import InTheFuture, refuse_future
from patients.models import Run
from web.models import Attachment
from web.problems import RuleBroken

OUT = frozenset({RecallFate.REMOVED, RecallFate.RETURNED, RecallFate.DISCARDED})
WITH_REASON = frozenset({RecallFate.STAYS, RecallFate.RULED_OUT})


class RecallKnown(RuleBroken):
    code = "recall_known"


class NoticeUnreadable(RuleBroken):
    code = "notice_unreadable"
    status = 400


class RecallIsClosed(RuleBroken):
    code = "recall_is_closed"


class FateContradicted(RuleBroken):
    code = "fate_contradicted"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it came: who says what of which products, lots and serials."""

    issuer: str
    reference: str
    product: str
    action: str
    issued_on: date
    instruction: str
    recall_class: str = ""
    kind: str = ""
    model: DeviceModel | None = None
    gtins: Sequence[str] = ()
    lots: Sequence[str] = ()
    lot_ranges: Sequence[tuple[str, str]] = ()
    serials: Sequence[str] = ()


@action("received a recall")
def receive_recall(
    *,
    centre: Centre,
    notice: Notice,
    received_at: datetime,
    by: User,
    at: datetime,
    file: Attachment | None = None,
    public_id: UUID | None = None,
) -> Recall:
    """Open the case of a notice and search for its parts at once: the search is its first proof.

    Raises NoticeUnreadable, RecallKnown, InTheFuture.
    """
    refuse_future(received_at, at, "time of receipt")
    if notice.issued_on > at.astimezone(centre.tz).date():
        raise InTheFuture("The notice is dated in the future. Read its date again.")
    recall = Recall(
        centre=centre,
        received_at=received_at,
        notice=file,
        entered_at=at,
        entered_by=by,
        **_columns(notice),
        **({"public_id": public_id} if public_id else {}),
    )
    try:
        with transaction.atomic():
            recall.save()
    except IntegrityError as broken:
        if "one_per_notice" not in str(broken):
            raise
        raise RecallKnown(
            f"{recall} is on file already. Open it in the list of recalls and search again there."
        ) from broken
    _step(recall, StepKind.RECEIVED, by, received_at, at)
    _search(recall, by, at)
    return recall


@action("searched for recalled parts")
def search_again(*, recall: Recall, by: User, at: datetime) -> Recall:
    """Search anew, since stock and labels change; each search is a step with its own proof."""
    recall = Recall.objects.locked(recall.pk)
    _search(recall, by, at)
    return recall


@action("told a physician of a recall")
def tell_physician(
    *, recall: Recall, run: Run, who: str, told_at: datetime, by: User, at: datetime, note: str = ""
) -> RecallStep:
    """Note that the physician of an exposed patient was told, and who it was."""
    refuse_future(told_at, at, "time of telling")
    if not who.strip():
        raise RuleBroken("Say who was told: the name stands beside the patient.")
    words = f"{who.strip()}. {note.strip()}".strip()
    return _step(recall, StepKind.TOLD, by, told_at, at, run=run, note=words)


@action("recorded the fate of recalled parts")
def record_fate(
    *,
    recall: Recall,
    items: Collection[RecallItem],
    fate: str,
    decided_at: datetime,
    by: User,
    at: datetime,
    reason: str = "",
    confirmed: Collection[str] = (),
) -> list[RecallItem]:
    """Say what was done about parts. Changing one's mind is a further step; the first stays.

    Raises FateContradicted for a part that is out on paper and still in a circuit, and
    NeedsConfirmation for one that is held and goes away.
    """
    recall = Recall.objects.locked(recall.pk)
    refuse_future(decided_at, at, "time")
    if recall.closed_at:
        raise RecallIsClosed(f"{recall} is closed: two people agreed on what became of its parts.")
    if fate in WITH_REASON and not reason.strip():
        raise RuleBroken("Say why: who reads this later must be able to agree or object.")
    inside = _inside(items)
    _check_agrees(fate, items, inside)
    parts = [item.component_id for item in items if item.component_id]
    if fate in LET_GO:
        ask_about_holds(parts, confirmed)
    for item in sorted(items, key=lambda one: one.stock_lot_id or 0):
        item.fate, item.fate_at, item.fate_by = fate, decided_at, by
        item.fate_reason = reason.strip()
        item.save(update_fields=["fate", "fate_at", "fate_by", "fate_reason"])
        facts = {"fate": str(fate), "words": str(RecallFate(fate).label)}
        _step(recall, StepKind.FATE, by, decided_at, at, item=item, facts=facts, note=reason)
        move_recalled(recall=recall, item=item, moved_at=decided_at, by=by, at=at)
    _reassess({use.circuit.run_id for use in inside.values()}, at)
    reassess_holds(parts, at)
    return list(items)


@action("replied to a recall")
def record_reply(
    *,
    recall: Recall,
    sent_to: str,
    sent_at: datetime,
    by: User,
    at: datetime,
    file: Attachment | None = None,
) -> RecallStep:
    """Note that a reply was sent, to whom, and the very file that was sent."""
    refuse_future(sent_at, at, "time of sending")
    if not sent_to.strip():
        raise RuleBroken("Say to whom the reply was sent.")
    return _step(recall, StepKind.REPLIED, by, sent_at, at, file=file, note=sent_to.strip())


def _columns(notice: Notice) -> dict[str, Any]:
    gtins = _normal_gtins(notice.gtins)
    if not gtins and notice.model is None:
        raise _unreadable("gtins", "Name the product: choose it, or type the GTINs of the notice.")
    ranges = [LotRange(first, last) for first, last in notice.lot_ranges]
    for span in ranges:
        if not is_orderly(span):
            raise _unreadable(
                "lot_ranges",
                f"The range {span.first} to {span.last} cannot be read: both ends must be built "
                "alike and the first come first. List its lots one by one instead.",
            )
    if not notice.instruction.strip():
        raise _unreadable("instruction", "Copy what the notice says to do: it stands in the alert.")
    return {
        **{name: getattr(notice, name) for name in ("action", "recall_class", "issued_on", "kind")},
        **{name: getattr(notice, name).strip() for name in ("issuer", "reference", "product")},
        "instruction": notice.instruction.strip(),
        "model": notice.model,
        "gtins": gtins,
        "lots": _kept(notice.lots),
        "lot_ranges": [[span.first, span.last] for span in ranges],
        "serials": _kept(notice.serials),
    }


def _normal_gtins(gtins: Sequence[str]) -> list[str]:
    for one in gtins:
        if not normal_gtin(one):
            raise _unreadable("gtins", f"“{one}” is no GTIN: it has 8, 12, 13 or 14 digits.")
    return sorted({normal_gtin(one) for one in gtins})


def _kept(texts: Sequence[str]) -> list[str]:
    return [text.strip() for text in dict.fromkeys(texts) if normal_lot(text)]


def _unreadable(field: str, sentence: str) -> NoticeUnreadable:
    item = {"parameter": field, "rule": NoticeUnreadable.code, "message": sentence}
    return NoticeUnreadable(sentence, errors=[item])  # type: ignore[list-item]  # a literal


def _search(recall: Recall, by: User, at: datetime) -> None:
    found = search(recall)
    before = {
        "component_id": dict(_known(recall, "component_id")),
        "stock_lot_id": dict(_known(recall, "stock_lot_id")),
    }
    for column, named in (("component_id", found.parts), ("stock_lot_id", found.lots)):
        _join(recall, column, named, before[column], at)
    _step(recall, StepKind.SEARCHED, by, at, at, facts=found.proof.as_facts())
    uses = ComponentUse.objects.filter(component__in=found.parts, removed_at=None)
    _reassess(set(uses.values_list("circuit__run", flat=True)), at)


def _known(recall: Recall, column: str) -> Any:
    return recall.items.exclude(**{column: None}).values_list(column, "found")


def _join(recall: Recall, column: str, named: Named, known: dict[int, str], at: datetime) -> None:
    """Add what is new; write down what a corrected label changed."""
    RecallItem.objects.bulk_create(
        RecallItem(recall=recall, found=one.value, found_at=at, **{column: pk})
        for pk, one in named.items()
        if pk not in known
    )
    for pk, one in named.items():
        if known.get(pk, one.value) != one.value:
            recall.items.filter(**{column: pk}).update(found=one.value)


def _inside(items: Collection[RecallItem]) -> dict[int, ComponentUse]:
    parts = [item.component_id for item in items if item.component_id]
    uses = ComponentUse.objects.filter(component__in=parts, removed_at=None)
    return {use.component_id: use for use in uses.select_related("circuit", "component__model")}


def _check_agrees(
    fate: str, items: Collection[RecallItem], inside: dict[int, ComponentUse]
) -> None:
    for item in items:
        use = inside.get(item.component_id or 0)
        if fate in OUT and use:
            raise FateContradicted(
                f"{use.component} is still in {use.circuit} as {use.position}. Record its exchange "
                "or removal there first, then what became of it."
            )
        if fate == RecallFate.STAYS and item.component_id and not use:
            raise FateContradicted(
                f"{item} is in no circuit any more, so it cannot stay. Say what became of it."
            )


def _reassess(runs: Collection[int | None], at: datetime) -> None:
    for run in (
        Run.objects.filter(pk__in=[pk for pk in runs if pk])
        .select_related("unit__centre")
        .order_by("pk")
    ):
        reassess_recalled(run=run.locked(), at=at)


def _step(
    recall: Recall, kind: StepKind, by: User, happened_at: datetime, at: datetime, **more: Any
) -> RecallStep:
    return RecallStep.objects.create(
        recall=recall, kind=kind, by=by, happened_at=happened_at, entered_at=at, **more
    )
