"""Playing the plan: targets of the day, emergency plan, a weaning trial, a journey to the scanner.

All of it is invented; what physicians of the demo decide is no advice.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from circuits.actions.care_plan import carry_targets_forward, set_emergency_plan, set_target
from circuits.actions.transport import arrive, decide_leg, depart, plan_leg, stand_down
from circuits.actions.weaning import record_step, start_trial
from ecmo.demo.stay import Stay, as_measured
from patients.models import Ceiling, GoDecision, LegKind, WeaningKind

FIRST_PLAN_H = 3.0
REVIEWED_EVERY_H = 20.0
STALE_BED = "5"
SCANNED_BED, SCANNED_H = "2", 40.0
STEPS = ((0.1, "calm, respiratory rate 22"), (1.1, "respiratory rate 24, no distress"))
PLANS = (
    (Ceiling.FULL, "Demo plan. Circuit stops: clamp, ventilate fully, call the physician on call."),
    (Ceiling.LIMITED, "Demo plan. No second cannulation. CPR with the pump on, then call."),
    (Ceiling.FULL, "Demo plan. Oxygenator fails: exchange at the bedside, two perfusionists."),
)
TARGETS = (
    ("map", {"low": Decimal(65), "high": Decimal(80)}),
    ("hb", {"low": Decimal(7)}),
    ("sedation", {"words": "awake, RASS 0 to -1"}),
)


def plan_care(stay: Stay) -> None:
    """Plan what physicians decide for a patient who is on ECMO now."""
    course = stay.course
    if course.ending or course.is_fresh:
        return
    stay.plan(course.moment(FIRST_PLAN_H), partial(_decide, stay))
    hour = FIRST_PLAN_H + REVIEWED_EVERY_H
    while course.who.bed != STALE_BED and course.moment(hour) < stay.site.now:
        stay.plan(course.moment(hour), partial(_review, stay))
        hour += REVIEWED_EVERY_H
    if course.sweep_off_from_h is not None:
        stay.plan(course.moment(course.sweep_off_from_h), partial(_begin_trial, stay))
    if course.who.bed == SCANNED_BED:
        stay.plan(course.moment(SCANNED_H), partial(_scan, stay))


def _decide(stay: Stay, at: datetime) -> None:
    _keep_plan(stay, at)
    for key, target in TARGETS:
        set_target(run=stay.run, key=key, by=stay.physician(at), at=at, **target)


def _review(stay: Stay, at: datetime) -> None:
    _keep_plan(stay, at)
    keys = [key for key, _ in TARGETS]
    carry_targets_forward(run=stay.run, keys=keys, by=stay.physician(at), at=at)


def _keep_plan(stay: Stay, at: datetime) -> None:
    ceiling, words = PLANS[stay.course.place % len(PLANS)]
    physician = stay.physician(at)
    set_emergency_plan(
        run=stay.run,
        ceiling=ceiling,
        words=words,
        physician=physician,
        reviewed_at=at,
        by=physician,
        at=at,
    )


def _begin_trial(stay: Stay, at: datetime) -> None:
    trial = start_trial(
        run=stay.run, kind=WeaningKind.SWEEP_OFF, started_at=at, by=stay.physician(at), at=at
    )

    def step(seen: str, when: datetime) -> None:
        stay.until(when)
        stay.body.is_sweep_off = True
        read = dict(as_measured(stay.body.circuit().items()))
        record_step(
            trial=trial,
            stepped_at=when,
            values={code: read[code] for code in ("blood_flow", "sweep_gas_flow")},
            note=seen,
            confirmed=["blood_flow", "sweep_gas_flow"],
            by=stay.nurse(when),
            at=when,
        )

    for hours, seen in STEPS:
        stay.plan(at + timedelta(hours=hours), partial(step, seen))


def _scan(stay: Stay, at: datetime) -> None:
    by, physician = stay.nurse(at), stay.physician(at)
    leg = plan_leg(
        run=stay.run,
        kind=LegKind.IN_HOSPITAL,
        from_place=f"ICU, bed {stay.course.who.bed}",
        to_place="CT scanner and back",
        reason="new neurological findings",
        crew="physician, specialist, nurse",
        journey_min=40,
        oxygen_flow=Decimal(12),
        cylinders=[{"size": "E", "psi": 2000}, {"size": "E", "psi": 1900}],
        planned_at=at + timedelta(minutes=30),
        by=by,
        at=at,
    )
    asked = ["oxygen_short", "oxygen_unknown", "checklist_open"]
    decide_leg(leg=leg, decision=GoDecision.GO, by=physician, at=at, confirmed=asked)
    left, back = at + timedelta(minutes=30), at + timedelta(minutes=75)
    stay.plan(left, lambda when: _leave(leg.pk, stay, when))
    stay.plan(back, lambda when: _return(leg.pk, stay, when))


def _leave(pk: int, stay: Stay, at: datetime) -> None:
    depart(leg=stay.run.transport_legs.get(pk=pk), departed_at=at, by=stay.nurse(at), at=at)


def _return(pk: int, stay: Stay, at: datetime) -> None:
    leg = stay.run.transport_legs.get(pk=pk)
    by = stay.nurse(at)
    arrive(leg=leg, arrived_at=at, by=by, at=at)
    stand_down(leg=leg, by=by, at=at, confirmed=["check"])
