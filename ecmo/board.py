"""The unit board: every running patient on one page, in four statements however many they are.

Order: attention, then overdue, then bed. Lateness of paperwork never ranks with physiology.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import UserRequest, held, requires
from accounts.models import User
from accounts.permissions import Permission
from alerts.models import Alert, Category, Due
from audit.actions import record_accesses
from circuits.models import Check, ComponentUse
from clinical.measures import MEASURES
from labs.models import AnticoagulationPlan, InfusionChange, Result, ResultStatus
from patients.models import Cannula, ModeSegment, Run, WeightEntry
from patients.queries import age_words, census

SPARK_FOR = timedelta(hours=24)
STALE_AFTER = timedelta(hours=2)
OLD_RESULT = timedelta(hours=12)
SHOWN = ("blood_flow", "pump_speed", "delta_p", "sat_post_membrane", "sweep_gas_flow", "fdo2")


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
    alerts: list[Alert] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    at: datetime = field(default_factory=timezone.now)

    @property
    def severity(self) -> int:
        """The highest attention among patient and circuit alerts; 0 for none."""
        return max((a.severity for a in self.alerts if a.category != Category.PAPERWORK), default=0)

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
        held = self._fact("mode_now")
        return dict(ModeSegment._meta.get_field("mode").flatchoices).get(held, "Mode not known")

    @property
    def weight_kg(self) -> Decimal | None:
        """The weight in use."""
        weight = self._fact("weight_now")
        return Decimal(str(weight)) if weight is not None else None

    @property
    def tiles(self) -> list[Tile]:
        """The four figures of the card."""
        return [
            self._tile("blood_flow", self._sub("blood_flow_per_kg")),
            self._tile("pump_speed", f"sweep {self._text('sweep_gas_flow')}"),
            self._tile("delta_p", self._sub("membrane_resistance")),
            self._tile("sat_post_membrane", f"FdO2 {self._percent('fdo2')}"),
        ]

    @property
    def spark(self) -> list[Decimal | None]:
        """The pressure drop over the membrane in the last 24 hours, oldest first."""
        return [Decimal(v) if v is not None else None for v in self._fact("spark") or []]

    @property
    def infusion(self) -> dict[str, Any] | None:
        """The newest change of an anticoagulant infusion."""
        return self._fact("infusion_now")

    @property
    def plan(self) -> dict[str, Any] | None:
        """The anticoagulation plan in force."""
        return self._fact("plan_now")

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
            "label": measure.label,
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

    def _percent(self, code: str) -> str:
        value = self._value(code)
        return f"{value * 100:.0f} %" if value is not None else "not measured"


def _place(value: Decimal, low: Any, high: Any) -> str:
    if low is not None and value < Decimal(str(low)):
        return "below"
    if high is not None and value > Decimal(str(high)):
        return "above"
    return "in"


def runs_with_facts(user: User, at: datetime) -> QuerySet[Run]:
    """Return the census with all that a card shows of a run, in one statement."""
    run = OuterRef("pk")
    checks = Check.objects.filter(run=run, superseded_by=None).order_by("-checked_at")
    newest = checks.values(j=JSONObject(document="document", checked_at="checked_at"))
    recent = checks.filter(checked_at__gt=at - SPARK_FOR).order_by("checked_at")
    modes = ModeSegment.objects.filter(run=run, starts_at__lte=at).order_by("-starts_at")
    weights = WeightEntry.objects.filter(run=run).order_by("-measured_at", "-entered_at")
    plans = AnticoagulationPlan.objects.filter(run=run, starts_at__lte=at).exclude(ends_at__lte=at)
    changes = InfusionChange.objects.filter(infusion__run=run, withdrawal=None)
    results = Result.objects.filter(
        sample__patient=OuterRef("patient"),
        sample__collected_at__gte=OuterRef("started_at"),
        analyte=Subquery(_driver_now(at)),
        superseded_by=None,
        is_history=False,
        value__isnull=False,
        status__in=[ResultStatus.FINAL, ResultStatus.CORRECTED],
    ).order_by("-sample__collected_at", "-known_at")
    oxygenators = ComponentUse.objects.filter(
        circuit__run=run, kind="oxygenator", removed_at=None
    ).order_by("-installed_at")
    cannulas = Cannula.objects.filter(run=run, removed_at=None).order_by("inserted_at")
    return census(user, at).annotate(
        newest_check=Subquery(newest[:1]),
        spark=ArraySubquery(recent.values(v=KT("document__derived__delta_p"))),
        mode_now=Subquery(modes.values("mode")[:1]),
        weight_now=Subquery(weights.values("weight_kg")[:1]),
        plan_now=Subquery(
            plans.order_by("-starts_at").values(
                j=JSONObject(
                    agent="agent",
                    driver="driver",
                    target_low="target_low",
                    target_high="target_high",
                )
            )[:1]
        ),
        infusion_now=Subquery(
            changes.order_by("-changed_at", "-pk").values(
                j=JSONObject(
                    agent="infusion__agent",
                    kind="kind",
                    rate="rate",
                    unit="infusion__rate_unit",
                    at="changed_at",
                    reason="reason",
                )
            )[:1]
        ),
        driver_result=Subquery(
            results.values(
                j=JSONObject(
                    value="value",
                    comparator="comparator",
                    collected_at=F("sample__collected_at"),
                )
            )[:1]
        ),
        oxygenator_since=Subquery(oxygenators.values("installed_at")[:1]),
        cannula_sites=ArraySubquery(cannulas.values("site")),
    )


def _driver_now(at: datetime) -> QuerySet[AnticoagulationPlan, Any]:
    outer = AnticoagulationPlan.objects.filter(run=OuterRef(OuterRef("pk")), starts_at__lte=at)
    return outer.exclude(ends_at__lte=at).order_by("-starts_at").values("driver")[:1]


def cards(user: User, at: datetime) -> list[Card]:
    """Return the board's cards in the order in which they need someone. Three statements."""
    runs = list(runs_with_facts(user, at))
    by_run: dict[int | None, Card] = {run.pk: Card(run, at=at) for run in runs}
    pks = list(by_run)
    for alert in Alert.objects.open().filter(run__in=pks).order_by("-severity", "opened_at"):
        by_run[alert.run_id].alerts.append(alert)
    for due in Due.objects.open().filter(run__in=pks).order_by("due_at"):
        by_run[due.run_id].dues.append(due)
    return sorted(
        by_run.values(),
        key=lambda card: (-card.severity, not card.late, card.run.patient.bed, card.run.pk),
    )


