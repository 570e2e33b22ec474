"""When the next sample of the test that drives anticoagulation is due."""

from datetime import datetime

from alerts.actions import set_dues
from alerts.owed import Owed
from clinical.due import sample_due
from clinical.measures import MEASURES
from labs.models import AnticoagulationPlan
from labs.queries.panel import SAMPLE
from labs.queries.plans import plan_at, protocol_of, titration_of
from patients.models import Run


def reassess_sample_due(*, run: Run, at: datetime) -> None:
    """Rewrite the row that says when the plan's driver test is due; none without a protocol.

    The times come from the site's own protocol (recheck_h of its steps), never from the product.
    """
    plan = plan_at(run, at)
    set_dues(
        unit=run.unit,
        run=run,
        subject=str(run.public_id),
        kinds=frozenset({SAMPLE}),
        dues=() if plan is None else _owed(plan, at),
        at=at,
    )


def _owed(plan: AnticoagulationPlan, at: datetime) -> tuple[Owed, ...]:
    protocol = protocol_of(plan, at) if plan.driver else None
    if protocol is None:
        return ()
    due = sample_due(
        titration_of(plan, protocol),
        driver=plan.driver,
        starts_at=plan.starts_at,
        first_after_h=min(step.recheck_h for step in protocol.steps),
    )
    driver = MEASURES.get(plan.driver)
    name = driver.label if driver else plan.driver
    return (Owed(kind=SAMPLE, label=f"Sample for {name}", due=due, source=protocol.id),)
