"""A recall as PDFs: the trace for the house, which names patients, and the reply, which names none."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from circuits.models import Recall
from circuits.traces import Trace
from web.pdf import pdf_of


def render_trace(recall: Recall, trace: Trace, at: datetime) -> bytes:
    """Return the trace: who has a part, who had one, the shelf, what can replace it, what was done."""
    return _render("reports/pdf/recall_trace.html", recall, trace, at)


def render_reply(recall: Recall, trace: Trace, at: datetime, *, sent_to: str) -> bytes:
    """Return the reply to who issued the notice: numbers, lots and fates, and the proof of the search."""
    return _render("reports/pdf/recall_reply.html", recall, trace, at, sent_to=sent_to)


def _render(page: str, recall: Recall, trace: Trace, at: datetime, **more: str) -> bytes:
    context = {"recall": recall, "trace": trace, "at": at, "is_demo": settings.DEMO, **more}
    with timezone.override(recall.centre.tz):
        return pdf_of(render_to_string(page, context))