def tally(shown: Iterable[Card]) -> dict[str, Any]:
    """Return what the strip above the cards says."""
    by_level: dict[int, int] = defaultdict(int)
    modes: dict[str, int] = defaultdict(int)
    late = 0
    for card in shown:
        modes[card.mode] += 1
        late += len(card.late)
        for alert in card.alerts:
            if alert.category != Category.PAPERWORK:
                by_level[alert.severity] += 1
    return {
        "levels": sorted(by_level.items(), reverse=True),
        "modes": sorted(modes.items()),
        "late": late,
    }


@requires(Permission.PATIENT_VIEW)
def board(request: UserRequest) -> HttpResponse:
    """Show the board as cards, as a table, or on a wall; htmx asks for the changing part."""
    at = timezone.now()
    shown = cards(request.user, at)
    record_accesses(
        by=request.user,
        at=at,
        what="unit board",
        patient_keys=[card.run.patient.public_id for card in shown],
        request_id=request.id,
    )
    view = request.GET.get("view", "cards")
    context = {
        "cards": shown,
        "tally": tally(shown),
        "at": at,
        "view": view if view in {"cards", "table", "wall"} else "cards",
        "density": "wall" if view == "wall" else "",
        "may_start": Permission.RUN_START in held(request),
    }
    part = "ecmo/_board.html" if request.GET.get("part") else "ecmo/board.html"
    return render(request, part, context)
