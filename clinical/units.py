"""Conversions between units that mean the same thing, and between dose and pump rate.

Units are UCUM; everyday spellings are accepted as aliases. A conversion that depends on the
substance (haemoglobin g/dL to mmol/L) is asked for by the measure: see `clinical.measures`.
Sources: SI definitions; 1 kPa = 7.50062 mm[Hg] and the infusion examples of the bedside
reference 1.7; haemoglobin monomer 16114.5 g/mol (1 mmol/L = 1.61145 g/dL, Fe basis).
"""

from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

HB_G_PER_DL_PER_MMOL_PER_L = Decimal("1.61145")
MINUTES_PER_HOUR = 60


class UnknownUnit(ValueError):
    """A unit that is not in the table, or two units that do not measure the same thing."""


class _Scale(NamedTuple):
    """What a unit measures, and how many base units one of it is."""

    kind: str
    factor: Decimal


def _scales(kind: str, **factors: str) -> dict[str, _Scale]:
    return {unit: _Scale(kind, Decimal(factor)) for unit, factor in factors.items()}


_SCALES = MappingProxyType(
    {
        **_scales("pressure", **{"mm[Hg]": "1", "kPa": "7.50062", "cm[H2O]": "0.735559"}),
        **_scales(
            "flow", **{"L/min": "1", "mL/min": "0.001", "L/h": "0.01666666666666666666666667"}
        ),
        **_scales("ratio", **{"1": "1", "%": "0.01"}),
        **_scales("mass", kg="1", g="0.001"),
        **_scales("length", cm="1", m="100", mm="0.1"),
        **_scales("volume", mL="1", L="1000"),
        **_scales("time", s="1", min="60", h="3600"),
        **_scales(
            "concentration",
            **{"g/dL": "1", "g/L": "0.1", "mg/dL": "0.001", "mg/L": "0.0001", "ug/mL": "0.0001"},
        ),
        **_scales("substance", **{"mmol/L": "1", "umol/L": "0.001"}),
        **_scales("activity", **{"[IU]/mL": "1", "[IU]/L": "0.001"}),
        **_scales("count", **{"10*3/uL": "1", "10*9/L": "1", "/uL": "0.001"}),
        **_scales("rate", **{"/min": "1", "{rev}/min": "1"}),
    }
)
_ALIASES = MappingProxyType(
    {
        "mmHg": "mm[Hg]",
        "cmH2O": "cm[H2O]",
        "l/min": "L/min",
        "lpm": "L/min",
        "ml/min": "mL/min",
        "IU/mL": "[IU]/mL",
        "IU/ML": "[IU]/mL",
        "U/mL": "[IU]/mL",
        "K/UL": "10*3/uL",
        "K/uL": "10*3/uL",
        "10^9/L": "10*9/L",
        "rpm": "{rev}/min",
        "SEC": "s",
        "sec": "s",
        "°C": "Cel",
        "C": "Cel",
        "°F": "[degF]",
        "units/kg/h": "[IU]/kg/h",
        "U/kg/h": "[IU]/kg/h",
        "mcg/kg/min": "ug/kg/min",
        "µg/kg/min": "ug/kg/min",
    }
)


def ucum(spelling: str) -> str:
    """Return the UCUM form of an everyday spelling; what is not known comes back as it was."""
    return _ALIASES.get(spelling.strip(), spelling.strip())


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """Return `value` in `to_unit`, unrounded; raises UnknownUnit."""
    source, target = ucum(from_unit), ucum(to_unit)
    if source == target:
        return value
    if {source, target} == {"Cel", "[degF]"}:
        return _temperature(value, source)
    source_scale, target_scale = _scale(source), _scale(target)
    if source_scale.kind != target_scale.kind:
        raise UnknownUnit(
            f"{from_unit} is a {source_scale.kind}, {to_unit} is a {target_scale.kind}."
        )
    return value * source_scale.factor / target_scale.factor


def haemoglobin_g_per_dl(value: Decimal, unit: str) -> Decimal:
    """Return a haemoglobin in g/dL from g/dL, g/L or mmol/L (monomer); raises UnknownUnit."""
    if ucum(unit) == "mmol/L":
        return value * HB_G_PER_DL_PER_MMOL_PER_L
    return convert(value, unit, "g/dL")


