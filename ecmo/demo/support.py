"""Playing the support itself: flow on, what is entered of it, mishaps and exchanges, flow off."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial

from circuits.actions.exchange import (
    NewPart,
    exchange_components,
    install_component,
    open_circuit,
)
from circuits.actions.support import (
    decannulate,
    record_cannula,
    record_mode,
    record_tip,
    record_weight,
    start_support,
)
from circuits.models import DeviceModel
from circuits.queries import installed
from ecmo.demo.afterwards import plan_afterwards
from ecmo.demo.course import Ending, Mishap, ModeFrom, Tube
from ecmo.demo.registry import facts_at_end, facts_at_start
from ecmo.demo.stay import Stay, measured
from patients.actions.cannula import remove_cannula
from patients.actions.events import record_complication, record_diagnosis
from patients.actions.patient import admit_patient, move_to_bed
from patients.actions.run import record_outcome, record_run_facts

PARTS = {
    "adult": ("Example Adult Oxygenator", "Example Centrifugal Head", "Example Adult Tubing Set"),
    "pediatric": ("Example Paediatric Oxygenator", "Example Paediatric Head"),
    "neonatal": ("Example Neonatal Oxygenator", "Example Paediatric Head"),
}
EQUIPMENT = ("Example Console", "Example Heater Unit")
SHELF_LIFE = timedelta(days=400)


def plan_support(stay: Stay) -> None:
    """Plan a run from admission to the end, as far as it lies before now."""
    course = stay.course
    stay.plan(course.moment(-2), partial(_admit, stay))
    stay.plan(course.moment(0.02), partial(_flow_on, stay))
    if course.is_fresh:
        return
    stay.plan(course.moment(0.15), partial(_weigh, stay))
    stay.plan(course.moment(0.3), partial(_enter_circuit, stay))
    for number, tube in enumerate(course.tubes):
        stay.plan(course.moment(0.4 + number / 30), partial(_insert, stay, tube))
    stay.plan(course.moment(1.5), partial(_diagnose, stay))
    for mode in course.modes[1:]:
        stay.plan(course.moment(mode.hour), partial(_change_mode, stay, mode))
    for mishap in course.mishaps:
        stay.plan(course.moment(mishap.hour), partial(_suffer, stay, mishap))
    if course.ending:
        stay.plan(course.moment(course.ending.hour + 0.1), partial(_end, stay, course.ending))


def _admit(stay: Stay, at: datetime) -> None:
    facts = asdict(stay.course.who)
    stay.patient = admit_patient(
        unit=stay.unit,
        assigning_authority="HOSP",
        is_birth_time_known=stay.course.body.group == "neonatal",
        race="Unknown",
        by=stay.physician(at),
        at=at,
        **facts,
    )


def _flow_on(stay: Stay, at: datetime) -> None:
    course = stay.course
    first = course.modes[0]
    stay.run = start_support(
        patient=stay.patient,
        unit=stay.unit,
        referral=stay.referral,
        started_at=course.started_at,
        by=stay.nurse(at),
        at=at,
        mode=first.mode,
        configuration=first.configuration,
        support_type=course.support_type,
        height_cm=measured("height", course.body.height_cm),
        registry_facts={} if course.is_fresh else facts_at_start(stay),
    )


def _weigh(stay: Stay, at: datetime) -> None:
    record_weight(
        run=stay.run,
        weight_kg=measured("weight", stay.course.body.weight_kg),
        basis="actual",
        measured_at=stay.course.started_at,
        by=stay.nurse(at),
        at=at,
    )


def _enter_circuit(stay: Stay, at: datetime) -> None:
    by, on = stay.perfusionist(at), stay.course.started_at
    circuit = open_circuit(run=stay.run, label="Circuit 1", started_at=on, by=by, at=at)
    for name in (*PARTS[stay.course.body.group], *EQUIPMENT):
        install_component(
            circuit=circuit,
            part=_new_part(stay, stay.site.devices[name], at),
            installed_at=on,
            by=by,
            at=at,
        )


def _new_part(stay: Stay, model: DeviceModel, at: datetime) -> NewPart:
    """Return a part with lot, serial and UDI as its label would say."""
    number = f"{stay.course.who.mrn[-4:]}{stay.rng.randint(0, 9999):04}"
    lot, serial = f"L{at:%y%m}{model.kind[:1].upper()}", f"SN{number}"
    expires_on: date = (at + SHELF_LIFE).date()
    udi = f"(01){model.gtin}(17){expires_on:%y%m%d}(10){lot}(21){serial}"
    return NewPart(model=model, lot=lot, serial=serial, udi=udi, expires_on=expires_on)


def _insert(stay: Stay, tube: Tube, at: datetime) -> None:
    cannula = record_cannula(
        run=stay.run,
        inserted_at=stay.course.started_at - timedelta(minutes=20),
        site=tube.site,
        side=tube.side,
        purpose=tube.purpose,
        size_fr=tube.size_fr,
        technique=tube.technique,
        by=stay.nurse(at),
        at=at,
    )

    def enter_tip(when: datetime) -> None:
        record_tip(cannula=cannula, tip_position=tube.tip, by=stay.physician(when), at=when)

    stay.plan(stay.later(at, 60, 180), enter_tip)


def _diagnose(stay: Stay, at: datetime) -> None:
    for number, (icd10, label) in enumerate(stay.course.diagnoses):
        record_diagnosis(
            run=stay.run,
            icd10=icd10,
            label=label,
            is_primary=number == 0,
            by=stay.physician(at),
            at=at,
        )


def _change_mode(stay: Stay, mode: ModeFrom, at: datetime) -> None:
    record_mode(
        run=stay.run,
        mode=mode.mode,
        configuration=mode.configuration,
        starts_at=at,
        reason="decided on the round",
        by=stay.physician(at),
        at=at + timedelta(minutes=4),
    )


def _suffer(stay: Stay, mishap: Mishap, at: datetime) -> None:
    entered_at = at + timedelta(minutes=9)
    record_complication(
        run=stay.run,
        code=mishap.code,
        label=mishap.label,
        occurred_at=at,
        by=stay.physician(at),
        at=entered_at,
    )
    if mishap.exchange:
        stay.plan(stay.later(entered_at, 30, 90), partial(_exchange, stay, mishap))


def _exchange(stay: Stay, mishap: Mishap, at: datetime) -> None:
    stay.until(at)
    use = installed(stay.run, at).get(kind=mishap.part)
    exchange_components(
        run=stay.run,
        changes=[(use, _new_part(stay, use.component.model, at))],
        exchanged_at=at,
        reason=mishap.exchange,
        note="done at the bedside, flow off for less than a minute",
        by=stay.perfusionist(at),
        at=at + timedelta(minutes=12),
    )
    if mishap.part == "oxygenator":
        stay.body.new_membrane()


def _end(stay: Stay, ending: Ending, at: datetime) -> None:
    ended_at = stay.stops_at
    decannulate(
        run=stay.run, ended_at=ended_at, end_reason=ending.reason, by=stay.physician(at), at=at
    )
    out_at = ended_at + timedelta(minutes=25)
    stay.plan(out_at + timedelta(minutes=10), partial(_take_out_cannulas, stay, out_at))
    left_at = ended_at + timedelta(hours=ending.left_after_h)
    plan_afterwards(stay, ending, left_at)
    stay.plan(left_at + timedelta(hours=20), partial(_tell_outcome, stay, ending, left_at))


def _take_out_cannulas(stay: Stay, out_at: datetime, at: datetime) -> None:
    for cannula in stay.run.cannulas.all():
        remove_cannula(
            cannula=cannula,
            removed_at=out_at,
            reason="elective_decannulation",
            by=stay.physician(at),
            at=at,
        )


def _tell_outcome(stay: Stay, ending: Ending, left_at: datetime, at: datetime) -> None:
    by = stay.site.crew.hospital.login("registry")
    record_outcome(
        run=stay.run,
        discharged_alive=ending.is_alive,
        discharged_at=left_at,
        discharge_location=ending.location,
        died_at=None if ending.is_alive else left_at,
        by=by,
        at=at,
    )
    record_run_facts(run=stay.run, registry_facts=facts_at_end(stay, left_at), by=by, at=at)
    move_to_bed(patient=stay.patient, bed="", by=by, at=at)
