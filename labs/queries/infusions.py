"""Infusions: what runs now, and what ran when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch

from clinical import anticoagulation
from clinical.anticoagulation import infusion_state
from clinical.units import pump_rate_ml_per_h, written
from labs.models import Infusion, InfusionChange
from patients.models import Run

PER_KG = "/kg/"


def infusions_of(run: Run) -> list[Infusion]:
    """Return the run's infusions with their current changes as `valid_changes` (two statements)."""
    changes = InfusionChange.objects.current().select_related("entered_by", "verified_by")
    return list(
        run.infusions.prefetch_related(
            Prefetch("changes", changes.order_by("changed_at", "pk"), to_attr="valid_changes")
        )
    )


def as_changes(rows: Iterable[InfusionChange]) -> tuple[anticoagulation.InfusionChange, ...]:
    """Return changes as the rules read them. A hold or a stop has the rate 0."""
    return tuple(
        anticoagulation.InfusionChange(
            row.changed_at, anticoagulation.ChangeKind(row.kind), row.rate or Decimal(0)
        )
        for row in rows
    )


def state_at(infusion: Infusion, when: datetime) -> anticoagulation.InfusionState:
    """Return the rate at a time and whether the infusion is on hold (one statement)."""
    return infusion_state(as_changes(infusion.changes.current()), when)


@dataclass(frozen=True, slots=True)
class InfusionNow:
    """One infusion as it stands: rate in its own unit, per hour, and what was done last."""

    infusion: Infusion
    rate: Decimal | None
    is_on_hold: bool
    last: InfusionChange | None
    rate_before: Decimal | None
    ml_per_h: Decimal | None
    per_hour: Decimal | None

    @property
    def unit(self) -> str:
        """The unit of the rate as it is read at the bedside."""
        return written(self.infusion.rate_unit)

    @property
    def hourly_unit(self) -> str:
        """The unit of the rate for the whole patient."""
        return self.unit.replace(PER_KG, "/")

    @property
    def weight(self) -> Decimal | None:
        """The dosing weight (kg)."""
        return _plain(self.infusion.weight_kg)

    @property
    def is_running(self) -> bool:
        """Whether something flows."""
        return bool(self.rate)


def infusion_now(infusion: Infusion, at: datetime) -> InfusionNow:
    """Return how an infusion from `infusions_of` stands at a time."""
    rows: list[InfusionChange] = [
        row
        for row in infusion.valid_changes  # type: ignore[attr-defined]  # set by infusions_of
        if row.changed_at <= at
    ]
    state = infusion_state(as_changes(rows), at)
    return InfusionNow(
        infusion=infusion,
        rate=_plain(state.rate),
        is_on_hold=state.is_on_hold,
        last=rows[-1] if rows else None,
        rate_before=_plain(rows[-2].rate) if len(rows) > 1 else None,
        ml_per_h=_pump_rate(infusion, state.rate),
        per_hour=_per_hour(infusion, state.rate),
    )


def _plain(rate: Decimal | None) -> Decimal | None:
    """Without the zeros that only the column added."""
    return None if rate is None else Decimal(f"{rate.normalize():f}")


def _per_hour(infusion: Infusion, rate: Decimal | None) -> Decimal | None:
    if rate is None or infusion.weight_kg is None or PER_KG not in infusion.rate_unit:
        return None
    return rate * infusion.weight_kg


def _pump_rate(infusion: Infusion, rate: Decimal | None) -> Decimal | None:
    if rate is None or not infusion.concentration:
        return None
    try:
        return pump_rate_ml_per_h(
            rate, infusion.rate_unit, per_ml=infusion.concentration, weight_kg=infusion.weight_kg
        )
    except ValueError:
        return None
