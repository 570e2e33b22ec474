"""What a run owes: the next check, entries still missing, reviews of components."""

from collections.abc import Iterator
from datetime import datetime

from alerts.actions import set_dues
from alerts.owed import Owed
from circuits.change_policies import ChangePolicy, band_of, change_policy
from circuits.deferrals import deferrals_of
from circuits.models import ComponentUse, Exchange
from circuits.policies import Policy, check_cadence, debt_policy, exchange_policy
from circuits.queries import Recent, parts_of, uses_of
from clinical import due
from clinical.age import AgeGroup
from clinical.complications import is_told
from clinical.due import CannulaEntered, Entered
from clinical.reviews import Deferral, review_clock
from patients.episode import has_died
from patients.models import ModeSegment, Run
from patients.reconfiguration import last_conversion
from patients.watched import Watched, watched

CHECK = "check"
DEBTS = frozenset({"identity", "mode", "weight", "cannulas", "components_udi", "tip_position"})
REVIEW = "review"
LIMITS = "limits_confirmation"
COMPLICATION = "exchange_complication"
_DEBT_LABELS = {
    "identity": "Enter who the patient is",
    "mode": "Enter the mode",
    "weight": "Enter the weight and its basis",
    "cannulas": "Enter the drainage and return cannulas",
    "components_udi": "Scan the oxygenator and the pump head",
    "tip_position": "Enter where the cannula tips lie",
}


def reassess_check_due(
    *, run: Run, at: datetime, recent: Recent | None = None, now: Watched | None = None
) -> None:
    """Say when the next bedside check is due; `recent` and `now` save reading them again."""
    last = next(iter(recent or Recent(run)), None)
    now = now or watched(run)
    cadence, source = check_cadence(run.unit.centre, at)
    item = due.check_due(
        time_on=run.started_at,
        last_checked_at=last.checked_at if last else None,
        is_watched_closely=bool(now.since or (last and last.trial)),
        watched_since=now.since,
        cadence=cadence,
    )
    owed = Owed(CHECK, "Circuit check", item, owner="specialist", source=source)
    set_dues(
        unit=run.unit,
        run=run,
        subject=str(run.public_id),
        kinds=frozenset({CHECK}),
        dues=[] if run.ended_at else [owed],
        at=at,
    )


def reassess_debts(*, run: Run, at: datetime) -> None:
    """Say what of the run is still to be entered; also after its end, until it is.

    After the patient's death nobody is reminded: the registry's own list says what it lacks.
    """
    found = debt_policy(run.unit.centre, at)
    is_over = run.ended_at is not None and has_died(run)
    items = [
        Owed(
            item.rule.removeprefix("debt."),
            _DEBT_LABELS[item.rule.removeprefix("debt.")],
            item,
            owner="specialist",
            source=found.source,
        )
        for item in ([] if is_over else due.debts(found.body, entered_of(run), run.started_at))
    ]
    set_dues(unit=run.unit, run=run, subject=str(run.public_id), kinds=DEBTS, dues=items, at=at)


def reassess_reviews(*, run: Run, at: datetime) -> None:
    """Say when each component's review is due. Hours reached ask for a review, not a change."""
    uses = list(uses_of(run))
    policy, deferrals, band = change_policy(run.unit.centre, at), deferrals_of(run), band_of(run)
    for use in uses:
        set_dues(
            unit=run.unit,
            run=run,
            subject=str(use.public_id),
            kinds=frozenset({REVIEW}),
            dues=list(_review(use, uses, policy, band, deferrals)),
            at=at,
        )


def reassess_exchanges(*, run: Run, at: datetime) -> None:
    """Say for which exchange the matching complication is still to be told; also after the end."""
    found = exchange_policy(run.unit.centre, at)
    told = list(run.complications.filter(withdrawn_at=None).values_list("code", "occurred_at"))
    for exchange in run.exchanges.all():
        is_owed = not exchange.no_complication_by and not is_told(
            exchange.reason, exchange.exchanged_at, told
        )
        set_dues(
            unit=run.unit,
            run=run,
            subject=str(exchange.public_id),
            kinds=frozenset({COMPLICATION}),
            dues=[_complication(exchange, found)] if is_owed else [],
            at=at,
        )


def reassess_reconfiguration(*, run: Run, at: datetime) -> None:
    """After a conversion, ask once for limits and targets to be confirmed."""
    changed = None if run.ended_at else last_conversion(run)
    found = exchange_policy(run.unit.centre, at)
    set_dues(
        unit=run.unit,
        run=run,
        subject=str(run.public_id),
        kinds=frozenset({LIMITS}),
        dues=[_confirmation(changed, found)] if changed else [],
        at=at,
    )


def entered_of(run: Run) -> Entered:
    """Return what of a run has been entered so far, as the debt rules read it."""
    modes = list(run.modes.order_by("starts_at").values_list("mode", flat=True))
    weight = run.weights.first()
    cannulas = tuple(
        CannulaEntered(purpose, bool(tip))
        for purpose, tip in run.cannulas.values_list("purpose", "tip_entered_at")
    )
    kinds = uses_of(run).exclude(component__udi="").values_list("kind", flat=True)
    return Entered(
        mode=modes[-1] if modes else None,
        weight_kg=weight.weight_kg if weight else None,
        cannulas=cannulas,
        components=frozenset(kinds),
        is_identity_known=run.patient.is_identity_known,
    )


def reassess_owed(*, run: Run, at: datetime) -> None:
    """Rewrite everything that a run owes."""
    reassess_check_due(run=run, at=at)
    reassess_debts(run=run, at=at)
    reassess_reviews(run=run, at=at)
    reassess_reconfiguration(run=run, at=at)


def _complication(exchange: Exchange, found: Policy) -> Owed:
    item = due.fault_due(exchange.reason, exchange.exchanged_at, found.body["complication_h"])
    label = f"Tell the complication that belongs to the {exchange}"
    return Owed(COMPLICATION, label, item, owner="perfusionist", source=found.source)


def _confirmation(changed: ModeSegment, found: Policy) -> Owed:
    item = due.confirmation_due(
        changed.get_mode_display(), changed.entered_at, found.body["confirm_limits_h"]
    )
    label = f"Confirm limits and targets for {changed}"
    return Owed(LIMITS, label, item, owner="physician", source=found.source)


def _review(
    use: ComponentUse,
    uses: list[ComponentUse],
    policy: ChangePolicy,
    band: AgeGroup | None,
    deferrals: list[Deferral],
) -> Iterator[Owed]:
    if use.removed_at:
        return
    parts = parts_of(uses)
    part = next(one for one in parts if one.id == str(use.public_id))
    clock = review_clock(part, parts, policy.reviews(use, band), deferrals)
    if clock is not None:
        label = f"Review of the {use.get_kind_display().lower()}"
        item = due.review_due(clock, use.get_kind_display().lower())
        yield Owed(REVIEW, label, item, owner="perfusionist", source=policy.source)
