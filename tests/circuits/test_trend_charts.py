"""What stands beside the series of a chart: units, bands of their time, gaps, flags, amendments."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from circuits.actions.checks import amend_check, record_check
from circuits.actions.support import change_limit
from circuits.document import Typed
from circuits.trend_charts import (
    CHARTED,
    amended_in,
    bands_of,
    events_in,
    facts_of,
    longest_gap_s,
    panels_of,
)
from clinical.due import CheckCadence
from clinical.spans import Span
from patients.actions.events import record_product
from patients.timeline import timeline
from tests.factories import NOON
from tests.journeys.people import Person
from tests.scenarios import running_vv

HOUR = timedelta(hours=1)
VALUES = {"blood_flow": 4, "p_pre_membrane": 180, "p_post_membrane": 150, "p_drainage": -60}


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


@pytest.fixture
def check(run, specialist):
    typed = Typed(checked_at=NOON - HOUR, values=VALUES)
    return record_check(run=run, typed=typed, by=specialist, at=NOON)


def test_a_chart_is_in_the_unit_that_the_site_shows():
    kept, percent, pascal = panels_of(["blood_flow", "fdo2", "p_drainage"], {"p_drainage": "kPa"})

    assert (kept.scale, kept.offset, kept.is_stepped) == (1, 0, False)
    assert (percent.measure.display_unit, percent.scale, percent.is_stepped) == ("%", 100, True)
    assert (pascal.measure.display_unit, round(pascal.scale, 4)) == ("kPa", 0.1333)
    (heat,) = panels_of(["temp_blood_out"], {"temp_blood_out": "[degF]"})
    assert round(37 * heat.scale + heat.offset, 1) == 98.6


@pytest.mark.parametrize(
    ("cadence", "seconds"),
    [
        pytest.param(CheckCadence(), 6000, id="hourly: one left out is a gap"),
        pytest.param(CheckCadence(every_min=240, grace_min=30), 27000, id="four-hourly"),
    ],
)
def test_one_check_left_out_is_a_gap_and_one_late_by_its_grace_is_none(cadence, seconds):
    assert longest_gap_s(cadence) == seconds


def test_a_band_is_that_of_its_time(run, physician):
    change_limit(
        run=run,
        measure="p_drainage",
        bounds={"warning": Span(Decimal(-90), None)},
        valid_from=NOON - HOUR,
        reason="smaller cannula",
        by=physician,
        at=NOON,
    )

    before, after = bands_of(run, ["p_drainage"])["p_drainage"]

    assert (before["low"], before["to"]) == (-100, after["from"])
    assert (after["low"], after["high"], after["to"]) == (-90, None, None)


def test_what_was_amended_is_told_by_measure_with_what_follows_from_it(run, check, specialist):
    amend_check(check=check, values={"p_pre_membrane": 190}, reason="slip", by=specialist, at=NOON)
    when = [(NOON - HOUR).timestamp()]

    assert amended_in(run, run.started_at, NOON) == {
        "p_pre_membrane": when, "delta_p": when, "membrane_resistance": when
    }  # fmt: skip
    assert amended_in(run, NOON - 0.5 * HOUR, NOON) == {}


def test_nothing_was_amended_in_a_check_that_stands_as_first_charted(run, check):
    assert amended_in(run, run.started_at, NOON) == {}


def test_events_of_the_window_are_its_flags_oldest_first(run, specialist):
    for hours in (30, 2, 1):
        record_product(
            run=run,
            product="red_cells",
            volume_ml=Decimal(280),
            given_to="patient",
            started_at=NOON - hours * HOUR,
            by=specialist,
            at=NOON,
        )

    events = events_in(timeline(run), run, "24", NOON)

    assert [one.at for one in events] == [NOON - 2 * HOUR, NOON - HOUR]
    facts = facts_of(run, "24", NOON, CHARTED, events)
    assert facts["events"] == [{"at": one.at.timestamp()} for one in events]


def test_the_page_names_each_chart_with_its_unit_and_lists_the_events(run, check, specialist):
    page = reverse("circuits:trend-page", args=[run.public_id])

    shown = Person(specialist).opens(page, window="run").content.decode()

    assert all(f'data-measure="{code}" data-unit="' in shown for code in CHARTED)
    assert "Flow on" in shown
