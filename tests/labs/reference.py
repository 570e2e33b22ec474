"""What laboratory tests take from the reference cases; renaming only."""

from datetime import datetime

from clinical.limits import Limit
from clinical.spans import Span
from tests.factories import LONG_AGO, UserFactory
from web.actions import approve_document, draft_document

SPANS = ("hard", "soft", "warning", "critical")


def lab_catalogue(centre, case):
    """Put the case's laboratory catalogue in force."""
    return site_document(centre, "lab_catalogue", case["lab_catalogue"])


def site_document(centre, kind, body):
    """Put site data in force since long ago."""
    draft = draft_document(centre=centre, kind=kind, body=body, by=UserFactory(), at=LONG_AGO)
    return approve_document(document=draft, valid_from=LONG_AGO, by=UserFactory(), at=LONG_AGO)


def limits_of_case(case):
    return [
        Limit(
            row["parameter"],
            **{name: Span.of(row[name]) for name in SPANS if row.get(name)},
            valid_from=instant(row.get("valid_from")),
            valid_to=instant(row.get("valid_to")),
        )
        for row in case["limits"]
    ]


def instant(text):
    """The time that a text names, None for none."""
    return datetime.fromisoformat(text) if text else None
