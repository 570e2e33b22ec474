"""Standby circuits and their prime: how long one keeps, and what its chemistry says.

Sources: bedside reference 3.4 item 7 (chemistry of a blood prime: aims, caution and stop lines) and
3.5 (dry 60 d, closed crystalloid 30 d, blood 16 h; reminders at 80 % and 100 %; weekly checks). All
are site data; these are the defaults until a site has its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from clinical.checklist import Standing, span_of, words_of
from clinical.due import Due
from clinical.findings import Finding, Severity
from clinical.spans import OPEN, Span


class PrimeKind(StrEnum):
    """What a standby circuit is filled with."""

    DRY = "dry"
    CRYSTALLOID = "crystalloid"
    BLOOD = "blood"


@dataclass(frozen=True, slots=True)
class StandbyLimits:
    """How long a circuit keeps (h) by what it is filled with, and how often it is looked at."""

    hours: Mapping[str, Decimal]
    warn_pct: Decimal = Decimal(80)
    weekly_h: Decimal = Decimal(168)


DEFAULT_LIMITS = StandbyLimits(
    {
        PrimeKind.DRY: Decimal(60 * 24),
        PrimeKind.CRYSTALLOID: Decimal(30 * 24),
        PrimeKind.BLOOD: Decimal(16),
    }
)


@dataclass(frozen=True, slots=True)
class Chemical:
    """One value of the prime. The spans are in `unit`; a value on a line is inside it."""

    code: str
    label: str
    unit: str
    decimals: int
    hard: Span = OPEN
    caution: Span = OPEN
    stop: Span = OPEN

    @property
    def shown_unit(self) -> str:
        """The unit beside a value; nothing where the label says it already, as of pH."""
        return "" if self.unit == self.label else self.unit

    def reads(self, value: Decimal) -> str:
        """Say a value under its label: "Potassium 8.1 mmol/L", "pH 7.1"."""
        return f"{self.label} {value} {self.shown_unit}".strip()


def chemical(row: Mapping[str, Any]) -> Chemical:
    """Return one value as a table (of the site, or the default) describes it."""
    return Chemical(
        code=row["code"],
        label=row["label"],
        unit=row["unit"],
        decimals=row["decimals"],
        hard=span_of(row, "hard"),
        caution=span_of(row, "caution"),
        stop=span_of(row, "stop"),
    )


DEFAULT_CHEMISTRY: tuple[dict[str, Any], ...] = (
    {
        "code": "ph",
        "label": "pH",
        "unit": "pH",
        "decimals": 2,
        "hard": [6, 8],
        "caution": [7.2, None],
    },
    {"code": "pco2", "label": "pCO2", "unit": "mmHg", "decimals": 0, "hard": [0, 250]},
    {
        "code": "ica",
        "label": "Ionised calcium",
        "unit": "mmol/L",
        "decimals": 2,
        "hard": [0, 5],
        "caution": [1.0, None],
        "stop": [0.8, None],
    },
    {
        "code": "k",
        "label": "Potassium",
        "unit": "mmol/L",
        "decimals": 1,
        "hard": [0, 40],
        "caution": [None, 6],
        "stop": [None, 8],
    },
    {"code": "na", "label": "Sodium", "unit": "mmol/L", "decimals": 0, "hard": [0, 250]},
    {"code": "glucose", "label": "Glucose", "unit": "mmol/L", "decimals": 1, "hard": [0, 100]},
    {"code": "hct", "label": "Haematocrit", "unit": "%", "decimals": 0, "hard": [0, 80]},
    {"code": "act", "label": "Activated clotting time", "unit": "s", "decimals": 0},
    {"code": "temperature", "label": "Temperature", "unit": "°C", "decimals": 1, "hard": [0, 45]},
)
"""Lines only where the reference has one: caution K > 6, iCa < 1.0, pH < 7.2; stop K > 8 and
iCa < 0.8, the last two marked there as judgement. Hard spans are slips of the keys: our proposal."""

JUDGED = ("k", "ica", "ph")
"""What a blood prime is judged by: without one of these nobody can say how it stands."""


@dataclass(frozen=True, slots=True)
class Stood:
    """How one value stands to its lines."""

    chemical: Chemical
    value: Decimal
    standing: Standing


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the chemistry stands, what is missing of it, and whether anything was measured."""

    values: tuple[Stood, ...]
    missing: tuple[Chemical, ...]

    @property
    def worst(self) -> Standing:
        """The gravest standing of any value that was measured."""
        standings = {one.standing for one in self.values}
        for grave in (Standing.STOP, Standing.CAUTION):
            if grave in standings:
                return grave
        return Standing.FINE

    @property
    def is_whole(self) -> bool:
        """Whether everything that the lines need was measured: missing is never normal."""
        return not self.missing


