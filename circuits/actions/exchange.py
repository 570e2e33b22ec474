"""Install, exchange and remove components.

Recording what is already on the patient is never refused: an expired part is accepted and opens a
safety alert. Refused is the impossible: one part in two places at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.actions.adjuncts import reassess_cadence
from circuits.actions.assess import reassess_circuit
from circuits.actions.change_steps import settle_changes
from circuits.actions.clots import reassess_clots
from circuits.actions.dues import reassess_debts, reassess_exchanges, reassess_reviews
from circuits.actions.holds import ask_about_holds, reassess_holds
from circuits.actions.parts import (
    NewPart,
    NotInCircuit,
    PartInUse,
    PositionTaken,
    locked_with,
    move_over,
    put_in,
    runs_taken_from,
    take_out,
)
from circuits.actions.recalled import reassess_recalled
from circuits.actions.safety import reassess_safety
from circuits.actions.shelf import take_from_shelf
from circuits.holding import GONE
from circuits.models import Circuit, ComponentUse, Exchange
from circuits.queries import installed
from clinical.complications import BY_CODE
from patients.actions.events import record_complication
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import Run
from web.problems import RuleBroken

__all__ = [
    "ExchangeFacts",
    "NewPart",
    "NotInCircuit",
    "PartInUse",
    "PositionTaken",
    "exchange_components",
    "install_component",
    "open_circuit",
    "reassess_safety",
    "record_fate",
    "remove_all",
    "remove_component",
    "settle_parts",
]


class NotToldOfAll(RuleBroken):
    code = "not_told_of_all"


@dataclass(frozen=True, slots=True)
class ExchangeFacts:
    """What else is told of an exchange; what is left out is not known.

    `fates` are by key of the use. `complications` are registry codes. With `new_circuit` (a label)
    the whole circuit is changed: every part of the old one comes out or, if in `moved`, goes along.
    """

    urgency: str = ""
    off_support_s: int | None = None
    fates: Mapping[int, str] = field(default_factory=dict)
    complications: tuple[str, ...] = ()
    no_complication_by: str = ""
    new_circuit: str = ""
    moved: tuple[ComponentUse, ...] = ()


NOTHING_ELSE = ExchangeFacts()


@action("opened a circuit")
def open_circuit(*, run: Run, label: str, started_at: datetime, by: User, at: datetime) -> Circuit:
    """Return the circuit of this label in the run, made if it is new."""
    run = Run.objects.locked(run.pk)
    refuse_future(started_at, at, "start of the circuit")
    circuit, _ = Circuit.objects.get_or_create(
        run=run,
        label=label,
        defaults={"started_at": started_at, "entered_at": at, "entered_by": by},
    )
    return circuit


@action("installed a component")
def install_component(
    *,
    circuit: Circuit,
    part: NewPart,
    installed_at: datetime,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> ComponentUse:
    """Put a part into a free position of a circuit; it leaves the shelf, if it lay on one.

    Raises NeedsConfirmation when by the count nothing of its lot was left.
    """
    run = locked_with(circuit.run_id, [part], confirmed)
    refuse_future(installed_at, at, "time of installation")
    use = put_in(circuit, part, installed_at, by, at, confirmed=confirmed)
    take_from_shelf(use=use, by=by, at=at, confirmed=confirmed)
    settle_parts(run, at)
    for other in runs_taken_from([use], at):
        settle_parts(other, at)
    return use


@action("exchanged components")
def exchange_components(
    *,
    run: Run,
    changes: Iterable[tuple[ComponentUse, NewPart | None]],
    exchanged_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    note: str = "",
    facts: ExchangeFacts = NOTHING_ELSE,
    confirmed: Collection[str] = (),
) -> list[ComponentUse]:
    """Take parts out and put others (or, None, nothing) in their places at one time.

    One part, several, or the whole circuit. `reason` is a RemovalReason. Returns what went in.
    Raises NotInCircuit (with who took a part out before, and when), PartInUse, NotToldOfAll, and
    NeedsConfirmation when by the count nothing was left of the lot of a new part, or when an old
    one goes away that is held.
    """
    changes = list(changes)
    run = locked_with(run.pk, [part for _, part in changes if part], confirmed)
    going = [use.component_id for use, _ in changes if facts.fates.get(use.pk) in GONE]
    ask_about_holds(going, confirmed)
    refuse_future(exchanged_at, at, "time of the exchange")
    refuse_outside_run(run, exchanged_at, "time of the exchange")
    exchange = _exchange(run, changes, exchanged_at, by, at, reason, note, facts)
    new = []
    for use, part in changes:
        old = take_out(use, exchanged_at, by, at, reason, note)
        _went_out(old, exchange, facts.fates.get(use.pk, ""))
        if part is not None:
            place = exchange.new_circuit or old.circuit
            new.append(
                put_in(
                    place,
                    part,
                    exchanged_at,
                    by,
                    at,
                    position=old.position,
                    confirmed=confirmed,
                )
            )
            take_from_shelf(use=new[-1], by=by, at=at, confirmed=confirmed)
    into = exchange.new_circuit or exchange.circuit
    new += [move_over(use, into, exchanged_at, by, at) for use in facts.moved]
    ComponentUse.objects.filter(pk__in=[use.pk for use in new]).update(came_in_with=exchange)
    _tell_complications(exchange, facts.complications)
    settle_parts(run, at)
    for other in runs_taken_from(new, at):
        settle_parts(other, at)
    reassess_holds(going, at)
    return new


@action("removed a component")
def remove_component(
    *,
    use: ComponentUse,
    removed_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    note: str = "",
) -> ComponentUse:
    """Take a part out without another in its place."""
    run = Run.objects.locked(use.circuit.run_id)
    refuse_future(removed_at, at, "time of removal")
    removed = take_out(use, removed_at, by, at, reason, note)
    settle_parts(run, at)
    return removed


def remove_all(*, run: Run, removed_at: datetime, by: User, at: datetime, reason: str) -> None:
    """Take out every part still in the run's circuits (within the action that ends the run)."""
    for use in installed(run, removed_at).filter(removed_at=None):
        take_out(use, removed_at, by, at, reason)
    run.circuits.filter(ended_at=None).update(ended_at=removed_at)


