"""The seven patients on ECMO now, each in another state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecmo.demo.body import Body, Kind, Trouble
from ecmo.demo.course import ADULT_VV, TUBES, Course, Mishap, ModeFrom, Tube, Who, protocol_for
from ecmo.demo.people import ADULT, CHILDREN

LATER = 999.0  # an hour that no running patient has reached
YEAR = 365.25

VAV = (*TUBES["adult", True], Tube("internal_jugular_v", "R", "return", 17, "superior vena cava"))


@dataclass(frozen=True, slots=True)
class Case:
    """One running patient in short. Hours count back from now."""

    who: tuple[str, str, str, str, float]
    """Name, given name, sex, bed, age in days."""
    hours: float
    body: Body
    support_type: str
    modes: tuple[ModeFrom, ...]
    diagnoses: tuple[tuple[str, str], ...]
    last_check_min: int
    unit: str = ADULT
    tubes: tuple[Tube, ...] = ADULT_VV
    mishaps: tuple[Mishap, ...] = ()
    sweep_off_h_ago: float | None = None
    is_fresh: bool = False


def cases() -> Sequence[Case]:
    """Return the seven, in the order of their beds."""
    return (*_adults(), *_children())


def running(at: datetime, every_h: float = 1) -> list[Course]:
    """Return the courses of the seven, as of a time, charted every so many hours."""
    return [_course(number, case, at, every_h) for number, case in enumerate(cases(), start=1)]


def _adults() -> tuple[Case, ...]:
    return (
        Case(  # stable, charted on time
            ("Alder", "Robin", "male", "1", 46 * YEAR),
            126.4,
            Body(
                "adult",
                84,
                179,
                is_arterial=False,
                lactate=3.4,
                recovers_by_h=320,
                troubles=(Trouble(Kind.SUCTION, 61.2, 63.6, 1.3),),
            ),
            "pulmonary",
            (ModeFrom(0, "VV", "Vf-Vj"),),
            (("J10.0", "Influenza with pneumonia"), ("J80", "ARDS")),
            18,
        ),
        Case(  # drainage pressure out of its limits, just now
            ("Birch", "Ellis", "female", "2", 61 * YEAR),
            74.7,
            Body(
                "adult",
                72,
                166,
                is_arterial=True,
                lactate=7.8,
                recovers_by_h=260,
                troubles=(Trouble(Kind.SUCTION, 72.6, LATER, 3.8),),
            ),
            "cardiac",
            (ModeFrom(0, "VA", "Vf-Af"),),
            (("I97.1", "Cardiogenic shock after cardiac surgery"), ("I35.0", "Aortic stenosis")),
            9,
            tubes=TUBES["adult", True],
        ),
        Case(  # pump head past its hours, resistance proposes a change of the oxygenator
            ("Clover", "Sacha", "female", "3", 38 * YEAR),
            243.2,
            Body(
                "adult",
                66,
                170,
                is_arterial=False,
                lactate=2.8,
                recovers_by_h=520,
                agent="bivalirudin",
                troubles=(Trouble(Kind.CLOT, 196, LATER, 0.5),),
            ),
            "pulmonary",
            (ModeFrom(0, "VV", "Vf-Vj"),),
            (("J15.4", "Streptococcal pneumonia"),),
            24,
        ),
        Case(  # weaning: sweep gas off for a trial
            ("Dill", "Jamie", "male", "4", 29 * YEAR),
            197.6,
            Body("adult", 91, 186, is_arterial=False, lactate=3.0, recovers_by_h=205),
            "pulmonary",
            (ModeFrom(0, "VV", "Vf-Vj"),),
            (("J69.0", "Aspiration pneumonia"),),
            11,
            sweep_off_h_ago=2.1,
        ),
        Case(  # bleeding, heparin on hold
            ("Elder", "Marin", "male", "5", 54 * YEAR),
            51.3,
            Body(
                "adult",
                79,
                176,
                is_arterial=True,
                lactate=10.6,
                recovers_by_h=240,
                troubles=(
                    Trouble(Kind.BLEEDING, 48.9, LATER, 3),
                    Trouble(Kind.KIDNEYS, 6, LATER, 2.4),
                ),
            ),
            "ecpr",
            (ModeFrom(0, "VA", "Vf-Af"), ModeFrom(20.5, "VAV", "Vf-AfVj")),
            (("I21.0", "Myocardial infarction of the anterior wall"), ("I46.9", "Cardiac arrest")),
            26,
            tubes=VAV,
            mishaps=(
                Mishap(26.2, "401", "Creatinine 1.5 to 3.0 mg/dL"),
                Mishap(49.3, "222", "Peripheral cannulation site bleeding"),
            ),
        ),
    )


def _children() -> tuple[Case, ...]:
    return (
        Case(  # the last check is more than two hours old
            ("Fennel", "Mika", "female", "11", 4.4 * YEAR),
            98.9,
            Body("pediatric", 17.4, 104, is_arterial=False, lactate=2.6, recovers_by_h=250),
            "pulmonary",
            (ModeFrom(0, "VVDL", "(dl)Vj-Vj"),),
            (("J21.0", "RSV bronchiolitis"),),
            134,
            unit=CHILDREN,
            tubes=TUBES["pediatric", False],
        ),
        Case(  # flow on forty minutes ago: nearly everything is still to be entered
            ("Gentian", "Baby", "male", "12", 1.3),
            40 / 60,
            Body("neonatal", 3.3, 51, is_arterial=True, lactate=6.2, recovers_by_h=150),
            "pulmonary",
            (ModeFrom(0, "VA", "Vj-Ac"),),
            (),
            12,
            unit=CHILDREN,
            tubes=TUBES["neonatal", True],
            is_fresh=True,
        ),
    )


def _course(number: int, case: Case, at: datetime, every_h: float) -> Course:
    at = at.replace(second=0, microsecond=0)
    family, given, sex, bed, age_days = case.who
    started_at = at - timedelta(minutes=round(case.hours * 60))
    hours = (at - started_at) / timedelta(hours=1)
    trial = case.sweep_off_h_ago
    return Course(
        who=Who(
            mrn=f"DEMO{9000 + number}",
            family_name=family,
            given_name=given,
            sex=sex,
            born_at=started_at - timedelta(minutes=round(age_days * 24 * 60)),
            registry_id=f"REG-RUN-{chr(ord('A') + number)}",
            bed=bed,
        ),
        unit=case.unit,
        started_at=started_at,
        body=case.body,
        support_type=case.support_type,
        modes=case.modes,
        tubes=case.tubes,
        diagnoses=case.diagnoses,
        every_h=every_h,
        protocol=protocol_for(case.body),
        mishaps=case.mishaps,
        last_check_at=at - timedelta(minutes=case.last_check_min),
        sweep_off_from_h=None if trial is None else hours - trial,
        is_fresh=case.is_fresh,
        place=number,
    )
