"""What anticoagulation is aimed at, how it went, and what the site's protocol says to it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import Centre
from clinical import anticoagulation
from clinical.anticoagulation import Circumstances, Discordance, Protocol, Step
from clinical.spans import Span
from clinical.time_in_range import TimeInRange, time_in_range
from clinical.titration import TitrationRow, titrate
from labs.models import AnticoagulationPlan, InfusionChange
from labs.queries.infusions import as_changes
from labs.queries.results import versions
from patients.models import Run
from web.models import SiteDocument

PROTOCOLS = "anticoagulation_protocols"
SWITCHES = "clinical_switches"


def plan_at(run: Run, when: datetime) -> AnticoagulationPlan | None:
    """Return the plan that holds at a time, if any."""
    return (
        run.plans.filter(starts_at__lte=when)
        .filter(Q(ends_at=None) | Q(ends_at__gt=when))
        .select_related("entered_by")
        .first()
    )


def as_plan(row: AnticoagulationPlan) -> anticoagulation.Plan:
    """Return a plan as the rules read it."""
    return anticoagulation.Plan(
        agent=row.agent,
        driver=row.driver,
        target=Span(row.target_low, row.target_high),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def time_in_target(plan: AnticoagulationPlan) -> TimeInRange:
    """Return how long the driver test was within the plan's target (one statement)."""
    results = versions(plan.run.patient, [plan.driver], plan.starts_at)
    return time_in_range(as_plan(plan), results)


def titration_of(plan: AnticoagulationPlan, protocol: Protocol) -> tuple[TitrationRow, ...]:
    """Return what the protocol says to each driver result of a plan (four statements).

    A row is judged by what was known when its result arrived.
    """
    analytes = {plan.driver, *(row.analyte for row in protocol.discordance)}
    results = versions(plan.run.patient, analytes, plan.run.started_at)
    return titrate(as_plan(plan), protocol, results, _circumstances(plan))


def _circumstances(plan: AnticoagulationPlan) -> Circumstances:
    changes = InfusionChange.objects.current().filter(
        infusion__run=plan.run_id, infusion__agent=plan.agent
    )
    products = plan.run.blood_products.filter(given_to="patient")
    return Circumstances(
        changes=as_changes(changes),
        products=tuple(
            anticoagulation.ProductGiven(row.product, row.started_at) for row in products
        ),
        bleeding=tuple(
            anticoagulation.Bleeding(row.grade, row.starts_at, row.ends_at)
            for row in plan.run.bleedings.all()
        ),
    )


def protocol_of(plan: AnticoagulationPlan, at: datetime) -> Protocol | None:
    """Return the protocol that the plan names, from the site's document in force (one statement)."""
    if not plan.protocol:
        return None
    document = SiteDocument.objects.in_force(plan.run.unit.centre, PROTOCOLS, at)
    rows = document.body if document else []
    return next((as_protocol(row) for row in rows if row["id"] == plan.protocol), None)


def as_protocol(row: Mapping[str, Any]) -> Protocol:
    """Return a protocol as the rules read it; the shape is that of the site's document."""
    return Protocol(
        id=row["id"],
        steps=tuple(_step(step) for step in row["steps"]),
        max_age_min=row["max_age_min"],
        rounding=_exact(row["rounding"]),
        max_rate=_exact(row["max_rate"]),
        block_if_bleeding_grade=row["block_if_bleeding_grade"],
        steady_state_h=row.get("steady_state_h"),
        discordance=tuple(
            Discordance(**{**rule, "bound": _exact(rule["bound"])})
            for rule in row.get("discordance", ())
        ),
    )


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        id=row["id"],
        low=_exact(row["low"]),
        high=None if row["high"] is None else _exact(row["high"]),
        rate_pct=_exact(row["rate_pct"]),
        recheck_h=row["recheck_h"],
        hold_min=row.get("hold_min", 0),
        recheck_h_if_two_in_range=row.get("recheck_h_if_two_in_range"),
    )


def signed_switch(centre: Centre, name: str, at: datetime) -> SiteDocument | None:
    """Return the version in which the site signed for a piece of arithmetic; None while it is off.

    `name` is `titration`, `trends` or `projections`.
    """
    document = SiteDocument.objects.in_force(centre, SWITCHES, at)
    return document if document and document.body.get(name) is True else None


def is_titration_signed(centre: Centre, at: datetime) -> bool:
    """Whether the site has signed that titration arithmetic may be shown (off until then)."""
    return signed_switch(centre, "titration", at) is not None


def _exact(number: Any) -> Decimal:
    return Decimal(str(number))
