"""The document of one run as a PDF: facts, charts, events, and the checks as they were charted.

The checks stand as preformatted lines: a table of a thousand cells takes twenty times as long.
"""

from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone

from reports.document import RunDocument, Series
from reports.pdf.charts import line
from web.pdf import pdf_of


def render_run_summary(document: RunDocument) -> bytes:
    """Return the PDF."""
    charts = [_chart(series, document.hours) for series in document.series]
    context = {"document": document, "charts": charts, "is_demo": document.is_demo}
    with timezone.override(ZoneInfo(document.zone_name)):
        page = render_to_string("reports/pdf/run_summary.html", context)
    return pdf_of(page)


def _chart(series: Series, hours: float) -> dict[str, Any]:
    measure = series.measure
    low, high, last = (measure.text(value) for value in (series.low, series.high, series.last))
    said = f"{measure.label} over the run: lowest {low}, highest {high}, last {last}."
    return {
        "label": measure.label,
        "unit": measure.display_unit,
        "low": measure.shown(series.low),
        "high": measure.shown(series.high),
        "last": measure.shown(series.last),
        "picture": line(series.points, until=hours, label=said),
    }
