"""A ward of five patients in different states, built with the actions, relative to a moment."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.models import Unit, User
from circuits.actions.care_plan import set_emergency_plan, set_target
from circuits.actions.changes import plan_change
from circuits.actions.checks import record_check
from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.incidents import record_incident
from circuits.actions.recalls import Notice, receive_recall
from circuits.actions.stock import Arrival, receive_stock
from circuits.actions.support import record_cannula, start_support
from circuits.actions.transport import plan_leg
from circuits.actions.weaning import record_step, start_trial
from circuits.document import Typed
from circuits.models import DeviceModel
from circuits.queries import uses_of
from interop.actions.receive import receive_message
from labs.actions.infusions import Change, Dosing, change_infusion, start_infusion
from labs.actions.plans import set_plan
from labs.actions.results import Charted, record_results
from patients.actions.beds import record_bed_move
from patients.actions.events import record_bleeding, record_diagnosis, record_product
from patients.actions.patient import admit_patient
from patients.models import Run
from reports.actions import produce_last_month, produce_report
from reports.models import ReportKind
from staffing.actions import add_shift, publish_shifts
from tests.factories import PersonFactory
from tests.interop.messages import HEADER, ORDER, oru, result
from tests.scenarios import running_vv

FINE = {
    "air": "none", "chatter": "none", "colour_difference": "clear", "pump_sound": "normal",
    "plasma_leak": "none", "clot_fibrin": "grade_0", "gas_line_connected": "yes",
    "cannula_site": "dry", "hand_crank": "present", "clamps_at_bedside": "present",
    "backup_console": "present",
}  # fmt: skip
ADULT = {
    "pump_speed": 3450, "blood_flow": "4.60", "sweep_gas_flow": "5.0", "fdo2": 80,
    "p_drainage": -68, "p_pre_membrane": 214, "p_post_membrane": 190,
    "sat_pre_membrane": 72, "sat_post_membrane": 99, "temp_blood_out": "36.8",
}  # fmt: skip
NEONATE = {
    "pump_speed": 2900, "blood_flow": "0.38", "sweep_gas_flow": "0.40", "fdo2": 50,
    "p_drainage": -22, "p_pre_membrane": 92, "p_post_membrane": 78,
    "sat_pre_membrane": 74, "sat_post_membrane": 100, "temp_blood_out": "36.9",
}  # fmt: skip


@dataclass
class Ward:
    """The patients by what is the matter with them, and who built it."""

    unit: Unit
    by: User
    at: datetime
    runs: dict[str, Run] = field(default_factory=dict)


def build(unit, by, physician, laboratory, at):
    """Return the ward as it is at `at`."""
    at = at.replace(second=0, microsecond=0)
    ward = Ward(unit, by, at)
    _membrane(ward, physician)
    _stable_va(ward, physician)
    _held_neonate(ward, physician)
    _weaning_child(ward, physician)
    _plan(ward, physician)
    _change(ward, physician)
    _first_minutes(ward)
    _roster(ward)
    _messages(ward, laboratory)
    _reports(ward)
    _device_cases(ward)
    return ward


def admit(unit, by, at, **facts):
    """Admit a patient."""
    return admit_patient(unit=unit, by=by, at=at, **facts)


def check(run, by, at, values, **facts):
    """Record a check read at `at` and entered two minutes later; what is asked is confirmed."""
    entered = at + timedelta(minutes=2)
    typed = Typed(checked_at=at, values=values, findings=facts.pop("findings", FINE), **facts)
    return record_check(run=run, typed=typed, by=by, at=entered, confirmed=list(values))


def _begin(ward, name, hours, mode, weight, facts):
    began = ward.at - timedelta(hours=hours)
    patient = admit(ward.unit, ward.by, began - timedelta(hours=6), **facts)
    run = running_vv(patient, ward.by, mode=mode, weight_kg=weight, at=began)
    _assemble(run, ward.by)
    ward.runs[name] = run
    return run


def _assemble(run, by):
    """Put an oxygenator and a pump head with numbers of their own into the run's circuit."""
    began = run.started_at
    circuit = open_circuit(run=run, label="Circuit 1", started_at=began, by=by, at=began)
    for kind, name in (("oxygenator", "Demo membrane 7"), ("pump_head", "Demo pump head")):
        model, _ = DeviceModel.objects.get_or_create(kind=kind, name=name)
        part = NewPart(model=model, lot=f"L{run.pk}", serial=f"{kind[0].upper()}-{run.pk}")
        install_component(circuit=circuit, part=part, installed_at=began, by=by, at=began)


def _cannulate(run, by, *cannulas):
    for purpose, site, side, size in cannulas:
        record_cannula(
            run=run, purpose=purpose, site=site, side=side, size_fr=Decimal(size),
            technique="percutaneous", inserted_at=run.started_at, by=by, at=run.started_at,
        )  # fmt: skip


