"""The laboratory messages of the reference cases, replayed in memory through the pure rules."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from interop.filing import decide, identify, outcome
from interop.hl7v2 import parse
from interop.labcodes import Catalogue
from interop.verdicts import File, KnownPatient, Outcome, Quarantine

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    ROOT / "tests" / "reference" / "cases",
    ROOT / "tests" / "reference",
    ROOT.parent / "shared" / "cases",
)
FOLDER = next((each for each in FOLDERS if any(each.glob("0*.json"))), FOLDERS[0])
CASES = sorted(FOLDER.glob("0*.json"))


def test_there_are_reference_cases():
    assert len(CASES) >= 6


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_reference_case_files_what_it_expects(path):
    case = json.loads(path.read_text())
    laboratory = Laboratory(case)

    for sent in sorted(
        (each for run in case["runs"] for each in run["labs"]),
        key=lambda each: datetime.fromisoformat(each["received_at"]),
    ):
        laboratory.receive(**sent)

    expected = case["expected"]["labs"]
    assert laboratory.messages == expected["messages"]
    assert laboratory.quarantined == [_rounded(each) for each in expected["quarantined"]]
    assert laboratory.filed() == sorted(map(_comparable, expected["filed"]), key=_place)


class Laboratory:
    """Keeps what a database would keep, and computes nothing."""

    def __init__(self, case):
        self.zone = ZoneInfo(case["timezone"])
        self.catalogue = Catalogue.of(case["lab_catalogue"])
        self.patients = [
            _patient(each, self.zone) for each in (case["patient"], *case["other_patients"])
        ]
        self.seen = set()
        self.stored = {}
        self.messages = []
        self.quarantined = []

    def receive(self, *, received_at, raw):
        message = parse(raw, zone=self.zone)
        self.messages.append(
            {
                "control_id": message.header.control_id,
                "received_at": received_at,
                "ack": "AA",
                "outcome": str(self._outcome(message)),
            }
        )

    def _outcome(self, message):
        name = (message.header.sender, message.header.control_id)
        if name in self.seen:
            return "duplicate"
        self.seen.add(name)
        found = identify(message.patient, self.patients)
        if isinstance(found, Outcome):
            return found
        if found is not self.patients[0]:
            return "other_patient"
        standings = {key: word.standing for key, (word, _) in self.stored.items()}
        decisions = decide(message, self.catalogue, standings)
        self._keep(decisions, message.header.control_id)
        return outcome(decisions)

    def _keep(self, decisions, control_id):
        for decision in decisions:
            match decision:
                case File():
                    self.stored[decision.key] = (decision, control_id)
                case Quarantine():
                    self.quarantined.append(_quarantined(decision, control_id))

    def filed(self):
        return sorted((_filed(*each) for each in self.stored.values()), key=_place)


def _patient(row, zone):
    born = datetime.fromisoformat(row["born_at"]).astimezone(zone).date()
    return KnownPatient(
        row["mrn"],
        row["mrn"],
        row["assigning_authority"],
        row["family_name"],
        row["given_name"],
        born,
    )


def _quarantined(decision, control_id):
    row = {
        "control_id": control_id,
        "obx": int(decision.obx),
        "code": decision.code,
        "reason": str(decision.reason),
    }
    if decision.reason != "code_unknown":
        row["reported"] = decision.reported
    if decision.converted is not None:
        row |= {"converted": _number(decision.converted), "unit": decision.unit}
    return row


def _filed(word, control_id):
    row = {
        "analyte": word.analyte,
        "value": _number(word.value),
        "unit": word.unit,
        "comparator": word.comparator,
        "value_text": word.value_text,
        "status": str(word.status),
        "collected_at": word.key.collected_at,
        "filler_order": word.key.filler_order,
        "sample_site": word.sample_site,
        "control_id": control_id,
        "status_at": word.status_at,
        "reported": word.reported,
    }
    return row | ({"flag": word.flags[0]} if word.flags else {})


def _comparable(row):
    return _rounded(row) | {
        name: datetime.fromisoformat(row[name]) for name in ("collected_at", "status_at")
    }


def _rounded(row):
    return {
        name: _number(value) if isinstance(value, float) else value for name, value in row.items()
    }


def _number(value):
    return None if value is None else float(f"{float(value):.4g}")


def _place(row):
    return row["collected_at"], row["filler_order"], row["analyte"], row["control_id"]
