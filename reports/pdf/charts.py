"""Charts for print as SVG with literal colours: page styles do not reach into its pictures.

Few words stand inside a picture (text there is slow to lay out); what a chart says is also said
in a table beside it or in its label.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.numbers import show_number
from web.tokens import light_tokens

Number = int | float | Decimal
BAR_ROOM = 0.66
HOURS_IN_DAY = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: what stands under it, its height, what stands over it."""

    label: str
    value: Number
    mark: str = ""


def columns(bars: Sequence[Bar], *, label: str, width: int = 680, height: int = 150) -> SafeString:
    """Columns with their numbers above and names below."""
    top = max((float(bar.value) for bar in bars), default=0.0) or 1.0
    step = width / max(len(bars), 1)
    foot, head = height - 18, 16
    drawn = [
        (
            f"{index * step + step * (1 - BAR_ROOM) / 2:.1f}",
            f"{foot - (foot - head) * float(bar.value) / top:.1f}",
            f"{step * BAR_ROOM:.1f}",
            f"{(foot - head) * float(bar.value) / top:.1f}",
        )
        for index, bar in enumerate(bars)
    ]
    colours = light_tokens()
    rects = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5" fill="{}"/>',
        ((*rect, colours["s1"]) for rect in drawn),
    )
    words = format_html_join(
        "",
        '<text x="{0}" y="{1}" font-size="9" text-anchor="middle" fill="{4}">{2}</text>'
        '<text x="{0}" y="{3}" font-size="9" text-anchor="middle" fill="{5}">{6}</text>',
        (
            (
                f"{(index + 0.5) * step:.1f}",
                f"{float(drawn[index][1]) - 4:.1f}",
                bar.mark or show_number(bar.value),
                f"{height - 5}",
                colours["ink"],
                colours["ink-2"],
                bar.label,
            )
            for index, bar in enumerate(bars)
        ),
    )
    base = format_html(
        '<path d="M0 {}H{}" stroke="{}" stroke-width="0.8"/>', foot, width, colours["line-strong"]
    )
    return _picture(label, width, height, rects + base + words)


def share_bar(pct: Number | None, *, label: str, width: int = 200, height: int = 9) -> SafeString:
    """A bar filled to a percentage; empty and hatched-looking when the share is not given."""
    colours = light_tokens()
    track = format_html(
        '<rect width="{}" height="{}" rx="2" fill="{}"/>', width, height, colours["surface-3"]
    )
    if pct is None:
        return _picture(label, width, height, track)
    part = format_html(
        '<rect width="{}" height="{}" rx="2" fill="{}"/>',
        f"{width * float(pct) / 100:.1f}",
        height,
        colours["s1"],
    )
    return _picture(label, width, height, track + part)


def line(
    points: Sequence[tuple[float, Number | None]],
    *,
    until: float,
    label: str,
    band: tuple[Number | None, Number | None] = (None, None),
    width: int = 320,
    height: int = 92,
) -> SafeString:
    """A line of values over hours since flow; a missing value is a gap, the band the target."""
    known = [float(value) for _, value in points if value is not None]
    bounds = [float(bound) for bound in band if bound is not None]
    low, high = min([*known, *bounds], default=0.0), max([*known, *bounds], default=1.0)
    margin = (high - low) * 0.08 or 1.0
    low, high = low - margin, high + margin

    def place(hours: float, value: Number) -> str:
        down = (height - 1) * (high - float(value)) / (high - low)
        return f"{width * hours / (until or 1.0):.1f} {down:.1f}"

    pieces = [
        "M" + "L".join(place(hours, value) for hours, value in piece if value is not None)
        for is_known, piece in groupby(points, key=lambda point: point[1] is not None)
        if is_known
    ]
    colours = light_tokens()
    drawn = format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="1.2" stroke-linejoin="round"'
        ' stroke-linecap="round"/>',
        "".join(f"{piece}h.01" if "L" not in piece else piece for piece in pieces),
        colours["s1"],
    )
    return _picture(label, width, height, _frame(until, band, place, width, height) + drawn)


def _frame(
    until: float,
    band: tuple[Number | None, Number | None],
    place: Callable[[float, Number], str],
    width: int,
    height: int,
) -> SafeString:
    """The target band, a line for each day, and the base."""
    colours = light_tokens()
    low, high = band
    target = SafeString()
    if low is not None and high is not None:
        top, bottom = place(0, high).split()[1], place(0, low).split()[1]
        target = format_html(
            '<path d="M0 {}H{}V{}H0z" fill="{}"/>', top, width, bottom, colours["ok-tint"]
        )
    days = "".join(
        f"M{width * day * HOURS_IN_DAY / until:.1f} 0V{height}"
        for day in range(1, int(until / HOURS_IN_DAY) + 1)
    )
    return target + format_html(
        '<path d="{}M0 {}H{}" fill="none" stroke="{}" stroke-width="0.6"/>',
        days,
        height,
        width,
        colours["line"],
    )


def _picture(label: str, width: int, height: int, drawing: SafeString) -> SafeString:
    return format_html(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"'
        ' font-family="Plex Print">{}</svg>',
        label,
        width,
        height,
        width,
        height,
        drawing,
    )
