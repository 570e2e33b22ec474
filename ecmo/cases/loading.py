"""Read a case file and say clearly what is wrong with one that is none.

The format stands in `case.schema.json` beside the reference cases.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema import Draft202012Validator

Row = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = "case.schema.json"
FOLDERS = (ROOT / "tests" / "reference", ROOT.parent / "shared" / "cases")
MOST_FAULTS = 10
WIDTH = 200


class BadCase(Exception):
    """The file is not a reference case; the text says why, one fault a line."""


def load(path: Path) -> Row:
    """Return the case in a file. Raises BadCase."""
    case: Row = _read(path)
    validator = Draft202012Validator(_schema(path))
    faults = sorted(validator.iter_errors(case), key=lambda fault: list(map(str, fault.path)))
    if faults:
        lines = [f"  {fault.json_path}: {_short(fault.message)}" for fault in faults[:MOST_FAULTS]]
        more = len(faults) - MOST_FAULTS
        lines += [f"  ... and {more} more"] if more > 0 else []
        raise BadCase("\n".join([f"{path} does not have the format of a case:", *lines]))
    _check_times(case, path)
    return case


def instant(text: str) -> datetime:
    """Return a time of a case as an instant."""
    return datetime.fromisoformat(text)


def zone(case: Row) -> ZoneInfo:
    """Return the time zone of a case's centre."""
    return ZoneInfo(case["timezone"])


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise BadCase(f"{path} cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise BadCase(f"{path} is not UTF-8 text.") from fault
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise BadCase(f"{path} is not JSON: {fault.msg} ({where}).") from fault


def _schema(path: Path) -> Any:
    for folder in (path.resolve().parent, *FOLDERS):
        if (folder / SCHEMA).exists():
            return json.loads((folder / SCHEMA).read_text(encoding="utf-8"))
    places = ", ".join(str(folder) for folder in FOLDERS)
    raise BadCase(f"{SCHEMA} is neither beside {path} nor in {places}.")


def _check_times(case: Row, path: Path) -> None:
    """Refuse what the schema's patterns let pass: a month 13, a zone that nobody knows."""
    try:
        zone(case)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise BadCase(f"{path}: {case['timezone']} is no time zone.") from fault
    for place, text in _times(case, "$"):
        try:
            instant(text)
        except ValueError as fault:
            raise BadCase(f"{path}: {place}: {text} is no time ({fault}).") from fault


def _times(value: Any, place: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [one for key, part in value.items() for one in _times(part, f"{place}.{key}")]
    if isinstance(value, list):
        return [one for i, part in enumerate(value) for one in _times(part, f"{place}[{i}]")]
    return [(place, value)] if isinstance(value, str) and _looks_like_time(value) else []


def _looks_like_time(text: str) -> bool:
    return len(text) == len("2026-01-13T15:40-06:00") and text[10] == "T" and text[4] == "-"


def _short(message: str) -> str:
    return message if len(message) <= WIDTH else f"{message[:WIDTH]} ..."
