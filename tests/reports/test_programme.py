"""What the programme report says of the month and of the twelve months up to it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.due import DEFAULT_CADENCE
from patients.models import Run
from reports.elso.completeness import check
from reports.judging import Judged
from reports.programme import Head, programme_of
from tests.reports.elso.runs import ON, a_run, component

HEAD = Head(
    centre="North", elso_number="9001", month=date(2026, 1, 1), revision=1,
    as_at=datetime(2026, 2, 3, tzinfo=UTC), zone_name="UTC",
)  # fmt: skip


def member(number, **changes):
    record = a_run(as_of=HEAD.as_at, **changes)
    found = check(record)
    return Judged(Run(pk=number), record, (), found.findings, found.mandatory)


def at(month, day, hour=12):
    return datetime(2025 if month > 1 else 2026, month, day, hour, tzinfo=UTC)


def told(*members):
    return programme_of(HEAD, members, {}, DEFAULT_CADENCE)


def test_a_run_across_two_months_gives_each_its_hours():
    report = told(member(1, time_on=at(12, 31), time_off=at(1, 2)))

    december, january = report.months[-2:]
    assert (december.begun, december.ended, december.hours) == (1, 0, Decimal(12))
    assert (january.begun, january.ended, january.hours) == (0, 1, Decimal(36))


def test_a_run_that_goes_on_is_on_ecmo_and_no_outcome():
    report = told(member(1, time_off=None))

    assert (report.running_at_end, report.closed_runs) == (1, 0)
    assert report.now.hours == (datetime(2026, 2, 1, tzinfo=UTC) - ON) / timedelta(hours=1)


def test_a_run_that_began_after_the_month_is_not_in_it():
    report = told(member(1, time_on=datetime(2026, 2, 1, 1, tzinfo=UTC), time_off=None))

    assert (report.running_at_end, report.now.begun, report.checks) == (0, 0, ())


def test_parts_count_as_faults_by_their_reason_and_tubing_is_left_out():
    parts = (
        component("oxy-1", end=24, reason="clot"),
        component("oxy-2", start=24, end=None, reason=None),
        component("tub-1", type="tubing"),
    )

    (row,) = told(member(1, components=parts)).lives

    assert (row.kind, row.parts, row.faults) == ("oxygenator", 2, 1)
    assert row.longest == Decimal("96.0")


def test_what_holds_a_record_back_is_on_the_to_do_list():
    report = told(member(1), member(2, support_type=None, approver=""))

    (row,) = report.to_do
    assert row.blocks == ("C14", "C50")
    assert report.closed_runs == 2


def test_checks_on_time_are_reckoned_over_all_runs():
    assert told().on_time_pct is None
    assert told(member(1)).on_time_pct == 0


@pytest.mark.parametrize("month", [date(2026, 1, 1), date(2025, 3, 1)])
def test_twelve_months_end_with_the_month_reported(month):
    report = programme_of(Head("North", "", month, 1, HEAD.as_at, "UTC"), [], {}, DEFAULT_CADENCE)

    assert len(report.months) == 12
    assert report.months[-1].month == month
