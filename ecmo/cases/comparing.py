"""Compare what was found with what a case expects: one expectation is one row of a list.

Numbers agree within a thousandth, times as instants to the minute. A value that is missing, null or
empty is the same nothing. Lists are complete: what nobody expected has failed.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from math import isclose
from typing import Any

from ecmo.cases.loading import Row

TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that did not hold, or something that nobody expected."""

    what: str
    expected: Any
    found: Any
    where: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """How many expectations held and wait, and those that failed."""

    held: int = 0
    waiting: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failures: list[Failure] = field(default_factory=list)

    def wait(self, kind: str, number: int) -> None:
        """Count expectations of a kind that the product does not have yet."""
        if number:
            self.waiting[kind] += number

    def compare(self, what: str, expected: Any, found: Any) -> None:
        """Compare one expectation."""
        where = tuple(differences(expected, found))
        if where:
            self.failures.append(Failure(what, expected, found, where))
        else:
            self.held += 1

    def compare_rows(
        self,
        what: str,
        expected: Iterable[Row],
        found: Iterable[Row],
        key: Sequence[str],
        *,
        if_expected: Container[str] = (),
    ) -> None:
        """Compare a list row by row; rows belong together that agree in `key`, in their order.

        What is named in `if_expected` counts only where the case tells it.
        """
        left = defaultdict(list)
        for row in found:
            left[_key(row, key)].append(row)
        for row in expected:
            rows = left[_key(row, key)]
            other = rows.pop(0) if rows else None
            asked = {n: v for n, v in (other or {}).items() if n in row or n not in if_expected}
            self.compare(f"{what} {_name(row, key)}", row, other and asked)
        for rows in left.values():
            for row in rows:
                name = f"{what} {_name(row, key)}"
                self.failures.append(Failure(name, None, row, ("not expected",)))


def differences(expected: Any, found: Any, place: str = "") -> list[str]:
    """Name each place in which two values differ."""
    if _is_nothing(expected) and _is_nothing(found):
        return []
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = [*expected, *(key for key in found if key not in expected)]
        return [
            one
            for key in keys
            for one in differences(expected.get(key), found.get(key), f"{place}.{key}".lstrip("."))
        ]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{place}: {len(expected)} expected, {len(found)} found"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [d for i, (e, f) in pairs for d in differences(e, f, f"{place}[{i}]")]
    return [] if _agree(expected, found) else [place or "value"]


def minute_of(text: str) -> int:
    """Return the minute of a time, the same whatever its offset."""
    return _minute(datetime.fromisoformat(text))


def _agree(expected: Any, found: Any) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float | Decimal):
        number = _number(found)
        return number is not None and isclose(number, float(expected), rel_tol=TOLERANCE)
    moment = _moment(expected)
    if moment is not None:
        other = _moment(found)
        return other is not None and _minute(moment) == _minute(other)
    return bool(expected == found)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ([], {})


def _number(value: Any) -> float | None:
    try:
        return float(Decimal(str(value)))
    except InvalidOperation:
        return None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _key(row: Row, names: Sequence[str]) -> tuple[Any, ...]:
    """Return what a row is known by; a time as its minute, whatever its offset."""
    values = (row.get(name) for name in names)
    return tuple(_minute(at) if (at := _moment(value)) else value for value in values)


def _name(row: Row, names: Sequence[str]) -> str:
    return " ".join(str(row[name]) for name in names if row.get(name) is not None)
