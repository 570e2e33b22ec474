"""One card of the unit board: what it says of a patient, from the facts that the board fetched."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from clinical.measures import MEASURES
from ecmo.board_facts import AlertFact, DueFact, RunFacts
from patients.models import Mode, Sex
from patients.models.patient import full_name
from patients.queries import age_in_words

TILES = ("blood_flow", "pump_speed", "delta_p", "sat_post_membrane")
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


@dataclass(frozen=True, slots=True)
class Card:
    """One patient on the board, as at a minute; equal cards look the same."""

    facts: RunFacts
    at: datetime
    alerts: tuple[AlertFact, ...] = ()
    dues: tuple[DueFact, ...] = ()

    @property
    def severity(self) -> int:
        """The highest attention among the alerts shown; 0 for none."""
        return max((alert.severity for alert in self.alerts), default=0)

    @property
    def late(self) -> int:
        """How much is overdue."""
        return sum(one.is_late for one in self.dues)

    @property
    def check_due(self) -> DueFact | None:
        """When the next circuit check is due."""
        return next((one for one in self.dues if one.kind == "check"), None)

    @property
    def owed(self) -> int:
        """How many entries are still owed since flow on."""
        return sum(one.rule.startswith("debt.") for one in self.dues)

    @property
    def name(self) -> str:
        """FAMILY, Given."""
        return full_name(self.facts.family_name, self.facts.given_name)

    @property
    def initials(self) -> str:
        """What the wall shows instead of the name."""
        letters = (name[:1].upper() for name in (self.facts.family_name, self.facts.given_name))
        return "".join(f"{letter}." for letter in letters if letter)

    @property
    def url(self) -> str:
        """The run's page."""
        return reverse("circuits:run-overview", args=[self.facts.run_id])

    @property
    def sex(self) -> str:
        """The sex in words."""
        return str(Sex(self.facts.sex).label)

    @property
    def is_stale(self) -> bool:
        """The newest values are older than two hours."""
        checked_at = self.facts.checked_at
        return checked_at is None or self.at - checked_at > STALE_AFTER

    @property
    def age(self) -> str:
        """The patient's age in words."""
        return age_in_words(self.facts.born_at, self.at, ZoneInfo(self.facts.timezone))

    @property
    def day(self) -> int:
        """The day on ECMO, the first 24 hours being day 1."""
        return self.running_for.days + 1

    @property
    def running_for(self) -> timedelta:
        """Time since flow on."""
        return self.at - self.facts.started_at

    @property
    def mode(self) -> str:
        """The mode that holds now, in words."""
        return Mode(str(self.facts.mode)).label if self.is_mode_known else "Mode not known"

    @property
    def is_mode_known(self) -> bool:
        """Whether somebody has said which mode it is."""
        return self.facts.mode not in {None, "", Mode.UNKNOWN}

    @property
    def weight_kg(self) -> Decimal | None:
        """The weight in use."""
        weight = self.facts.weight_kg
        return weight.normalize() if weight is not None else None

    @property
    def tiles(self) -> list[Tile]:
        """The four figures of the card."""
        subs = (
            self._sub("blood_flow_per_kg"),
            self._named("sweep", "sweep_gas_flow"),
            self._sub("membrane_resistance"),
            self._named("FdO2", "fdo2"),
        )
        return [self._tile(code, sub) for code, sub in zip(TILES, subs, strict=True)]

    @property
    def spark(self) -> list[Decimal | None]:
        """The pressure drop over the membrane in the last 24 hours, oldest first."""
        return [Decimal(v) if v is not None else None for v in self.facts.spark]

    @property
    def infusion(self) -> dict[str, Any]:
        """The newest change of an anticoagulant infusion; empty if there is none."""
        return _json(self.facts.infusion)

    @property
    def plan(self) -> dict[str, Any]:
        """The anticoagulation plan in force; empty if there is none."""
        return _json(self.facts.plan)

    @property
    def driver(self) -> dict[str, Any] | None:
        """The newest result of the test that drives the plan, with where it lies."""
        plan, result = self.plan, _json(self.facts.driver)
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
        since = self.facts.oxygenator_since
        return self.at - since if since else None

    def _value(self, measure: str) -> Decimal | None:
        document = _json(self.facts.document)
        if not document:
            return None
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
        return f"{name} {self._text(code)}" if self.facts.checked_at else ""


@lru_cache(maxsize=1024)
def drawn(card: Card, template: str, zone: str) -> SafeString:
    """Return a card as HTML. The same facts in the same minute and `zone` are drawn once."""
    return render_to_string(template, {"card": card, "zone": zone})


@lru_cache(maxsize=512)
def _json(text: str | None) -> dict[str, Any]:
    return dict(json.loads(text)) if text else {}


def _place(value: Decimal, low: Any, high: Any) -> str:
    if low is not None and value < Decimal(str(low)):
        return "below"
    if high is not None and value > Decimal(str(high)):
        return "above"
    return "in"
