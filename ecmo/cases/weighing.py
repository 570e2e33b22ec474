"""Weights as somebody typed them, in grams or kilograms, and how each was answered."""

import re
from collections.abc import Iterator
from functools import partial

from ecmo.cases.client import Refused
from ecmo.cases.loading import Row, instant
from ecmo.cases.staff import SPECIALIST
from ecmo.cases.story import ActOf, Event, Rank

FIELDS = {"kg": "weight_kg", "g": "weight_g"}
NUMBER = r"(\d+(?:\.\d+)?)"


def weighing(run: ActOf) -> Iterator[Event]:
    """Yield the weights that the case answers one by one, after the run's own."""
    for number, row in enumerate(run.row.get("weight_entries", ())):
        at = max(instant(row["at"]), run.entered_at)
        act = partial(_weigh, run, number, row)
        yield run.event(at, Rank.WEIGHT, f"weight {row['value']} {row['unit']}", act)


def _weigh(run: ActOf, number: int, row: Row) -> None:
    body = {FIELDS[row["unit"]]: row["value"], "basis": "actual", "measured_at": row["at"]}
    found = {"number": number, **_answer(run, body)}
    run.stage.note_found(run.name("weight_entries"), found)


def _answer(run: ActOf, body: Row) -> Row:
    try:
        entry = run.client.post(SPECIALIST, run.path("weights/"), body)
    except Refused as refused:
        if refused.problem.get("code") != "needs_confirmation":
            return _refusal(refused)
        return {"accepted": True, "needs_confirmation": True, **_in_use(run), **_told(refused)}
    return {"accepted": True, "kg": entry["weight_kg"]}


def _refusal(refused: Refused) -> Row:
    """Return the rule, and the range that the user is told."""
    (error,) = refused.errors
    told = re.search(f"between {NUMBER} and {NUMBER} kg", error["message"])
    return {
        "accepted": False,
        "rule": error["rule"],
        "hard_kg": list(told.groups()) if told else None,
    }


def _told(refused: Refused) -> Row:
    """Return the weight and the change that the user is asked about."""
    (error,) = refused.errors
    told = re.search(f"{NUMBER} kg is {NUMBER} %", error["message"])
    return {"kg": told[1], "change_pct": told[2]} if told else {}


def _in_use(run: ActOf) -> Row:
    weight = run.client.get(SPECIALIST, run.path())["weight"]
    return {"dosing_weight_kg_until_confirmed": weight and weight["weight_kg"]}