def judge(values: Mapping[str, Decimal], table: tuple[Chemical, ...]) -> Verdict:
    """Judge a prime's values against the lines of its table."""
    stood = [
        Stood(one, values[one.code], _standing(one, values[one.code]))
        for one in table
        if one.code in values
    ]
    missing = [one for one in table if one.code in JUDGED and one.code not in values]
    return Verdict(tuple(stood), tuple(missing))


def findings(verdict: Verdict | None, *, is_overridden: bool) -> tuple[Finding, ...]:
    """Return what an activation with this prime raises. It is never held up.

    None: nothing was measured. A stop line that a physician overrode is a warning, else critical.
    """
    if verdict is None or (missing := [one.label for one in verdict.missing]):
        named = "nothing" if verdict is None else ", ".join(missing)
        what = "was measured" if verdict is None else "not measured"
        text = f"Chemistry of the blood prime before use: {named} {what}"
        return (Finding("prime.not_measured", Severity.WARNING, text),)
    if verdict.worst is not Standing.STOP:
        return ()
    passed = "; ".join(
        f"{one.chemical.reads(one.value)} (stop line "
        f"{words_of(one.chemical.stop, one.chemical.shown_unit)})"
        for one in verdict.values
        if one.standing is Standing.STOP
    )
    severity = Severity.WARNING if is_overridden else Severity.CRITICAL
    who = "overridden by a physician" if is_overridden else "overridden by nobody"
    text = f"The blood prime in use was outside its stop line, {who}: {passed}"
    return (Finding("prime.outside_stop", severity, text),)


def discard_due(kind: str, since: datetime, limits: StandbyLimits) -> Due:
    """Return when a circuit is to be discarded: warned of at 80 % of its time, due at 100 %."""
    hours = limits.hours[kind]
    due_at = since + timedelta(hours=float(hours))
    warn_at = since + timedelta(hours=float(hours * limits.warn_pct / 100))
    return Due(
        rule=f"standby.{kind}",
        anchor=since,
        due_at=due_at,
        overdue_at=due_at,
        warn_at=warn_at,
        why=f"{kind} circuits are kept {hours:f} h",
        inputs={"kind": kind, "hours": f"{hours:f}"},
    )


def look_due(last_looked_at: datetime, limits: StandbyLimits) -> Due:
    """Return when a standby circuit is to be looked at next; late a day after."""
    due_at = last_looked_at + timedelta(hours=float(limits.weekly_h))
    return Due(
        rule="standby.look",
        anchor=last_looked_at,
        due_at=due_at,
        overdue_at=due_at + timedelta(days=1),
        warn_at=due_at - timedelta(days=1),
        why=f"standby circuits are looked at every {limits.weekly_h:f} h",
        inputs={"hours": f"{limits.weekly_h:f}"},
    )


def _standing(one: Chemical, value: Decimal) -> Standing:
    if one.stop.outside(value):
        return Standing.STOP
    return Standing.CAUTION if one.caution.outside(value) else Standing.FINE
