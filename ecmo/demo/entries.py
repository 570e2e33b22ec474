"""What else is entered of a stay: scores worked out, procedures, cultures. All of it is invented."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from clinical.scores.catalogue import SCORES
from ecmo.demo.stay import Stay
from patients.actions.entries import record_infection, record_procedure
from patients.actions.scores import Given, record_score
from patients.models import CultureSite, ProcedureKind, Run
from reports.queries.cohort import cohort
from reports.suggesting import suggestions

SCORED_H, BY_HAND = 2.5, "entered by hand"
ENTERED_AFTER = timedelta(minutes=20)
RESP_GROUPS = {"J12.8": "viral", "J10.0": "viral", "J15.9": "bacterial", "J15.4": "bacterial"}
RESP_GROUPS |= {"J69.0": "aspiration"}
NOT_SAID = (
    "immunocompromised", "cns_dysfunction", "non_pulmonary_infection", "nmb", "ino", "bicarbonate",
    "arrest",
)  # fmt: skip
GERMS = (
    ("Klebsiella pneumoniae", CultureSite.RESPIRATORY),
    ("Staphylococcus aureus", CultureSite.BLOOD),
    ("Pseudomonas aeruginosa", CultureSite.RESPIRATORY),
    ("Candida albicans", CultureSite.CATHETER),
)
PROCEDURES = (
    (30.0, 0.45, ProcedureKind.BRONCHOSCOPY, "Thick secretions, lavage sent"),
    (150.0, 0.3, ProcedureKind.TRACHEOSTOMY, "At the bedside, percutaneous"),
)


def plan_entries(stay: Stay) -> None:
    """Plan a score, and by lot a procedure and a culture, as far as the run lasts."""
    course = stay.course
    if course.is_fresh:
        return
    stay.plan(course.moment(SCORED_H), partial(_score, stay))
    dice = stay.site.rng(f"{course.who.mrn}/entries")
    hours = course.hour(stay.stops_at)
    for hour, share, kind, words in PROCEDURES:
        if dice.random() < share and hour < hours and course.body.group == "adult":
            stay.plan(course.moment(hour), partial(_procedure, stay, kind, words))
    for mishap in course.mishaps:
        if mishap.code == "401" and mishap.hour + 6 < hours:
            words = "Filter in the circuit"
            stay.plan(
                course.moment(mishap.hour + 6),
                partial(_procedure, stay, ProcedureKind.RRT, words),
            )
    if dice.random() < 0.35 and hours > 60:  # noqa: PLR2004
        germ = dice.choice(GERMS)
        stay.plan(course.moment(round(hours * 0.55, 1)), partial(_culture, stay, germ))


def _score(stay: Stay, at: datetime) -> None:
    """Work out the score that fits from what is on record and, where it is silent, by hand."""
    course = stay.course
    is_grown_lung = (course.body.group, course.support_type) == ("adult", "pulmonary")
    name = "RESP" if is_grown_lung else "OI" if course.support_type == "pulmonary" else "P/F"
    score = SCORES[name]
    (member,) = cohort(Run.objects.filter(pk=stay.run.pk), at)
    given = {
        key: Given(one.value, source=one.source, taken_at=one.taken_at)
        for key, one in suggestions(member.record, score).items()
    }
    if name == "RESP":
        group = RESP_GROUPS.get(course.diagnoses[0][0], "other_acute") if course.diagnoses else ""
        given["diagnosis"] = Given(group, source=BY_HAND)
        for key in NOT_SAID:
            given.setdefault(key, Given(value=False, source=BY_HAND))
    needed = {one.name for one in score.inputs if one.is_needed}
    if needed <= given.keys():
        record_score(run=stay.run, name=name, given=given, by=stay.physician(at), at=at)


def _procedure(stay: Stay, kind: str, words: str, at: datetime) -> None:
    facts: dict[str, Any] = {"kind": kind, "label": words, "performed_at": at}
    record_procedure(run=stay.run, **facts, by=stay.physician(at), at=at + ENTERED_AFTER)


def _culture(stay: Stay, germ: tuple[str, str], at: datetime) -> None:
    organism, site = germ
    record_infection(
        run=stay.run,
        organism=organism,
        site=site,
        collected_at=at,
        by=stay.physician(at),
        at=at + ENTERED_AFTER,
    )
