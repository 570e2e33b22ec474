"""Bedside words in templates: labels of measures, agents and units."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from clinical.measures import MEASURES
from labs.models import Agent
from web.templatetags.ui import val

register = template.Library()

# How doses are written on screens (ISMP: "units", never U or IU by hand).
UNIT_LABELS = {
    "[IU]/kg/h": "units/kg/hr",
    "[IU]/h": "units/hr",
    "mg/kg/h": "mg/kg/hr",
    "ug/kg/min": "microgram/kg/min",
    "[IU]/mL": "units/mL",
    "mL/h": "mL/hr",
}


@register.filter
def unit_label(unit: str) -> str:
    """Return how a UCUM unit is written on screens."""
    if unit in UNIT_LABELS:
        return UNIT_LABELS[unit]
    shown = {one.unit: one.display_unit for one in MEASURES.values()}
    return shown.get(unit, unit)


@register.filter
def agent(code: str) -> str:
    """Return the name of an anticoagulant, in full."""
    return str(Agent(code).label) if code in Agent.values else code


@register.filter
def measure_label(code: str) -> str:
    """Return the label of a measure."""
    return MEASURES[code].label if code in MEASURES else code


@register.simple_tag
def reading(code: str, value: Decimal | str | None, **marks: Any) -> SafeString:
    """Show a value of a measure with its unit and decimals."""
    one = MEASURES[code]
    return val(value, one.display_unit, one.decimals, **marks)
