"""The flowsheet of a day: what was charted, what was not, what came late and what was amended."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from circuits.actions.checks import amend_check, record_check
from circuits.document import Typed
from circuits.flowsheet import State, days_of, hours_in, sheet_of
from clinical.findings import Severity
from tests.factories import NOON
from tests.journeys.people import Person
from tests.scenarios import running_vv

HOUR = timedelta(hours=1)
DAY = NOON.date()
VALUES = {"blood_flow": "4.10", "p_pre_membrane": 180, "p_post_membrane": 150, "p_drainage": -60}


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


@pytest.fixture
def charts(run, specialist):
    """Record a check of some minutes ago."""

    def chart(minutes_ago, *, by=specialist, at=None, **facts):
        when = NOON - timedelta(minutes=minutes_ago)
        values = {**VALUES, **facts.pop("values", {})}
        typed = Typed(checked_at=when, values=values, **facts)
        return record_check(run=run, typed=typed, by=by, at=at or when, confirmed=list(values))

    return chart


def sheet(run, day=DAY, units=None):
    return sheet_of(run, day, units or {}, NOON)


def row(found, code):
    return next(row for block in found.blocks for row in block.rows if row.measure.code == code)


def cells(found, code):
    """The cells of the columns that are a check."""
    return [cell for cell in row(found, code).cells if cell.state == State.CHECK]


def test_an_hour_has_a_column_for_each_of_its_checks_and_one_if_it_has_none(run, charts):
    charts(10)
    charts(50)
    charts(200)

    found = sheet(run)

    by_clock = {hour.starts_at.hour: [one.state for one in hour.columns] for hour in found.hours}
    zone = run.unit.centre.tz
    here = NOON.astimezone(zone).hour
    assert len(found.hours) == 24
    assert by_clock[here - 1] == [State.CHECK, State.CHECK]
    assert by_clock[here - 2] == [State.EMPTY]
    assert by_clock[here] == [State.FUTURE]
    assert all(len(row.cells) == 25 for block in found.blocks for row in block.rows)


def test_an_hour_before_flow_on_or_after_flow_off_is_none_that_was_missed(run, charts):
    run.ended_at = NOON - 3 * HOUR

    first = sheet(run, days_of(run, NOON)[-1])
    last = sheet(run)

    assert first.columns[0].state == State.OFF
    assert first.columns[-1].state == State.EMPTY
    assert last.columns[-1].state == State.OFF
    assert not last.has_checks


def test_not_charted_and_not_measured_are_told_apart(run, charts):
    charts(10, not_done={"sat_post_membrane": "sensor off", "sat_pre_membrane": "sensor off"})
    charts(70, not_done={"sat_post_membrane": "blood too dark"})

    found = sheet(run)

    assert found.notes == ["sensor off", "blood too dark"]
    assert [one.note for one in cells(found, "sat_post_membrane")] == [2, 1]
    assert [(one.value, one.note) for one in cells(found, "fdo2")] == [(None, None)] * 2


def test_a_value_is_marked_by_the_limit_of_its_time(run, charts):
    charts(10, values={"p_drainage": -160})
    charts(70, values={"p_drainage": -100})

    assert [one.severity for one in cells(sheet(run), "p_drainage")] == [None, Severity.CRITICAL]


def test_what_was_amended_shows_what_it_was(run, charts, specialist):
    check = charts(10)
    amend_check(
        check=check,
        values={"blood_flow": "4.2", "fdo2": 80},
        reason="slip",
        by=specialist,
        at=NOON,
        confirmed=["blood_flow", "fdo2"],
    )

    found = sheet(run)

    (flow,), (fdo2,), (pre,) = (cells(found, c) for c in ("blood_flow", "fdo2", "p_pre_membrane"))
    assert (flow.value, flow.was, flow.is_amended) == (Decimal("4.20"), Decimal("4.10"), True)
    assert (fdo2.value, fdo2.was, fdo2.is_amended) == (80, None, True)
    assert (pre.was, pre.is_amended) == (None, False)


def test_numbers_are_in_the_unit_that_the_site_shows(run, charts):
    charts(10)

    found = sheet(run, units={"p_drainage": "kPa"})

    assert row(found, "p_drainage").measure.display_unit == "kPa"
    assert cells(found, "p_drainage")[0].value == Decimal("-8.0")


def test_an_answer_is_a_letter_of_its_own_rows_key(run, charts):
    charts(10, findings={"chatter": "persistent"})
    charts(70, findings={"chatter": "none", "air": "none"})

    looks = {one.label: one for one in sheet(run).looks}

    assert looks["Chatter"].key == [("a", "None"), ("c", "All the time")]
    told = [(one.letter, one.severity) for one in looks["Chatter"].cells if one.letter]
    assert told == [("a", None), ("c", Severity.WARNING)]
    assert [one.letter for one in looks["Air"].cells if one.state == State.CHECK] == ["a", ""]


def test_who_shares_initials_is_told_apart(run, charts, specialist, physician):
    physician.first_name, physician.last_name = "Sue", "Smith"
    physician.save()
    charts(70)
    charts(10, by=physician)

    found = sheet(run)

    assert len(found.signers) == 2
    assert {one.initials for one in found.columns if one.check} == set(found.signers)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="clocks go forward"),
        pytest.param(date(2026, 10, 25), 25, id="clocks go back"),
        pytest.param(date(2026, 3, 30), 24, id="any other day"),
    ],
)
def test_a_day_has_as_many_hours_as_the_clocks_make_it(run, day, hours):
    run.unit.centre.timezone = "Europe/Oslo"

    assert len(hours_in(run, day)) == hours


def test_the_page_shows_a_day_and_leads_to_the_next(run, charts, specialist):
    charts(45, at=NOON)
    sam = Person(specialist)
    page = reverse("circuits:flowsheet", args=[run.public_id])

    today = sam.opens(page).content.decode()
    before = sam.opens(page, day=(DAY - timedelta(days=1)).isoformat()).content.decode()
    nonsense = sam.opens(page, day="soon").content.decode()

    assert "<small>late</small>" in today
    assert "Day before" in today
    assert "Day after" not in today
    assert "No check on this day" in before
    assert "Day after" in before
    assert "<small>late</small>" in nonsense


def test_the_sheet_costs_the_same_however_many_checks_it_holds(
    run, charts, django_assert_num_queries
):
    charts(10)
    with django_assert_num_queries(2):
        sheet(run)
    for minutes in (70, 130, 190):
        charts(minutes)
    with django_assert_num_queries(2):
        sheet(run)
