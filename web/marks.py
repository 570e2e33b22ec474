"""Small pictures as SVG: attention shapes, sparklines and bars. Attributes only, no inline style.

An attention level is colour, shape and word together, so that it survives greyscale, colour
blindness and night: diamond HIGH, square MEDIUM, circle LOW. Arrows are kept for other meanings.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from web.tokens import light_tokens

Number = int | float | Decimal

WORDS = {"high": "HIGH", "med": "MEDIUM", "low": "LOW", "ok": "", "stale": "", "local": ""}
_LEVEL_OF_RANK = {3: "high", 2: "med", 1: "low"}

_BANG = "M7.1 4.3h1.8v4.6H7.1zM7.1 10.2h1.8V12H7.1z"
_SOLID = {
    "high": f"M8 .4 15.6 8 8 15.6.4 8z{_BANG}",
    "med": f"M2.6 1.2h10.8a1.4 1.4 0 0 1 1.4 1.4v10.8a1.4 1.4 0 0 1-1.4 1.4H2.6a1.4 1.4 0 0 1"
    f"-1.4-1.4V2.6a1.4 1.4 0 0 1 1.4-1.4z{_BANG}",
    "low": f"M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8z{_BANG}",
}
_LINE = {
    "ok": "m2.5 8.5 3.5 3.5 7.5-8",
    "stale": "M8 4.5V8l2.4 1.6M8 1.5a6.5 6.5 0 1 0 6.5 6.5A6.5 6.5 0 0 0 8 1.5",
    "local": "M8 10V2.5M5 5.2l3-2.9 3 2.9M2.5 10v3.5h11V10",
}
_MARGIN = 3
_WHOLE = 100


def level_name(level: object) -> str:
    """The name of an attention level, given by name or by rank (3 high, 2 medium, 1 low)."""
    name = _LEVEL_OF_RANK.get(level, "") if isinstance(level, int) else str(level)
    if name not in WORDS:
        raise ValueError(f"“{level}” is no attention level: use one of {', '.join(WORDS)}.")
    return name


def shape(level: object) -> SafeString:
    """The shape of a level, in the colour of the text around it."""
    name = level_name(level)
    if name in _SOLID:
        drawing = f'<path fill="currentColor" fill-rule="evenodd" d="{_SOLID[name]}"/>'
    else:
        drawing = (
            '<path fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"'
            f' stroke-linejoin="round" d="{_LINE[name]}"/>'
        )
    opening = '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">'
    # Both tables above are constants of this module: nothing from outside reaches the markup.
    return mark_safe(f"{opening}{drawing}</svg>")  # noqa: S308


def sparkline(
    values: Sequence[Number | None],
    *,
    low: Number | None = None,
    high: Number | None = None,
    width: int = 120,
    height: int = 30,
) -> SafeString:
    """A line through the values, oldest first, over the target band; a gap stays a gap.

    Decoration beside a number that is written out, hence hidden from screen readers.
    """
    known = [float(value) for value in values if value is not None]
    if not known:
        return mark_safe("")
    bounds = [float(bound) for bound in (low, high) if bound is not None]
    bottom, top = min(known + bounds), max(known + bounds)
    span = (top - bottom) or 1.0
    step = width / max(len(values) - 1, 1)

    def across(index: int) -> str:
        return f"{index * step:.1f}"

    def down(value: float) -> str:
        return f"{_MARGIN + (height - 2 * _MARGIN) * (top - value) / span:.1f}"

    points = [
        None if value is None else f"{across(index)} {down(float(value))}"
        for index, value in enumerate(values)
    ]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '{}{}<path class="end" d="M{}h.01"/></svg>',
        width,
        height,
        _band(down, low, high, width),
        format_html_join("", '<path class="line" d="{}"/>', ((d,) for d in _pieces(points))),
        next(point for point in reversed(points) if point),
    )


def print_sparkline(
    values: Sequence[Number | None],
    *,
    low: Number | None,
    high: Number | None,
    width: int,
    height: int,
) -> SafeString:
    """The same line with literal colours for a PDF: page styles do not reach into its SVG."""
    svg = str(sparkline(values, low=low, high=high, width=width, height=height))
    colours = light_tokens()
    for css_class, attributes in (
        ("band", f'fill="{colours["ok-tint"]}"'),
        ("line", f'fill="none" stroke="{colours["s1"]}" stroke-width="1.6"'),
        ("end", f'fill="none" stroke="{colours["ink"]}" stroke-width="4" stroke-linecap="round"'),
    ):
        svg = svg.replace(f'class="{css_class}"', attributes)
    return mark_safe(svg)  # noqa: S308 - numbers and our own tokens only


def meter(part: Number, whole: Number, label: str, level: object = "") -> SafeString:
    """A bar filled to part of whole, said in words by `label`; full when over."""
    share = min(max(float(part) / float(whole), 0.0), 1.0) * _WHOLE if whole else 0.0
    mark = format_html(' data-att="{}"', level_name(level)) if level else ""
    return format_html(
        '<svg class="meter"{} viewBox="0 0 100 8" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><rect class="track" width="100" height="8"/>'
        '<rect class="fill" width="{}" height="8"/></svg>',
        mark,
        label,
        f"{share:.1f}",
    )


def _band(
    down: Callable[[float], str], low: Number | None, high: Number | None, width: int
) -> SafeString:
    if low is None or high is None:
        return mark_safe("")
    return format_html(
        '<path class="band" d="M0 {}H{}V{}H0z"/>', down(float(high)), width, down(float(low))
    )


def _pieces(points: Sequence[str | None]) -> Iterator[str]:
    for is_known, piece in groupby(points, key=lambda point: point is not None):
        if is_known:
            path = "M" + "L".join(point for point in piece if point)
            yield path if "L" in path else f"{path}h.01"
