"""The demo site's own tables and its device catalogue. Every number in them is invented."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from circuits.actions.catalogue import LabelHours, list_model
from circuits.models import DeviceModel
from clinical.anticoagulation import Protocol
from clinical.measures import MEASURES
from ecmo.demo.people import Hospital
from labs.queries.catalogue import CATALOGUE, default_rows
from labs.queries.plans import as_protocol
from web.actions import approve_document, draft_document

FOLDER = Path(__file__).parent
NOTE = "Invented for the demonstration; not for clinical use."
LOCAL_CODES = {
    "anti_xa_ufh": "HEPXA",
    "aptt": "APTT",
    "platelets": "PLT",
    "hb": "HGB",
    "fibrinogen": "FIB",
    "d_dimer": "DDIM",
    "pf_hb": "PFHB",
    "lactate": "LAC",
    "creatinine": "CREA",
    "antithrombin": "AT3",
}
"""How the invented laboratory calls its tests; what is not here it knows by LOINC only."""


def adopt_tables(hospital: Hospital, at: datetime) -> None:
    """Draft each table and have a second person put it in force."""
    coordinator, director = hospital.login("coordinator"), hospital.login("director")
    for kind, body in {**_read("site_documents.json"), CATALOGUE: _laboratory()}.items():
        document = draft_document(
            centre=hospital.centre,
            kind=kind,
            body=body,
            note=NOTE,
            is_fictitious=True,
            by=coordinator,
            at=at,
        )
        later = at + timedelta(days=1)
        approve_document(document=document, valid_from=later, by=director, at=later)


def list_devices(hospital: Hospital, at: datetime) -> dict[str, DeviceModel]:
    """Enter the device catalogue; return it by name."""
    by = hospital.login("equipment")
    found = {}
    for row in _read("devices.json"):
        labels = [LabelHours(**label) for label in row.pop("labels", ())]
        found[row["name"]] = list_model(**row, labels=labels, by=by, at=at)
    return found


def protocols() -> dict[str, Protocol]:
    """Return the anticoagulation protocols as the rules read them, by id."""
    rows = _read("site_documents.json")["anticoagulation_protocols"]
    return {row["id"]: as_protocol(row) for row in rows}


def _laboratory() -> list[dict[str, Any]]:
    """Return the product's measures as catalogue rows, with the local codes."""
    return [_plain(row) for row in default_rows() if not MEASURES[row["analyte"]].is_text]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    code = LOCAL_CODES.get(row["analyte"])
    return {
        **row,
        "local": [code] if code else [],
        "accepted_units": {unit: float(one) for unit, one in row["accepted_units"].items()},
        "hard": None if row["hard"] is None else [_number(bound) for bound in row["hard"]],
    }


def _number(bound: Decimal | None) -> float | None:
    return None if bound is None else float(bound)


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))
