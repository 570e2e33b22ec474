"""After flow off: death with what must not be forgotten, or follow-up until the episode is closed."""

from datetime import date, datetime, time, timedelta
from functools import partial

from circuits.actions.holds import release_circuits
from clinical.lifecycle import State
from ecmo.demo.course import Ending
from ecmo.demo.stay import Stay
from episodes.actions.ending import record_death, record_end_of_life
from episodes.actions.follow_up import record_visit
from episodes.actions.steps import step_run
from patients.models import Coroner, Donation, FollowUpVisit

HELD_FOR = timedelta(days=60)
ASKED_AFTER = timedelta(hours=5)
RESULTS = (
    "Walks unaided, back at work half time.",
    "Tires easily, lung function at 70 % of predicted.",
    "Well, no complaint; scar of the cannula site calm.",
    "Weak legs, goes on with physiotherapy.",
)
YOUNG = (
    "Grows along the centile, plays as others do.",
    "Feeds well, hearing test passed.",
    "At school again, tires in sports.",
)


def plan_afterwards(stay: Stay, ending: Ending, left_at: datetime) -> None:
    """Plan what comes after flow off, as far as it lies before now."""
    if ending.is_alive:
        stay.plan(left_at + timedelta(hours=22), partial(_begin_follow_up, stay))
    else:
        stay.plan(left_at + timedelta(minutes=20), partial(_die, stay, left_at))


def _die(stay: Stay, died_at: datetime, at: datetime) -> None:
    """Record death; a coroner holds the circuit of those of the last weeks."""
    record_death(
        run=stay.run, died_at=died_at, clamped_at=stay.run.ended_at, by=stay.physician(at), at=at
    )
    is_held = at + HELD_FOR > stay.site.now
    coroner = Coroner.HOLD if is_held else Coroner.TOLD
    stay.plan(at + ASKED_AFTER, partial(_answer, stay, coroner))


def _answer(stay: Stay, coroner: str, at: datetime) -> None:
    dice = stay.site.rng(f"{stay.course.who.mrn}/after")
    record_end_of_life(
        run=stay.run,
        donation=dice.choice([Donation.NOT_POSSIBLE, Donation.DECLINED, Donation.REFERRED]),
        coroner=coroner,
        coroner_note=f"Demo {dice.randint(10, 99)}/{at:%y}",
        bereavement_contact="Sister of the ward; calls in six weeks",
        by=stay.physician(at),
        at=at,
    )
    if stay.run.holds.filter(released_at=None).exists():
        stay.plan(at + timedelta(days=40), partial(_let_go, stay))


def _let_go(stay: Stay, at: datetime) -> None:
    reason = "Coroner's officer released it by letter (demo)"
    release_circuits(run=stay.run, reason=reason, by=stay.perfusionist(at), at=at)


def _begin_follow_up(stay: Stay, at: datetime) -> None:
    facts = {"disposition": "see outcome", "limb": "warm, pulses felt", "renal": "no dialysis"}
    by = stay.physician(at)
    step_run(run=stay.run, to=State.FOLLOWUP, happened_at=at, facts=facts, by=by, at=at)
    visits = list(stay.run.visits.order_by("planned_on"))
    for visit in visits:
        stay.plan(_clinic(stay, visit.planned_on), partial(_see, stay, visit))
    if visits:
        stay.plan(_clinic(stay, visits[-1].planned_on + timedelta(days=9)), partial(_close, stay))


def _see(stay: Stay, visit: FollowUpVisit, at: datetime) -> None:
    dice = stay.site.rng(f"{stay.course.who.mrn}/{visit.name}")
    results = RESULTS if stay.course.body.group == "adult" else YOUNG
    day = at.astimezone(stay.unit.centre.tz).date()
    by = stay.physician(at)
    record_visit(visit=visit, seen_on=day, result=dice.choice(results), by=by, at=at)


def _close(stay: Stay, at: datetime) -> None:
    facts = {"reason": "Follow-up is over, letter sent"}
    by = stay.physician(at)
    step_run(run=stay.run, to=State.CLOSED, happened_at=at, facts=facts, by=by, at=at)


def _clinic(stay: Stay, day: date) -> datetime:
    return datetime.combine(day, time(11, 30), stay.unit.centre.tz)
