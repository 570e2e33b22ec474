"""Who works in the hospital of a case. There is no API that makes hospitals and logins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Centre, Membership, Unit, User
from accounts.permissions import Role
from ecmo.cases.loading import Row

PASSWORD = "a reference case on paper"  # noqa: S105  (of a database that is thrown away)
COORDINATOR, DIRECTOR, PHYSICIAN = "case-coordinator", "case-director", "case-physician"
SPECIALIST, LABORATORY = "case-specialist", "case-laboratory"
ALWAYS = {
    COORDINATOR: Role.COORDINATOR,
    DIRECTOR: Role.DIRECTOR,
    PHYSICIAN: Role.PHYSICIAN,
    SPECIALIST: Role.SPECIALIST,
    LABORATORY: Role.INTERFACE,
}
BY_PREFIX = {"perf": Role.PERFUSIONIST, "coord": Role.COORDINATOR, "doc": Role.PHYSICIAN}


class NotEmpty(Exception):
    """The database holds a hospital already, perhaps a real one."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """The centre and unit of a case."""

    centre: Centre
    unit: Unit


def open_hospital(case: Row, at: datetime) -> Hospital:
    """Make centre, unit and logins of a case. Raises NotEmpty."""
    if Centre.objects.exists():
        raise NotEmpty(
            "This database holds a centre already; a case needs one that is thrown away. "
            "Use `make case FILE=...`."
        )
    place = case["centre"]
    centre = Centre.objects.create(
        code=place["code"].lower(), name=place["name"], timezone=case["timezone"]
    )
    unit = Unit.objects.create(centre=centre, code="ecmo", name="ECMO unit")
    for name, role in {**people(case), **ALWAYS}.items():
        user = User.objects.create_user(name, password=PASSWORD)
        Membership.objects.create(user=user, role=role, centre=centre, valid_from=at)
    return Hospital(centre, unit)


def people(case: Row) -> dict[str, Role]:
    """Return everybody whom a case names, with a role that may do what they did there."""
    return {name: _role(name) for run in case["runs"] for name in sorted(_names(run))}


def _names(run: Row) -> set[str]:
    rows: list[Any] = [*run["checks"], *run.get("review_deferrals", ())]
    rows += [amendment for check in run["checks"] for amendment in check.get("amendments", ())]
    return {name for row in rows for key in ("performed_by", "by") if (name := row.get(key))}


def _role(name: str) -> Role:
    prefixes = (role for prefix, role in BY_PREFIX.items() if name.startswith(prefix))
    return next(prefixes, Role.SPECIALIST)
