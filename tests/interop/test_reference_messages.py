"""The laboratory messages of the reference cases, received as their sender would send them."""

import json
from datetime import datetime

import pytest

from accounts.models import Unit
from interop.actions.receive import receive_message
from interop.models import Message, QuarantinedObservation
from labs.models import Result
from patients.actions.limits import set_limits
from patients.actions.patient import admit_patient
from patients.actions.run import end_run, start_run
from tests.factories import CentreFactory, UnitFactory, UserFactory
from tests.interop.test_filing_reference import CASES, _comparable, _number, _place, _rounded
from tests.labs.reference import limits_of_case, lab_catalogue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_reference_case_is_received_and_filed_as_it_expects(path):
    case = json.loads(path.read_text())
    ward = Ward(case)

    answers = ward.play()

    expected = case["expected"]["labs"]
    assert answers == expected["messages"]
    assert ward.quarantined() == [_rounded(row) for row in expected["quarantined"]]
    assert ward.filed() == sorted(map(_comparable, expected["filed"]), key=_place)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_message_of_a_reference_case_is_kept(path):
    case = json.loads(path.read_text())
    ward = Ward(case)

    ward.play()

    sent = {lab["raw"] for run in case["runs"] for lab in run["labs"]}
    assert set(Message.objects.values_list("raw", flat=True)) == sent


class Ward:
    """The case's centre, its patients and runs; the laboratory sends to it."""

    def __init__(self, case):
        self.case = case
        self.unit = UnitFactory(centre=CentreFactory(timezone=case["timezone"]))
        self.centre = self.unit.centre
        self.user = UserFactory()
        lab_catalogue(self.centre, case)
        self.patient, *_ = [
            self._admit(each) for each in (case["patient"], *case["other_patients"])
        ]

    def play(self):
        """Runs and messages in time order; what each message was answered."""
        steps = [
            step
            for run in self.case["runs"]
            for step in (
                (run["time_on"], self._start, run),
                (run["time_off"], self._end, run),
                *((lab["received_at"], self._receive, lab) for lab in run["labs"]),
            )
        ]
        answers = [
            play(what, at=datetime.fromisoformat(at))
            for at, play, what in sorted(steps, key=lambda step: datetime.fromisoformat(step[0]))
        ]
        return [answer for answer in answers if answer]

    def _admit(self, row):
        born_at = datetime.fromisoformat(row["born_at"])
        return admit_patient(
            unit=Unit.objects.get(pk=self.unit.pk),
            mrn=row["mrn"],
            assigning_authority=row["assigning_authority"],
            family_name=row["family_name"],
            given_name=row["given_name"],
            born_at=born_at,
            by=self.user,
            at=datetime.fromisoformat(self.case["runs"][0]["time_on"]),
        )

    def _start(self, run, at):
        self.run = start_run(
            patient=self.patient, unit=self.unit, started_at=at, mode="VV", by=self.user, at=at
        )
        set_limits(
            run=self.run, limits=limits_of_case(self.case), by=self.user, at=at, source="case"
        )

    def _end(self, run, at):
        end_run(run=self.run, ended_at=at, by=self.user, at=at)

    def _receive(self, lab, at):
        received = receive_message(
            raw=lab["raw"].encode(), by=self.user, centre=self.centre, at=at
        )
        message = received.message
        is_duplicate = received.receipt.is_duplicate
        return {
            "control_id": message.control_id,
            "received_at": lab["received_at"],
            "ack": received.ack_text.split("\r")[1].split("|")[1],
            "outcome": "duplicate" if is_duplicate else message.outcome,
        }

    def filed(self):
        rows = Result.objects.current().select_related("sample")
        return sorted((_filed(row) for row in rows), key=_place)

    def quarantined(self):
        rows = QuarantinedObservation.objects.select_related("message")
        return [_held(row) for row in rows.order_by("message__received_at", "obx")]


def _filed(row):
    shown = {
        "analyte": row.analyte,
        "value": _number(row.value),
        "unit": row.unit or None,
        "comparator": row.comparator or None,
        "value_text": row.value_text or None,
        "status": row.status,
        "collected_at": row.sample.collected_at,
        "filler_order": row.sample.filler_order,
        "sample_site": row.sample.site,
        "control_id": row.control_id,
        "status_at": row.status_at,
        "reported": row.reported,
    }
    return shown | ({"flag": row.flags[0]} if row.flags else {})


def _held(row):
    shown = {
        "control_id": row.message.control_id,
        "obx": row.obx,
        "code": row.code,
        "reason": row.reason,
    }
    if row.reason != "code_unknown":
        shown["reported"] = row.reported
    if row.converted is not None:
        shown |= {"converted": _number(row.converted), "unit": row.unit}
    return shown
