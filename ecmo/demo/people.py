"""Who works in the demo unit: one login per role, and enough people to fill a month of shifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from accounts.actions import give_role, make_user, open_centre, open_unit
from accounts.models import Centre, Unit, User
from accounts.permissions import Role
from staffing.actions import add_person
from staffing.models import Duty, Person

PASSWORD = "demo-ward-at-night"  # noqa: S105 - of invented people on a machine of one's own
MAIL = "demo.invalid"  # RFC 2606: a domain that no mail can reach
ADULT, CHILDREN = "icu", "picu"
UNITS = {ADULT: "Adult intensive care", CHILDREN: "Children's intensive care"}


class Login(NamedTuple):
    """One user whom the sign-in page of the demo names; `unit` None is a role in the whole centre."""

    username: str
    first_name: str
    last_name: str
    role: Role
    unit: str | None = None


LOGINS = (
    Login("nurse", "Noor", "Nettle", Role.NURSE, ADULT),
    Login("specialist", "Sam", "Sedge", Role.SPECIALIST),
    Login("trainee", "Tove", "Thistle", Role.TRAINEE, ADULT),
    Login("perfusionist", "Pia", "Pine", Role.PERFUSIONIST),
    Login("physician", "Faye", "Fern", Role.PHYSICIAN),
    Login("pharmacist", "Phil", "Poppy", Role.PHARMACIST),
    Login("coordinator", "Cleo", "Cedar", Role.COORDINATOR),
    Login("equipment", "Ebbe", "Elm", Role.EQUIPMENT),
    Login("registry", "Reza", "Reed", Role.REGISTRY),
    Login("director", "Dana", "Dogwood", Role.DIRECTOR),
    Login("observer", "Olu", "Oak", Role.OBSERVER, ADULT),
    Login("administrator", "Ada", "Alder", Role.ADMINISTRATOR),
)
LABORATORY = "laboratory"
JOBS = {
    Duty.BEDSIDE: ("ECMO specialist", Role.SPECIALIST),
    Duty.PERFUSION: ("Perfusionist", Role.PERFUSIONIST),
    Duty.PHYSICIAN: ("ECMO physician", Role.PHYSICIAN),
    Duty.COORDINATOR: ("ECMO coordinator", Role.COORDINATOR),
}
OTHERS = {
    ADULT: {
        Duty.BEDSIDE: "Birk Bracken, Ines Ivy, Hal Heath, Mina Moss, Leo Larch, Yael Yarrow, Ravi Rush",
        Duty.PERFUSION: "Gus Gorse, Zoe Zinnia",
        Duty.PHYSICIAN: "Max Maple, Jun Juniper",
        Duty.COORDINATOR: "Tess Teasel",
    },
    CHILDREN: {
        Duty.BEDSIDE: "Wren Willow, Odd Orchid, Kit Kelp, Una Umber, Vera Vetch, Bo Basil",
        Duty.PERFUSION: "Lin Lupin, Per Primrose, Asa Aster",
        Duty.PHYSICIAN: "Eva Elder, Ole Olive, Siv Sorrel",
        Duty.COORDINATOR: "Ida Iris, Nils Nutmeg",
    },
}
ON_DUTY = {"specialist": Duty.BEDSIDE, "perfusionist": Duty.PERFUSION}
ON_DUTY |= {"physician": Duty.PHYSICIAN, "coordinator": Duty.COORDINATOR}


@dataclass(frozen=True, slots=True)
class Hospital:
    """The centre with its units, its logins by user name and its people by unit and duty."""

    centre: Centre
    units: dict[str, Unit]
    logins: dict[str, User]
    people: dict[tuple[str, Duty], tuple[Person, ...]]

    def login(self, username: str) -> User:
        """Return one of the named users."""
        return self.logins[username]


def demo_logins() -> list[dict[str, str]]:
    """Return what the sign-in page lists: the role in words and the user name."""
    return [{"role": one.role.label, "username": one.username} for one in LOGINS]


def open_hospital(at: datetime) -> Hospital:
    """Make centre, units, users and people, as of a time before anything happened."""
    ada = make_user(
        username="administrator",
        password=PASSWORD,
        by=None,
        at=at,
        first_name="Ada",
        last_name="Alder",
        email=f"administrator@{MAIL}",
    )
    centre = open_centre(
        code="demo",
        name="Demonstration Hospital (invented)",
        elso_number="0000",
        timezone="Europe/Oslo",
        by=ada,
        at=at,
    )
    units = {
        code: open_unit(centre=centre, code=code, name=name, by=ada, at=at)
        for code, name in UNITS.items()
    }
    logins = {"administrator": ada, **_logins(ada, at)}
    for one in LOGINS:
        unit = units[one.unit] if one.unit else None
        give_role(user=logins[one.username], role=one.role, centre=centre, unit=unit, by=ada, at=at)
    give_role(user=logins[LABORATORY], role=Role.INTERFACE, centre=centre, by=ada, at=at)
    people = {
        (code, duty): tuple(_team(units[code], duty, logins, ada, at))
        for code in UNITS
        for duty in JOBS
    }
    return Hospital(centre, units, logins, people)


def _logins(ada: User, at: datetime) -> dict[str, User]:
    made = {
        one.username: make_user(
            username=one.username,
            password=PASSWORD,
            by=ada,
            at=at,
            first_name=one.first_name,
            last_name=one.last_name,
            email=f"{one.username}@{MAIL}",
        )
        for one in LOGINS
        if one.username != "administrator"
    }
    made[LABORATORY] = make_user(
        username=LABORATORY, password=None, by=ada, at=at, last_name="Laboratory system"
    )
    return made


def _team(
    unit: Unit, duty: Duty, logins: dict[str, User], ada: User, at: datetime
) -> Iterator[Person]:
    """Yield the people of a duty in a unit; the logins of the demo work in the adult unit."""
    job, role = JOBS[duty]
    named = [name for name, held in ON_DUTY.items() if held == duty and unit.code == ADULT]
    users = [logins[name] for name in named]
    for name in OTHERS[unit.code][duty].split(", "):
        first, last = name.split(" ")
        user = make_user(
            username=f"{first}.{last}".lower(),
            password=None,
            by=ada,
            at=at,
            first_name=first,
            last_name=last,
            email=f"{first}.{last}@{MAIL}".lower(),
        )
        give_role(user=user, role=role, centre=unit.centre, unit=unit, by=ada, at=at)
        users.append(user)
    for number, user in enumerate(users, start=1):
        yield add_person(
            unit=unit,
            name=str(user),
            job=job,
            phone=f"+47 000 {list(UNITS).index(unit.code)}{list(JOBS).index(duty)}0{number:02}",
            user=user,
            by=ada,
            at=at,
        )
