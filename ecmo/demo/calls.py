"""Calls about patients elsewhere: those before a run, those that were declined, those of today.

Names, numbers and places are invented; why the demo accepts or declines is no advice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from accounts.models import User
from clinical.lifecycle import State
from ecmo.demo.people import ADULT, CHILDREN
from ecmo.demo.stay import Site, Stay, measured
from episodes.actions.referrals import hand_over, log_call, receive_referral, step_referral
from patients.models import AgeUnit, LogKind, Referral
from staffing.models import Duty

FROM_ELSEWHERE = 0.55
CALLED_H = 5.0
YEAR_DAYS = 365.25
SMALL_DAYS = 28
CHILD_DAYS = 730
PLACES = (
    "Fjord Hospital (invented), ICU",
    "Hill Hospital (invented), ICU",
    "Island Hospital (invented), emergency department",
    "Valley Hospital (invented), ward 4",
)
CALLERS = ("Dr Dock", "Dr Sorrel", "Dr Teasel", "Dr Vetch", "Dr Bracken")
DECLINED: Sequence[tuple[str, str, str]] = (
    ("Viral pneumonia", "too_well", "Prone for 16 h, PEEP 14, call again if P/F stays below 80."),
    ("Bacterial pneumonia", "too_well", "Deepen sedation, then prone. Call again in 6 h."),
    ("Cardiac arrest", "arrest", "Unwitnessed, an hour without flow. Care as you would otherwise."),
    ("Lung fibrosis", "no_exit", "No transplant programme takes the patient. Palliative advice."),
    ("ARDS, day 19 of ventilation", "ventilated_too_long", "Tracheostomy, slow weaning plan."),
    ("Intracranial bleeding with ARDS", "intracranial_bleeding", "Prone is possible; ask again."),
    ("Cardiogenic shock", "capacity", "No circuit free: the neighbouring centre was called too."),
)


def plan_call(stay: Stay) -> None:
    """Plan the call before a run, if the patient came from elsewhere."""
    dice = stay.site.rng(f"{stay.course.who.mrn}/call")
    if stay.course.is_fresh or dice.random() > FROM_ELSEWHERE:
        return
    stay.plan(stay.course.moment(-CALLED_H), partial(_call_before, stay, dice))


def _call_before(stay: Stay, dice: Random, at: datetime) -> None:
    course = stay.course
    age, age_unit = _age((course.started_at - course.who.born_at) / timedelta(days=1))
    stay.referral = _receive(
        stay.site,
        course.unit,
        at,
        dice,
        patient_name=f"{course.who.family_name}, {course.who.given_name}",
        age=age,
        age_unit=age_unit,
        weight_kg=measured("weight", course.body.weight_kg),
        diagnosis=course.diagnoses[0][1] if course.diagnoses else "",
        support_type=course.support_type,
        had_arrest=course.support_type == "ecpr",
        lactate_mmol_l=Decimal(str(course.body.lactate)),
    )
    take = _Steps(stay.site, course.unit, stay.referral)
    take.to(State.TRIAGE, at + timedelta(minutes=dice.randint(3, 9)))
    take.to(State.CANDIDATE, at + timedelta(minutes=dice.randint(20, 40)), consent="family told")
    take.accept(at + timedelta(minutes=dice.randint(45, 80)))


def receive_declined(site: Site, count: int) -> None:
    """Let `count` calls of two years be declined or, one in four, watched and then declined."""
    dice = site.rng("declined calls")
    for number in range(count):
        days = 728 - 724 * (number + dice.uniform(0.1, 0.9)) / max(count, 1)
        at = site.now.replace(second=0, microsecond=0) - timedelta(days=days)
        _decline(site, ADULT if dice.random() > 0.2 else CHILDREN, at, dice)  # noqa: PLR2004


def receive_today(site: Site) -> None:
    """Leave three calls of the last day: one accepted, one declined, one watched."""
    now = site.now.replace(second=0, microsecond=0)
    dice = site.rng("calls of today")
    _decline(site, ADULT, now - timedelta(hours=13.5), dice, is_called_back=False)
    _accept_today(site, now - timedelta(hours=2.4), dice)
    _watch_today(site, now - timedelta(hours=4.1), now + timedelta(minutes=25), dice)


def _accept_today(site: Site, at: datetime, dice: Random) -> None:
    referral = _receive(
        site,
        ADULT,
        at,
        dice,
        patient_name="Lupin, Sky",
        age=Decimal(44),
        weight_kg=Decimal(88),
        diagnosis="ARDS after influenza",
        support_type="pulmonary",
        onset_at=at - timedelta(days=4),
        had_arrest=False,
        fio2_pct=Decimal(100),
        peep_cmh2o=Decimal(14),
        plateau_cmh2o=Decimal(33),
        tidal_ml=Decimal(420),
        rate_per_min=Decimal(28),
        ph=Decimal("7.21"),
        pao2_mmhg=Decimal(54),
        paco2_mmhg=Decimal(72),
        lactate_mmol_l=Decimal("2.9"),
        gas_at=at - timedelta(minutes=35),
        story="Prone twice without gain. No bleeding, no allergy known.",
    )
    take = _Steps(site, ADULT, referral)
    take.to(State.TRIAGE, at + timedelta(minutes=4))
    gas = at + timedelta(minutes=24)
    take.says("New gas: PaO2 51 mmHg, FiO2 1.0. Prone again since an hour.", gas)
    take.to(
        State.CANDIDATE,
        at + timedelta(minutes=32),
        indication="Refractory hypoxaemia",
        inclusion="P/F 54, 4 days ventilated, one organ",
        exclusion="None told",
        consent="Wife told by phone, agrees",
    )
    take.accept(
        at + timedelta(minutes=51),
        mode="VV, femoral and jugular",
        place="There, then by road",
        bed="8",
        team="Fern, Pine",
    )


def _watch_today(site: Site, at: datetime, review_at: datetime, dice: Random) -> None:
    referral = _receive(
        site,
        CHILDREN,
        at,
        dice,
        patient_name="Clover, Sage",
        age=Decimal(7),
        age_unit=AgeUnit.MONTHS,
        weight_kg=Decimal("7.4"),
        diagnosis="RSV bronchiolitis",
        support_type="pulmonary",
        fio2_pct=Decimal(70),
        peep_cmh2o=Decimal(9),
        ph=Decimal("7.28"),
        paco2_mmhg=Decimal(63),
        gas_at=at - timedelta(minutes=20),
    )
    take = _Steps(site, CHILDREN, referral)
    take.to(State.TRIAGE, at + timedelta(minutes=6))
    advice = "Try oscillation, gas in two hours."
    take.to(State.WATCH, at + timedelta(minutes=30), at + timedelta(hours=2), advice=advice)
    take.says("Gas better: pH 7.31, FiO2 0.6. Oscillating.", at + timedelta(hours=2))
    take.to(State.WATCH, at + timedelta(hours=2.1), review_at, advice="Go on, gas before the call.")
    when = at + timedelta(hours=2.5)
    hand_over(
        referral=referral,
        to=take.coordinator(when),
        text="Watched, second look done. Ask for the gas before the re-review.",
        by=site.crew.physician(CHILDREN, when),
        at=when,
    )


def _decline(
    site: Site, unit: str, at: datetime, dice: Random, *, is_called_back: bool = True
) -> None:
    diagnosis, reason, advice = dice.choice(DECLINED)
    referral = _receive(site, unit, at, dice, diagnosis=diagnosis, age=Decimal(dice.randint(1, 74)))
    take = _Steps(site, unit, referral)
    take.to(State.TRIAGE, at + timedelta(minutes=dice.randint(2, 14)))
    decided = at + timedelta(minutes=dice.randint(25, 70))
    if dice.random() < 0.25:  # noqa: PLR2004
        take.to(State.WATCH, decided, decided + timedelta(hours=3), advice="Gas in three hours.")
        decided += timedelta(hours=3)
    again = "If the lactate rises above 4 mmol/L, or in 12 h"
    take.to(State.DECLINED, decided, reason=reason, advice=advice, re_referral=again)
    if is_called_back:
        take.says("Asked after the patient: unchanged, stays there.", decided + timedelta(hours=14))


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of one referral, taken by whoever is on duty."""

    site: Site
    unit: str
    referral: Referral

    def to(
        self, state: State, at: datetime, review_at: datetime | None = None, **facts: str
    ) -> None:
        by = self.site.crew.physician(self.unit, at)
        step_referral(
            referral=self.referral,
            to=state,
            happened_at=at,
            facts=facts,
            review_at=review_at,
            by=by,
            at=at,
        )

    def accept(self, at: datetime, **facts: str) -> None:
        """Two physicians accept."""
        team = self.site.crew.hospital.people[self.unit, Duty.PHYSICIAN]
        self.to(
            State.ACCEPTED,
            at,
            None,
            physicians=", ".join(str(one.user) for one in team[:2]),
            **facts,
        )

    def says(self, text: str, at: datetime) -> None:
        """Somebody called."""
        log_call(
            referral=self.referral,
            text=text,
            spoke_with=self.referral.referrer,
            kind=LogKind.CALL,
            happened_at=at,
            by=self.coordinator(at),
            at=at,
        )

    def coordinator(self, at: datetime) -> User:
        return self.site.crew.coordinator(self.unit, at)


def _receive(site: Site, unit: str, at: datetime, dice: Random, **facts: Any) -> Referral:
    return receive_referral(
        unit=site.crew.hospital.units[unit],
        call_back=f"+00 555 {dice.randint(10, 99)} {dice.randint(100, 999)}",
        called_at=at,
        referrer=dice.choice(CALLERS),
        location=dice.choice(PLACES),
        by=site.crew.coordinator(unit, at),
        at=at,
        **facts,
    )


def _age(days: float) -> tuple[Decimal, str]:
    if days < SMALL_DAYS:
        return Decimal(round(days)), AgeUnit.DAYS
    if days < CHILD_DAYS:
        return Decimal(round(days / YEAR_DAYS * 12)), AgeUnit.MONTHS
    return Decimal(int(days / YEAR_DAYS)), AgeUnit.YEARS
