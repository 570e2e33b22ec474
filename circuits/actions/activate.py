"""A standby circuit goes to a patient: its parts keep their history, and nothing holds it up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from alerts.actions import reconcile_alerts
from alerts.models import Category
from audit.context import action
from circuits.actions.exchange import (
    ExchangeFacts,
    exchange_components,
    open_circuit,
    settle_parts,
)
from circuits.actions.parts import NewPart, locked_with, put_component, runs_taken_from
from circuits.actions.shelf import LAST_OF_LOT, take_from_shelf
from circuits.actions.standby import StandbyIsOver, reassess_standby
from circuits.models import (
    DURABLE,
    Circuit,
    ComponentUse,
    Exchange,
    PrimeFill,
    RemovalReason,
    StandbyChange,
    StandbyCircuit,
    StandbyStatus,
)
from circuits.standby_policies import standby_limits
from clinical.findings import Assessment, Finding, Severity
from clinical.prime import Verdict, chemical, discard_due, findings, judge
from patients.actions.times import refuse_future
from patients.models import Run
from web.problems import ErrorItem
from web.questions import ask

PAST_TIME = "standby.past_discard"
NOT_READY = "standby.not_ready"
CODES = frozenset({PAST_TIME, NOT_READY, "prime.not_measured", "prime.outside_stop"})


@dataclass(frozen=True, slots=True)
class Replacing:
    """What is told when the circuit replaces the one in use."""

    reason: str = RemovalReason.OTHER
    urgency: str = ""
    off_support_s: int | None = None
    note: str = ""


NOT_TOLD = Replacing()


@action("connected a standby circuit")
def activate_standby(
    *,
    run: Run,
    standby: StandbyCircuit,
    activated_at: datetime,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
    replacing: Replacing = NOT_TOLD,
) -> Circuit:
    """Record that a standby circuit carries a patient, at the start or in place of another circuit.

    Past its time, or set apart: asked back once (`standby`), then recorded with a safety alert. A
    prime outside its stop line, or not measured, is recorded at once with a safety alert. Raises
    StandbyIsOver only for a circuit that is in use elsewhere, with where and since when.
    """
    parts = list(standby.parts.select_related("component__model"))
    labels = [NewPart(one.component.model, serial=one.component.serial) for one in parts]
    run = locked_with(run.pk, labels, confirmed)
    standby = StandbyCircuit.objects.locked(standby.pk)
    refuse_future(activated_at, at, "time of the connection")
    _refuse_used(standby)
    found = [*_fitness(standby, activated_at, at), *_chemistry(standby)]
    _ask(found, confirmed)
    circuit = _into(run, standby, activated_at, by, at, replacing)
    new = []
    for part in parts:
        use = put_component(
            circuit,
            part.component,
            activated_at,
            by,
            at,
            position=part.position,
            exchange_group=part.exchange_group,
            confirmed=confirmed,
        )
        new.append(use)
        take_from_shelf(use=use, by=by, at=at, confirmed=(LAST_OF_LOT,))
    _hand_over(run, standby, circuit, activated_at, by, at)
    reconcile_alerts(
        unit=run.unit,
        run=run,
        assessment=Assessment(CODES, tuple(found)),
        at=at,
        category=Category.SAFETY,
        subject=str(standby.public_id),
    )
    for one in (run, *runs_taken_from(new, at)):
        settle_parts(one, at)
    return circuit


def latest_verdict(standby: StandbyCircuit) -> tuple[Verdict | None, bool]:
    """Return how the newest analysis of the newest prime stands, and whether it was overridden."""
    prime = standby.primes.last()
    found = prime.chemistries.last() if prime else None
    if found is None:
        return None, False
    values = {code: Decimal(value) for code, value in found.values.items()}
    table = tuple(chemical(row) for row in found.table)
    return judge(values, table), found.overridden_by_id is not None


def _refuse_used(standby: StandbyCircuit) -> None:
    if standby.status != StandbyStatus.IN_USE or standby.circuit is None:
        return
    told = standby.changes.filter(status=StandbyStatus.IN_USE).select_related("by").last()
    who = f" by {told.by}, {told.changed_at:%d-%b-%Y %H:%M} UTC" if told else ""
    raise StandbyIsOver(
        f"{standby.label} was connected already{who}. If it is here, correct that entry first."
    )


def _fitness(standby: StandbyCircuit, when: datetime, at: datetime) -> list[Finding]:
    limits, _ = standby_limits(standby.unit.centre, at)
    found = []
    due = discard_due(standby.fill, standby.clock_from, limits)
    if when > due.due_at:
        text = f"{standby.label} was to be discarded by {due.due_at:%d-%b-%Y %H:%M} UTC"
        found.append(Finding(PAST_TIME, Severity.WARNING, text))
    if standby.status != StandbyStatus.READY:
        text = f"{standby.label} was {standby.get_status_display().lower()} when it was connected"
        found.append(Finding(NOT_READY, Severity.WARNING, text))
    return found


def _chemistry(standby: StandbyCircuit) -> tuple[Finding, ...]:
    if standby.fill != PrimeFill.BLOOD:
        return ()
    verdict, is_overridden = latest_verdict(standby)
    return findings(verdict, is_overridden=is_overridden)


def _ask(found: list[Finding], confirmed: Collection[str]) -> None:
    ask(
        [
            ErrorItem(
                parameter="standby",
                rule=one.code,
                message=f"{one.message}. Is this the circuit that is connected?",
            )
            for one in found
            if one.code in {PAST_TIME, NOT_READY}
        ],
        confirmed,
    )


def _into(
    run: Run,
    standby: StandbyCircuit,
    when: datetime,
    by: User,
    at: datetime,
    replacing: Replacing,
) -> Circuit:
    old = ComponentUse.objects.filter(circuit__run=run, removed_at=None)
    if not old.exists():
        return open_circuit(run=run, label=standby.label, started_at=when, by=by, at=at)
    positions = set(standby.parts.values_list("position", flat=True))
    uses = list(old.select_related("circuit", "component__model"))
    moved = [use for use in uses if use.kind in DURABLE and use.position not in positions]
    exchange_components(
        run=run,
        changes=[(use, None) for use in uses if use not in moved],
        exchanged_at=when,
        reason=replacing.reason,
        note=replacing.note,
        facts=ExchangeFacts(
            urgency=replacing.urgency,
            off_support_s=replacing.off_support_s,
            new_circuit=standby.label,
            moved=tuple(moved),
        ),
        by=by,
        at=at,
    )
    return run.circuits.get(label=standby.label)


def _hand_over(
    run: Run, standby: StandbyCircuit, circuit: Circuit, when: datetime, by: User, at: datetime
) -> None:
    exchange = Exchange.objects.filter(run=run, new_circuit=circuit).last()
    if exchange is not None:
        circuit.uses.filter(came_in_with=None).update(came_in_with=exchange)
    standby.status, standby.circuit = StandbyStatus.IN_USE, circuit
    standby.save(update_fields=["status", "circuit"])
    standby.parts.update(is_kept=False)
    StandbyChange.objects.create(
        standby=standby,
        status=StandbyStatus.IN_USE,
        reason=f"Connected as {circuit.label}",
        changed_at=when,
        entered_at=at,
        by=by,
    )
    reassess_standby(standby, at)