def heparin(run, by, physician, at):
    """Let heparin run in a patient since six hours after flow on, with a target."""
    ward = Ward(run.unit, by, at)
    _heparin(ward, run, physician, "80", target=("0.3", "0.5"))


def _membrane(ward, physician):
    """Bed 3: on V-V for five days; the membrane's resistance doubled within six hours."""
    run = _begin(
        ward, "membrane", 123, "VV", "92",
        {"mrn": "704118", "assigning_authority": "HOSP", "family_name": "Oyelaran-Whittington", "given_name": "Oluwaseun Adebayo",
         "born_at": datetime(1980, 3, 2, tzinfo=UTC), "sex": "male", "bed": "3"},
    )  # fmt: skip
    _cannulate(
        run, ward.by, ("drainage", "femoral_v", "R", "25"),
        ("return", "internal_jugular_v", "R", "21"),
    )  # fmt: skip
    record_diagnosis(
        run=run, icd10="J80", label="Acute respiratory distress syndrome", is_primary=True,
        by=ward.by, at=run.started_at,
    )  # fmt: skip
    for hours in range(30, 0, -1):
        late = max(0, 7 - hours)
        values = ADULT | {
            "blood_flow": str(Decimal("4.60") - Decimal("0.09") * late + Decimal(hours % 3) / 50),
            "p_pre_membrane": 214 + 14 * late + hours % 4,
            "p_post_membrane": 190 - late,
            "p_drainage": -68 - hours % 5,
            "sat_pre_membrane": 72 - late // 3 + hours % 2,
        }
        if hours == 19:
            continue
        found = FINE | ({"clot_fibrin": "grade_2"} if hours < 3 else {})
        check(run, ward.by, ward.at - timedelta(hours=hours - 0.5), values, findings=found)
    record_product(
        run=run, product="red_cells", volume_ml=Decimal(280), given_to="patient",
        started_at=ward.at - timedelta(hours=9), by=ward.by, at=ward.at - timedelta(hours=8),
    )  # fmt: skip
    _heparin(ward, run, physician, "92", target=("0.3", "0.5"))


def _heparin(ward, run, physician, weight, *, target, held=False):
    began = run.started_at + timedelta(hours=6)
    started = start_infusion(
        run=run, agent="ufh", dosing=Dosing("[IU]/kg/h", Decimal(weight), "actual"),
        change=Change("start", began, Decimal(12)), by=ward.by, at=began,
    )  # fmt: skip
    low, high = map(Decimal, target)
    plan = {"run": run, "agent": "ufh", "driver": "anti_xa_ufh", "by": physician}
    set_plan(**plan, target_low=low, target_high=high, starts_at=began, at=began)
    later = ward.at - timedelta(hours=30)
    if later > began:
        set_plan(
            **plan, target_low=low - Decimal("0.1"), target_high=high - Decimal("0.1"),
            starts_at=later, at=later,
        )  # fmt: skip
    steps = [(44, "change", "13.5"), (26, "change", "15"), (20, "change", "13")]
    if held:
        steps = [(6, "hold", None)]
    for hours, kind, rate in steps:
        when = ward.at - timedelta(hours=hours)
        if when > began:
            change_infusion(
                infusion=started.infusion,
                change=Change(
                    kind, when, Decimal(rate) if rate else None,
                    reason="bleeding at the neck" if kind == "hold" else "",
                ),
                by=ward.by, at=when, confirmed=("kind", "rate"),
            )  # fmt: skip
    _labs(ward, run)


def _labs(ward, run):
    anti_xa = ["0.22", "0.35", "0.44", "0.52", "0.10", "0.18", "0.28", "0.31", "0.42", "0.27"]
    for index, value in enumerate(anti_xa):
        taken = ward.at - timedelta(hours=6 * (len(anti_xa) - index) - 5)
        if taken <= run.started_at:
            continue
        results = [
            Charted("anti_xa_ufh", Decimal(value), "[IU]/mL", "<" if value == "0.10" else ""),
            Charted("aptt", Decimal(58 + 5 * (index % 4)), "s"),
            Charted("act", Decimal(150 + 9 * (index % 5)), "s"),
        ]
        if index % 2:
            results.append(Charted("platelets", Decimal(160 - 8 * index), "10*3/uL"))
        record_results(
            patient=run.patient, collected_at=taken, results=results, by=ward.by,
            at=taken + timedelta(minutes=40), confirmed=[one.analyte for one in results],
        )  # fmt: skip


