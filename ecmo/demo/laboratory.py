"""The invented laboratory system: results of running patients come as HL7 messages."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import Centre
from clinical.measures import MEASURES
from ecmo.demo.people import LABORATORY, Hospital
from ecmo.demo.stay import Stay
from interop.actions.receive import receive_message
from patients.models import Patient

SEXES = {"male": "M", "female": "F"}
Row = tuple[str, str, str]
"""Code (as OBX-3), value and unit of one observation."""


def report(
    stay: Stay, *, collected_at: datetime, values: Mapping[str, Decimal], at: datetime
) -> None:
    """Send the results of one sample."""
    rows = [
        (f"{MEASURES[code].loinc[0]}^{MEASURES[code].short}^LN", str(value), MEASURES[code].unit)
        for code, value in values.items()
    ]
    control_id = f"DEMO{stay.course.who.mrn[-4:]}{at:%y%m%d%H%M}"
    hospital = stay.site.crew.hospital
    _send(hospital, pid(stay.patient), control_id, rows, collected_at, at)


def send_puzzles(hospital: Hospital, patient: Patient, at: datetime) -> None:
    """Send what waits for a person: an unknown patient, an unknown test, a value that cannot be."""
    stranger = "PID|1||X99001^^^HOSP^MR||UNKNOWN^PERSON||19700101|F"
    lactate = ("2518-9^Lactate^LN", "1.8", "mmol/L")
    puzzles: tuple[tuple[int, str, list[Row]], ...] = (
        (55, stranger, [lactate]),
        (48, pid(patient), [lactate, ("99999-9^New viscoelastic test^L", "41", "mm")]),
        (31, pid(patient), [("718-7^Haemoglobin^LN", "97.0", "g/dL")]),
    )
    for minutes, who, rows in puzzles:
        when = at - timedelta(minutes=minutes)
        control_id = f"DEMOPUZZLE{minutes}"
        _send(hospital, who, control_id, rows, when - timedelta(minutes=40), when)


def pid(patient: Patient) -> str:
    """Return the segment that says who the patient is."""
    born = patient.born_at
    local = born.astimezone(patient.centre.tz) if born else None
    day = f"{local:%Y%m%d}" if local else ""
    name = f"{patient.family_name}^{patient.given_name}".upper()
    sex = SEXES.get(patient.sex, "U")
    return f"PID|1||{patient.mrn}^^^{patient.assigning_authority}^MR||{name}||{day}|{sex}"


def _send(
    hospital: Hospital,
    who: str,
    control_id: str,
    rows: Iterable[Row],
    collected_at: datetime,
    at: datetime,
) -> None:
    drawn, sent = _stamp(collected_at, hospital.centre), _stamp(at, hospital.centre)
    order = f"L{control_id}^LIS"
    segments = [
        f"MSH|^~\\&|LIS|HOSP|ECMO|DEMO|{sent}||ORU^R01^ORU_R01|{control_id}|P|2.5.1",
        who,
        f"OBR|1||{order}|PANEL^Laboratory panel^L|||{drawn}|||||||{drawn}||||||||{sent}||LAB|F",
        *(
            f"OBX|{number}|NM|{code}||{value}|{unit}^{unit}^UCUM|||||F|||{drawn}"
            for number, (code, value, unit) in enumerate(rows, start=1)
        ),
    ]
    raw = "\r".join(segments) + "\r"
    by = hospital.login(LABORATORY)
    receive_message(raw=raw, by=by, centre=hospital.centre, at=at)


def _stamp(at: datetime, centre: Centre) -> str:
    return f"{at.astimezone(centre.tz):%Y%m%d%H%M%S%z}"
