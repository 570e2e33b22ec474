"""Times and numbers of the reference cases, and how they are compared."""

from datetime import UTC, datetime
from decimal import Decimal
from math import isclose


def instant(text):
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def number(value):
    return None if value is None else Decimal(str(value))


def agree(found, expected, where=""):
    """Compare numbers with the cases' tolerance and times as instants; name the place."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            agree(found[key], value, f"{where}.{key}")
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), f"{where}: {found} is not {expected}"
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            agree(one, other, f"{where}[{index}]")
    elif isinstance(found, datetime):
        assert found == instant(expected), f"{where}: {found} is not {expected}"
    elif isinstance(expected, int | float | Decimal) and not isinstance(expected, bool):
        assert found is not None, f"{where}: nothing is not {expected}"
        assert isclose(found, expected, rel_tol=1e-3), f"{where}: {found} is not {expected}"
    else:
        assert found == expected, f"{where}: {found} is not {expected}"
