"""Playing the treatment: samples, anticoagulation by the site's own table, bleeding, transfusion."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from clinical.measures import MEASURES
from ecmo.demo.body import Kind, Trouble
from ecmo.demo.course import protocol_for
from ecmo.demo.laboratory import report
from ecmo.demo.stay import Stay, as_measured, measured
from labs.actions.infusions import Change, Dosing, change_infusion, start_infusion
from labs.actions.plans import set_plan
from labs.actions.results import Charted, record_results
from labs.models import Infusion
from labs.queries.infusions import state_at
from patients.actions.events import end_bleeding, record_bleeding, record_product

ANTICOAGULATION_FROM_H = 3.0
BY_MESSAGE = timedelta(hours=24)
HOLDS_FROM_GRADE = 2
STOPS_BEFORE_H = 1.5
FIRST_DRIVER_H = 8.0
DAY_H = 24.0
TRANSFUSED_BELOW = {"adult": 8.3, "pediatric": 9.3, "neonatal": 11.2}
UNITS = {"ufh": "[IU]/kg/h", "bivalirudin": "mg/kg/h"}
CONCENTRATIONS = {"ufh": (Decimal(50), "[IU]/mL"), "bivalirudin": (Decimal(1), "mg/mL")}
EVERY_QUESTION = frozenset({"kind", "rate", "rate_unit", "weight_kg"})


def plan_treatment(stay: Stay) -> None:
    """Plan samples, the anticoagulation plan and what bleeds."""
    course = stay.course
    if course.is_fresh:
        return
    stay.plan(course.moment(ANTICOAGULATION_FROM_H), partial(_start, stay))
    is_close = course.every_h <= 1
    _plan_samples(stay, _hours(stay, 1.0, 6, 6 if is_close else 24), "gases")
    _plan_samples(stay, _hours(stay, FIRST_DRIVER_H, 6, 6 if is_close else 12), "clotting")
    _plan_samples(stay, _hours(stay, 2.0, 12, 12 if is_close else 24), "counts")
    for trouble in course.body.troubles:
        if trouble.kind is Kind.BLEEDING:
            stay.plan(course.moment(trouble.from_h), partial(_bleed, stay, trouble))


def _hours(stay: Stay, first: float, on_first_day: float, every: float) -> list[float]:
    """Return the hours of samples: at one pace on the first day, then at another."""
    last = stay.course.hour(stay.stops_at) - STOPS_BEFORE_H
    hours, hour = [], first
    while hour < last:
        hours.append(hour)
        hour += on_first_day if hour < DAY_H else every
    return hours


def _plan_samples(stay: Stay, hours: list[float], panel: str) -> None:
    for hour in hours:
        collected_at = stay.course.moment(hour) + timedelta(minutes=stay.rng.randint(0, 12))
        stay.plan(collected_at, partial(_collect, stay, panel))


def _collect(stay: Stay, panel: str, at: datetime) -> None:
    """Draw a sample: its values are those of now, known when the laboratory has them."""
    stay.until(at)
    drawn = {"gases": stay.body.gases, "clotting": stay.body.clotting, "counts": stay.body.counts}
    values = as_measured(drawn[panel]().items())
    known_at = stay.later(at, 2, 6) if panel == "gases" else stay.later(at, 32, 55)
    stay.plan(known_at, partial(_report, stay, panel, at, values))


def _report(
    stay: Stay, panel: str, collected_at: datetime, values: Mapping[str, Decimal], at: datetime
) -> None:
    is_by_message = panel != "gases" and at > stay.site.now - BY_MESSAGE
    if is_by_message and stay.course.ending is None:
        report(stay, collected_at=collected_at, values=values, at=at)
    else:
        record_results(
            patient=stay.patient,
            collected_at=collected_at,
            results=[Charted(code, value, MEASURES[code].unit) for code, value in values.items()],
            site="arterial" if panel == "gases" else "",
            by=stay.nurse(at),
            at=at,
            confirmed=frozenset(values),
        )
    if panel == "clotting":
        stay.plan(stay.later(at, 4, 9), partial(_titrate, stay, values))
    elif panel == "counts":
        stay.plan(stay.later(at, 20, 40), partial(_transfuse, stay, values))


def _start(stay: Stay, at: datetime) -> None:
    body, agent = stay.course.body, stay.course.body.agent
    is_heparin = agent == "ufh"
    low, high = ("0.3", "0.5" if body.group == "adult" else "0.6") if is_heparin else ("55", "75")
    set_plan(
        run=stay.run,
        agent=agent,
        driver="anti_xa_ufh" if is_heparin else "aptt",
        target_low=Decimal(low),
        target_high=Decimal(high),
        protocol=protocol_for(body),
        starts_at=at,
        by=stay.physician(at),
        at=at,
    )
    rate = Decimal(str(body.norm.heparin)) if is_heparin else Decimal("0.11")
    concentration, unit = CONCENTRATIONS[agent]
    dosing = Dosing(UNITS[agent], measured("weight", body.weight_kg), "actual", concentration, unit)
    start_infusion(
        run=stay.run,
        agent=agent,
        dosing=dosing,
        change=Change("start", at, rate=rate, verified_by=stay.physician(at)),
        by=stay.nurse(at),
        at=at + timedelta(minutes=2),
        confirmed=EVERY_QUESTION,
    )
    stay.until(at)
    stay.body.rate = float(rate)


def _infusion(stay: Stay) -> Infusion:
    return stay.run.infusions.get(agent=stay.course.body.agent)


def _titrate(stay: Stay, values: Mapping[str, Decimal], at: datetime) -> None:
    """Change the rate by the step of the site's table that holds the result; never on hold."""
    protocol = stay.site.protocols[protocol_for(stay.course.body)]
    driver = values.get("anti_xa_ufh", values["aptt"])
    step = next(iter(protocol.steps_for(driver, None)))
    infusion = _infusion(stay)
    state = state_at(infusion, at)
    if step.changes_nothing or not state.rate or at >= stay.stops_at:
        return
    exact = state.rate * (1 + step.rate_pct / 100)
    rounded = (exact / protocol.rounding).quantize(Decimal(1), ROUND_HALF_UP) * protocol.rounding
    change = Change(
        "change",
        at,
        rate=min(rounded, protocol.max_rate),
        reason=f"step {step.id} of {protocol.id}",
        verified_by=stay.physician(at),
    )
    _change(stay, infusion, change)


