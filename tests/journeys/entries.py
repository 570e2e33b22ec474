"""Every form that adds something to a ward: its page, what is typed, and the rows that it makes."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse

from circuits.actions.adjuncts import start_adjunct
from circuits.actions.care_plan import set_target
from circuits.actions.checks import record_check
from circuits.actions.clots import record_clot
from circuits.actions.consoles import add_console
from circuits.actions.emergencies import start_emergency
from circuits.actions.exchange import NewPart
from circuits.actions.holds import hold_circuits
from circuits.actions.kit import add_kit
from circuits.actions.prime import prime_standby
from circuits.actions.standby import assemble_standby
from circuits.actions.stock import Arrival, quarantine_stock, receive_stock
from circuits.actions.support import decannulate, record_cannula
from circuits.actions.transport import arrive, depart, plan_leg
from circuits.actions.weaning import start_trial
from circuits.document import Typed
from circuits.models import (
    Adjunct,
    Check,
    CircuitHold,
    ClotLook,
    ComponentUse,
    Console,
    ConsoleRecord,
    Debrief,
    DeviceIncident,
    DeviceLabel,
    DeviceModel,
    Emergency,
    EmergencyEntry,
    KitItem,
    KitLook,
    ParLevel,
    Prime,
    PrimeChemistry,
    StandbyChange,
    StandbyCircuit,
    StockCount,
    StockLot,
    StockMovement,
    WaterResult,
)
from clinical.lifecycle import State
from episodes.actions.follow_up import plan_visit
from episodes.actions.huddle import add_action, plan_procedure
from episodes.actions.merging import merge_patients
from episodes.actions.referrals import receive_referral, step_referral
from episodes.actions.steps import step_run
from episodes.models import Handover, HuddleAction, PlannedProcedure
from labs.actions.infusions import Change, Dosing, start_infusion
from labs.actions.results import Charted, record_results
from labs.models import AnticoagulationPlan, InfusionChange, InfusionChangeWithdrawal, Result
from patients.actions.events import record_complication
from patients.actions.patient import admit_unknown
from patients.models import (
    BedMove,
    BleedingEvent,
    BloodDraw,
    BloodProduct,
    CallLogEntry,
    Cannula,
    Complication,
    DailyTarget,
    Diagnosis,
    EmergencyPlan,
    EndOfLife,
    EpisodeStep,
    FamilyEntry,
    FollowUpVisit,
    Infection,
    Interruption,
    ModeSegment,
    Outcome,
    Patient,
    PatientMerge,
    Procedure,
    Referral,
    Run,
    RunLimit,
    ScoreResult,
    TransportLeg,
    TrialStep,
    WeaningTrial,
    WeightEntry,
)
from staffing.models import Shift
from tests.cast import member
from tests.factories import NOON, PatientFactory, PersonFactory
from tests.scenarios import device, running_vv, with_circuit

TIMES = {"checked_at", "starts_at", "measured_at", "inserted_at", "ended_at", "collected_at"} | {
    "changed_at", "occurred_at", "started_at", "installed_at", "exchanged_at", "born_at",
    "stepped_at", "moved_at", "reviewed_at", "departed_at", "arrived_at", "removed_at", "resumed_at",
    "performed_at", "drawn_at", "happened_at", "died_at", "received_at", "counted_at", "done_at", "reported_at",
    "assembled_at", "primed_at", "activated_at", "looked_at", "held_at", "called_at", "seen_at",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A form: where it stands, what is typed, and what it makes or changes once.

    `is_shared`: the whole centre may see its row, and only the row's unit may write.
    """

    name: str
    of: str
    typed: dict[str, Any]
    rows: Any
    made: int = 1
    is_shared: bool = False

    @property
    def time(self) -> str | None:
        """The field that says when it happened."""
        return next((name for name in self.typed if name in TIMES), None)


