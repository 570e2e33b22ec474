"""Replay a case: open its hospital, let everything happen in order, then compare."""

from collections.abc import Iterator
from datetime import datetime

from ecmo.cases.bedside import bedside
from ecmo.cases.circuit import circuit
from ecmo.cases.client import Client
from ecmo.cases.clock import stopped_clock
from ecmo.cases.comparing import Outcome
from ecmo.cases.expectations import compare
from ecmo.cases.loading import Row, instant
from ecmo.cases.registry import registry
from ecmo.cases.scoring import scoring
from ecmo.cases.setting import opens_at, setting
from ecmo.cases.staff import open_hospital
from ecmo.cases.story import ActOf, Event, Stage, play
from ecmo.cases.support import support
from ecmo.cases.treatment import treatment
from ecmo.cases.weighing import weighing


def replay(case: Row) -> Outcome:
    """Play a case on the database of this process and compare. Raises NotEmpty."""
    start = opens_at(case)
    with stopped_clock(start) as clock:
        stage = Stage(case=case, client=Client(), hospital=open_hospital(case, start))
        runs = [ActOf(stage, row) for row in case["runs"]]
        last = play(_events(stage, runs, start), stage, clock)
        clock.move_to(max(last, instant(case["as_of"])))
        return compare(stage, runs)


def _events(stage: Stage, runs: list[ActOf], start: datetime) -> Iterator[Event]:
    yield from setting(stage, start)
    for run in runs:
        for part in (support, weighing, registry, circuit, treatment, bedside, scoring):
            yield from part(run)
