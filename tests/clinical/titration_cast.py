"""A plan, a table, an infusion that runs, and results as they arrive."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from clinical.anticoagulation import (
    ChangeKind,
    Circumstances,
    Discordance,
    InfusionChange,
    LabResult,
    Plan,
    Protocol,
    Status,
    Step,
)
from clinical.spans import Span
from clinical.titration import titrate

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PLAN = Plan("ufh", "xa", Span.of([0.3, 0.5]), NOON - 48 * HOUR)
STEPS = (
    Step("up", Decimal(0), Decimal("0.3"), Decimal(10), 6),
    Step("stay", Decimal("0.3"), Decimal("0.5"), Decimal(0), 6, 0, 12),
    Step("down", Decimal("0.5"), Decimal("0.8"), Decimal(-10), 6),
    Step("hold", Decimal("0.8"), None, Decimal(-15), 4, 30),
)
PROTOCOL = Protocol(
    id="p",
    steps=STEPS,
    max_age_min=120,
    rounding=Decimal("0.1"),
    max_rate=Decimal(40),
    block_if_bleeding_grade=2,
    steady_state_h=4,
    discordance=(
        Discordance("d1", "below", "aptt", "above", Decimal(100), 2),
        Discordance("d2", "above", "aptt", "below", Decimal(45), 2),
    ),
)


def result(value="0.2", *, collected=NOON, known=None, status=Status.FINAL, **more):
    analyte = more.pop("analyte", "xa")
    return LabResult(
        key=more.pop("key", f"{analyte} {collected}"),
        analyte=analyte,
        source=more.pop("source", "m"),
        collected_at=collected,
        known_at=known or collected + 50 * MINUTE,
        status=status,
        value=None if value is None else Decimal(value),
        **more,
    )


def changes(*rows):
    return tuple(InfusionChange(at, ChangeKind(kind), Decimal(rate)) for at, kind, rate in rows)


STEADY = changes((NOON - 20 * HOUR, "start", 12))


def titrated(*results, protocol=PROTOCOL, **around):
    around.setdefault("changes", STEADY)
    return titrate(PLAN, protocol, results, Circumstances(**around))


def blocked(*results, **around):
    return [block.value for block in titrated(*results, **around)[-1].blocked]


def aptt(value, hours, **more):
    collected = NOON + hours * HOUR
    return result(
        value, collected=collected, known=NOON, analyte="aptt", source=f"a{hours}", **more
    )
