"""Registry record and completeness of every run in the reference cases, whole."""

from datetime import datetime
from decimal import Decimal

import pytest

from reports.elso.completeness import check
from reports.elso.mapping import fields_of
from tests.reports.elso.cases import PATHS, load, record

RUNS = [(path, index) for path in PATHS for index in range(len(load(path)["runs"]))]
IDS = [f"{path.stem} run {index + 1}" for path, index in RUNS]


def test_there_are_seven_runs_to_compare():
    assert len(RUNS) >= 7


@pytest.mark.parametrize(("path", "index"), RUNS, ids=IDS)
def test_the_registry_record_is_the_expected_one(path, index):
    case = load(path)

    found = [
        {"field": name, "value": _value(value), "unit": unit, "source": source}
        for name, value, unit, source in fields_of(record(case, index))
    ]

    assert found == [_comparable(each) for each in case["expected"]["runs"][index]["registry"]]


@pytest.mark.parametrize(("path", "index"), RUNS, ids=IDS)
def test_the_findings_are_the_expected_ones(path, index):
    case = load(path)
    expected = case["expected"]["runs"][index]["completeness"]

    found = check(record(case, index))

    assert [
        {
            "check": each.check,
            "level": str(each.level),
            "subject": each.subject,
            "why": each.why,
        }
        for each in found.findings
    ] == expected["findings"]
    assert found.is_exportable == expected["exportable"]
    assert {
        "filled": found.mandatory.filled,
        "applicable": found.mandatory.applicable,
        "pct": found.mandatory.pct,
        "missing": list(found.mandatory.missing),
    } == expected["c43"]


def _comparable(row):
    return row | {"value": _value(row["value"])}


def _value(value):
    match value:
        case bool() | None:
            return value
        case list():
            return [_value(each) for each in value]
        case int() | Decimal():
            return Decimal(value).normalize()
        case str():
            return _moment(value)


def _moment(text):
    """Times are compared as instants."""
    try:
        return datetime.fromisoformat(text) if "T" in text and text[:1].isdigit() else text
    except ValueError:
        return text
