"""Every form that adds something to a ward: its page, what is typed, and the rows that it makes."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from circuits.actions.checks import record_check
from circuits.document import Typed
from circuits.models import Check, ComponentUse, DeviceModel
from labs.actions.infusions import Change, Dosing, start_infusion
from labs.actions.results import Charted, record_results
from labs.models import AnticoagulationPlan, InfusionChange, InfusionChangeWithdrawal, Result
from patients.models import (
    BleedingEvent,
    BloodProduct,
    Cannula,
    Complication,
    Diagnosis,
    ModeSegment,
    Outcome,
    Patient,
    Run,
    RunLimit,
    WeightEntry,
)
from staffing.models import Shift
from tests.factories import NOON, PatientFactory, PersonFactory
from tests.scenarios import device, running_vv, with_circuit

TIMES = {"checked_at", "starts_at", "measured_at", "inserted_at", "ended_at", "collected_at"} | {
    "changed_at", "occurred_at", "started_at", "installed_at", "exchanged_at", "born_at",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A form: where it stands, what is typed, and what it makes or changes once."""

    name: str
    of: str
    typed: dict[str, Any]
    rows: Any
    made: int = 1

    @property
    def time(self) -> str | None:
        """The field that says when it happened."""
        return next((name for name in self.typed if name in TIMES), None)


ENTRIES = [
    Entry("circuits:check-create", "run", {"checked_at": "now", "v_blood_flow": "4.2"}, Check),
    Entry("circuits:check-amend", "check", {"blood_flow": "4.4", "reason": "misread"}, Check),
    Entry("circuits:mode-create", "run", {"mode": "VVA", "starts_at": "now"}, ModeSegment),
    Entry(
        "circuits:weight-create",
        "run",
        {"weight_kg": "81", "basis": "actual", "measured_at": "now"},
        WeightEntry,
    ),
    Entry(
        "circuits:cannula-create",
        "run",
        {"site": "femoral_v", "side": "R", "purpose": "drainage", "inserted_at": "now"},
        Cannula,
    ),
    Entry(
        "circuits:limit-change",
        "limit",
        {"warning_low": "-90", "warning_high": "", "critical_low": "-100", "critical_high": ""}
        | {"valid_from": "now", "reason": "kinked"},
        RunLimit,
    ),
    Entry("circuits:support-end", "run", {"ended_at": "now"}, Run.objects.exclude(ended_at=None)),
    Entry("circuits:outcome-record", "run", {"discharge_location": "home"}, Outcome),
    Entry("circuits:component-install", "run", {"installed_at": "now", "serial": "C-9"}, ComponentUse),
    Entry(
        "circuits:component-exchange",
        "use",
        {"exchanged_at": "now", "serial": "X-9", "reason": "clot"},
        ComponentUse,
    ),
    Entry("circuits:support-start", "", {"started_at": "now", "mode": "VA"}, Run),
    Entry("circuits:device-create", "", {"kind": "console", "name": "Example console"}, DeviceModel),
    Entry(
        "patients:patient-create", "", {"mrn": "M900", "family_name": "Robin", "sex": "female"}, Patient
    ),
    Entry(
        "patients:patient-correct",
        "patient",
        {"reason": "misspelt", "given_name": "Wrenna"},
        Patient.objects.filter(given_name="Wrenna"),
    ),
    Entry(
        "patients:event-create",
        "run complication",
        {"code": "101", "label": "Oxygenator failure", "occurred_at": "now"},
        Complication,
    ),
    Entry("patients:event-create", "run bleeding", {"site": "cannula", "starts_at": "now"}, BleedingEvent),
    Entry(
        "patients:event-create", "run product", {"volume_ml": "280", "started_at": "now"}, BloodProduct
    ),
    Entry("patients:event-create", "run diagnosis", {"label": "ARDS", "icd10": "J80"}, Diagnosis),
    Entry("labs:result-create", "run", {"collected_at": "now", "aptt": "55"}, Result),
    Entry("labs:result-correct", "result", {"value": "1.9", "reason": "misread"}, Result),
    Entry(
        "labs:infusion-start",
        "run",
        {"agent": "ufh", "rate": "12", "rate_unit": "[IU]/kg/h", "changed_at": "now"}
        | {"weight_kg": "80", "weight_basis": "actual", "confirmed": ["kind"]},
        InfusionChange,
    ),
    Entry(
        "labs:infusion-change",
        "infusion",
        {"kind": "change", "rate": "13", "changed_at": "now"},
        InfusionChange,
    ),
    Entry("labs:change-withdraw", "change", {"reason": "other patient"}, InfusionChangeWithdrawal),
    Entry(
        "labs:plan-set",
        "run",
        {"agent": "ufh", "driver": "aptt", "target_low": "50", "target_high": "70"}
        | {"starts_at": "now"},
        AnticoagulationPlan,
    ),
    Entry(
        "staffing:shift-create",
        "unit",
        {"duty": "bedside", "day": "2026-03-04", "begins": "07:30", "ends": "20:00"},
        Shift,
    ),
]  # fmt: skip
IDS = [f"{entry.name} {entry.of}".strip() for entry in ENTRIES]


class Ward:
    """A running patient with a circuit, a check, a result and heparin; another who waits."""

    def __init__(self, patient, unit, by):
        began = NOON - timedelta(hours=24)
        self.unit, self.patient = unit, patient
        self.run = running_vv(patient, by)
        self.use = with_circuit(self.run, by)[0]
        self.waiting = PatientFactory(unit=unit)
        self.nurse = PersonFactory(unit=unit)
        typed = Typed(checked_at=began, values={"blood_flow": "4.1"})
        self.check = record_check(run=self.run, typed=typed, by=by, at=began)
        lactate = [Charted("lactate", Decimal("1.5"), "mmol/L")]
        self.result = record_results(
            patient=patient, collected_at=began, results=lactate, by=by, at=began
        ).results.get()
        self.change = start_infusion(
            run=self.run,
            agent="ufh",
            dosing=Dosing("[IU]/kg/h", Decimal(80), "actual"),
            change=Change("start", began, Decimal(12)),
            by=by,
            at=began,
        )
        self.infusion = self.change.infusion

    def page(self, entry):
        """Return where the entry's form stands."""
        match entry.of.split():
            case []:
                return reverse(entry.name)
            case ["limit"]:
                return reverse(entry.name, args=[self.run.public_id, "p_drainage"])
            case [what, *rest]:
                return reverse(entry.name, args=[getattr(self, what).public_id, *rest])

    def typed(self, entry):
        """Return what is typed, with the choices that only this ward knows."""
        chosen = {
            "circuits:component-install": {"model": device("console").pk},
            "circuits:component-exchange": {"model": device("oxygenator").pk},
            "circuits:support-start": {"patient": self.waiting.pk, "unit": self.unit.pk},
            "staffing:shift-create": {"person": self.nurse.public_id},
        }
        return {**entry.typed, **chosen.get(entry.name, {})}


def count(rows):
    """Count the rows of a model or a queryset, afresh."""
    return rows.all().count() if hasattr(rows, "all") else rows.objects.count()