ENTRIES = [
    Entry(
        "episodes:procedure-create",
        "run",
        {"what": "Tracheostomy", "planned_for": "02-Mar-2026 20:00"},
        PlannedProcedure,
    ),
    Entry(
        "episodes:action-create",
        "unit",
        {"text": "Order a circuit", "due_at": "02-Mar-2026 20:00"},
        HuddleAction,
    ),
    Entry("episodes:procedure-close", "planned", {"closing": "done"}, PlannedProcedure.objects.exclude(closing="")),
    Entry("episodes:action-close", "taken_on", {"closing": "done"}, HuddleAction.objects.exclude(closing="")),
    Entry("episodes:run-handover", "run", {"plan": "Wean the sweep", "watch_for": ""}, Handover),
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
        {"exchanged_at": "now", "reason": "clot", "complications": ["101"]},
        ComponentUse,
    ),
    Entry("circuits:support-start", "", {"started_at": "now", "mode": "VA"}, Run),
    Entry("circuits:device-create", "", {"kind": "console", "name": "Example console"}, DeviceModel),
    Entry(
        "circuits:device-label",
        "product",
        {"market": "us", "hours": "6", "source": "read by hand", "checked_on": "2026-03-01"},
        DeviceLabel,
    ),
    Entry("circuits:console-create", "", {"serial": "C-1", "asset_tag": "E7"}, Console),
    Entry(
        "circuits:console-service",
        "heater",
        {"kind": "disinfection", "verdict": "done", "done_at": "now"},
        ConsoleRecord,
        is_shared=True,
    ),
    Entry(
        "circuits:console-limits",
        "heater",
        {"done_at": "now", "blood_flow_low": "3"},
        ConsoleRecord,
        is_shared=True,
    ),
    Entry(
        "circuits:console-water",
        "heater",
        {"test": "plate count", "value": "12", "verdict": "acceptable"}
        | {"sampled_at": "-60", "reported_at": "now"},
        WaterResult,
        is_shared=True,
    ),
    Entry(
        "circuits:console-state",
        "heater",
        {"state": "out_of_service", "reason": "leaks"},
        Console.objects.filter(state="out_of_service"),
        is_shared=True,
    ),
    Entry(
        "circuits:console-lend",
        "heater",
        {"to": "City hospital"},
        Console.objects.filter(state="lent"),
        is_shared=True,
    ),
    Entry(
        "circuits:console-return",
        "borrowed",
        {"reason": "loan is over"},
        Console.objects.filter(state="gone"),
        is_shared=True,
    ),
    Entry("circuits:stock-receive", "", {"lot": "L9", "received_at": "now"}, StockLot),
    Entry("circuits:par-set", "", {"quantity": "2"}, ParLevel),
    Entry(
        "circuits:stock-count",
        "lot",
        {"counted": "3", "counted_at": "now", "reason": "one was lent"},
        StockCount,
        is_shared=True,
    ),
    *(
        Entry(
            f"circuits:stock-{step}",
            of,
            {"moved_at": "now", "reason": "torn"},
            StockMovement,
            is_shared=True,
        )
        for step, of in (
            ("reserve", "lot"), ("set-aside", "lot"), ("discard", "lot"),
            ("put-back", "aside"), ("throw-away", "aside"),
        )
    ),
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
    Entry("patients:event-create", "run procedure", {"kind": "pci", "performed_at": "now"}, Procedure),
    Entry(
        "patients:event-create",
        "run infection",
        {"organism": "E. coli", "site": "blood", "collected_at": "now"},
        Infection,
    ),
    Entry(
        "patients:event-create",
        "run family",
        {"kind": "consent", "text": "Agreed.", "occurred_at": "now"},
        FamilyEntry,
    ),
    Entry("patients:event-create", "run draw", {"volume_ml": "1.2", "drawn_at": "now"}, BloodDraw),
    Entry(
        "reports:score-create",
        "run p-f",
        {"pao2": "60", "fio2_pct": "60", "looked": "on"},
        ScoreResult,
    ),
    Entry(
        "episodes:referral-log",
        "referral",
        {"text": "Prone.", "kind": "call", "happened_at": "now"},
        CallLogEntry,
    ),
    Entry(
        "episodes:referral-create", "", {"call_back": "555 7", "called_at": "now"}, Referral
    ),
    Entry(
        "episodes:referral-edit",
        "referral",
        {"diagnosis": "Influenza", "called_at": "now"},
        Referral.objects.filter(diagnosis="Influenza"),
    ),
    Entry("episodes:referral-hand-over", "referral", {"text": "Ask for the gas."}, CallLogEntry),
    Entry(
        "episodes:referral-name",
        "referral",
        {"mrn": "M901", "family_name": "Linnet", "sex": "female"},
        Patient,
    ),
    Entry("episodes:referral-flow-on", "referral", {"started_at": "now", "mode": "VV"}, Run),
    Entry("episodes:referral-step", "referral triage", {"happened_at": "now"}, EpisodeStep),
    Entry("episodes:referral-take-back", "referral_taken_on", {"reason": "slip"}, EpisodeStep),
    Entry("episodes:run-step", "run decannulating", {"happened_at": "now"}, EpisodeStep),
    Entry("episodes:run-take-back", "run_leaving", {"reason": "bleeding"}, EpisodeStep),
    Entry("episodes:run-death", "run", {"died_at": "now"}, EndOfLife),
    Entry("episodes:run-withdrawal", "run", {"happened_at": "now", "decision": "No exit."}, EndOfLife),
    Entry("episodes:run-end-of-life", "run", {"donation": "declined"}, EndOfLife),
    Entry(
        "episodes:run-release",
        "run_held",
        {"reason": "Officer, by phone"},
        CircuitHold.objects.exclude(released_at=None),
    ),
    Entry(
        "episodes:visit-create", "run_off", {"name": "Limb clinic", "planned_on": "2026-04-01"}, FollowUpVisit
    ),
    Entry(
        "episodes:visit-record",
        "visit",
        {"seen_on": "2026-03-02", "result": "Walks unaided."},
        FollowUpVisit.objects.exclude(seen_on=None),
    ),
    Entry(
        "episodes:merge-create",
        "unknown",
        {"reason": "wristband", "confirm": ["same_person"]},
        PatientMerge,
    ),
    Entry(
        "episodes:merge-undo",
        "merge",
        {"reason": "another man"},
        PatientMerge.objects.exclude(undone_at=None),
    ),
    Entry(
        "patients:entry-withdraw",
        "run complication",
        {"reason": "wrong bed"},
        Complication.objects.exclude(withdrawn_at=None),
    ),
    Entry("circuits:emergency-start", "", {"card": "air"}, Emergency),
    Entry(
        "circuits:emergency-note",
        "emergency",
        {"kind": "drug", "text": "Adrenaline 1 mg", "occurred_at": "now"},
        EmergencyEntry,
    ),
    Entry(
        "circuits:emergency-end",
        "emergency",
        {"ended_at": "now", "harm": "no_harm"},
        Emergency.objects.exclude(ended_at=None),
    ),
    Entry(
        "circuits:emergency-debrief",
        "emergency",
        {"led_by": "Fay", "held_at": "now", "to_fix": "Crank moved."},
        Debrief,
    ),
    Entry(
        "circuits:clot-create",
        "run",
        {"place": "pump_head", "kind": "clot", "grade": "2", "seen_at": "now"},
        ClotLook,
    ),
    Entry(
        "circuits:clot-look", "clot", {"change": "gone", "grade": "2", "seen_at": "now"}, ClotLook
    ),
    Entry("circuits:adjunct-start", "run", {"kind": "crrt", "started_at": "now"}, Adjunct),
    Entry(
        "circuits:adjunct-end",
        "adjunct",
        {"ended_at": "now", "reason": "filter clotted"},
        Adjunct.objects.exclude(ended_at=None),
    ),
    Entry(
        "circuits:standby-create",
        "",
        {"label": "Blue 2", "location": "Store", "assembled_at": "now", "pump_head_serial": "SB-9"},
        StandbyCircuit,
    ),
    Entry(
        "circuits:standby-prime",
        "standby",
        {"kind": "crystalloid", "fluid": "Balanced", "volume_ml": "600", "primed_at": "now"},
        Prime,
    ),
    Entry("circuits:prime-chemistry", "standby_primed", {"ph": "7.4"}, PrimeChemistry),
    Entry(
        "circuits:standby-status",
        "standby",
        {"status": "quarantined", "changed_at": "now", "reason": "seal broken"},
        StandbyChange,
    ),
    Entry(
        "circuits:standby-activate",
        "standby",
        {"activated_at": "now", "reason": "clot", "urgency": "urgent"},
        StandbyCircuit.objects.filter(status="in_use"),
    ),
    Entry(
        "circuits:kit-create", "", {"kind": "clamps", "label": "Clamps 2", "location": "Bed 4"}, KitItem
    ),
    Entry(
        "circuits:kit-look", "clamps", {"is_good": "yes", "looked_at": "now", "count": "4"}, KitLook
    ),
    Entry("circuits:kit-retire", "clamps", {"reason": "bent"}, KitItem.objects.exclude(retired_at=None)),
    Entry(
        "circuits:incident-create",
        "run",
        {"happened_at": "now", "what": "The alarm did not ring.", "harm": "no_harm"},
        DeviceIncident,
    ),
    Entry(
        "circuits:incident-record",
        "",
        {"happened_at": "now", "what": "Torn wrapping.", "harm": "near_miss"},
        DeviceIncident,
    ),
    Entry("circuits:trial-start", "run", {"kind": "vv_sweep_off", "started_at": "now"}, WeaningTrial),
    Entry("circuits:trial-record", "run", {"kind": "vv_sweep_off", "started_at": "now"}, WeaningTrial),
    Entry("circuits:trial-step", "trial", {"stepped_at": "now", "sweep_gas_flow": "2"}, TrialStep),
    Entry(
        "circuits:trial-judge",
        "trial",
        {"ended_at": "now", "verdict": "failed", "stop_reason": "tired"},
        WeaningTrial.objects.exclude(verdict=""),
    ),
    Entry("circuits:target-set", "run", {"key": "map", "low": "65", "high": "80"}, DailyTarget),
    Entry("circuits:targets-carry", "run", {"keys": ["hb"]}, DailyTarget),
    Entry(
        "circuits:emergency-plan-set",
        "run",
        {"ceiling": "limited", "words": "No second circuit.", "reviewed_at": "now"},
        EmergencyPlan,
    ),
    Entry("circuits:bed-move", "run", {"to_bed": "9", "moved_at": "now"}, BedMove),
    Entry(
        "circuits:leg-plan",
        "run",
        {"kind": "road", "from_place": "ICU", "to_place": "City", "planned_at": "now"}
        | {"size_1": "E", "psi_1": "2000"},
        TransportLeg,
    ),
    Entry(
        "circuits:leg-decide",
        "leg",
        {"decision": "no_go", "note": "unstable"},
        TransportLeg.objects.exclude(decision=""),
    ),
    Entry(
        "circuits:leg-depart",
        "leg",
        {"departed_at": "now", "confirm": ["decision"]},
        TransportLeg.objects.exclude(departed_at=None),
    ),
    Entry("circuits:leg-call-off", "leg", {"reason": "rain"}, TransportLeg.objects.exclude(closed_at=None)),
    Entry(
        "circuits:leg-arrive",
        "leg_under_way",
        {"arrived_at": "now"},
        TransportLeg.objects.exclude(arrived_at=None),
    ),
    Entry(
        "circuits:leg-stand-down",
        "leg_arrived",
        {"confirm": ["check"]},
        TransportLeg.objects.exclude(closed_at=None),
    ),
    Entry(
        "circuits:cannula-remove",
        "cannula",
        {"removed_at": "now", "reason": "elective_decannulation", "repair": "none"},
        Cannula.objects.exclude(removed_at=None),
    ),
    Entry("circuits:support-resume", "run_off", {"resumed_at": "now"}, Interruption),
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
        self.by, self.began = by, began
        set_target(run=self.run, key="hb", low=Decimal(7), by=by, at=began)

    @cached_property
    def product(self):
        """A product of the catalogue."""
        return device("oxygenator")

    @cached_property
    def heater(self):
        """A heater unit of the house."""
        facts = {"unit": self.unit, "model": device("heater"), "serial": "H-1"}
        return self._acted(add_console, **facts)

    @cached_property
    def borrowed(self):
        """A console on loan to the house."""
        facts = {"unit": self.unit, "model": device("console"), "serial": "C-8"}
        return self._acted(add_console, **facts, owner="Example Devices")

    @cached_property
    def lot(self):
        """A lot of four oxygenators on the shelf."""
        arrival = Arrival(device("oxygenator"), lot="L26A", quantity=4)
        received = self._acted(
            receive_stock, unit=self.unit, arrival=arrival, received_at=self.began
        )
        return received.lot

    @cached_property
    def aside(self):
        """One of them, kept aside."""
        facts = {"lot": self.lot, "quarantined_at": self.began, "reason": "torn wrapping"}
        return self._acted(quarantine_stock, **facts)

    @cached_property
    def standby(self):
        """A circuit that stands ready, dry."""
        return self._assembled("Blue 1")

    @cached_property
    def standby_primed(self):
        """Another one, filled."""
        standby = self._assembled("Blue 3")
        self._acted(
            prime_standby,
            standby=standby,
            kind="crystalloid",
            fluid="Balanced",
            volume_ml=Decimal(600),
            primed_at=self.began,
            primed_by=self.by,
        )
        return standby

    @cached_property
    def clamps(self):
        """Clamps on the readiness board."""
        facts = {"unit": self.unit, "kind": "clamps", "label": "Clamps 1", "location": "Bed 4"}
        return self._acted(add_kit, **facts)

    @cached_property
    def clot(self):
        """A clot on the map."""
        seen = {"place": "pump_head", "kind": "clot", "grade": 2, "seen_at": self.began}
        return self._acted(record_clot, run=self.run, **seen)

    @cached_property
    def adjunct(self):
        """A haemofilter that runs."""
        return self._acted(start_adjunct, run=self.run, kind="crrt", started_at=self.began)

    @cached_property
    def trial(self):
        """A sweep-off trial that goes on."""
        return self._acted(start_trial, run=self.run, kind="vv_sweep_off", started_at=self.began)

    @cached_property
    def leg(self):
        """A journey that is planned."""
        return self._planned("scanner")

    @cached_property
    def leg_under_way(self):
        """A journey that has begun."""
        return self._acted(
            depart, leg=self._planned("theatre"), departed_at=self.began, confirmed=["decision"]
        )

    @cached_property
    def leg_arrived(self):
        """That journey, arrived."""
        return self._acted(arrive, leg=self.leg_under_way, arrived_at=self.began)

    @cached_property
    def cannula(self):
        """A cannula in place."""
        return self._acted(
            record_cannula,
            run=self.run,
            site="femoral_v",
            purpose="drainage",
            inserted_at=self.run.started_at,
        )

    @cached_property
    def run_off(self):
        """The run of another patient, ended some hours ago."""
        other = running_vv(PatientFactory(unit=self.unit), self.by)
        return self._acted(decannulate, run=other, ended_at=self.began)

    @cached_property
    def referral(self):
        """A call that waits to be taken on."""
        return self._acted(
            receive_referral, unit=self.unit, call_back="555 1", called_at=self.began
        )

    @cached_property
    def referral_taken_on(self):
        """A call that somebody has taken on."""
        other = self._acted(
            receive_referral, unit=self.unit, call_back="555 2", called_at=self.began
        )
        self._acted(step_referral, referral=other, to=State.TRIAGE, happened_at=self.began)
        return other

    @cached_property
    def run_leaving(self):
        """Another patient's run that goes to decannulation."""
        other = running_vv(PatientFactory(unit=self.unit), self.by)
        self._acted(step_run, run=other, to=State.DECANNULATING, happened_at=self.began)
        return other

    @cached_property
    def run_held(self):
        """Another patient's run whose circuit is held."""
        other = running_vv(PatientFactory(unit=self.unit), self.by)
        self._acted(hold_circuits, run=other, reason="Coroner")
        return other

    @cached_property
    def emergency(self):
        """An emergency of the run that nobody has ended."""
        return self._acted(start_emergency, unit=self.unit, run=self.run, card="air")

    @cached_property
    def planned(self):
        """A tracheostomy that is planned for the run."""
        owner, later = self.physician, self.began + timedelta(hours=30)
        facts = {"what": "Tracheostomy", "planned_for": later, "owner": owner}
        return self._acted(plan_procedure, run=self.run, **facts)

    @cached_property
    def taken_on(self):
        """An action of the unit that nobody has closed."""
        owner, later = self.physician, self.began + timedelta(hours=30)
        facts = {"text": "Order a circuit", "owner": owner, "due_at": later}
        return self._acted(add_action, unit=self.unit, **facts)

    @cached_property
    def complication(self):
        """A complication of the run."""
        return self._acted(
            record_complication,
            run=self.run,
            code="101",
            label="Oxygenator failure",
            occurred_at=self.began,
        )

    @cached_property
    def unknown(self):
        """A patient whom nobody knows."""
        return self._acted(admit_unknown, unit=self.unit, seen_at=self.began)

    @cached_property
    def merge(self):
        """Another one, whose record went into that of the patient who waits."""
        return self._acted(
            merge_patients,
            retired=self._acted(admit_unknown, unit=self.unit, seen_at=self.began),
            survivor=self.waiting,
            reason="wristband",
            confirmed=["same_person"],
        )

    @cached_property
    def visit(self):
        """A look at a patient whose run is over."""
        return self._acted(
            plan_visit, run=self.run_off, name="6 months after ECMO", planned_on=date(2026, 9, 2)
        )

    @cached_property
    def physician(self):
        """A physician of the unit."""
        return member("phil", "physician", unit=self.unit)

    def _planned(self, place):
        return self._acted(
            plan_leg,
            run=self.run,
            kind="in_hospital",
            from_place="ICU",
            to_place=place,
            planned_at=self.began,
        )

    def _assembled(self, label):
        pump = NewPart(model=device("pump_head"), lot="", serial=label, position="pump_head")
        return self._acted(
            assemble_standby,
            unit=self.unit,
            label=label,
            location="Store",
            assembled_at=self.began,
            parts=[pump],
        )

    def _acted(self, act, **facts):
        return act(**facts, by=self.by, at=self.began)

    def page(self, entry):
        """Return where the entry's form stands."""
        match entry.of.split():
            case []:
                return reverse(entry.name)
            case ["run", "complication"] if entry.name == "patients:entry-withdraw":
                key = self.complication.public_id
                return reverse(entry.name, args=[self.run.public_id, "complication", key])
            case ["unknown"]:
                return reverse(entry.name, args=[self.unknown.public_id, self.waiting.public_id])
            case ["limit"]:
                return reverse(entry.name, args=[self.run.public_id, "p_drainage"])
            case [what, *rest]:
                return reverse(entry.name, args=[getattr(self, what).public_id, *rest])

    def typed(self, entry):
        """Return what is typed, with the choices that only this ward knows."""
        chosen = {
            "circuits:component-install": {"model": device("console").pk},
            "circuits:component-exchange": {
                f"p{self.use.pk}-answer": "new",
                f"p{self.use.pk}-model": device("oxygenator").pk,
                f"p{self.use.pk}-serial": "X-9",
            },
            "circuits:console-create": {"model": device("console").pk},
            "circuits:standby-create": {
                "unit": self.unit.pk,
                "pump_head_model": device("pump_head").pk,
            },
            "circuits:standby-activate": {"run": self.run.pk},
            "circuits:kit-create": {"unit": self.unit.pk},
            "circuits:incident-record": {"unit": self.unit.pk},
            "circuits:stock-receive": {"model": device("oxygenator").pk},
            "circuits:par-set": {"model": device("oxygenator").pk},
            "circuits:support-start": {"patient": self.waiting.pk, "unit": self.unit.pk},
            "staffing:shift-create": {"person": self.nurse.public_id},
        }
        if entry.name == "episodes:referral-hand-over":
            chosen = {entry.name: {"to": self.physician.pk}}
        if entry.name == "circuits:emergency-plan-set":
            chosen = {entry.name: {"physician": self.physician.pk}}
        if entry.name in {"episodes:procedure-create", "episodes:action-create"}:
            chosen = {entry.name: {"owner": self.physician.pk}}
        return {**entry.typed, **chosen.get(entry.name, {})}


def count(rows):
    """Count the rows of a model or a queryset, afresh."""
    return rows.all().count() if hasattr(rows, "all") else rows.objects.count()
