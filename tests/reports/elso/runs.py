"""A run record without a fault, and the same with something changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from clinical.runtime import ModeSegment
from reports.elso.completeness import check
from reports.elso.mapping import fields_of
from reports.elso.records import (
    AdmissionRecord,
    AssessmentRecord,
    CannulaRow,
    ComponentRow,
    DiagnosisRow,
    FlowReading,
    GasRow,
    HaemodynamicsRow,
    OutcomeRecord,
    PatientRecord,
    RunRecord,
    SupportRow,
    VentilatorRow,
)

ON = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
OFF = ON + timedelta(days=5)


def hours(number, since=ON):
    return since + timedelta(hours=number)


def _numbers(written: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else Decimal(value) for name, value in written.items()}


def gas(at, source="gas", site="arterial", **values):
    whole = {"ph": "7.40", "paco2": 40, "pao2": 90, "hco3": 24, "sao2": 96, "lactate": 2}
    numbers = _numbers(whole | values)
    return GasRow(source=source, taken_at=hours(at), site=site, **numbers)


def vent(at, source="vent", type="conventional", **values):  # noqa: A002  the record's own word
    whole = {"fio2": "0.8", "rate": 20, "pip": 30, "peep": 10, "paw_mean": 15}
    numbers = _numbers(whole | values)
    return VentilatorRow(source=source, taken_at=hours(at), type=type, **numbers)


def pressure(at, source="pressure", **values):
    whole = {"sbp": 100, "dbp": 50, "mbp": 66}
    numbers = _numbers(whole | values)
    return HaemodynamicsRow(source=source, taken_at=hours(at), **numbers)


def component(id, type="oxygenator", start=0, end=120, reason="end_of_run"):  # noqa: A002  as above
    removed = None if end is None else hours(end)
    return ComponentRow(
        id=id, type=type, installed_at=hours(start), removed_at=removed, removed_reason=reason
    )


def cannula(id, site="femoral_v", start=-1, end=121):  # noqa: A002  as above
    return CannulaRow(
        id=id, site=site, side="R", purpose="drainage", size_fr=Decimal(25),
        inserted_at=hours(start), removed_at=None if end is None else hours(end),
    )  # fmt: skip


def flow(at, litres="4.0"):
    return FlowReading(source=f"check {at}", taken_at=hours(at), flow=Decimal(litres))


PATIENT = PatientRecord(
    source="patient", unique_id="CEN-A-1", mrn="MRN0070101", family_name="Testcase",
    born_at=datetime(1980, 6, 2, tzinfo=UTC), sex="female", race="Unknown",
)  # fmt: skip
ADMISSION = AdmissionRecord(
    source="admission", admitted_at=hours(-24), transferred_in="not_transferred",
    cannulated_by="own_centre", hospital_discharged_at=hours(400),
)  # fmt: skip
RECOVERED = OutcomeRecord(
    reason_discontinued="expected_recovery", discharged_alive=True, discharge_location="home"
)
RUN = RunRecord(
    source="run", zone=UTC, as_of=hours(24 * 20), patient=PATIENT, admission=ADMISSION,
    run_no=1, run_numbers=(1,), support_type="pulmonary", time_on=ON, time_off=OFF,
    intubated_at=hours(-20), was_ventilated=True, weight_kg=Decimal(70), height_cm=Decimal(170),
    arrest_pre_ecls=False, bridge_to_transplant="none", immunocompromised=False, trauma=False,
    pregnancy=False,
    before=AssessmentRecord(source="before", gases=(gas(-1),), ventilator=(vent(-1),),
                            haemodynamics=(pressure(-1),)),
    at_24h=AssessmentRecord(source="day", gases=(gas(24),), ventilator=(vent(24),),
                            haemodynamics=(pressure(24),)),
    support_before=(SupportRow(item="norepinephrine", started_at=hours(-5)),),
    modes=(ModeSegment("VV", ON, OFF),),
    cannulas=(cannula("can-1"), cannula("can-2", site="internal_jugular_v")),
    components=(component("oxy-1"), component("pump-1", type="pump_head")),
    flows=(flow(4), flow(24)),
    diagnoses=(DiagnosisRow(icd10="J80", is_primary=True),),
    outcome=RECOVERED, abstractor="coord-1", approver="coord-2",
)  # fmt: skip


def a_run(**changes):
    return replace(RUN, **changes)


def born(**changes):
    return replace(PATIENT, **changes)


def admitted(**changes):
    return replace(ADMISSION, **changes)


def ended(**changes):
    return replace(RECOVERED, **changes)


def before(**rows):
    return replace(RUN.before, **rows)


def day(**rows):
    return replace(RUN.at_24h, **rows)


def findings(**changes):
    return [(each.check, each.subject) for each in check(a_run(**changes)).findings]


def checks(**changes):
    """The numbers of the checks that found something."""
    return sorted({each.check for each in check(a_run(**changes)).findings})


def values(**changes):
    return {each.field: each.value for each in fields_of(a_run(**changes))}


def sources(**changes):
    return {each.field: each.source for each in fields_of(a_run(**changes))}
