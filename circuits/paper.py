"""The blank paper form of a check: what the site asks of this run, with room for some hours."""

from dataclasses import dataclass
from datetime import datetime

import zxingcpp
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from circuits.asked import Asked
from clinical.checkset import GROUPS
from clinical.inspection import ITEMS, Item
from clinical.measures import Measure
from patients.models import Run
from patients.queries import Banner
from web.pdf import pdf_of

COLUMNS = range(6)
"""How many checks one sheet holds."""


@dataclass(frozen=True, slots=True)
class Block:
    """Values read at one place."""

    label: str
    measures: list[Measure]


def render_paper(run: Run, asked: Asked, banner: Banner, address: str, at: datetime) -> bytes:
    """Return the PDF; its QR code leads to the form in which the sheet is entered later."""
    measures = asked.measures()
    blocks = [Block(g.label, [measures[c] for c in g.codes if c in measures]) for g in GROUPS]
    items: list[Item] = [ITEMS[code] for code in asked.set.looks]
    context = {
        "run": run,
        "banner": banner,
        "blocks": [block for block in blocks if block.measures],
        "items": items,
        "columns": COLUMNS,
        "source": asked.source,
        "qr": qr_code(address),
        "at": at,
        "is_demo": settings.DEMO,
    }
    with timezone.override(run.unit.centre.tz):
        return pdf_of(render_to_string("circuits/check_paper.html", context), styles=STYLES)


def qr_code(address: str) -> SafeString:
    """Return a QR code as SVG: an address of ours, no name and no number of a patient."""
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode)
    svg = zxingcpp.write_barcode_to_svg(code)
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - drawn by the library from our address


STYLES = """
.paper td,.paper th{height:6.2mm;border:.3mm solid #888;padding:.6mm 1.2mm;font-size:8.5pt}
.paper td{width:19mm}
.paper th small{color:#555;font-weight:400}
.paperhead{display:flex;justify-content:space-between;gap:6mm}
.paperhead svg{width:24mm;height:24mm}
"""
