"""Playing the bedside checks: read, looked at, entered some minutes later, once amended."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from circuits.actions.checks import amend_check, record_check
from circuits.document import Typed
from circuits.models import CheckKind
from clinical.checkset import DEFAULT_BODY, Situation, read_sets
from clinical.inspection import ITEMS
from ecmo.demo.body import Kind
from ecmo.demo.stay import Stay, as_measured, measured
from patients.models import WeaningKind

FIRST_CHECK_H = 0.2
CLOSE_AT_FIRST_H = (1.6, 2.7, 4.05)  # for the baseline of a membrane, and the registry's 4 h
TRIAL_EVERY_H = 0.5
NOT_TAKEN = 0.008
SIGHT_OF_CLOT = ((1.6, "grade_3"), (1.3, "grade_2"), (1.1, "grade_1"))
HOURLY = read_sets(DEFAULT_BODY).of(Situation("hourly"))
ALL_WELL = {code: next(iter(ITEMS[code].choices)) for code in HOURLY.looks}
SETTINGS = frozenset({"pump_speed", "sweep_gas_flow", "fdo2"})


def plan_checks(stay: Stay) -> None:
    """Plan the checks: the first soon after flow on, then at the course's pace up to its last."""
    for checked_at in _times(stay):
        entered_at = stay.later(checked_at, 2, 5)
        stay.plan(entered_at, partial(_check, stay, checked_at))
    if stay.course.last_check_at and not stay.course.is_fresh:
        stay.plan(stay.course.moment(26.4), partial(_amend, stay))


def _times(stay: Stay) -> list[datetime]:
    course = stay.course
    first = course.moment(FIRST_CHECK_H)
    last = course.last_check_at or stay.stops_at - timedelta(minutes=15)
    trial = course.moment(course.sweep_off_from_h) if course.sweep_off_from_h else None
    times = [first]
    at = last
    while at > first + timedelta(minutes=25):
        times.append(at)
        pace = TRIAL_EVERY_H if trial and at > trial else course.every_h
        at -= timedelta(hours=pace)
    if course.every_h > 1 and not course.is_fresh:
        times += [course.moment(hour) for hour in CLOSE_AT_FIRST_H]
    return sorted(times)


def _check(stay: Stay, checked_at: datetime, at: datetime) -> None:
    hour = stay.course.hour(checked_at)
    stay.until(checked_at)
    trial = _trial(stay, hour)
    stay.body.is_sweep_off = bool(trial)
    stay.body.tend()
    values = _values(stay, hour)
    not_done = {}
    if trial:
        del values["sat_post_membrane"]
        not_done["sat_post_membrane"] = "sweep gas off: says nothing of the oxygenator"
    if "sat_pre_membrane" in values and stay.rng.random() < NOT_TAKEN:
        del values["sat_pre_membrane"]
        not_done["sat_pre_membrane"] = "sensor being calibrated"
    typed = Typed(
        checked_at=checked_at,
        values=values,
        methods={code: "same" for code in SETTINGS if stay.rng.random() < 0.7},  # noqa: PLR2004
        not_done=not_done,
        findings=_looks(stay),
        kind=CheckKind.HOURLY if stay.course.every_h <= 1 else CheckKind.Q4H,
        trial=trial,
    )
    by = stay.nurse(checked_at)
    record_check(run=stay.run, typed=typed, by=by, at=at, confirmed=frozenset(values))


def _trial(stay: Stay, hour: float) -> str:
    begins = stay.course.sweep_off_from_h
    return WeaningKind.SWEEP_OFF if begins is not None and hour >= begins else ""


def _values(stay: Stay, hour: float) -> dict[str, Any]:
    read = {**stay.body.circuit(), **stay.body.patient()}
    if any(tube.purpose == "distal_perfusion" for tube in stay.course.tubes):
        read["dpc_flow"] = 190 + stay.rng.uniform(-20, 20)
        read["rso2_limb_l"] = 62 + stay.rng.uniform(-3, 3)
        read["rso2_limb_r"] = 67 + stay.rng.uniform(-3, 3)
    if round(hour) % 12 == 0:
        read["po2_post"] = 470 * stay.body.fdo2 + stay.rng.uniform(-25, 25)
        read["o2_cylinder"] = 1900 - stay.rng.uniform(0, 400)
        read["battery_pct"] = 100
    return as_measured(read.items())


def _looks(stay: Stay) -> dict[str, str]:
    looks = dict(ALL_WELL)
    looks["clot_fibrin"] = next(
        (grade for factor, grade in SIGHT_OF_CLOT if stay.body.clot > factor), "grade_0"
    )
    if stay.body.has(Kind.SUCTION):
        looks["chatter"] = "persistent"
    if stay.body.has(Kind.BLEEDING):
        looks["cannula_site"] = "moderate" if stay.body.has(Kind.BLEEDING) > 1 else "ooze"
    if not any(tube.site.startswith("femoral") for tube in stay.course.tubes):
        looks["limb"] = "not_applicable"
    return looks


def _amend(stay: Stay, at: datetime) -> None:
    check = stay.run.checks.current().first()
    if check is None:
        return
    temperature = measured("temp_blood_out", 36.9)
    amend_check(
        check=check,
        values={"temp_blood_out": temperature},
        reason="read from the wrong display",
        by=check.performed_by,
        at=at,
    )
