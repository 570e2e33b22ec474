"""The runs of two years that are over: drawn by lot, the same lot for the same seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from string import ascii_uppercase

from ecmo.demo.body import Body, Kind, Trouble
from ecmo.demo.course import TUBES, Course, Ending, Mishap, ModeFrom, Who, protocol_for
from ecmo.demo.people import ADULT, CHILDREN

MONTHS_BACK = timedelta(days=730)
LATEST = timedelta(days=1.2)
YEAR = 365.25
FAMILIES = [
    "Aspen",
    "Bilberry",
    "Borage",
    "Burdock",
    "Camellia",
    "Cress",
    "Daisy",
    "Fig",
    "Flax",
    "Foxglove",
    "Ginger",
    "Hazel",
    "Hickory",
    "Hyssop",
    "Laurel",
    "Lilac",
    "Linden",
    "Lovage",
    "Mallow",
    "Medlar",
    "Millet",
    "Mint",
    "Myrtle",
    "Oregano",
    "Peony",
    "Pepper",
    "Quince",
    "Rowan",
    "Rue",
    "Saffron",
    "Sage",
    "Sesame",
    "Spruce",
    "Squill",
    "Tansy",
    "Tulip",
    "Valerian",
    "Verbena",
    "Viola",
    "Walnut",
]
GIVEN = [
    "Alex",
    "Andy",
    "Ash",
    "Charlie",
    "Eli",
    "Finn",
    "Gray",
    "Indy",
    "Jess",
    "Jude",
    "Kai",
    "Lee",
    "Lou",
    "Nico",
    "Quinn",
    "Remy",
    "Rory",
]


@dataclass(frozen=True, slots=True)
class Kindred:
    """A sort of run: how often it is seen, in whom, how long it takes, how many survive."""

    share: int
    group: str
    support_type: str
    mode: str
    configuration: str
    hours: tuple[float, float]
    survival: float
    lactate: tuple[float, float]
    diagnoses: tuple[tuple[str, str], ...]

    @property
    def is_arterial(self) -> bool:
        """Whether blood goes back to an artery."""
        return self.mode not in {"VV", "VVDL", "VP", "ECCO2R"}


LUNGS = (
    ("J12.8", "Viral pneumonia"),
    ("J15.9", "Bacterial pneumonia"),
    ("J80", "ARDS"),
    ("J69.0", "Aspiration pneumonia"),
)
HEARTS = (
    ("R57.0", "Cardiogenic shock"),
    ("I40.9", "Myocarditis"),
    ("I42.0", "Dilated cardiomyopathy"),
    ("I97.1", "Low output after cardiac surgery"),
)
ARRESTS = (("I46.9", "Cardiac arrest"), ("I21.9", "Myocardial infarction"))
NEWBORN = (
    ("P24.0", "Meconium aspiration"),
    ("Q79.0", "Congenital diaphragmatic hernia"),
    ("P29.3", "Persistent pulmonary hypertension"),
)
KINDRED: Sequence[Kindred] = (
    Kindred(32, "adult", "pulmonary", "VV", "Vf-Vj", (120, 330), 0.64, (2, 5), LUNGS),
    Kindred(22, "adult", "cardiac", "VA", "Vf-Af", (70, 190), 0.5, (4, 9), HEARTS),
    Kindred(14, "adult", "ecpr", "VA", "Vf-Af", (20, 130), 0.33, (8, 15), ARRESTS),
    Kindred(4, "adult", "cardiac", "VVA", "VfVj-Af", (80, 180), 0.45, (4, 9), HEARTS),
    Kindred(2, "adult", "cardiac", "VP", "Vj-P", (140, 260), 0.6, (2, 5), HEARTS),
    Kindred(2, "adult", "pulmonary", "ECCO2R", "Vf-Vj", (70, 140), 0.75, (1, 3), LUNGS),
    Kindred(8, "pediatric", "pulmonary", "VVDL", "(dl)Vj-Vj", (110, 260), 0.66, (2, 5), LUNGS),
    Kindred(7, "pediatric", "cardiac", "VA", "Vj-Ac", (70, 180), 0.55, (4, 9), HEARTS),
    Kindred(9, "neonatal", "pulmonary", "VA", "Vj-Ac", (90, 210), 0.7, (4, 9), NEWBORN),
)
MISHAPS = (
    (0.17, ("134", "Thrombosis or clots: circuit component", "clot")),
    (0.16, ("401", "Creatinine 1.5 to 3.0 mg/dL", "")),
    (0.12, ("222", "Peripheral cannulation site bleeding", "")),
    (0.12, ("504", "Cardiac arrhythmia", "")),
    (0.06, ("601", "Pneumothorax requiring treatment", "")),
    (0.05, ("321", "CNS infarction", "")),
    (0.04, ("201", "Gastrointestinal haemorrhage", "")),
)


def closed(at: datetime, count: int, rng: Random) -> Iterator[Course]:
    """Yield `count` runs that ended before `at`, the oldest first, spread over two years."""
    span = MONTHS_BACK - LATEST
    for number in range(count):
        place = (number + rng.uniform(0.1, 0.9)) / count
        yield _course(number, at - MONTHS_BACK + span * place, at, rng)


def _course(number: int, started_at: datetime, at: datetime, rng: Random) -> Course:
    kindred = rng.choices(KINDRED, [one.share for one in KINDRED])[0]
    hours = min(rng.uniform(*kindred.hours), (at - LATEST / 4 - started_at) / timedelta(hours=1))
    is_alive = rng.random() < kindred.survival
    hours *= 1 if is_alive else rng.uniform(0.4, 1)
    hours = max(round(hours, 1), 12)
    started_at = min(started_at, at - timedelta(hours=hours + 4)).replace(second=0, microsecond=0)
    mishaps = tuple(sorted(_mishaps(kindred, hours, rng)))
    body = _body(kindred, hours, rng, is_alive=is_alive, mishaps=mishaps)
    return Course(
        who=_who(number, kindred, started_at, rng),
        unit=ADULT if kindred.group == "adult" else CHILDREN,
        started_at=started_at,
        body=body,
        support_type=kindred.support_type,
        modes=(ModeFrom(0, kindred.mode, kindred.configuration),),
        tubes=TUBES[kindred.group, kindred.is_arterial],
        diagnoses=(rng.choice(kindred.diagnoses),),
        every_h=4,
        protocol=protocol_for(body),
        ending=_ending(hours, rng, is_alive=is_alive),
        mishaps=mishaps,
        place=number,
    )


def _who(number: int, kindred: Kindred, started_at: datetime, rng: Random) -> Who:
    days = {
        "adult": lambda: rng.triangular(19, 79, 56) * YEAR,
        "pediatric": lambda: rng.uniform(0.3, 15) * YEAR,
        "neonatal": lambda: rng.uniform(0.3, 4),
    }[kindred.group]()
    letters = f"{ascii_uppercase[number // 26 % 26]}{ascii_uppercase[number % 26]}"
    return Who(
        mrn=f"DEMO{1001 + number}",
        family_name=FAMILIES[number * 7 % len(FAMILIES)],
        given_name="Baby" if kindred.group == "neonatal" else rng.choice(GIVEN),
        sex=rng.choice(["female", "male"]),
        born_at=started_at - timedelta(minutes=round(days * 24 * 60)),
        registry_id=f"REG-{letters}",
        bed=str(number % 8 + 1 if kindred.group == "adult" else number % 4 + 11),
    )


def _body(
    kindred: Kindred, hours: float, rng: Random, *, is_alive: bool, mishaps: Sequence[Mishap]
) -> Body:
    weight, height = {
        "adult": lambda: (rng.triangular(52, 118, 79), rng.uniform(158, 190)),
        "pediatric": lambda: (rng.uniform(9, 24), rng.uniform(74, 122)),
        "neonatal": lambda: (rng.uniform(2.7, 3.9), rng.uniform(47, 53)),
    }[kindred.group]()
    return Body(
        group=kindred.group,
        weight_kg=round(weight, 1),
        height_cm=round(height),
        is_arterial=kindred.is_arterial,
        lactate=round(rng.uniform(*kindred.lactate), 1),
        recovers_by_h=hours * (1.05 if is_alive else 2.5),
        troubles=(*_troubles(mishaps, hours), *_suction(hours, rng)),
    )


def _troubles(mishaps: Sequence[Mishap], hours: float) -> Iterator[Trouble]:
    for mishap in mishaps:
        match mishap.code:
            case "134":
                yield Trouble(Kind.CLOT, max(mishap.hour - 30, 8), mishap.hour + 2, 0.5)
            case "401":
                yield Trouble(Kind.KIDNEYS, max(mishap.hour - 24, 2), hours, 2.3)
            case "222":
                yield Trouble(Kind.BLEEDING, mishap.hour, mishap.hour + 9, 2)


def _suction(hours: float, rng: Random) -> Iterator[Trouble]:
    """Half of them sucked once: the drainage pressure out of its limits for some hours."""
    begins = rng.uniform(0.1, 0.7) * hours
    size = rng.uniform(0.9, 2.2)
    if rng.random() < 0.5:  # noqa: PLR2004
        yield Trouble(Kind.SUCTION, begins, begins + 5, size)


def _mishaps(kindred: Kindred, hours: float, rng: Random) -> Iterator[Mishap]:
    for share, (code, label, exchange) in MISHAPS:
        is_here = rng.random() < share * min(hours / 120, 1.6)
        hour = round(rng.uniform(0.3, 0.85) * hours, 1)
        is_adults = code in {"401", "321", "222"} and kindred.group != "adult"
        if is_here and not is_adults and hour > 10:  # noqa: PLR2004
            yield Mishap(hour, code, label, exchange)


def _ending(hours: float, rng: Random, *, is_alive: bool) -> Ending:
    if not is_alive:
        return Ending(hours, "death_or_poor_prognosis", is_alive=False, left_after_h=0.5)
    location = rng.choices(["home", "other_hospital", "rehabilitation"], [5, 3, 2])[0]
    left_after_h = round(rng.uniform(130, 620), 1)
    return Ending(hours, "expected_recovery", True, left_after_h, location)  # noqa: FBT003
