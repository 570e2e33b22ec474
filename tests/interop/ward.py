"""A reference case played on a ward: its runs, its laboratory, its infusions, in time order."""

from datetime import datetime
from decimal import Decimal

from accounts.models import Unit
from interop.actions.receive import receive_message
from interop.models import QuarantinedObservation
from labs.actions.infusions import Change, Dosing, change_infusion, start_infusion
from labs.actions.plans import set_plan
from labs.models import Result
from patients.actions.events import IDENTITY, record_bleeding, record_product
from patients.actions.limits import set_limits
from patients.actions.patient import admit_patient
from patients.actions.run import end_run, start_run
from tests.factories import CentreFactory, UnitFactory, UserFactory
from tests.interop.test_filing_reference import _number, _place
from tests.labs.reference import instant, lab_catalogue, limits_of_case, site_document

EVERY_QUESTION = ("kind", "rate", "rate_unit", "weight_kg")


class Ward:
    """The case's centre, its patients and runs; the laboratory sends to it."""

    def __init__(self, case):
        self.case = case
        self.unit = UnitFactory(centre=CentreFactory(timezone=case["timezone"]))
        self.centre = self.unit.centre
        self.user = UserFactory()
        lab_catalogue(self.centre, case)
        site_document(self.centre, "anticoagulation_protocols", case["anticoagulation_protocols"])
        self.runs, self.plans = [], []
        self.patient, *_ = [
            self._admit(each) for each in (case["patient"], *case["other_patients"])
        ]

    def play(self):
        """Everything in time order; returns what each message was answered."""
        steps = [step for run in self.case["runs"] for step in self._steps(run)]
        answers = [
            play(what, at=at) for at, _, play, what in sorted(steps, key=lambda step: step[:2])
        ]
        return [answer for answer in answers if isinstance(answer, dict)]

    def _steps(self, run):
        yield instant(run["time_on"]), 0, self._start, run
        yield instant(run["time_off"]), 9, self._end, run
        for lab in run["labs"]:
            yield instant(lab["received_at"]), 5, self._receive, lab
        for plan in run["anticoagulation_plans"]:
            yield instant(plan["from"]), 3, self._plan, plan
        for infusion in run["infusions"]:
            for change in infusion["changes"]:
                if instant(change["at"]) <= instant(run["time_off"]):
                    yield instant(change["at"]), 4, self._infuse, (infusion, change)
        for product in run["blood_products"]:
            known_at = max(instant(product["started_at"]), instant(run["time_on"]))
            yield known_at, 4, self._give, product
        for bleeding in run["bleeding_events"]:
            yield instant(bleeding["from"]), 4, self._bleed, bleeding

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

    def _start(self, _run, at):
        self.run = start_run(
            patient=self.patient, unit=self.unit, started_at=at, mode="VV", by=self.user, at=at
        )
        self.runs.append(self.run)
        set_limits(
            run=self.run, limits=limits_of_case(self.case), by=self.user, at=at, source="case"
        )

    def _end(self, _run, at):
        end_run(run=self.run, ended_at=at, by=self.user, at=at)

    def _receive(self, lab, at):
        received = receive_message(raw=lab["raw"].encode(), by=self.user, centre=self.centre, at=at)
        message = received.message
        is_duplicate = received.receipt.is_duplicate
        return {
            "control_id": message.control_id,
            "received_at": lab["received_at"],
            "ack": received.ack_text.split("\r")[1].split("|")[1],
            "outcome": "duplicate" if is_duplicate else message.outcome,
        }

    def _plan(self, plan, at):
        self.plans.append(
            set_plan(
                run=self.run,
                agent=plan["agent"],
                driver=plan["driver"],
                target_low=Decimal(str(plan["target_low"])),
                target_high=Decimal(str(plan["target_high"])),
                protocol=plan["protocol"],
                starts_at=at,
                ends_at=instant(plan["to"]),
                by=self.user,
                at=at,
            )
        )

    def _infuse(self, what, at):
        infusion, row = what
        change = Change(kind=row["kind"], changed_at=at, rate=Decimal(str(row["rate"])))
        common = {"change": change, "by": self.user, "at": at, "confirmed": EVERY_QUESTION}
        if row["kind"] == "start":
            dosing = Dosing(
                rate_unit=infusion["unit"],
                weight_kg=Decimal(str(infusion["weight_kg"])),
                weight_basis=infusion["weight_basis"],
            )
            return start_infusion(run=self.run, agent=infusion["agent"], dosing=dosing, **common)
        running = self.run.infusions.get(agent=infusion["agent"])
        return change_infusion(infusion=running, **common)

    def _give(self, row, at):
        return record_product(
            run=self.run,
            product=row["product_type"],
            volume_ml=Decimal(str(row["volume_ml"])),
            given_to="patient" if row["given_to"] == "patient" else "circuit",
            started_at=instant(row["started_at"]),
            confirmed=[IDENTITY],
            by=self.user,
            at=at,
        )

    def _bleed(self, row, at):
        bleeding = record_bleeding(
            run=self.run, grade=row["grade"], site=row["site"], starts_at=at, by=self.user, at=at
        )
        bleeding.ends_at = instant(row["to"])
        bleeding.save()
        return bleeding

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