def _change(stay: Stay, infusion: Infusion, change: Change) -> None:
    at = change.changed_at
    stay.until(at)
    change_infusion(
        infusion=infusion,
        change=change,
        by=stay.nurse(at),
        at=min(at + timedelta(minutes=3), stay.site.now),
        confirmed=EVERY_QUESTION,
    )
    stay.body.rate = float(change.rate or 0)


def _bleed(stay: Stay, trouble: Trouble, at: datetime) -> None:
    ends_at = stay.course.moment(trouble.to_h)
    bleeding = record_bleeding(
        run=stay.run,
        grade=round(trouble.size),
        site="return cannula site, oozing under the dressing",
        starts_at=at,
        by=stay.nurse(at),
        at=at + timedelta(minutes=6),
    )

    def stop(when: datetime) -> None:
        end_bleeding(bleeding=bleeding, ends_at=when, by=stay.nurse(when), at=when)

    stay.plan(ends_at, stop)
    if trouble.size >= HOLDS_FROM_GRADE:
        stay.plan(stay.later(at, 15, 25), partial(_hold, stay, ends_at))


def _hold(stay: Stay, until: datetime, at: datetime) -> None:
    infusion = _infusion(stay)
    before = state_at(infusion, at).rate
    if not before:
        return
    review_at = min(until, at + timedelta(hours=4))
    reason = "bleeding at the cannula, decided with the surgeon"
    _change(stay, infusion, Change("hold", at, review_at=review_at, reason=reason))

    def resume(when: datetime) -> None:
        rate = (before * Decimal("0.8")).quantize(Decimal("0.001"))
        _change(stay, infusion, Change("resume", when, rate=rate, reason="bleeding has stopped"))

    if until < stay.stops_at:
        stay.plan(until + timedelta(minutes=30), resume)


def _transfuse(stay: Stay, values: Mapping[str, Decimal], at: datetime) -> None:
    group, weight = stay.course.body.group, stay.course.body.weight_kg
    given = [("red_cells", 300.0, 15.0)] if values["hb"] < TRANSFUSED_BELOW[group] else []
    if values["platelets"] < 60 or stay.body.has(Kind.BLEEDING) > 1:  # noqa: PLR2004
        given.append(("platelets", 250.0, 10.0))
    for product, volume, by_weight in given if at < stay.stops_at else ():
        stay.until(at)
        ml = volume if group == "adult" else min(by_weight * weight, volume)
        record_product(
            run=stay.run,
            product=product,
            volume_ml=Decimal(f"{ml:.0f}"),
            given_to="patient",
            donation_id=f"W0000{at:%y%m%d}{stay.rng.randint(0, 9999):04}",
            indication="bleeding" if stay.body.has(Kind.BLEEDING) else "threshold",
            started_at=at,
            by=stay.nurse(at),
            at=min(at + timedelta(minutes=5), stay.site.now),
        )
        stay.body.transfuse(product)
