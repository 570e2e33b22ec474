"""Journeys on support: planned, decided, departed, arrived, each with its checklist."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.context import action
from circuits.actions.dues import reassess_check_due
from circuits.care_policies import OxygenPolicy, oxygen_policy
from circuits.journeys import open_items, oxygen_of
from circuits.models import CheckKind
from clinical.transport import Doubt, doubts
from patients.actions.times import refuse_future, refuse_outside_run
from patients.models import GoDecision, Run, TransportLeg
from web.problems import ErrorItem, NeedsConfirmation, RuleBroken


class LegIsOver(RuleBroken):
    code = "leg_is_over"


class UnderWayAlready(RuleBroken):
    code = "under_way_already"


class NotDeparted(RuleBroken):
    code = "not_departed"


class UnknownCylinder(RuleBroken):
    code = "unknown_cylinder"
    status = 422


class NoGoNeedsReason(RuleBroken):
    code = "no_go_needs_reason"


FULL_CHECKS = (CheckKind.SHIFT, CheckKind.HANDOVER)
_DOUBTS = {
    Doubt.OXYGEN_SHORT: "The oxygen lasts {minutes} min, and {needed} min are asked for.",
    Doubt.OXYGEN_UNKNOWN: (
        "Nobody can say how long the oxygen lasts: cylinders, total flow or journey time are "
        "missing."
    ),
    Doubt.CHECKLIST_OPEN: "The checklist before departure is not answered to its end.",
}


@action("planned a transport")
def plan_leg(
    *,
    run: Run,
    kind: str,
    from_place: str,
    to_place: str,
    planned_at: datetime,
    by: User,
    at: datetime,
    cylinders: Iterable[Mapping[str, Any]] = (),
    **facts: Any,
) -> TransportLeg:
    """Plan a journey. `facts`: reason, crew, journey_min, oxygen_flow (L/min).

    `cylinders` are taken along: {"size", "psi"}. Raises UnknownCylinder for a size that the site
    has not listed.
    """
    run = Run.objects.locked(run.pk)
    known = oxygen_policy(run.unit.centre, at)
    return TransportLeg.objects.create(
        run=run,
        kind=kind,
        from_place=from_place,
        to_place=to_place,
        planned_at=planned_at,
        cylinders=[_cylinder(one, known) for one in cylinders],
        entered_at=at,
        entered_by=by,
        **facts,
    )


@action("decided on a transport")
def decide_leg(
    *,
    leg: TransportLeg,
    decision: str,
    by: User,
    at: datetime,
    note: str = "",
    confirmed: Collection[str] = (),
) -> TransportLeg:
    """Sign go or no go. What speaks against going is asked back once.

    Raises NeedsConfirmation, NoGoNeedsReason, LegIsOver.
    """
    run, leg = _locked(leg)
    if leg.departed_at is not None or leg.closed_at is not None:
        raise LegIsOver("This journey has begun or was called off: nothing is left to decide.")
    if decision == GoDecision.NO_GO and not note.strip():
        raise NoGoNeedsReason("Say why it is no go: the crew and the next shift read it.")
    if decision == GoDecision.GO:
        _ask(run, leg, at, confirmed)
    leg.decision, leg.decided_at, leg.decided_by = decision, at, by
    leg.decision_note = note.strip()
    leg.save(update_fields=["decision", "decided_at", "decided_by", "decision_note"])
    return leg


@action("recorded a departure")
def depart(
    *,
    leg: TransportLeg,
    departed_at: datetime,
    by: User,
    at: datetime,
    confirmed: Collection[str] = (),
) -> TransportLeg:
    """Record that the journey began; without a signed "go" it is asked back, never refused.

    Checks are then due closely. Raises UnderWayAlready for a second journey at once.
    """
    run, leg = _locked(leg)
    refuse_future(departed_at, at, "time of departure")
    refuse_outside_run(run, departed_at, "time of departure")
    if leg.closed_at is not None or leg.departed_at is not None:
        raise LegIsOver("This journey has begun or was called off. Reload the page.")
    if leg.decision != GoDecision.GO and "decision" not in confirmed:
        message = "Nobody signed “go” for this journey. If it did begin, confirm it."
        raise NeedsConfirmation(message, errors=_errors("decision", "no_go", message))
    leg.departed_at = departed_at
    try:
        with transaction.atomic():
            leg.save(update_fields=["departed_at"])
    except IntegrityError as broken:
        if "one_under_way" not in str(broken):
            raise
        raise UnderWayAlready(
            "Another journey of this run is under way. Record its arrival first."
        ) from broken
    reassess_check_due(run=run, at=at)
    return leg


@action("recorded an arrival")
def arrive(*, leg: TransportLeg, arrived_at: datetime, by: User, at: datetime) -> TransportLeg:
    """Record the arrival. The stand-down check follows; the cadence of checks is as before."""
    run, leg = _locked(leg)
    refuse_future(arrived_at, at, "time of arrival")
    if leg.departed_at is None:
        raise NotDeparted("This journey has not begun. Record the departure first.")
    if leg.arrived_at is not None:
        raise LegIsOver("The arrival is recorded already. Reload the page.")
    if arrived_at < leg.departed_at:
        raise NotDeparted("The arrival lies before the departure. Correct the time.")
    leg.arrived_at = arrived_at
    leg.save(update_fields=["arrived_at"])
    reassess_check_due(run=run, at=at)
    return leg


@action("stood down after a transport")
def stand_down(
    *, leg: TransportLeg, by: User, at: datetime, confirmed: Collection[str] = ()
) -> TransportLeg:
    """Close a journey after arrival. Without a full check since then it is asked back."""
    run, leg = _locked(leg)
    if leg.arrived_at is None or leg.closed_at is not None:
        raise NotDeparted("Only a journey that arrived and is still open can be stood down.")
    full = run.checks.filter(kind__in=FULL_CHECKS, checked_at__gte=leg.arrived_at)
    if "check" not in confirmed and not full.exists():
        message = (
            "There is no full check (shift or handover) since the arrival. Check the circuit on "
            "mains and wall gas first; if that is charted elsewhere, confirm it."
        )
        raise NeedsConfirmation(message, errors=_errors("check", "no_full_check", message))
    leg.closed_at = at
    leg.save(update_fields=["closed_at"])
    return leg


@action("called a transport off")
def call_off(*, leg: TransportLeg, by: User, at: datetime, reason: str) -> TransportLeg:
    """Say that a planned journey does not take place. One that began is recorded to its end."""
    _, leg = _locked(leg)
    if leg.departed_at is not None:
        raise LegIsOver("This journey has begun: record its arrival instead.")
    if not reason.strip():
        raise NoGoNeedsReason("Say why the journey is called off.")
    leg.closed_at, leg.decision_note = at, reason.strip()
    leg.save(update_fields=["closed_at", "decision_note"])
    return leg


def _locked(leg: TransportLeg) -> tuple[Run, TransportLeg]:
    run = Run.objects.locked(leg.run_id)
    return run, TransportLeg.objects.get(pk=leg.pk)


def _cylinder(row: Mapping[str, Any], known: OxygenPolicy) -> dict[str, str]:
    size = str(row["size"])
    if size not in known.factors:
        sizes = ", ".join(known.factors)
        raise UnknownCylinder(f"No cylinder of size {size} is listed here. Known are: {sizes}.")
    return {"size": size, "psi": str(row["psi"]), "factor": str(known.factors[size])}


def _ask(run: Run, leg: TransportLeg, at: datetime, confirmed: Collection[str]) -> None:
    stock = oxygen_of(leg, oxygen_policy(run.unit.centre, at))
    found = [one for one in doubts(stock, open_items=open_items(leg)) if one not in confirmed]
    if not found:
        return
    said = {"minutes": stock.minutes, "needed": stock.needed_min}
    errors = [
        ErrorItem(parameter=one.value, rule=one.value, message=_DOUBTS[one].format(**said))
        for one in found
    ]
    message = " ".join(error["message"] for error in errors)
    raise NeedsConfirmation(f"{message} Look again; if it still goes, confirm it.", errors=errors)


def _errors(parameter: str, rule: str, message: str) -> list[ErrorItem]:
    return [ErrorItem(parameter=parameter, rule=rule, message=message)]
