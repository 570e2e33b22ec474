"""Referrals as their list and page show them, who may take one over, records side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Membership, Unit, User
from accounts.permissions import Permission, roles_with
from alerts.models import Due
from episodes.policy import WAITS_FOR
from patients.models import Patient, Referral, Run
from patients.models.referral import ReferralQuerySet


@dataclass(frozen=True, slots=True)
class Line:
    """A referral in the list, with what it waits for."""

    referral: Referral
    due: Due | None

    def is_late(self, at: datetime) -> bool:
        """What it waits for is overdue."""
        return self.due is not None and self.due.overdue_at < at


def lines_of(referrals: Iterable[Referral]) -> list[Line]:
    """Return referrals with what each waits for (one statement)."""
    rows = list(referrals)
    keys = [str(one.public_id) for one in rows]
    dues = {
        due.subject: due for due in Due.objects.open().filter(subject__in=keys, kind__in=WAITS_FOR)
    }
    return [Line(one, dues.get(str(one.public_id))) for one in rows]


def visible_referrals(user: User, at: datetime) -> ReferralQuerySet:
    """Referrals to the units of `user`, with what a list shows."""
    rows = Referral.objects.visible_to(user, at)
    return rows.select_related("unit__centre", "owner", "patient", "run")


def who_may_own(unit: Unit, at: datetime) -> QuerySet[User]:
    """Users who may take on referrals in `unit` (one statement)."""
    return who_may(Permission.REFERRAL_TRIAGE, unit, at)


def who_may(permission: Permission, unit: Unit, at: datetime) -> QuerySet[User]:
    """Users who hold a right in `unit`, by name (one statement)."""
    roles = roles_with(permission)
    held = Membership.objects.current(at).filter(role__in=roles, centre=unit.centre_id)
    held = held.filter(unit=None) | held.filter(unit=unit)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by(
        "last_name", "first_name", "pk"
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records that may be of one person: who it says this is, what is charted there."""

    patient: Patient
    runs: tuple[Run, ...]
    samples: int
    referrals: int


def side_of(patient: Patient) -> Side:
    """Return a record for comparing it with another (three statements)."""
    return Side(
        patient=patient,
        runs=tuple(patient.runs.select_related("unit").order_by("started_at")),
        samples=patient.samples.count(),
        referrals=patient.referrals.count(),
    )
