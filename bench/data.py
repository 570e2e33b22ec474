"""Rows to measure on. Written in bulk: what is measured is reading them, and saving one more."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import Centre, Membership, Unit, User
from accounts.permissions import Role
from circuits.actions.support import record_weight, start_support
from circuits.models import Check
from clinical.measures import MEASURES, Kind
from patients.models import Patient, Run
from patients.models.patient import search_key

RUNS = 30
PATIENTS = 20_000
TREND_DAYS = 30
TREND_MEASURES = [m.code for m in MEASURES.values() if m.kind in {Kind.SETTING, Kind.MEASUREMENT}][
    :30
]
FAMILIES = [
    "Berg",
    "Haugen",
    "Lind",
    "Moen",
    "Nilsen",
    "Okafor",
    "Petrov",
    "Quist",
    "Rahman",
    "Solberg",
    "Tanaka",
    "Ueland",
]
GIVEN = [
    "Ada",
    "Bo",
    "Chi",
    "Dag",
    "Eva",
    "Finn",
    "Gro",
    "Hal",
    "Ida",
    "Jon",
    "Kai",
    "Liv",
    "Mio",
    "Noor",
    "Olu",
]


class Ward:
    """A centre with running patients, one of them for thirty days, and many patients to search."""

    def __init__(self) -> None:
        self.at = timezone.now()
        self.random = random.Random(7)  # noqa: S311 -- figures to measure with, not secrets
        centre = Centre.objects.create(code="bench", name="Bench", timezone="Europe/Oslo")
        self.unit = Unit.objects.create(centre=centre, code="icu", name="Intensive care")
        self.user = User.objects.create_user("bench", password="a lantern over the ward")  # noqa: S106
        Membership.objects.create(
            user=self.user,
            role=Role.COORDINATOR,
            centre=centre,
            valid_from=self.at - timedelta(days=60),
        )
        self.runs = [self._run(number) for number in range(RUNS)]
        for run in self.runs[1:]:
            self._checks(run, hours=24, measures=list(CORE_VALUES))
        self._checks(self.runs[0], hours=24 * TREND_DAYS, measures=TREND_MEASURES)
        self._patients()

    def session(self) -> str:
        """Return the cookie of a signed-in browser."""
        session = SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
        session["_auth_user_hash"] = self.user.get_session_auth_hash()
        session.create()
        return f"sessionid={session.session_key}"

    def token(self) -> str:
        """Return an API token."""
        return str(AuthToken.objects.create(self.user)[1])

    def _run(self, number: int) -> Run:
        start = self.at - (timedelta(days=TREND_DAYS) if number == 0 else timedelta(hours=25))
        patient = self._patient(f"RUN{number:04}", bed=str(number + 1))
        patient.save()
        run = start_support(
            patient=patient,
            unit=self.unit,
            started_at=start,
            mode="VV",
            by=self.user,
            at=self.at,
        )
        record_weight(
            run=run,
            weight_kg=Decimal(80),
            basis="actual",
            measured_at=start,
            by=self.user,
            at=self.at,
        )
        return run

    def _patient(self, mrn: str, bed: str = "") -> Patient:
        family = self.random.choice(FAMILIES) + str(self.random.randrange(1000))
        given = self.random.choice(GIVEN)
        return Patient(
            centre=self.unit.centre,
            unit=self.unit,
            mrn=mrn,
            family_name=family,
            given_name=given,
            bed=bed,
            born_at=self.at - timedelta(days=365 * 40),
            entered_at=self.at,
            search=f"{search_key(family)} {search_key(given)} {mrn.casefold()}",
            sort_key=search_key(f"{family} {given}"),
        )

    def _patients(self) -> None:
        rows = [self._patient(f"MRN{number:07}") for number in range(PATIENTS)]
        Patient.objects.bulk_create(rows, batch_size=2000)

    def _checks(self, run: Run, *, hours: int, measures: list[str]) -> None:
        end = self.at.replace(minute=0, second=0, microsecond=0)
        Check.objects.bulk_create(
            [self._check(run, end - timedelta(hours=h), measures) for h in range(hours, 0, -1)],
            batch_size=500,
        )

    def _check(self, run: Run, when: datetime, measures: list[str]) -> Check:
        values = {code: self._value(code) for code in measures}
        return Check(
            run=run,
            checked_at=when,
            entered_at=when,
            performed_by=self.user,
            transmitted_by=self.user,
            document={
                "values": {c: {"value": v, "method": "typed"} for c, v in values.items()},
                "not_done": {},
                "findings": {},
                "derived": {"delta_p": "22", "blood_flow_per_kg": "50"},
                "context": {"mode": "VV", "weight_kg": "80", "height_cm": None},
            },
        )

    def _value(self, code: str) -> str:
        low = CORE_VALUES.get(code, 20.0)
        return f"{low * (1 + self.random.random() / 50):.2f}"


CORE_VALUES: dict[str, float] = {
    "pump_speed": 3400,
    "blood_flow": 4.1,
    "sweep_gas_flow": 4.0,
    "fdo2": 0.8,
    "p_drainage": -70,
    "p_pre_membrane": 182,
    "p_post_membrane": 160,
    "sat_pre_membrane": 68,
    "sat_post_membrane": 98,
    "temp_blood_out": 36.5,
}


def check_body(at: datetime) -> dict[str, Any]:
    """Return the body of one stable check, as the bedside sends it."""
    return {"checked_at": at.isoformat(), "values": CORE_VALUES}
