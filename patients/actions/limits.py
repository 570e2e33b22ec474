"""The limits of a run: where it starts, and every change with its time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from audit.context import action
from clinical.limits import Limit, starting_limits
from clinical.measures import MEASURES
from clinical.spans import Span
from patients.models import LimitConfirmation, Run, RunLimit
from patients.queries import KINDS, span_of
from patients.reconfiguration import default_group, is_unbounded, limits_following
from web.problems import RuleBroken


class UnknownMeasureInLimit(RuleBroken):
    code = "unknown_measure"
    status = 400


def set_starting_limits(*, run: Run, mode: str, by: User, at: datetime) -> None:
    """Copy the defaults of the patient's age group into the run, to be changed there.

    Without a birth date the adult defaults are taken, and `run.limits` says so in its source.
    """
    group, source = default_group(run)
    rows = [limit for limit in starting_limits(group, mode) if not is_unbounded(limit)]
    RunLimit.objects.bulk_create(_row(run, limit, by=by, at=at, source=source) for limit in rows)


def follow_mode(*, run: Run, mode: str, valid_from: datetime, by: User, at: datetime) -> None:
    """Let the product's own limits follow the mode from `valid_from`; what people set stays."""
    _, source = default_group(run)
    for change in limits_following(run, mode):
        now = change.now
        if now and (now.valid_from is None or now.valid_from < valid_from):
            now.valid_to = valid_from
            now.save(update_fields=["valid_to"])
        elif now:
            now.superseded_at = at
            now.save(update_fields=["superseded_at"])
        then = replace(change.then, valid_from=valid_from)
        _row(run, then, by=by, at=at, source=source, reason=f"mode {mode}").save()


@action("confirmed limits and targets")
def confirm_limits(*, run: Run, by: User, at: datetime, note: str = "") -> LimitConfirmation:
    """Say that limits and targets were looked at after a reconfiguration, and fit."""
    run = Run.objects.locked(run.pk)
    return LimitConfirmation.objects.create(run=run, confirmed_at=at, confirmed_by=by, note=note)


@action("set the limits of a run")
def set_limits(
    *, run: Run, limits: Iterable[Limit], by: User, at: datetime, source: str, reason: str = ""
) -> list[RunLimit]:
    """Replace all limits of a run by a whole set, each with its time of validity."""
    wanted = list(limits)
    unknown = sorted({limit.measure for limit in wanted} - set(MEASURES))
    if unknown:
        raise UnknownMeasureInLimit(f"No measure is called {', '.join(unknown)}.")
    run = Run.objects.locked(run.pk)
    run.limits.filter(superseded_at=None).update(superseded_at=at)
    return RunLimit.objects.bulk_create(
        _row(run, limit, by=by, at=at, source=source, reason=reason) for limit in wanted
    )


@action("changed a limit")
def change_limit(
    *,
    run: Run,
    measure: str,
    bounds: Mapping[str, Span],
    valid_from: datetime,
    by: User,
    at: datetime,
    reason: str,
) -> RunLimit:
    """Let new warning, critical or soft bounds hold from `valid_from`; kinds not named stay."""
    if measure not in MEASURES:
        raise UnknownMeasureInLimit(f"No measure is called {measure}.")
    run = Run.objects.locked(run.pk)
    valid = run.limits.filter(superseded_at=None, measure=measure)
    valid.filter(valid_from__gte=valid_from).update(superseded_at=at)
    current = valid.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from)).first()
    spans = {kind: span_of(current, kind) if current else Span() for kind in KINDS}
    if current:
        current.valid_to = valid_from
        current.save(update_fields=["valid_to"])
    spans.update(bounds)
    limit = Limit(
        measure,
        spans["hard"],
        spans["soft"],
        spans["warning"],
        spans["critical"],
        valid_from=valid_from,
    )
    row = _row(run, limit, by=by, at=at, source="set for this run", reason=reason)
    row.save()
    return row


def _row(
    run: Run, limit: Limit, *, by: User, at: datetime, source: str, reason: str = ""
) -> RunLimit:
    bounds = {
        f"{kind}_{side}": getattr(getattr(limit, kind), side)
        for kind in KINDS
        for side in ("low", "high")
    }
    return RunLimit(
        run=run,
        measure=limit.measure,
        unit=MEASURES[limit.measure].unit,
        valid_from=limit.valid_from,
        valid_to=limit.valid_to,
        source=source,
        reason=reason,
        entered_at=at,
        entered_by=by,
        **bounds,
    )
