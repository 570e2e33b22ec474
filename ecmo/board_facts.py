"""All that the board shows of every running patient: three statements, however many there are.

Facts are plain values that can be compared and hashed, documents among them as text: a card whose
facts are the same is the same card, and is not drawn again.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, JSONObject

from accounts.models import User
from alerts.models import Alert, Due
from circuits.models import Check, ComponentUse
from labs.models import AnticoagulationPlan, InfusionChange, Result, ResultStatus
from patients.models import ModeSegment, Run, WeightEntry
from patients.queries import census
from web.prepared import Given, Prepared, among

SPARK_FOR = timedelta(hours=24)


class RunFacts(NamedTuple):
    """One running patient; JSON is text, and None where there is nothing."""

    pk: int
    run_id: UUID
    patient_id: UUID
    family_name: str
    given_name: str
    born_at: datetime | None
    sex: str
    bed: str
    timezone: str
    started_at: datetime
    checked_at: datetime | None
    document: str | None
    spark: tuple[str | None, ...]
    mode: str | None
    weight_kg: Decimal | None
    plan: str | None
    infusion: str | None
    driver: str | None
    oxygenator_since: datetime | None


class AlertFact(NamedTuple):
    """One open alert as a card shows it."""

    severity: int
    message: str
    parameter: str


class DueFact(NamedTuple):
    """One thing owed as a card shows it."""

    kind: str
    rule: str
    due_at: datetime
    is_late: bool


def facts_of_runs(user: User, at: datetime) -> list[RunFacts]:
    """Return what a card shows of each running patient that `user` may see, by unit and bed."""
    found = (RunFacts(*row) for row in _FACTS(user=user.pk, at=at, since=at - SPARK_FOR))
    return [row._replace(spark=tuple(row.spark)) for row in found]


def facts_of_alerts(runs: Collection[int]) -> dict[int, tuple[AlertFact, ...]]:
    """Return the alerts that each run shows, the gravest and oldest first."""
    found: dict[int, list[AlertFact]] = defaultdict(list)
    for run, severity, message, parameter in _ALERTS(runs=list(runs)):
        found[run or 0].append(AlertFact(severity, message, parameter))
    return {run: tuple(facts) for run, facts in found.items()}


def facts_of_dues(runs: Collection[int], at: datetime) -> dict[int, tuple[DueFact, ...]]:
    """Return what each run owes, the earliest first, and what of it is late at `at`."""
    found: dict[int, list[DueFact]] = defaultdict(list)
    for run, kind, rule, due_at, overdue_at in _DUES(runs=list(runs)):
        found[run or 0].append(DueFact(kind, rule, due_at, overdue_at < at))
    return {run: tuple(facts) for run, facts in found.items()}


def _facts() -> Any:
    """Return the question behind `facts_of_runs`; its columns stand as in RunFacts."""
    user, at = cast("User", Given("user", BigIntegerField())), cast("datetime", _AT)
    return _with_facts(census(user, at), at).values_list(
        "pk",
        "public_id",
        "patient__public_id",
        "patient__family_name",
        "patient__given_name",
        "patient__born_at",
        "patient__sex",
        "patient__bed",
        "patient__centre__timezone",
        "started_at",
        "checked_at",
        "document",
        "spark",
        "mode_now",
        "weight_now",
        "plan_now",
        "infusion_now",
        "driver_result",
        "oxygenator_since",
    )


def _with_facts(runs: QuerySet[Run], at: datetime) -> QuerySet[Any]:
    run = OuterRef("pk")
    checks = Check.objects.current().filter(run=run).order_by("-checked_at")
    recent = checks.filter(checked_at__gt=Given("since", DateTimeField())).order_by("checked_at")
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
    return runs.annotate(
        checked_at=Subquery(checks.values("checked_at")[:1]),
        document=Cast(Subquery(checks.values("document")[:1]), TextField()),
        spark=ArraySubquery(recent.values(v=KT("document__derived__delta_p"))),
        mode_now=Subquery(modes.values("mode")[:1]),
        weight_now=Subquery(weights.values("weight_kg")[:1]),
        plan_now=_text(
            plans.order_by("-starts_at").values(
                j=JSONObject(
                    agent="agent",
                    driver="driver",
                    target_low="target_low",
                    target_high="target_high",
                )
            )[:1]
        ),
        infusion_now=_text(
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
        driver_result=_text(
            results.values(
                j=JSONObject(
                    value="value",
                    comparator="comparator",
                    collected_at=F("sample__collected_at"),
                )
            )[:1]
        ),
        oxygenator_since=Subquery(oxygenators.values("installed_at")[:1]),
    )


def _text(rows: QuerySet[Any, Any]) -> Subquery:
    """Return the one JSON object of `rows` as PostgreSQL wrote it."""
    return Subquery(rows, output_field=TextField())


def _driver_now(at: datetime) -> QuerySet[AnticoagulationPlan, Any]:
    outer = AnticoagulationPlan.objects.filter(run=OuterRef(OuterRef("pk")), starts_at__lte=at)
    return outer.exclude(ends_at__lte=at).order_by("-starts_at").values("driver")[:1]


_AT = Given("at", DateTimeField())
_FACTS = Prepared(_facts)
_ALERTS = Prepared(
    lambda: (
        Alert.objects.open()
        .attention()
        .filter(among("run_id", "runs"))
        .order_by("-severity", "opened_at")
        .values_list("run_id", "severity", "message", "parameter")
    )
)
_DUES = Prepared(
    lambda: (
        Due.objects.open()
        .filter(among("run_id", "runs"))
        .order_by("due_at")
        .values_list("run_id", "kind", "rule", "due_at", "overdue_at")
    )
)
