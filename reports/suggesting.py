"""What a run's own record suggests as answers of a score: values that somebody must look at.

RESP and SAVE take the worst of the six hours before flow, the others the values closest to it
(reference cases, "Scores"). Nothing is suggested that nobody recorded, and never a "no".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from clinical.age import age_years
from clinical.instants import elapsed
from clinical.scores.asking import Kind
from clinical.scores.score import Score
from patients.models import ScoreResult
from reports.elso.assessments import (
    GAS,
    PRESSURE,
    PULSE_PRESSURE,
    VENTILATOR,
    Item,
    Row,
    before_ecls,
    gases,
    window_before,
    worst_of,
)
from reports.elso.records import GasRow, RunRecord

PLACES = Decimal("0.0001")
TENTH = Decimal("0.1")
A_DAY = timedelta(hours=24)
ITEMS = {item.name: item for item in (*GAS, *VENTILATOR, *PRESSURE, PULSE_PRESSURE)}
CLOSEST = {
    "gas": {"ph": "ph", "paco2": "paco2", "pao2": "pao2", "lactate": "lactate"},
    "ventilator": {"peep": "peep", "paw_mean": "paw_mean", "fio2_pct": "fio2_pct"},
    "haemodynamics": {"map_art": "mbp"},
}
GIVEN = {
    "neuromuscular_blockers": "nmb",
    "inhaled_nitric_oxide": "ino",
    "iv_bicarbonate": "bicarbonate",
    "prone_positioning": "prone",
    "milrinone": "milrinone",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One answer that the record holds, with its source, sample site and time."""

    value: Any
    source: str
    taken_at: datetime | None = None
    site: str = ""


def suggestions(record: RunRecord, score: Score) -> dict[str, Suggestion]:
    """Return the answers that the record suggests for a score, by input."""
    asked = {one.name for one in score.inputs}
    found = {name: one for name, one in _all(record) if name in asked and one.value is not None}
    if "milrinone" in found and score.name == "VIS":
        del found["milrinone"]
    return found


def told_before(result: ScoreResult) -> dict[str, Suggestion]:
    """Return the answers of an earlier result, to be looked at and corrected."""
    numbers = {one.name for one in result.score.inputs if one.kind is Kind.NUMBER}
    return {
        name: Suggestion(
            value=Decimal(kept["value"]) if name in numbers else kept["value"],
            source=kept["source"] or "the earlier result",
            taken_at=datetime.fromisoformat(kept["taken_at"]) if kept["taken_at"] else None,
        )
        for name, kept in result.inputs.items()
    }


def _all(record: RunRecord) -> Iterator[tuple[str, Suggestion]]:
    yield from _stay(record)
    yield from _body(record)
    yield from _worst(record)
    yield from _closest(record)
    for row in record.support_before:
        has_ended = row.ended_at and elapsed(row.ended_at, record.time_on) > A_DAY
        if row.item in GIVEN and not has_ended:
            source = f"{record.before.source}.support"
            yield GIVEN[row.item], Suggestion(value=True, source=source, taken_at=row.started_at)


def _stay(record: RunRecord) -> Iterator[tuple[str, Suggestion]]:
    yield "arrest", Suggestion(record.arrest_pre_ecls, "run.arrest_pre_ecls")
    yield "immunocompromised", Suggestion(record.immunocompromised, "run.immunocompromised")
    intubated = record.intubated_at
    for name, unit in (
        ("ventilated_h", timedelta(hours=1)),
        ("intubated_h", timedelta(hours=1)),
        ("ventilated_d", A_DAY),
    ):
        yield name, Suggestion(_until_flow(record, intubated, unit), "intubation to flow on")
    admitted = record.admission.admitted_at
    for name, unit in (("admitted_h", timedelta(hours=1)), ("hospital_d", A_DAY)):
        yield name, Suggestion(_until_flow(record, admitted, unit), "admission to flow on")
    mode = record.modes[0].mode if record.modes else None
    is_known = mode in {"VV", "VVDL", "VA"}
    yield "mode", Suggestion(mode if is_known else None, "first mode of the run")


def _until_flow(record: RunRecord, since: datetime | None, unit: timedelta) -> Decimal | None:
    if since is None or elapsed(since, record.time_on) < timedelta(0):
        return None
    return (Decimal(elapsed(since, record.time_on) / unit)).quantize(PLACES, ROUND_HALF_UP)


def _body(record: RunRecord) -> Iterator[tuple[str, Suggestion]]:
    born = record.patient.born_at
    years = age_years(born, record.time_on, record.zone) if born else None
    yield "age_years", Suggestion(None if years is None else Decimal(years), "birth date")
    yield "weight_kg", Suggestion(record.weight_kg, "weight at flow on")
    if record.weight_kg and record.height_cm:
        bmi = record.weight_kg * 10000 / record.height_cm**2
        yield "bmi", Suggestion(bmi.quantize(Decimal("0.01"), ROUND_HALF_UP), "weight and height")
    if record.patient.sex in {"female", "male"}:
        yield "female", Suggestion(record.patient.sex == "female", "patient.sex")
        yield "male", Suggestion(record.patient.sex == "male", "patient.sex")
    for name, value in (
        ("creatinine_mg_dl", record.creatinine_before),
        ("bilirubin_mg_dl", record.bilirubin_before),
    ):
        yield name, Suggestion(value, f"{record.before.source}.labs")


def _worst(record: RunRecord) -> Iterator[tuple[str, Suggestion]]:
    arterial = window_before(record, gases(record, record.before))
    ventilator = window_before(record, record.before.ventilator)
    pressures = window_before(record, record.before.haemodynamics)
    yield _worst_of("paco2", arterial)
    yield _worst_of("hco3", arterial)
    yield _worst_of("pip", ventilator)
    yield _worst_of("dbp", pressures)
    yield _worst_of("pulse_pressure", pressures)


def _worst_of(name: str, rows: Any) -> tuple[str, Suggestion]:
    item: Item = ITEMS[name]
    row = worst_of(item, rows)
    return f"{name}_worst", _of_row(row, item.name)


def _closest(record: RunRecord) -> Iterator[tuple[str, Suggestion]]:
    chosen = before_ecls(record)
    for group, names in CLOSEST.items():
        row = getattr(chosen, group)
        for name, column in names.items():
            yield name, _of_row(row, column)
    gas, ventilator = chosen.gas, chosen.ventilator
    if gas and gas.pao2 is not None and ventilator and ventilator.fio2:
        ratio = (gas.pao2 / ventilator.fio2).quantize(TENTH, ROUND_HALF_UP)
        yield (
            "pf",
            Suggestion(ratio, f"{gas.source} and {ventilator.source}", gas.taken_at, gas.site),
        )


def _of_row(row: Row | None, column: str) -> Suggestion:
    if row is None:
        return Suggestion(None, "")
    site = row.site if isinstance(row, GasRow) else ""
    return Suggestion(getattr(row, column), row.source, row.taken_at, site)
