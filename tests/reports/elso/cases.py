"""The reference cases as run records. Renames and looks up; computes nothing."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from clinical.runtime import ModeSegment
from interop.hl7v2 import parse
from reports.elso.records import (
    AdmissionRecord,
    AssessmentRecord,
    CannulaRow,
    CommentRow,
    ComplicationRow,
    ComponentRow,
    DiagnosisRow,
    EcprRecord,
    FlowReading,
    GasRow,
    HaemodynamicsRow,
    InfectionRow,
    OutcomeRecord,
    PatientRecord,
    RunRecord,
    SupportRow,
    VentilatorRow,
)

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (
    ROOT / "tests" / "reference" / "cases",
    ROOT / "tests" / "reference",
    ROOT.parent / "shared" / "cases",
)
FOLDER = next((each for each in FOLDERS if any(each.glob("0*.json"))), FOLDERS[0])
PATHS = sorted(FOLDER.glob("0*.json"))
GAS_VALUES = ("ph", "paco2", "pao2", "hco3", "sao2", "lactate")


def load(path):
    return json.loads(path.read_text(), parse_float=Decimal)


def record(case, index):
    """The run at `index` of a case."""
    row, source = case["runs"][index], f"runs[{index}]"
    earlier = [moment(each["time_off"]) for each in case["runs"][:index]]
    simple = ("run_no", "support_type", "weight_kg", "height_cm", "arrest_pre_ecls", "trauma",
              "bridge_to_transplant", "immunocompromised", "pregnancy")  # fmt: skip
    return RunRecord(
        source=source,
        zone=ZoneInfo(case["timezone"]),
        as_of=moment(case["as_of"]),
        patient=_patient(case["patient"]),
        admission=_admission(case["admission"]),
        run_numbers=tuple(each["run_no"] for each in case["runs"]),
        previous_ended_at=earlier[-1] if earlier else None,
        time_on=moment(row["time_on"]),
        time_on_here=moment(row.get("time_on_here")),
        time_off=moment(row["time_off"]),
        intubated_at=moment(row["intubated_at"]),
        was_ventilated=row["ventilated_pre_ecls"],
        age_group_recorded=row.get("age_group_recorded"),
        before=_assessment(row["pre_ecls"], f"{source}.pre_ecls"),
        at_24h=_assessment(row["assessment_24h"], f"{source}.assessment_24h"),
        laboratory_gases=tuple(_laboratory_gases(case, row)),
        support_before=tuple(
            SupportRow(
                item=each["item"],
                started_at=moment(each.get("from")),
                ended_at=moment(each.get("to")),
            )
            for each in row["pre_ecls"]["support"]
        ),
        creatinine_before=row["pre_ecls"]["labs"].get("creatinine"),
        bilirubin_before=row["pre_ecls"]["labs"].get("bilirubin_total"),
        flows=tuple(_flows(row)),
        procedures=frozenset(each["kind"] for each in row["procedures"]),
        ecpr=_ecpr(row["ecpr"], f"{source}.ecpr") if "ecpr" in row else None,
        outcome=OutcomeRecord(**row["outcome"] | {"died_at": moment(row["outcome"]["died_at"])}),
        comments=tuple(
            CommentRow(source=f"{source}.complications[{place}].comment", text=each["comment"])
            for place, each in enumerate(row["complications"])
            if "comment" in each
        ),
        **row["signoff"],
        **{name: row[name] for name in simple},
        **_tables(row),
    )


def moment(text):
    return None if text is None else datetime.fromisoformat(text)


def _patient(row):
    names = ("unique_id", "mrn", "family_name", "sex", "race", "birth_weight_kg",
             "gestational_age_weeks", "apgar_1", "apgar_5", "delivery")  # fmt: skip
    return PatientRecord(
        source="patient",
        born_at=moment(row["born_at"]),
        **{name: row[name] for name in names if name in row},
    )


def _admission(row):
    times = ("admitted_at", "extubated_at", "icu_discharged_at", "hospital_discharged_at")
    return AdmissionRecord(
        source="admission",
        transferred_in=row["transferred_in"],
        cannulated_by=row["cannulated_by"],
        **{name: moment(row[name]) for name in times},
    )


def _assessment(row, source):
    def rows(kind, name):
        return tuple(
            kind(
                source=f"{source}.{name}[{place}]", **each | {"taken_at": moment(each["taken_at"])}
            )
            for place, each in enumerate(row[name])
        )

    return AssessmentRecord(
        source=source,
        gases=rows(GasRow, "gases"),
        ventilator=rows(VentilatorRow, "vent"),
        haemodynamics=rows(HaemodynamicsRow, "haemodynamics"),
    )


def _laboratory_gases(case, row):
    """Filed gas values of the run's messages, one row for each message and collection time."""
    sent = {
        parse(each["raw"], zone=ZoneInfo(case["timezone"])).header.control_id
        for each in row["labs"]
    }
    gases: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for filed in case["expected"]["labs"]["filed"]:
        is_gas = filed["analyte"] in GAS_VALUES and filed["status"] in {"final", "corrected"}
        if filed["control_id"] in sent and is_gas and filed["comparator"] is None:
            place = (filed["control_id"], filed["collected_at"], filed["sample_site"])
            gases.setdefault(place, {})[filed["analyte"]] = filed["value"]
    for (control_id, collected_at, site), values in gases.items():
        yield GasRow(
            source=f"hl7:{control_id}",
            taken_at=moment(collected_at),
            site=site,
            from_laboratory=True,
            **values,
        )


def _flows(row):
    for check in row["checks"]:
        values = dict(check["values"])
        for amendment in check.get("amendments", ()):
            values |= amendment.get("values", {})
        if values.get("blood_flow") is not None:
            yield FlowReading(
                source=f"check {check['id']}",
                taken_at=moment(check["checked_at"]),
                flow=values["blood_flow"],
            )


def _ecpr(row, source):
    names = ("arrest_location", "witnessed", "bystander_cpr", "initial_rhythm")
    return EcprRecord(
        source=source,
        arrest_at=moment(row["arrest_at"]),
        cpr_started_at=moment(row["cpr_started_at"]),
        **{name: row[name] for name in names},
    )


def _tables(row):
    return {
        "modes": tuple(
            ModeSegment(each["mode"], moment(each["from"]), moment(each["to"]))
            for each in row["modes"]
        ),
        "cannulas": tuple(
            CannulaRow(
                inserted_at=moment(each["inserted_at"]),
                removed_at=moment(each["removed_at"]),
                **{name: each[name] for name in ("id", "site", "side", "purpose", "size_fr")},
            )
            for each in row["cannulas"]
        ),
        "components": tuple(
            ComponentRow(
                installed_at=moment(each["installed_at"]),
                removed_at=moment(each["removed_at"]),
                **{name: each[name] for name in ("id", "type", "removed_reason")},
            )
            for each in row["components"]
        ),
        "complications": tuple(
            ComplicationRow(code=each["code"], at=moment(each["at"]))
            for each in row["complications"]
        ),
        "diagnoses": tuple(
            DiagnosisRow(icd10=each["icd10"], is_primary=each["primary"])
            for each in row["diagnoses"]
        ),
        "infections": tuple(
            InfectionRow(
                organism=each["organism"],
                site=each["site"],
                collected_at=moment(each["collected_at"]),
            )
            for each in row["infections"]
        ),
    }
