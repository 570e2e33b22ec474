"""The programme report as a PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from patients.models import Mode
from reports.pdf.charts import Bar, columns, share_bar
from reports.programme import Programme
from reports.tables import ALL, SMALL
from web.pdf import pdf_of
from web.times import MONTHS

SUPPORT = {"pulmonary": "Pulmonary", "cardiac": "Cardiac", "ecpr": "ECPR", ALL: "All"}
AGE = {"neonatal": "Neonatal", "pediatric": "Paediatric", "adult": "Adult", ALL: "All ages"}
KINDS = {"oxygenator": "Oxygenator", "pump_head": "Pump head", "hemofilter": "Haemofilter"}
MODES = {mode.value: str(mode.label) for mode in Mode}


class Cell(Protocol):
    """A row of a table by age group and support type."""

    @property
    def age_group(self) -> str: ...
    @property
    def support_type(self) -> str: ...


C = TypeVar("C", bound=Cell)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its words and perhaps a picture; `is_sum` sets it apart."""

    words: tuple[str, ...]
    values: Any
    picture: SafeString = SafeString()  # noqa: RUF009 - it never changes
    is_sum: bool = False


def render_programme(report: Programme, *, is_demo: bool) -> bytes:
    """Return the PDF; `is_demo` marks it as fictitious."""
    with timezone.override(ZoneInfo(report.head.zone_name)):
        page = render_to_string("reports/pdf/programme.html", _context(report, is_demo=is_demo))
    return pdf_of(page)


def _context(report: Programme, *, is_demo: bool) -> dict[str, Any]:
    return {
        "report": report,
        "head": report.head,
        "title": f"Programme report {date_format(report.head.month, 'F Y')}",
        "is_demo": is_demo,
        "small": SMALL,
        "hours_chart": _hours_chart(report),
        "months": [Row((_name(row.month),), row) for row in report.months],
        "survival": list(_survival(report)),
        "hours": [_cell(row) for row in report.hours],
        "modes": [
            Row((MODES.get(row.what, row.what.capitalize()),), row, _share(row.pct, row.what))
            for row in report.modes
        ],
        "lives": [Row((KINDS.get(row.kind, row.kind),), row) for row in report.lives],
    }


def _hours_chart(report: Programme) -> SafeString:
    bars = [Bar(_name(row.month), row.hours, f"{row.hours:,.0f}") for row in report.months]
    said = ", ".join(f"{bar.label} {bar.mark}" for bar in bars)
    return columns(bars, label=f"Hours on ECMO by month: {said}.")


def _survival(report: Programme) -> Iterator[Row]:
    """Cells that hold a run, and the sums of those age groups that hold any."""
    for cell in report.survival:
        if cell.runs or cell.ongoing or cell.unknown or cell.age_group == ALL:
            words = f"{AGE[cell.age_group]} {SUPPORT[cell.support_type]}"
            yield _cell(cell, _share(cell.discharge_pct, words))


def _cell(cell: C, picture: SafeString | None = None) -> Row:
    return Row(
        words=(AGE[cell.age_group], SUPPORT[cell.support_type]),
        values=cell,
        picture=picture or SafeString(),
        is_sum=cell.support_type == ALL,
    )


def _share(pct: Any, what: str) -> SafeString:
    said = "not given" if pct is None else f"{pct} %"
    return share_bar(pct, label=f"{what}: {said}", width=110)


def _name(month: Any) -> str:
    return f"{MONTHS[month.month - 1]} {month:%y}"
