"""Which analytes a centre's laboratory sends: its own table, or the product's measures."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Centre
from clinical.measures import MEASURES, Kind, Measure
from clinical.spans import Span
from web.models import SiteDocument

CATALOGUE = "lab_catalogue"


def catalogue_rows(centre: Centre, at: datetime) -> list[dict[str, Any]]:
    """Return the laboratory catalogue of a centre as plain rows (one statement).

    A row has analyte, loinc, local, unit, accepted_units (factor to the unit) and hard. Without a
    table of the site's own it is made from the product's measures, which know no local codes.
    """
    document = SiteDocument.objects.in_force(centre, CATALOGUE, at)
    return list(document.body) if document else default_rows()


def default_rows() -> list[dict[str, Any]]:
    """Return every laboratory measure of the product as a catalogue row, numbers as exact text.

    They can be stored as they are.
    """
    return [_row(one) for one in MEASURES.values() if one.kind is Kind.LAB]


def _row(one: Measure) -> dict[str, Any]:
    has_unit = bool(one.unit)
    return {
        "analyte": one.code,
        "loinc": list(one.loinc),
        "local": [],
        "unit": one.unit if has_unit else None,
        "accepted_units": _factors(one) if has_unit else {},
        "hard": None if one.hard.is_open else [_text(one.hard.low), _text(one.hard.high)],
    }


def _factors(one: Measure) -> dict[str, str]:
    units = dict.fromkeys((one.unit, one.display_unit, *one.accepted_units, *one.factors))
    return {unit: f"{_factor(one, unit):f}" for unit in units if _is_taken(one, unit)}


def _text(bound: Decimal | None) -> str | None:
    return None if bound is None else f"{bound:f}"


def _factor(one: Measure, unit: str) -> Decimal:
    return one.to_unit(Decimal(1), unit)


def _is_taken(one: Measure, unit: str) -> bool:
    try:
        _factor(one, unit)
    except ValueError:
        return False
    return True


def hard_span(row: Mapping[str, Any]) -> Span:
    """Return what cannot be, of a catalogue row, in its unit."""
    return Span.of(row["hard"]) if row.get("hard") else Span()


def converted(row: Mapping[str, Any], number: Decimal, unit: str) -> Decimal | None:
    """Return a number in the unit of a catalogue row; None if its own unit is not taken there."""
    if row["unit"] is None and not unit:
        return number
    factor = row["accepted_units"].get(unit)
    return None if factor is None else number * Decimal(str(factor))
