"""Record and amend bedside checks.

The system may refuse a plan, never a fact: what was read is at most asked back, and accepted
when confirmed. Refused is only what cannot be.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.context import action
from circuits import document
from circuits.actions.assess import reassess_circuit
from circuits.actions.dues import reassess_check_due
from circuits.document import Readings, Typed
from circuits.models import Check
from circuits.queries import Against, Recent, against, context_at, derived_in
from circuits.slips import MENDED, may_mend
from circuits.wording import explain
from clinical.check import (
    DELTA_P,
    FLOW_INDEX,
    FLOW_PER_KG,
    RESISTANCE,
    AnswerKind,
    Entry,
    Question,
    RunContext,
    questions,
)
from clinical.limits import Limit
from patients.models import Run
from patients.queries import mode_at
from patients.watched import Watched, watched
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken

DERIVED = frozenset({DELTA_P, RESISTANCE, FLOW_PER_KG, FLOW_INDEX})


class CheckRefused(RuleBroken):
    code = "check_refused"
    title = "This cannot be so"
    status = 422


class NothingInCheck(RuleBroken):
    code = "empty_check"
    status = 400


class AmendedMeanwhile(RuleBroken):
    code = "amended_meanwhile"


@action("recorded a bedside check")
def record_check(
    *,
    run: Run,
    typed: Typed,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
    performed_by: User | None = None,
    public_id: UUID | None = None,
) -> Check:
    """Store a check that was read at `typed.checked_at` and became known at `at`.

    Raises CheckRefused for what cannot be, NeedsConfirmation with every open question otherwise;
    sent again with those measures in `confirmed`, it is accepted.
    """
    run = run.locked()
    now = watched(run)
    if typed.trial is None:
        typed = replace(typed, trial=now.trial_at(typed.checked_at))
    readings = document.read(typed)
    held = against(run, {*readings.values, *DERIVED})
    body = _judged(run, typed, readings, held, confirmed, at)
    check = Check(
        run=run,
        kind=typed.kind,
        trial=typed.trial or "",
        checked_at=typed.checked_at,
        entered_at=at,
        performed_by=performed_by or by,
        transmitted_by=by,
        device_at=typed.device_at,
        note=typed.note,
        document=body,
    )
    if public_id:
        check.public_id = check.root_id = public_id
    check.save(force_insert=True)
    _reassess(run, body, at, held, now)
    return check


@action("amended a bedside check")
def amend_check(
    *,
    check: Check,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    reason: str = "",
    units: Mapping[str, str] | None = None,
    not_done: Mapping[str, str] | None = None,
    confirmed: Collection[str] = (),
) -> Check:
    """Write a new version with some values changed; the first stays readable for ever.

    `check` is the version that the user had before them: raises AmendedMeanwhile if it is no
    longer the newest. Without a reason only soon after signing, by who signed: a slip. `units` names
    the unit of each value that is not in its measure's own.
    """
    run = Run.objects.locked(check.run_id)
    reason = reason.strip() or (MENDED if may_mend(check, by, at) else "")
    if not reason:
        raise RuleBroken("Say why the check is amended: the reason stays beside the old value.")
    if check.is_withdrawn:
        raise RuleBroken("This check was entered in error. Record what was read as a new check.")
    typed, readings = _amended(check, values, not_done or {}, units or {})
    held = against(run, {*readings.values, *check.document["values"], *DERIVED})
    already = {c for c, row in check.document["values"].items() if row.get("confirmed")}
    body = _judged(run, typed, readings, held, already | set(confirmed), check.entered_at)
    fields = ("run", "root_id", "kind", "trial", "checked_at", "performed_by", "device_at", "note")
    new = Check(
        **{name: getattr(check, name) for name in fields},
        version=check.version + 1,
        supersedes=check,
        entered_at=at,
        transmitted_by=by,
        reason=reason,
        document=body,
    )
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as broken:
        raise AmendedMeanwhile(
            "Somebody amended this check while you had it open. Open it again: your change is "
            "still on your screen to compare."
        ) from broken
    _reassess(run, body, at, held, watched(run), before=check.document)
    return new


def _amended(
    check: Check,
    values: Mapping[str, Any],
    not_done: Mapping[str, str],
    units: Mapping[str, str],
) -> tuple[Typed, Readings]:
    before = check.document
    kept = {c: row["value"] for c, row in before["values"].items() if c not in not_done}
    typed = Typed(
        checked_at=check.checked_at,
        values={**kept, **values},
        methods={
            code: row["method"]
            for code, row in before["values"].items()
            if code not in values and code not in not_done
        },
        not_done={
            **{code: why for code, why in before["not_done"].items() if code not in values},
            **not_done,
        },
        findings=before["findings"],
        kind=check.kind,
        trial=check.trial,
        note=check.note,
        device_at=check.device_at,
        units=units,
    )
    return typed, document.read(typed)


def _judged(
    run: Run,
    typed: Typed,
    readings: Readings,
    held: Against,
    confirmed: Collection[str],
    entered_at: datetime,
) -> dict[str, Any]:
    """Return the document of an accepted check, or raise what it is refused or asked for."""
    if not (readings.values or typed.not_done or typed.findings):
        raise NothingInCheck("This check holds no value and no reason. Enter at least one.")
    entry = Entry(readings.values, typed.checked_at, entered_at, typed.trial or None)
    mode = mode_at(held.segments, typed.checked_at)
    context = RunContext(run.started_at, run.ended_at, mode)
    answer = questions(entry, held.limits, context, confirmed)
    if answer.kind is not AnswerKind.ACCEPT:
        raise _unaccepted(answer.kind, answer.because, readings, held.limits, run, typed)
    facts = context_at(run, typed.checked_at, held.segments)
    return document.write(
        typed,
        readings,
        confirmed={one.parameter: one.rule.value for one in answer.confirmed},
        derived=derived_in(readings.values, facts),
        context=facts,
    )


def _unaccepted(
    kind: AnswerKind,
    because: Collection[Question],
    readings: Readings,
    limits: list[Limit],
    run: Run,
    typed: Typed,
) -> RuleBroken:
    errors = [
        ErrorItem(
            parameter=one.parameter,
            rule=one.rule.value,
            message=explain(one, readings, limits, run, typed.checked_at),
        )
        for one in because
    ]
    refusal = CheckRefused if kind is AnswerKind.REFUSE else NeedsConfirmation
    return refusal(" ".join(error["message"] for error in errors), errors=errors)


def _reassess(
    run: Run,
    body: Mapping[str, Any],
    at: datetime,
    held: Against,
    now: Watched,
    before: Mapping[str, Any] | None = None,
) -> None:
    moved = {*body["values"], *body["derived"]}
    if before:
        moved |= {*before["values"], *before["derived"]}
    recent = Recent(run)
    reassess_circuit(
        run=run, at=at, measures=moved, looks=set(body["findings"]), known=held, recent=recent
    )
    reassess_check_due(run=run, at=at, recent=recent, now=now)