def _stable_va(ward, physician):
    """Bed 7: on V-A for two days; stable, the check is overdue."""
    run = _begin(
        ward, "stable", 50, "VA", "71",
        {"mrn": "704233", "family_name": "Nguyen", "given_name": "Thi Minh",
         "born_at": datetime(1961, 8, 19, tzinfo=UTC), "sex": "female", "bed": "7"},
    )  # fmt: skip
    _cannulate(
        run, ward.by, ("drainage", "femoral_v", "R", "23"), ("return", "femoral_a", "R", "17"),
        ("distal_perfusion", "femoral_a", "R", "7"),
    )  # fmt: skip
    for hours in range(14, 2, -1):
        values = ADULT | {"blood_flow": "4.10", "pump_speed": 3300 + 50 * (hours // 6)}
        check(run, ward.by, ward.at - timedelta(hours=hours), values)
    _heparin(ward, run, physician, "71", target=("0.3", "0.5"))


def _held_neonate(ward, physician):
    """Cot N2: on V-A for two days; heparin held, bleeding."""
    born = ward.at - timedelta(days=4)
    run = _begin(
        ward, "neonate", 59, "VA", "3.2",
        {"mrn": "704391", "family_name": "Reid", "given_name": "Baby girl", "born_at": born,
         "sex": "female", "bed": "N2"},
    )  # fmt: skip
    _cannulate(
        run, ward.by, ("drainage", "internal_jugular_v", "R", "12"), ("return", "carotid_a", "R", "8"),
    )  # fmt: skip
    for hours in range(12, 0, -1):
        check(run, ward.by, ward.at - timedelta(hours=hours - 0.4), NEONATE)
    _heparin(ward, run, physician, "3.2", target=("0.3", "0.6"), held=True)
    record_bleeding(
        run=run, grade=2, site="cannula site", starts_at=ward.at - timedelta(hours=6),
        by=ward.by, at=ward.at - timedelta(hours=6),
    )  # fmt: skip


def _weaning_child(ward, physician):
    """Bed 12: a child on V-V, weaning; sweep-off trial going on."""
    run = _begin(
        ward, "weaning", 190, "VV", "18",
        {"mrn": "704502", "family_name": "Østergård", "given_name": "Åse", "sex": "female",
         "born_at": ward.at - timedelta(days=1900), "bed": "12"},
    )  # fmt: skip
    values = ADULT | {"blood_flow": "1.40", "pump_speed": 2400, "sweep_gas_flow": "1.0", "fdo2": 40,
                      "p_drainage": -30, "p_pre_membrane": 110, "p_post_membrane": 96}  # fmt: skip
    for hours in range(10, 1, -1):
        check(run, ward.by, ward.at - timedelta(hours=hours - 0.6), values)
    began = ward.at - timedelta(minutes=50)
    trial = start_trial(run=run, kind="vv_sweep_off", started_at=began, by=physician, at=began)
    for minutes, sweep, seen in ((40, "0.5", "calm, RR 24"), (25, "0", "RR 26, no distress")):
        when = ward.at - timedelta(minutes=minutes)
        record_step(
            trial=trial, stepped_at=when, values={"sweep_gas_flow": sweep, "blood_flow": "1.40"},
            note=seen, by=ward.by, at=when, confirmed=["sweep_gas_flow"],
        )  # fmt: skip
    off = values | {"sweep_gas_flow": 0, "sat_post_membrane": 76}
    check(run, ward.by, ward.at - timedelta(minutes=20), off, trial="vv_sweep_off")


def _change(ward, physician):
    """Bed 3: the oxygenator is to be changed tomorrow."""
    run, begins = ward.runs["membrane"], ward.at + timedelta(hours=20)
    plan_change(
        run=run, uses=list(uses_of(run).filter(kind="oxygenator")), starts_at=begins,
        ends_at=begins + timedelta(hours=2), urgency="planned", owner=physician,
        why="Resistance is rising", by=ward.by, at=ward.at, kit_note="standby circuit 2",
    )  # fmt: skip


def _plan(ward, physician):
    """Bed 3: an emergency plan that is a day old, targets of which one is stale, a journey."""
    run, day = ward.runs["membrane"], ward.at - timedelta(hours=27)
    words = "No exchange of the whole circuit outside working hours. CPR with the pump on."
    set_emergency_plan(
        run=run, ceiling="limited", words=words, physician=physician, reviewed_at=day,
        by=physician, at=day,
    )  # fmt: skip
    set_target(run=run, key="hb", low=Decimal(7), by=physician, at=day)
    now = ward.at - timedelta(hours=2)
    set_target(run=run, key="map", low=Decimal(65), high=Decimal(80), by=physician, at=now)
    set_target(run=run, key="sedation", words="awake, RASS 0 to -1", by=physician, at=now)
    plan_leg(
        run=run, kind="in_hospital", from_place="ICU, bed 3", to_place="CT scanner",
        reason="new neurology", crew="ECMO physician, specialist, nurse", journey_min=25,
        oxygen_flow=Decimal(15), cylinders=[{"size": "E", "psi": 2000}],
        planned_at=ward.at + timedelta(hours=1), by=ward.by, at=now,
    )  # fmt: skip
    for hours, bed in ((10, "9"), (4, "3")):
        when = ward.at - timedelta(hours=hours)
        record_bed_move(run=run, to_bed=bed, moved_at=when, by=ward.by, at=when)


def _first_minutes(ward):
    """Bed 1: flow on for twelve minutes; nothing else is known yet."""
    patient = admit(
        ward.unit, ward.by, ward.at - timedelta(minutes=30), mrn="704577",
        family_name="Papadopoulou-Konstantinidou", given_name="Anastasia", bed="1",
        sex="female", born_at=datetime(1994, 1, 30, tzinfo=UTC),
    )  # fmt: skip
    began = ward.at - timedelta(minutes=12)
    ward.runs["first"] = start_support(
        patient=patient, unit=ward.unit, started_at=began, by=ward.by, at=began
    )


def _roster(ward):
    """Three people for the days around now; perfusion has no one at night."""
    people = {
        duty: PersonFactory(unit=ward.unit, name=name, job=job)
        for duty, name, job in (
            ("bedside", "Sam Specialist", "ECMO specialist"),
            ("perfusion", "Pia Perfusionist", "Perfusionist"),
            ("physician", "Fay Physician", "Intensivist"),
        )
    }
    midnight = ward.at.replace(hour=6, minute=0)
    before = ward.at - timedelta(days=9)
    for day in range(-1, 5):
        for duty, person in people.items():
            starts = midnight + timedelta(days=day)
            hours = 12 if duty == "perfusion" else 23
            add_shift(
                unit=ward.unit, person=person, duty=duty, starts_at=starts,
                ends_at=starts + timedelta(hours=hours), by=ward.by, at=before,
            )  # fmt: skip
    publish_shifts(
        unit=ward.unit, starts_at=midnight - timedelta(days=2),
        ends_at=midnight + timedelta(days=4), by=ward.by, at=before,
    )  # fmt: skip


def _messages(ward, laboratory):
    """One message with a unit that nobody knows, one about a patient whom nobody knows."""
    taken = f"{ward.at - timedelta(hours=1):%Y%m%d%H%M%S}+0000"
    order = ORDER.replace("20260314081500-0500", taken).replace("20260314083400-0500", taken)
    known = "PID|1||704118^^^HOSP^MR||Oyelaran-Whittington^Oluwaseun Adebayo||19800302|M"
    unknown = "PID|1||9911^^^HOSP^MR||Lindqvist^Jonas||19710911|M"
    for patient, control, segment in (
        (known, "M1", result(at=taken, unit="parsec")),
        (unknown, "M7", result(at=taken)),
    ):
        raw = oru(
            segment, patient=patient, order=order, header=HEADER.replace("|M1|", f"|{control}|")
        )
        receive_message(raw=raw, by=laboratory, centre=ward.unit.centre, at=ward.at)


def _reports(ward):
    """Last month's reports: the registry export is made, the programme's waits to be made."""
    owed = produce_last_month(at=ward.at)
    for report in owed:
        if report.kind == ReportKind.REGISTRY:
            produce_report(report.pk, ward.at)


def _device_cases(ward):
    """The membrane of bed 3 is recalled; the pump head of bed 7 made a noise."""
    membrane = ward.runs["membrane"].circuits.get().uses.get(kind="oxygenator")
    model, at = membrane.component.model, ward.at - timedelta(hours=5)
    arrival = Arrival(model, lot=membrane.component.lot, quantity=3)
    receive_stock(unit=ward.unit, arrival=arrival, received_at=at, by=ward.by, at=at)
    notice = Notice(
        issuer="Example Devices", reference="FSN-2026-014", product=model.name, action="removal",
        recall_class="II", issued_on=at.date() - timedelta(days=3), kind="oxygenator", model=model,
        lots=[membrane.component.lot], instruction="Exchange it at the next opportunity.",
    )  # fmt: skip
    receive_recall(centre=ward.unit.centre, notice=notice, received_at=at, by=ward.by, at=ward.at)
    run = ward.runs["stable"]
    head = run.circuits.get().uses.get(kind="pump_head")
    record_incident(
        unit=run.unit, run=run, component=head.component, happened_at=at, harm="no_harm",
        what="Grinding noise for a minute at 3,300 rpm; gone after the speed was lowered.",
        by=ward.by, at=ward.at,
    )  # fmt: skip
