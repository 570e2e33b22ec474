"""One card of the unit board: what it says of a patient, from the facts that the board fetched."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from alerts.models import Alert, Due
from clinical.measures import MEASURES
from patients.models import Mode, Run
from patients.queries import age_words

STALE_AFTER = timedelta(hours=2)
OLD_RESULT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Tile:
    """One value on a card: label, number, unit and decimals, with the attention it needs."""

    label: str
    value: Decimal | None
    unit: str
    decimals: int
    att: int | None = None
    sub: str = ""


@dataclass(slots=True)
class Card:
    """One patient on the board."""

    run: Run
    at: datetime
    alerts: list[Alert] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)

    @property
    def severity(self) -> int:
        """The highest attention among the alerts shown; 0 for none."""
        return max((alert.severity for alert in self.alerts), default=0)

    @property
    def late(self) -> list[Due]:
        """What is overdue."""
        return [one for one in self.dues if one.overdue_at < self.at]

    @property
    def check_due(self) -> Due | None:
        """When the next circuit check is due."""
        return next((one for one in self.dues if one.kind == "check"), None)

    @property
    def owed(self) -> list[Due]:
        """Entries still owed since flow on."""
        return [one for one in self.dues if one.rule.startswith("debt.")]

    @property
    def checked_at(self) -> datetime | None:
        """When the newest check was read."""
        newest = self._fact("newest_check")
        return datetime.fromisoformat(newest["checked_at"]) if newest else None

    @property
    def is_stale(self) -> bool:
        """The newest values are older than two hours."""
        return self.checked_at is None or self.at - self.checked_at > STALE_AFTER

    @property
    def age(self) -> str:
        """The patient's age in words."""
        return age_words(self.run.patient, self.at)

    @property
    def day(self) -> int:
        """The day on ECMO, the first 24 hours being day 1."""
        return (self.at - self.run.started_at).days + 1

    @property
    def running_for(self) -> timedelta:
        """Time since flow on."""
        return self.at - self.run.started_at

    @property
    def mode(self) -> str:
        """The mode that holds now, in words."""
        return Mode(self._fact("mode_now")).label if self.is_mode_known else "Mode not known"

    @property
    def is_mode_known(self) -> bool:
        """Whether somebody has said which mode it is."""
        return self._fact("mode_now") not in {None, "", Mode.UNKNOWN}

    @property
    def weight_kg(self) -> Decimal | None:
        """The weight in use."""
        weight = self._fact("weight_now")
        return Decimal(str(weight)).normalize() if weight is not None else None

    @property
    def tiles(self) -> list[Tile]:
        """The four figures of the card."""
        return [
            self._tile("blood_flow", self._sub("blood_flow_per_kg")),
            self._tile("pump_speed", self._named("sweep", "sweep_gas_flow")),
            self._tile("delta_p", self._sub("membrane_resistance")),
            self._tile("sat_post_membrane", self._named("FdO2", "fdo2")),
        ]

    @property
    def spark(self) -> list[Decimal | None]:
        """The pressure drop over the membrane in the last 24 hours, oldest first."""
        return [Decimal(v) if v is not None else None for v in self._fact("spark") or []]

    @property
    def infusion(self) -> dict[str, Any]:
        """The newest change of an anticoagulant infusion; empty if there is none."""
        return self._fact("infusion_now") or {}

    @property
    def plan(self) -> dict[str, Any]:
        """The anticoagulation plan in force; empty if there is none."""
        return self._fact("plan_now") or {}

    @property
    def driver(self) -> dict[str, Any] | None:
        """The newest result of the test that drives the plan, with where it lies."""
        plan, result = self.plan, self._fact("driver_result")
        if not plan or not result:
            return None
        value = Decimal(str(result["value"]))
        measure = MEASURES[plan["driver"]]
        collected = datetime.fromisoformat(result["collected_at"])
        return {
            "label": measure.short,
            "value": value,
            "comparator": result["comparator"],
            "unit": measure.display_unit,
            "decimals": measure.decimals,
            "at": collected,
            "is_old": self.at - collected > OLD_RESULT,
            "place": _place(value, plan["target_low"], plan["target_high"]),
            "low": plan["target_low"],
            "high": plan["target_high"],
        }

    @property
    def oxygenator_hours(self) -> timedelta | None:
        """How long the oxygenator has been in."""
        since = self._fact("oxygenator_since")
        return self.at - since if since else None

    def _fact(self, name: str) -> Any:
        return getattr(self.run, name)

    def _value(self, measure: str) -> Decimal | None:
        newest = self._fact("newest_check")
        if not newest:
            return None
        document = newest["document"]
        if measure in document["derived"]:
            return Decimal(document["derived"][measure])
        row = document["values"].get(measure)
        return Decimal(row["value"]) if row else None

    def _tile(self, code: str, sub: str) -> Tile:
        one = MEASURES[code]
        return Tile(
            label=one.short,
            value=self._value(code),
            unit=one.display_unit,
            decimals=one.decimals,
            att=max((a.severity for a in self.alerts if a.parameter == code), default=None),
            sub=sub,
        )

    def _sub(self, code: str) -> str:
        return self._text(code) if self._value(code) is not None else ""

    def _text(self, code: str) -> str:
        value = self._value(code)
        return MEASURES[code].text(value) if value is not None else "not measured"

    def _named(self, name: str, code: str) -> str:
        return f"{name} {self._text(code)}" if self.checked_at else ""


def _place(value: Decimal, low: Any, high: Any) -> str:
    if low is not None and value < Decimal(str(low)):
        return "below"
    if high is not None and value > Decimal(str(high)):
        return "above"
    return "in"