@action("recorded where a part went")
def record_fate(
    *, use: ComponentUse, fate: str, by: User, at: datetime, confirmed: Collection[str] = ()
) -> ComponentUse:
    """Say where a part went that came out: the newest holds, the history keeps the earlier.

    Raises NeedsConfirmation if it is held and goes away.
    """
    Run.objects.locked(use.circuit.run_id)
    use = ComponentUse.objects.select_related("component__model", "circuit").get(pk=use.pk)
    if use.removed_at is None:
        raise NotInCircuit(
            f"{use.component} is in {use.circuit} still. Exchange it or take it out first."
        )
    if fate in GONE:
        ask_about_holds([use.component_id], confirmed)
    _set_fate(use, fate, by, at)
    reassess_holds([use.component_id], at)
    return use


def _exchange(
    run: Run,
    changes: list[tuple[ComponentUse, NewPart | None]],
    exchanged_at: datetime,
    by: User,
    at: datetime,
    reason: str,
    note: str,
    facts: ExchangeFacts,
) -> Exchange:
    if not changes:
        raise NotToldOfAll("Choose at least one part that was exchanged.")
    circuit = changes[0][0].circuit
    new_circuit = None
    if facts.new_circuit:
        told = [use.pk for use, _ in changes] + [use.pk for use in facts.moved]
        _check_all_told(circuit, told)
        new_circuit = open_circuit(
            run=run, label=facts.new_circuit, started_at=exchanged_at, by=by, at=at
        )
        Circuit.objects.filter(pk=circuit.pk, ended_at=None).update(ended_at=exchanged_at)
    return Exchange.objects.create(
        run=run,
        circuit=circuit,
        new_circuit=new_circuit,
        exchanged_at=exchanged_at,
        urgency=facts.urgency,
        reason=reason,
        off_support_s=facts.off_support_s,
        no_complication_by=facts.no_complication_by,
        note=note,
        entered_at=at,
        entered_by=by,
    )


def _check_all_told(circuit: Circuit, told: list[int]) -> None:
    left = circuit.uses.filter(removed_at=None).exclude(pk__in=told)
    if left:
        names = ", ".join(str(use) for use in left.select_related("component__model"))
        raise NotToldOfAll(f"Say of each part of {circuit} what became of it. Not told: {names}.")


def _went_out(use: ComponentUse, exchange: Exchange, fate: str) -> None:
    use.went_out_with = exchange
    use.save(update_fields=["went_out_with"])
    if fate:
        _set_fate(use, fate, exchange.entered_by, exchange.entered_at)


def _set_fate(use: ComponentUse, fate: str, by: User, at: datetime) -> None:
    use.fate, use.fate_entered_by, use.fate_entered_at = fate, by, at
    use.save(update_fields=["fate", "fate_entered_by", "fate_entered_at"])


def _tell_complications(exchange: Exchange, codes: Iterable[str]) -> None:
    for code in codes:
        record_complication(
            run=exchange.run,
            code=code,
            label=BY_CODE[code].label,
            occurred_at=exchange.exchanged_at,
            note=f"Told with the {exchange}.",
            by=exchange.entered_by,
            at=exchange.entered_at,
        )


def settle_parts(run: Run, at: datetime) -> None:
    """Bring everything that hangs on the parts of a run up to date."""
    settle_changes(run=run, at=at)
    reassess_debts(run=run, at=at)
    reassess_reviews(run=run, at=at)
    reassess_exchanges(run=run, at=at)
    reassess_circuit(run=run, at=at, measures=())
    reassess_safety(run=run, at=at)
    reassess_clots(run=run, at=at)
    reassess_recalled(run=run, at=at)
    reassess_cadence(run=run, at=at)
