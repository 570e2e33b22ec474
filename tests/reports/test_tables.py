"""The programme's tables, held against the reference cohort."""

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from reports import tables
from reports.tables import Life, Line
from tests.reports.elso.cases import FOLDER

EXPECTED = json.loads((FOLDER / "cohort-expected.json").read_text(), parse_float=Decimal)
NOT_KNOWN = frozenset({"", "unknown"})
ON = datetime(2026, 1, 1, tzinfo=UTC)


def line(row):
    codes = tuple(item.split("@")[0] for item in row["complications"].split(";") if item)
    status = row["discharge_status"]
    return Line(
        age_group=row["age_group"],
        support_type=row["support_type"],
        initial_mode=row["initial_mode"],
        time_on=datetime.fromisoformat(row["time_on"]),
        time_off=datetime.fromisoformat(row["time_off"]) if row["time_off"] else None,
        survived_ecls=row["survived_ecls"] == "Y",
        survived_to_discharge=None if status in NOT_KNOWN else status != "died",
        complications=codes,
    )


@pytest.fixture(scope="module")
def lines():
    with (FOLDER / "cohort.csv").open(newline="") as file:
        return [line(row) for row in csv.DictReader(file)]


def a_line(**changes):
    whole = {
        "age_group": "adult", "support_type": "pulmonary", "initial_mode": "VV", "time_on": ON,
        "time_off": ON + timedelta(hours=10), "survived_ecls": True,
        "survived_to_discharge": True,
    }  # fmt: skip
    return Line(**whole | changes)


def test_survival_is_as_in_the_reference_cohort(lines):
    found = [
        (cell.age_group, cell.support_type, cell.runs, cell.survived_ecls, cell.ecls_pct,
         cell.survived_to_discharge, cell.discharge_pct, cell.ongoing, cell.unknown)
        for cell in tables.survival(lines)
    ]  # fmt: skip

    keys = ("age_group", "support_type", "runs", "survived_ecls_n", "survived_ecls_pct",
            "survived_dc_n", "survived_dc_pct", "excluded_ongoing", "excluded_unknown")  # fmt: skip
    assert found == [tuple(row[key] for key in keys) for row in EXPECTED["outcome_table"]]


def test_run_hours_are_as_in_the_reference_cohort(lines):
    found = {
        (row.age_group, row.support_type): (row.runs, row.median, row.q1, row.q3, row.longest, row.total)
        for row in tables.run_hours(lines)
    }  # fmt: skip

    keys = ("n", "median", "q1", "q3", "longest", "total")
    for row in EXPECTED["run_hours"]:
        cell = (row["age_group"], row["support_type"])
        if cell in found:
            assert found[cell] == tuple(row[key] for key in keys), cell
    assert len(found) == 10


def test_complications_are_as_in_the_reference_cohort(lines):
    found = [
        (row.code, row.events, row.runs_with, row.runs_pct, row.per_1000_h)
        for row in tables.complications(lines)
    ]

    keys = ("code", "events", "runs_with", "pct_runs", "per_1000_h")
    rows = EXPECTED["complications"]["rows"]
    assert found == [tuple(row[key] for key in keys) for row in rows]


def test_modes_are_counted_as_in_the_reference_cohort(lines):
    found = {row.what: row.number for row in tables.by_mode(lines)}

    assert found == {row["mode"]: row["runs"] for row in EXPECTED["by_mode"]}


@pytest.mark.parametrize(("runs", "pct"), [(4, None), (5, Decimal("100.0")), (0, None)])
def test_a_share_of_fewer_than_five_runs_is_not_shown(runs, pct):
    cells = tables.survival([a_line()] * runs)

    assert cells[-1].runs == runs
    assert cells[-1].discharge_pct == cells[-1].ecls_pct == pct


def test_a_run_that_goes_on_or_ended_unknown_is_counted_apart():
    cells = tables.survival([a_line(time_off=None), a_line(survived_to_discharge=None), a_line()])

    assert (cells[-1].runs, cells[-1].ongoing, cells[-1].unknown) == (1, 1, 1)
    assert tables.run_hours([a_line(time_off=None)]) == []


def test_a_mode_that_nobody_told_is_named_so():
    assert tables.by_mode([a_line(initial_mode=None)])[0].what == "not known"


def test_part_lives_count_what_came_out_for_a_fault():
    lives = [
        Life("oxygenator", Decimal(100), "clot"),
        Life("oxygenator", Decimal(300), "end_of_run"),
        Life("pump_head", Decimal(0), ""),
    ]

    oxygenators, pumps = tables.component_lives(lives, lambda reason: reason == "clot")

    assert (oxygenators.parts, oxygenators.median, oxygenators.longest) == (2, 200, 300)
    assert (oxygenators.faults, oxygenators.per_1000_h) == (1, Decimal("2.500"))
    assert (pumps.parts, pumps.per_1000_h) == (1, None)


def test_no_closed_hours_give_no_rate():
    on_and_off = a_line(time_off=ON, complications=("101",))

    assert tables.complications([on_and_off])[0].per_1000_h is None


def test_a_run_that_goes_on_has_no_hours_yet():
    assert a_line(time_off=None).hours == 0
