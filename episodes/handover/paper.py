"""The handover of a unit on one sheet."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Unit, User
from episodes.handover.unit import Brief
from web.pdf import pdf_of


def render_unit(unit: Unit, briefs: Sequence[Brief], by: User, at: datetime) -> bytes:
    """Return the PDF: one block a patient, five on a sheet of A4."""
    context = {"unit": unit, "briefs": briefs, "by": by, "at": at, "is_demo": settings.DEMO}
    with timezone.override(unit.centre.tz):
        return pdf_of(render_to_string("episodes/handover_paper.html", context), styles=STYLES)


STYLES = """
@page{margin:10mm 11mm 12mm}
.sheethead{display:flex;justify-content:space-between;align-items:baseline}.sheethead h1{font-size:14pt;margin:0}.sheethead .asof{margin:0}
.note{font-size:7.5pt;margin:0 0 1.5mm}
.pt{border:.6pt solid var(--line-strong);border-left-width:2mm;border-radius:1.5mm;padding:1.5mm 3mm 1mm;margin:0 0 2mm;break-inside:avoid;font-size:8pt}
.pt.l3{border-left-color:var(--high-edge)}.pt.l2{border-left-color:var(--med-edge)}.pt.l1{border-left-color:var(--low-edge)}
.pt h2{font-size:10.5pt;margin:0 0 .5mm}.pt h2 span{margin-right:3mm}
.pt p{margin:0 0 .7mm}.pt .id{color:var(--ink-2)}
.pt table{margin:0 0 1mm;font-size:8pt}.pt th,.pt tr:nth-child(n) td{border:0;padding:0 2mm 0 0;background:none}
.pt th{font-weight:400;font-size:7pt}.pt td{font-weight:600;white-space:nowrap}.pt td small{font-weight:400}
.pt td.old{text-decoration:none;font-style:italic;color:var(--stale-text)}
.pt .words{display:flex}.pt .words div{flex:1;margin-right:4mm;border-top:.4pt solid var(--line);padding-top:.5mm}
.pt .words b{display:block;font-size:7pt;color:var(--ink-2)}
.pt svg.spark{width:30mm;height:5mm;display:block}
"""
