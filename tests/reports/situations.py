"""Runs of two days: one told wholly, one of which nobody told more than it must be.

Unless another beginning is given, they end in March 2026, at NOON.
"""

from datetime import timedelta
from decimal import Decimal

from circuits.actions.checks import record_check
from circuits.actions.exchange import NewPart, install_component, open_circuit
from circuits.actions.support import decannulate, record_cannula
from circuits.document import Typed
from labs.actions.results import Charted, record_results
from patients.actions.cannula import remove_cannula
from patients.actions.entries import record_infection, record_procedure
from patients.actions.events import record_diagnosis
from patients.actions.run import record_outcome, record_run_facts
from tests.factories import NOON, PatientFactory
from tests.scenarios import FLOW_ON, device, running_vv

APRIL = NOON + timedelta(days=40)
TWO_DAYS, TWENTY_DAYS = timedelta(days=2), timedelta(days=20)
READINGS = {
    "pump_speed": 3400, "blood_flow": "4.10", "sweep_gas_flow": 4, "fdo2": 90,
    "p_drainage": -68, "p_pre_membrane": 182, "p_post_membrane": 160,
}  # fmt: skip
GAS = {"ph": "7.40", "paco2": 40, "pao2": 90, "hco3": 24, "sao2": 96}


def stamp(hours):
    return (FLOW_ON + timedelta(hours=hours)).isoformat()


def facts(on=FLOW_ON):
    def stamp(hours):
        return (on + timedelta(hours=hours)).isoformat()

    gas = {"taken_at": stamp(-1), "site": "arterial"} | GAS
    return {
        "admission": {
            "admitted_at": stamp(-24), "transferred_in": "not_transferred",
            "cannulated_by": "own_centre",
        },
        "intubated_at": stamp(-20), "ventilated_pre_ecls": True, "arrest_pre_ecls": False,
        "bridge_to_transplant": "none", "immunocompromised": False, "trauma": False,
        "pregnancy": False,
        "pre_ecls": {
            "gases": [gas],
            "vent": [{"taken_at": stamp(-1), "type": "conventional", "fio2": 0.8, "rate": 20,
                      "pip": 30, "peep": 10, "paw_mean": 15}],
            "haemodynamics": [{"taken_at": stamp(-1), "sbp": 100, "dbp": 50, "mbp": 66}],
            "support": [{"item": "norepinephrine", "from": stamp(-5), "to": None}],
            "labs": {"creatinine": 1.1, "bilirubin_total": 0.8},
        },
        "signoff": {"abstractor": "cleo", "approver": "dana"},
    }  # fmt: skip


def ended_run(patient, by, *, on=FLOW_ON):
    """On V-V for two days, with a circuit; told no more than that."""
    off = on + TWO_DAYS
    run = with_parts(running_vv(patient, by, at=on), by)
    decannulate(run=run, ended_at=off, by=by, at=off, end_reason="expected_recovery")
    run.refresh_from_db()
    return run


def with_parts(run, by):
    """Its own oxygenator and pump head: the same part cannot be in two runs."""
    on = run.started_at
    circuit = open_circuit(run=run, label="Circuit 1", started_at=on, by=by, at=on)
    for kind in ("oxygenator", "pump_head"):
        part = NewPart(model=device(kind), serial=f"SN-{run.pk}", udi="(01)x")
        install_component(circuit=circuit, part=part, installed_at=on, by=by, at=on)
    return run


def whole_run(patient, by, *, on=FLOW_ON):
    """The same with cannulas, checks, gases, diagnosis, outcome and all that the registry asks."""
    off, later = on + TWO_DAYS, on + TWO_DAYS + TWENTY_DAYS
    run = with_parts(running_vv(patient, by, at=on), by)
    cannulas = [insert(run, by, *place) for place in PLACES]
    for hours in (1, 4, 8, 24):
        check(run, by, hours)
    gas_at_day(run, by)
    record_diagnosis(run=run, icd10="J80", label="ARDS", is_primary=True, by=by, at=off)
    record_infection(
        run=run, organism="E. coli", site="blood", collected_at=on + timedelta(hours=30),
        by=by, at=off,
    )  # fmt: skip
    record_procedure(
        run=run, kind="chest_drain", performed_at=on + timedelta(hours=10), by=by, at=off
    )
    decannulate(run=run, ended_at=off, by=by, at=off, end_reason="expected_recovery")
    for cannula in cannulas:
        remove_cannula(cannula=cannula, removed_at=off, reason="elective", by=by, at=off)
    record_outcome(
        run=run, discharged_alive=True, discharge_location="home", discharged_at=later,
        by=by, at=later,
    )  # fmt: skip
    record_run_facts(run=run, support_type="pulmonary", registry_facts=facts(on), by=by, at=later)
    patient.race, patient.registry_id = "Unknown", f"N-{in_letters(patient.pk)}"
    patient.save(update_fields=["race", "registry_id"])
    run.refresh_from_db()
    return run


def in_letters(number):
    """A key without digits: those of the hospital number must not be in it."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


PLACES = (("femoral_v", "drainage"), ("internal_jugular_v", "return"))


def insert(run, by, site, purpose):
    return record_cannula(
        run=run, inserted_at=run.started_at, site=site, purpose=purpose, side="R",
        size_fr=Decimal(23), by=by, at=run.started_at + TWO_DAYS,
    )  # fmt: skip


def check(run, by, hours, kind="q4h", **values):
    at = run.started_at + timedelta(hours=hours)
    typed = Typed(checked_at=at, values=READINGS | values, kind=kind)
    confirmed = tuple(READINGS)
    return record_check(run=run, typed=typed, by=by, at=at, confirmed=confirmed)


def gas_at_day(run, by, hours=24):
    at = run.started_at + timedelta(hours=hours)
    units = {"ph": "[pH]", "paco2": "mm[Hg]", "pao2": "mm[Hg]", "hco3": "mmol/L", "sao2": "%"}
    results = [
        Charted(analyte=name, value=Decimal(value), unit=units[name]) for name, value in GAS.items()
    ]
    return record_results(
        patient=run.patient, collected_at=at, results=results, site="Arterial line", by=by, at=at,
        confirmed=tuple(GAS),
    )  # fmt: skip


def another(unit):
    """One more patient of the unit."""
    return PatientFactory(unit=unit)
