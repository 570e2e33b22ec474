"""The report of a replay: each expectation that failed, then how many held."""

import json
from collections.abc import Iterator
from typing import Any

from ecmo.cases.comparing import Failure, Outcome

WIDTH = 600


def report(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of the report; the last one is the count."""
    for failure in outcome.failures:
        yield from _lines(failure)
    for kind, number in sorted(outcome.waiting.items()):
        yield f"waiting: {number} of {kind}, which the product does not have yet"
    waiting = sum(outcome.waiting.values())
    failed = len(outcome.failures)
    yield f"expectations: {outcome.held} held, {waiting} waiting, {failed} failed"


def _lines(failure: Failure) -> Iterator[str]:
    where = f" ({'; '.join(failure.where[:6])})" if failure.where else ""
    yield f"failed: {failure.what}{where}"
    yield f"  expected: {_text(failure.expected)}"
    yield f"  found:    {_text(failure.found)}"


def _text(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= WIDTH else f"{text[:WIDTH]} ..."
