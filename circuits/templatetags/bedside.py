"""Bedside words in templates: labels of measures, agents and units."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinical.measures import MEASURES
from clinical.units import WRITTEN
from labs.models import Agent
from web.templatetags.ui import n, val

register = template.Library()
SHOWN = {one.unit: one.display_unit for one in MEASURES.values()}


@register.filter
def unit_label(unit: str) -> str:
    """Return how a UCUM unit is written on screens."""
    return WRITTEN.get(unit) or SHOWN.get(unit, unit)


@register.filter
def agent(code: str) -> str:
    """Return the name of an anticoagulant, in full."""
    return str(Agent(code).label) if code in Agent.values else code


@register.filter
def measure_label(code: str) -> str:
    """Return the label of a measure."""
    return MEASURES[code].label if code in MEASURES else code


@register.simple_tag(takes_context=True)
def reading(
    context: Mapping[str, Any], code: str, value: Decimal | str | None, **marks: Any
) -> SafeString:
    """Show a value of a measure, stored in its unit, with its display unit and decimals.

    In the unit of the site's choice where the page hands down `shown_units`.
    """
    one = MEASURES[code]
    if unit := context.get("shown_units", {}).get(code):
        one = one.shown_in(unit)
    shown = None if value is None or value == "" else one.shown(Decimal(value))
    return val(shown, one.display_unit, one.decimals, **marks)


@register.simple_tag
def check_cell(check: Any, measure: Any) -> SafeString | str:
    """Show one value of a check in a table whose head holds the unit; a reason where it has none."""
    body = check.document
    row = body["values"].get(measure.code)
    number = row["value"] if row else body["derived"].get(measure.code)
    if number is not None:
        return n(measure.shown(Decimal(number)), measure.decimals)
    reason = body["not_done"].get(measure.code)
    return (
        format_html('<span class="v none" title="{}">not done</span>', reason)
        if reason
        else n(None)
    )
