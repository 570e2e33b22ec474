"""Questions about checks, components and what they mean."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, QuerySet

from circuits import document
from circuits.models import Check, ComponentUse
from clinical.check import derive, is_expected
from clinical.circuit import Observation
from clinical.inspection import Look
from clinical.limits import Limit
from clinical.measures import MEASURES, Measure
from clinical.reviews import Part
from patients.models import ModeSegment, Run
from patients.queries import limits_of, mode_at, segments_of, weight_at
from web.prepared import Given, Prepared

FIRST_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """One check as the rules read it: numbers typed and derived, in the units of the measures."""

    root_id: str
    checked_at: datetime
    trial: str
    values: dict[str, Decimal]
    looks: dict[str, Look]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Reading":
        """Make a reading of a row of `checks(...).values(...)`."""
        body = row["document"]
        return cls(
            root_id=str(row["root_id"]),
            checked_at=row["checked_at"],
            trial=row["trial"],
            values={**document.derived_of(body), **document.values_of(body)},
            looks=document.looks_of(body, row["checked_at"]),
        )


@dataclass(frozen=True, slots=True)
class Against:
    """What the checks of a run are read against: its modes and its limits."""

    segments: list[ModeSegment]
    limits: list[Limit]


def against(run: Run, measures: Collection[str] | None = None) -> Against:
    """Return the modes of a run and its limits, perhaps of some measures only (two statements)."""
    return Against(segments_of(run), limits_of(run, measures))


def checks_of(run: Run) -> QuerySet[Check]:
    """Newest versions of the checks of a run, newest first, those entered in error among them."""
    return run.checks.newest().select_related("performed_by").order_by("-checked_at", "-entered_at")


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of a check for reading: number, unit, how it came to be, what it was before."""

    measure: Measure
    value: Decimal | None
    method: str
    reason: str
    confirmed: str
    was: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a check for reading."""

    row: Check
    values: list[Shown]
    derived: list[Shown]
    looks: list[tuple[str, str]]


def versions_of(check: Check) -> list[Version]:
    """Return every version of a check, oldest first, each value beside what it was before."""
    rows = Check.objects.filter(root_id=check.root_id).select_related(
        "performed_by", "transmitted_by", "run"
    )
    versions: list[Version] = []
    earlier: dict[str, Decimal] = {}
    for row in rows.order_by("version"):
        numbers = document.values_of(row.document)
        versions.append(_version(row, earlier))
        earlier = numbers
    return versions


def _version(row: Check, earlier: dict[str, Decimal]) -> Version:
    body = row.document
    values = [
        Shown(
            measure=MEASURES[code],
            value=number,
            method=body["values"][code]["method"],
            reason="",
            confirmed=body["values"][code].get("confirmed", ""),
            was=earlier[code] if code in earlier and earlier[code] != number else None,
        )
        for code, number in document.values_of(body).items()
    ]
    missing = [
        Shown(MEASURES[code], None, "", reason, "", earlier.get(code))
        for code, reason in body["not_done"].items()
        if code in MEASURES
    ]
    derived = [
        Shown(MEASURES[code], number, "computed", "", "")
        for code, number in document.derived_of(body).items()
    ]
    return Version(row, values + missing, derived, document.looks_in_words(body))


def _newest_of(run: "int | Given") -> Any:
    rows = Check.objects.current().filter(run=run).order_by("-checked_at", "-entered_at")
    return rows.values("root_id", "checked_at", "trial", "document")


_NEWEST = Prepared(lambda: _newest_of(Given("run", BigIntegerField()))[:FIRST_CHUNK])


class Recent:
    """The readings of a run, newest first, fetched in growing chunks as far as they are asked."""

    def __init__(self, run: Run) -> None:
        self._run = run.pk
        self._fetched: list[Reading] = []
        self._is_all = False

    def __iter__(self) -> Iterator[Reading]:
        """Yield readings, each fetched once whoever asks."""
        index = 0
        while index < len(self._fetched) or self._fetch():
            yield self._fetched[index]
            index += 1

    def series(self, measure: str, segments: list[ModeSegment]) -> Iterator[Observation]:
        """Yield the values of one measure, newest first."""
        for reading in self:
            if (value := reading.values.get(measure)) is not None:
                mode = mode_at(segments, reading.checked_at)
                yield Observation(
                    parameter=measure,
                    value=value,
                    measured_at=reading.checked_at,
                    source=reading.root_id,
                    is_expected=is_expected(measure, value, trial=reading.trial or None, mode=mode),
                )

    def looks(self, keys: Collection[str]) -> list[Look]:
        """Return the newest answer of each item named that was ever looked at."""
        found: dict[str, Look] = {}
        for reading in self if keys else ():
            for key in set(keys) - found.keys():
                if key in reading.looks:
                    found[key] = reading.looks[key]
            if len(found) == len(keys):
                break
        return list(found.values())

    def _fetch(self) -> bool:
        if self._is_all:
            return False
        have = len(self._fetched)
        size = have or FIRST_CHUNK
        rows = _newest_of(self._run)[have : have + size] if have else _NEWEST(run=self._run)
        self._is_all = len(rows) < size
        self._fetched += [Reading.of(row) for row in rows]
        return bool(rows)


def measures_read(run: Run) -> frozenset[str]:
    """Return every measure that some check of the run holds (reads all of them: for rare use)."""
    return frozenset(code for reading in Recent(run) for code in reading.values)


def context_at(run: Run, when: datetime, segments: list[ModeSegment]) -> dict[str, Any]:
    """Return what a check is read against: mode, weight and height, as known now."""
    weight = weight_at(run, when)
    return {
        "mode": mode_at(segments, when),
        "weight_kg": str(weight.weight_kg) if weight else None,
        "height_cm": str(run.height_cm) if run.height_cm else None,
    }


def derived_in(values: dict[str, Decimal], context: dict[str, Any]) -> dict[str, Decimal]:
    """Return what follows from the values of a check in its context."""
    return derive(
        values,
        weight_kg=Decimal(context["weight_kg"]) if context["weight_kg"] else None,
        height_cm=Decimal(context["height_cm"]) if context["height_cm"] else None,
    )


def uses_of(run: Run) -> QuerySet[ComponentUse]:
    """Every component that was part of a circuit of the run, in order of installation."""
    return (
        ComponentUse.objects.filter(circuit__run=run)
        .select_related("component__model", "circuit", "entered_by")
        .order_by("installed_at", "pk")
    )


def uses_of_runs(runs: Collection[Run]) -> Mapping[int, list[ComponentUse]]:
    """Return the components of some runs, by run, in order of installation (one statement)."""
    rows = (
        ComponentUse.objects.filter(circuit__run__in=[run.pk for run in runs])
        .select_related("component__model", "circuit", "entered_by")
        .order_by("installed_at", "pk")
    )
    found: dict[int, list[ComponentUse]] = {run.pk: [] for run in runs}
    for use in rows:
        found[use.circuit.run_id].append(use)
    return found


def installed(run: Run, at: datetime) -> QuerySet[ComponentUse]:
    """Components in the circuit at `at`."""
    return uses_of(run).filter(installed_at__lte=at).exclude(removed_at__lte=at)


def parts_of(uses: Iterable[ComponentUse]) -> list[Part]:
    """Return the components as the review rules read them."""
    return [
        Part(
            id=str(use.public_id),
            type=use.kind,
            installed_at=use.installed_at,
            removed_at=use.removed_at,
            exchange_group=use.exchange_group or None,
        )
        for use in uses
    ]
