"""The readiness board: what stands ready, for how long, and who looked at it last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from accounts.models import Unit, User
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.care_policies import OxygenPolicy, oxygen_policy
from circuits.models import (
    KitItem,
    KitKind,
    KitLook,
    Prime,
    PrimeChemistry,
    PrimeFill,
    StandbyCircuit,
    StandbyStatus,
)
from circuits.standby_policies import look_hours, standby_limits
from clinical.checklist import Standing
from clinical.due import Due
from clinical.prime import StandbyLimits, discard_due
from clinical.transport import Cylinder, oxygen


@dataclass(frozen=True, slots=True)
class StandbyRow:
    """One standby circuit, its clock, and what keeps it from being ready."""

    standby: StandbyCircuit
    due: Due
    at: datetime
    prime: Prime | None
    chemistry: PrimeChemistry | None
    faults: tuple[str, ...]

    @property
    def left(self) -> timedelta:
        """Time until it is to be discarded; negative when that has passed."""
        return self.due.due_at - self.at

    @property
    def kept(self) -> int:
        """Minutes since its clock began."""
        return int((self.at - self.due.anchor).total_seconds() // 60)

    @property
    def whole(self) -> int:
        """Minutes that it keeps."""
        return int((self.due.due_at - self.due.anchor).total_seconds() // 60)

    @property
    def is_past(self) -> bool:
        """Whether it should have been discarded."""
        return self.at >= self.due.due_at

    @property
    def is_warned(self) -> bool:
        """Whether most of its time is over."""
        return self.due.warn_at is not None and self.at >= self.due.warn_at

    @property
    def is_ready(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class KitRow:
    """One thing with its newest look; None, or one that is too old, is not checked."""

    item: KitItem
    look: KitLook | None
    is_fresh: bool
    minutes: int | None

    @property
    def is_ready(self) -> bool:
        """Whether it was looked at in time and found good."""
        return bool(self.look and self.is_fresh and self.look.is_good)


@dataclass(frozen=True, slots=True)
class Board:
    """The readiness of one unit."""

    unit: Unit
    standby: list[StandbyRow]
    kit: list[KitRow]
    look_h: float
    sources: tuple[str, ...]

    @property
    def ready(self) -> int:
        """How many circuits are ready."""
        return sum(row.is_ready for row in self.standby)

    @property
    def kit_ready(self) -> int:
        """How many things were looked at in time and found good."""
        return sum(row.is_ready for row in self.kit)

    @property
    def unchecked(self) -> int:
        """How many things are not ready, or were not looked at in time."""
        return len(self.kit) - self.kit_ready


def boards(user: User, at: datetime) -> list[Board]:
    """Return the readiness of each unit of `user`; the statements do not grow with its rows."""
    units = list(units_of(user, Permission.CATALOGUE_VIEW, at).order_by("name"))
    standing = list(_standing().filter(unit__in=units))
    kit = list(_kit().filter(unit__in=units, retired_at=None))
    return [
        _board(
            unit,
            [one for one in standing if one.unit_id == unit.pk],
            [one for one in kit if one.unit_id == unit.pk],
            at,
        )
        for unit in units
    ]


def standby_row(standby: StandbyCircuit, at: datetime) -> StandbyRow:
    """Return one circuit as the board shows it."""
    limits, _ = standby_limits(standby.unit.centre, at)
    return _row(_standing().get(pk=standby.pk), limits, at, any_status=True)


def kit_row(item: KitItem, at: datetime) -> KitRow:
    """Return one thing as the board shows it."""
    centre = item.unit.centre
    hours, _ = look_hours(centre, at)
    return _thing(_kit().get(pk=item.pk), hours, oxygen_policy(centre, at), at)


def _standing() -> QuerySet[StandbyCircuit]:
    chemistries = Prefetch(
        "chemistries", PrimeChemistry.objects.select_related("overridden_by", "entered_by")
    )
    primes = Prefetch(
        "primes",
        Prime.objects.select_related("primed_by", "verified_by").prefetch_related(
            "products", chemistries
        ),
    )
    return StandbyCircuit.objects.select_related("unit__centre").prefetch_related(primes)


def _kit() -> QuerySet[KitItem]:
    newest = KitLook.objects.order_by("item_id", "-looked_at", "-pk").distinct("item_id")
    looks = Prefetch("looks", newest.select_related("by"), to_attr="newest")
    return KitItem.objects.prefetch_related(looks)


def _board(
    unit: Unit, standing: Iterable[StandbyCircuit], kit: Iterable[KitItem], at: datetime
) -> Board:
    limits, source = standby_limits(unit.centre, at)
    hours, look_source = look_hours(unit.centre, at)
    cylinders = oxygen_policy(unit.centre, at)
    kept = [one for one in standing if one.status in {"ready", "quarantined"}]
    rows = [_row(one, limits, at) for one in kept]
    things = [_thing(one, hours, cylinders, at) for one in kit]
    sources = (source, look_source, cylinders.source)
    return Board(unit, sorted(rows, key=lambda row: row.left), things, hours, sources)


def _row(
    standby: StandbyCircuit, limits: StandbyLimits, at: datetime, *, any_status: bool = False
) -> StandbyRow:
    due = discard_due(standby.fill, standby.clock_from, limits)
    primes = list(standby.primes.all())
    prime = primes[-1] if primes else None
    analyses = list(prime.chemistries.all()) if prime else []
    chemistry = analyses[-1] if analyses else None
    faults = []
    if standby.status != StandbyStatus.READY and not any_status:
        faults.append(standby.get_status_display().lower())
    if at >= due.due_at:
        faults.append("past its time")
    if prime and prime.verified_by_id is None:
        faults.append("prime not verified")
    if prime and prime.kind == PrimeFill.BLOOD:
        faults += _chemistry_faults(chemistry)
    return StandbyRow(standby, due, at, prime, chemistry, tuple(faults))


def _chemistry_faults(chemistry: PrimeChemistry | None) -> list[str]:
    if chemistry is None:
        return ["chemistry not measured"]
    if chemistry.standing == Standing.STOP and chemistry.overridden_by_id is None:
        return ["chemistry outside the stop line"]
    return []


def _thing(item: KitItem, hours: float, cylinders: OxygenPolicy, at: datetime) -> KitRow:
    newest: list[KitLook] = getattr(item, "newest", [])
    look = newest[0] if newest else None
    is_fresh = look is not None and at - look.looked_at <= timedelta(hours=hours)
    return KitRow(item, look, is_fresh, _minutes(item, look, cylinders))


def _minutes(item: KitItem, look: KitLook | None, cylinders: OxygenPolicy) -> int | None:
    factor: Decimal | None = cylinders.factors.get(item.cylinder_size)
    if item.kind != KitKind.CYLINDER or look is None or factor is None:
        return None
    if look.pressure_psi is None:
        return None
    left = [Cylinder(look.pressure_psi, factor)]
    return oxygen(left, flow_l_min=look.flow_l_min, journey_min=None).minutes