def haemoglobin_mmol_per_l(value: Decimal, unit: str) -> Decimal:
    """Return a haemoglobin in mmol/L (monomer) from g/dL, g/L or mmol/L; raises UnknownUnit."""
    return haemoglobin_g_per_dl(value, unit) / HB_G_PER_DL_PER_MMOL_PER_L


class _DoseRate(NamedTuple):
    per: str
    minutes: int
    factor: Decimal


_DOSE_RATES = MappingProxyType(
    {
        "[IU]/kg/h": _DoseRate("kg", MINUTES_PER_HOUR, Decimal(1)),
        "[IU]/h": _DoseRate("patient", MINUTES_PER_HOUR, Decimal(1)),
        "mg/kg/h": _DoseRate("kg", MINUTES_PER_HOUR, Decimal(1)),
        "mg/h": _DoseRate("patient", MINUTES_PER_HOUR, Decimal(1)),
        "ug/kg/min": _DoseRate("kg", 1, Decimal("0.001")),
        "ug/min": _DoseRate("patient", 1, Decimal("0.001")),
    }
)


def pump_rate_ml_per_h(
    dose: Decimal, dose_unit: str, *, per_ml: Decimal, weight_kg: Decimal | None = None
) -> Decimal:
    """Return the pump rate in mL/h for a dose.

    `per_ml` is the concentration in [IU]/mL for doses in [IU], in mg/mL for doses in mg or ug.
    Raises UnknownUnit, and ValueError without a weight where the dose is per kilogram.
    """
    return dose * _amount_per_h(dose_unit, weight_kg) / _positive(per_ml, "concentration")


def dose_from_pump_rate(
    ml_per_h: Decimal, dose_unit: str, *, per_ml: Decimal, weight_kg: Decimal | None = None
) -> Decimal:
    """Return the dose that a pump rate in mL/h gives; the inverse of `pump_rate_ml_per_h`."""
    return ml_per_h * _positive(per_ml, "concentration") / _amount_per_h(dose_unit, weight_kg)


def _scale(unit: str) -> _Scale:
    if unit not in _SCALES:
        raise UnknownUnit(
            f"The unit {unit!r} is not known; write it in UCUM, e.g. mm[Hg] or L/min."
        )
    return _SCALES[unit]


def _temperature(value: Decimal, source: str) -> Decimal:
    if source == "Cel":
        return value * 9 / 5 + 32
    return (value - 32) * 5 / 9


def _amount_per_h(dose_unit: str, weight_kg: Decimal | None) -> Decimal:
    rate = _DOSE_RATES.get(ucum(dose_unit))
    if rate is None:
        raise UnknownUnit(
            f"{dose_unit!r} is not a dose rate: one of {', '.join(sorted(_DOSE_RATES))}."
        )
    amount = rate.factor * MINUTES_PER_HOUR / rate.minutes
    if rate.per != "kg":
        return amount
    if weight_kg is None:
        raise ValueError(f"A dose in {dose_unit} needs a weight.")
    return amount * _positive(weight_kg, "weight")


def _positive(number: Decimal, what: str) -> Decimal:
    if number <= 0:
        raise ValueError(f"The {what} must be above zero.")
    return number


# How doses are written for people (ISMP): "units", never U or IU; "hr"; no Greek letters.
WRITTEN = {
    "mm[Hg]": "mmHg",
    "cm[H2O]": "cmH2O",
    "[degF]": "°F",
    "[IU]/kg/h": "units/kg/hr",
    "[IU]/h": "units/hr",
    "[IU]": "units",
    "[IU]/mL": "units/mL",
    "mg/kg/h": "mg/kg/hr",
    "mg/h": "mg/hr",
    "ug/kg/min": "microgram/kg/min",
    "ug/min": "microgram/min",
    "mL/h": "mL/hr",
}


def written(unit: str) -> str:
    """Return how a unit (UCUM) is written for people, where that differs."""
    return WRITTEN.get(unit, unit)
