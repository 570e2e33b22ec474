"""What the laboratory said, as it stands now."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain

from clinical import anticoagulation
from clinical.circuit import Observation
from clinical.measures import MEASURES
from labs.models import AnticoagulationPlan, Result, ResultStatus, Sample
from labs.models.result import ResultQuerySet
from labs.queries.targets import side_of
from patients.models import Patient, Run

PAGE = 50


def of_run(run: Run) -> ResultQuerySet:
    """Current results collected from flow on to flow off, newest collection first."""
    results = Result.objects.current().filter(
        sample__patient=run.patient_id, sample__collected_at__gte=run.started_at
    )
    if run.ended_at:
        results = results.filter(sample__collected_at__lte=run.ended_at)
    return results.select_related("sample").order_by("-sample__collected_at", "-known_at", "-pk")


def newest_values(run: Run) -> dict[str, Result]:
    """Return the newest usable result of each analyte by collection time (one statement)."""
    newest = (
        of_run(run)
        .usable()
        .order_by("analyte", "-sample__collected_at", "-known_at", "-pk")
        .distinct("analyte")
    )
    return {result.analyte: result for result in newest}


def usable_series(run: Run, analytes: Collection[str]) -> dict[str, Iterator[Observation]]:
    """Return the usable results of each analyte, newest first, for the rules.

    One statement fetches the newest of each; older ones are fetched only when a rule asks on.
    """
    newest = newest_values(run)
    return {
        analyte: chain([_observation(newest[analyte])], _older(run, newest[analyte]))
        for analyte in analytes
        if analyte in newest
    }


def _older(run: Run, newest: Result) -> Iterator[Observation]:
    usable = of_run(run).usable().filter(analyte=newest.analyte)
    for result in usable.exclude(pk=newest.pk).iterator(chunk_size=PAGE):
        yield _observation(result)


def _observation(result: Result) -> Observation:
    if result.value is None:
        raise ValueError(f"{result} has no number and is not usable.")
    return Observation(
        parameter=result.analyte,
        value=result.value,
        measured_at=result.sample.collected_at,
        source=source_of(result),
        comparator=result.comparator or None,
    )


def source_of(result: Result) -> str:
    """Return how evidence names a result: `result:` and its public id."""
    return f"result:{result.public_id}"


def firm_results(
    patients: Collection[int], analytes: Collection[str], since: datetime
) -> ResultQuerySet:
    """Final or corrected results of some patients (keys) since a time, numbers and words.

    In order of collection; one statement.
    """
    rows = Result.objects.current().filter(
        status__in=[ResultStatus.FINAL, ResultStatus.CORRECTED],
        sample__patient__in=list(patients),
        sample__collected_at__gte=since,
        analyte__in=list(analytes),
    )
    return rows.select_related("sample").order_by("sample__collected_at", "known_at", "pk")


def versions(
    patient: Patient, analytes: Collection[str], since: datetime
) -> list[anticoagulation.LabResult]:
    """Return every version of each result that changed what is on file, oldest known first."""
    rows = Result.objects.filter(
        sample__patient=patient,
        sample__collected_at__gte=since,
        analyte__in=analytes,
        is_history=False,
    )
    return [_version(row) for row in rows.select_related("sample").order_by("known_at", "pk")]


def _version(row: Result) -> anticoagulation.LabResult:
    return anticoagulation.LabResult(
        key=f"{row.sample_id}:{row.analyte}:{row.sub_id}",
        analyte=row.analyte,
        source=row.control_id or source_of(row),
        collected_at=row.sample.collected_at,
        known_at=row.known_at,
        status=anticoagulation.Status(row.status),
        value=row.value,
        comparator=row.comparator or None,
    )


def standings(
    patient: Patient, sender: str, orders: Collection[str]
) -> Mapping[tuple[str, str, str, datetime], Result]:
    """Return current results of some filler orders, by order, analyte, OBX-4 and collection."""
    rows = Result.objects.current().filter(
        sample__patient=patient, sample__sender=sender, sample__filler_order__in=orders
    )
    return {
        (row.sample.filler_order, row.analyte, row.sub_id, row.sample.collected_at): row
        for row in rows.select_related("sample")
    }


@dataclass(frozen=True, slots=True)
class Point:
    """One result in a chart."""

    at: datetime
    value: Decimal
    comparator: str


def charted_points(run: Run, analytes: Collection[str], since: datetime) -> dict[str, list[Point]]:
    """Return the usable values of each analyte since a time, oldest first (one statement)."""
    rows = of_run(run).usable().filter(analyte__in=analytes, sample__collected_at__gte=since)
    points: dict[str, list[Point]] = {}
    for row in rows.order_by("sample__collected_at", "known_at", "pk"):
        if row.value is not None:
            point = Point(row.sample.collected_at, row.value, row.comparator)
            points.setdefault(row.analyte, []).append(point)
    return points


@dataclass(frozen=True, slots=True)
class Cell:
    """One result in the table, and on which side of its target it lies ("low", "high", "")."""

    result: Result
    side: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the results table: a sample with one cell for each column (None: not done)."""

    sample: Sample
    cells: tuple[Cell | None, ...]


def table(
    run: Run,
    columns: Collection[str],
    plans: Collection[AnticoagulationPlan] = (),
    *,
    limit: int = PAGE,
) -> list[Row]:
    """Return the newest samples of the run that hold one of the columns (one statement).

    A result that is preliminary, cancelled or withdrawn stands there too: its status says so.
    """
    samples: dict[int, Sample] = {}
    cells: dict[tuple[int, str], Cell] = {}
    for result in of_run(run).filter(analyte__in=columns)[: limit * max(len(columns), 1)]:
        samples.setdefault(result.sample_id, result.sample)
        cells.setdefault((result.sample_id, result.analyte), Cell(result, _side(result, plans)))
    return [
        Row(sample, tuple(cells.get((pk, column)) for column in columns))
        for pk, sample in list(samples.items())[:limit]
    ]


def _side(result: Result, plans: Collection[AnticoagulationPlan]) -> str:
    if result.value is None:
        return ""
    driven = (plan for plan in plans if plan.driver == result.analyte)
    return side_of(result.value, result.comparator, result.sample.collected_at, driven)


def columns_of(run: Run) -> list[str]:
    """Return the analytes with results in this run, in the order of the measures (one statement)."""
    found = set(of_run(run).order_by().values_list("analyte", flat=True).distinct())
    return [code for code in MEASURES if code in found] + sorted(found - MEASURES.keys())


def window_start(run: Run, at: datetime, hours: int) -> datetime:
    """Return where a chart of so many hours begins; 0 hours is the whole run."""
    end = run.ended_at or at
    return max(run.started_at, end - timedelta(hours=hours)) if hours else run.started_at
