"""The words of our templates: values with units, attention, times, small pictures.

A template never prints a bare number: it uses `val`, or `n` where the unit stands beside it.
These tags are built in (see TEMPLATES in the settings); no template loads them.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django import forms, template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from web import marks, numbers, times

register = template.Library()

_SUBSCRIPT = re.compile(r"(?<=O)2(?![0-9])")


@register.filter
def n(value: object, decimals: int | None = None) -> str:
    """{{ 3450|n }} gives 3,450; {{ -68.04|n:1 }} gives minus 68.0; nothing gives a dash."""
    return numbers.show_number(value, decimals)


@register.simple_tag
def val(
    value: object,
    unit: str,
    decimals: int | None = None,
    *,
    att: object = "",
    old: bool = False,
    missing: str = "Not measured",
) -> SafeString:
    """A value with its unit. `att` marks it by colour, shape and word; `old` hatches it."""
    if value is None or value == "":
        return format_html('<span class="v none">{}</span>', missing)
    mark, word = SafeString(), SafeString()
    attributes = mark_safe(' class="v old"') if old else mark_safe(' class="v"')
    if att:
        name = marks.level_name(att)
        attributes = format_html('{} data-att="{}"', attributes, name)
        mark = marks.shape(name)
        word = format_html('<span class="vh">{} attention </span>', marks.WORDS[name].lower())
    return format_html(
        "<span{}><b>{}{}{}</b>{}</span>",
        attributes,
        word,
        mark,
        numbers.show_number(value, decimals),
        format_html("<u>{}</u>", chem(unit)) if unit else "",
    )


@register.simple_tag
def att(level: object, text: str = "") -> SafeString:
    """A chip: {% att "high" %}, {% att alert.severity "2 HIGH" %}, {% att "ok" "in target" %}."""
    name = marks.level_name(level)
    return format_html(
        '<span class="att {}">{}{}</span>', name, marks.shape(name), text or marks.WORDS[name]
    )


@register.simple_tag
def msg(level: object, text: str, strong: str = "") -> SafeString:
    """A message in one sentence: what, from, to, in what time."""
    name = marks.level_name(level)
    lead = strong or marks.WORDS[name].capitalize()
    return format_html(
        '<p class="msg {}">{}<span>{}{}</span></p>',
        name,
        marks.shape(name),
        format_html("<b>{}</b> ", lead) if lead else "",
        text,
    )


@register.simple_tag
def shape(level: object) -> SafeString:
    """Only the shape of a level, for a place where its word stands beside it."""
    return marks.shape(level)


@register.simple_tag
def spark(
    values: Sequence[marks.Number | None],
    low: marks.Number | None = None,
    high: marks.Number | None = None,
    width: int = 120,
    height: int = 30,
) -> SafeString:
    """A sparkline, oldest value first, over the target band from low to high."""
    return marks.sparkline(values, low=low, high=high, width=width, height=height)


@register.simple_tag
def spark_print(
    values: Sequence[marks.Number | None],
    low: marks.Number | None = None,
    high: marks.Number | None = None,
    width: int = 240,
    height: int = 36,
) -> SafeString:
    """A sparkline for a PDF, with literal colours: page styles do not reach into its SVG."""
    return marks.print_sparkline(values, low=low, high=high, width=width, height=height)


@register.simple_tag
def meter(part: marks.Number, whole: marks.Number, label: str, level: object = "") -> SafeString:
    """A bar: {% meter hours 336 "5d 3hr of 14d" %}."""
    return marks.meter(part, whole, label, level)


@register.filter
def chem(label: str) -> SafeString:
    """SpO2, PaCO2 and O2 with a true subscript."""
    return mark_safe(_SUBSCRIPT.sub("<sub>2</sub>", conditional_escape(label)))  # noqa: S308


@register.filter
def clinical(moment: datetime | None) -> str:
    """24-Nov-2026 14:02, in the zone of the centre."""
    return times.clinical_time(timezone.localtime(moment)) if moment else "Not known"


@register.filter
def clinical_date(day: date | None) -> str:
    """24-Nov-2026; a moment gives its date in the zone of the centre."""
    if isinstance(day, datetime):
        day = timezone.localtime(day)
    return times.clinical_date(day) if day else "Not known"


@register.filter
def clock(moment: datetime | None) -> str:
    """14:02, in the zone of the centre."""
    return times.clock(timezone.localtime(moment)) if moment else "Not known"


@register.filter
def ago(moment: datetime | None, at: datetime) -> str:
    """22min ago or in 25min, counted from `at`, which the view hands to the page."""
    return times.ago(moment, at) if moment else "Not known"


@register.filter
def dur(span: timedelta | None) -> str:
    """5d 3hr."""
    return numbers.NOTHING if span is None else times.duration(span)


@register.filter
def initials(name: str) -> str:
    """CN for Chie Nakamura: at most two letters."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def refused(form: forms.BaseForm) -> list[forms.BoundField]:
    """Return the fields of a form that were sent and could not be taken, in their order."""
    return [field for field in form.visible_fields() if field.errors]
