"""The draft report of a device incident as a PDF. It names no patient."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from reports.queries.incident import IncidentDocument
from web.pdf import pdf_of


def render_incident(document: IncidentDocument, at: datetime) -> bytes:
    """Return the draft: device with UDI, lot and hours, what happened, the timeline, custody."""
    context = {"document": document, "at": at, "is_demo": settings.DEMO}
    with timezone.override(document.incident.unit.centre.tz):
        return pdf_of(render_to_string("reports/pdf/incident.html", context))
