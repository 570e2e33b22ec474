"""Devices that are not used up, each with where it is, what was done to it, and what it owes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from accounts.models import Unit, User
from accounts.permissions import Permission
from alerts.models import Due
from circuits.models import (
    HYGIENE,
    ComponentUse,
    Console,
    ConsoleRecord,
    RecordKind,
    ServiceState,
    WaterResult,
)
from clinical.measures import MEASURES

LOAN = "loan_return"


class AlarmLimit(NamedTuple):
    """One measure of the alarm limits as configured; None is no alarm on that side."""

    label: str
    unit: str
    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """One device. `sees_bed`: who looks may know in which bed it is."""

    console: Console
    use: ComponentUse | None
    sees_bed: bool
    newest: dict[str, ConsoleRecord] = field(default_factory=dict)
    dues: dict[str, Due] = field(default_factory=dict)
    water: WaterResult | None = None

    @property
    def is_fit(self) -> bool:
        """Whether it is in service."""
        return self.console.state == ServiceState.IN_SERVICE

    @property
    def maintenance(self) -> Due | None:
        """When maintenance is due."""
        return self.dues.get(RecordKind.MAINTENANCE)

    @property
    def self_test(self) -> ConsoleRecord | None:
        """The newest self-test."""
        return self.newest.get(RecordKind.SELF_TEST)

    @property
    def battery(self) -> ConsoleRecord | None:
        """The newest battery test."""
        return self.newest.get(RecordKind.BATTERY_TEST)

    @property
    def alarm_limits(self) -> ConsoleRecord | None:
        """The alarm limits as configured."""
        return self.newest.get(RecordKind.ALARM_LIMITS)

    @property
    def loan(self) -> Due | None:
        """When the loan ends."""
        return self.dues.get(LOAN)

    @property
    def hygiene(self) -> list[tuple[RecordKind, ConsoleRecord | None, Due | None]]:
        """What is done to its water: the newest of each, and when the next is due."""
        return [(kind, self.newest.get(kind), self.dues.get(kind)) for kind in HYGIENE]

    @property
    def care(self) -> list[tuple[RecordKind, ConsoleRecord | None, Due | None]]:
        """What else is done to it."""
        kinds = [kind for kind in RecordKind if kind not in HYGIENE]
        return [(kind, self.newest.get(kind), self.dues.get(kind)) for kind in kinds]

    def late(self, at: datetime) -> list[Due]:
        """What of it is overdue."""
        return [due for due in self.dues.values() if due.overdue_at < at]


def console_lines(consoles: Iterable[Console], user: User, at: datetime) -> list[ConsoleLine]:
    """Return devices with what is known of each, in their order (five statements)."""
    rows = list(consoles)
    uses = _uses(rows)
    seen = set(
        Unit.objects.with_permission(user, Permission.PATIENT_VIEW, at).values_list("pk", flat=True)
    )
    newest, dues, water = _newest(rows), _dues(rows), _water(rows)
    return [
        ConsoleLine(
            console=one,
            use=(use := uses.get(one.component_id)),
            sees_bed=use is not None and use.circuit.run.unit_id in seen,
            newest=newest.get(one.pk, {}),
            dues=dues.get(str(one.public_id), {}),
            water=water.get(one.pk),
        )
        for one in rows
    ]


def alarm_limits(details: Mapping[str, Mapping[str, str | None]]) -> list[AlarmLimit]:
    """Return the alarm limits of a record, measure by measure."""
    return [
        AlarmLimit(
            MEASURES[code].label, MEASURES[code].display_unit, both.get("low"), both.get("high")
        )
        for code, both in details.items()
        if code in MEASURES
    ]


def _uses(rows: Collection[Console]) -> dict[int, ComponentUse]:
    inside = ComponentUse.objects.filter(
        component__in=[row.component_id for row in rows], removed_at=None
    )
    return {
        use.component_id: use
        for use in inside.select_related("circuit__run__patient", "circuit__run__unit")
    }


def _newest(rows: Collection[Console]) -> dict[int, dict[str, ConsoleRecord]]:
    records = ConsoleRecord.objects.filter(console__in=rows).select_related("entered_by")
    found: dict[int, dict[str, ConsoleRecord]] = {}
    newest = records.order_by("console_id", "kind", "-done_at", "-pk").distinct(
        "console_id", "kind"
    )
    for record in newest:
        found.setdefault(record.console_id, {})[record.kind] = record
    return found


def _dues(rows: Collection[Console]) -> dict[str, dict[str, Due]]:
    keys = [str(row.public_id) for row in rows]
    found: dict[str, dict[str, Due]] = {}
    for due in Due.objects.open().filter(run=None, subject__in=keys):
        found.setdefault(due.subject, {})[due.kind] = due
    return found


def _water(rows: Collection[Console]) -> dict[int, WaterResult]:
    results = WaterResult.objects.filter(console__in=rows, superseded_by=None)
    newest = results.order_by("console_id", "-sampled_at", "-pk").distinct("console_id")
    return {result.console_id: result for result in newest}
