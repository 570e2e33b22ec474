"""All that the board shows of every running patient, fetched in one statement."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from accounts.models import User
from circuits.models import Check, ComponentUse
from labs.models import AnticoagulationPlan, InfusionChange, Result, ResultStatus
from patients.models import Cannula, ModeSegment, Run, WeightEntry
from patients.queries import census

SPARK_FOR = timedelta(hours=24)


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
