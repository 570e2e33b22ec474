"""Scores of a case: what the record suggests and what the case tells, worked out by the product."""

from collections.abc import Iterator
from functools import partial

from ecmo.cases.client import Refused
from ecmo.cases.loading import Row, instant
from ecmo.cases.staff import COORDINATOR, SPECIALIST
from ecmo.cases.story import ActOf, Event, Rank

NAMES = {"4TS": "4Ts"}
BESIDE = {"VIS": ("weight_kg",)}
"""What a score keeps among its inputs and the case tells elsewhere: the run's weight."""
SCORES = "scores"


def scoring(run: ActOf) -> Iterator[Event]:
    """Yield the scores, once the registry's facts are told."""
    told = instant(run.stage.case["as_of"])
    at = max(run.ended_at or told, told)
    for name, facts in run.row["score_facts"].items():
        act = partial(_score, run, NAMES.get(name, name), facts)
        yield run.event(at, Rank.SCORE, f"score {name}", act)


def _score(run: ActOf, name: str, facts: Row) -> None:
    """Send a score and keep what the product says; a refusal names what is missing."""
    suggested = run.client.get(COORDINATOR, run.path("score-suggestions/"), score=name)
    inputs = {row["name"]: {"value": row["value"]} for row in suggested["suggestions"]}
    inputs |= {key: {"value": value} for key, value in facts.items()}
    try:
        found = run.client.post(SPECIALIST, run.path("scores/"), {"score": name, "inputs": inputs})
    except Refused as refused:
        if refused.problem.get("code") != "score_refused":
            raise
        missing = [one["parameter"] for one in refused.errors]
        sent = {key: one["value"] for key, one in inputs.items()}
        row = {"inputs": sent, "points": None, "total": None, "class": None, "missing": missing}
    else:
        row = _told(found)
    run.stage.note_found(run.name(SCORES), {"score": name, **row})


def _told(found: Row) -> Row:
    further = dict(found["further"])
    inputs = {name: one["value"] for name, one in found["inputs"].items()}
    for name in BESIDE.get(found["score"], ()):
        inputs.pop(name, None)
    per_kg = {name: further.pop(name) for name in ("vasopressin_u_kg_min",) if name in further}
    return {
        "inputs": {**inputs, **per_kg},
        "points": found["points"],
        "total": found["total"],
        "class": found["band"] or None,
        "missing": [],
        **further,
    }
