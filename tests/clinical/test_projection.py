"""When a resistance will reach its limit, and when nobody can tell."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.projection import FlowReading, Outlook, ProjectionPolicy, project

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = ProjectionPolicy()
LIMIT = Decimal(9)


def read(values, *, flows=None, every_h=1.0, ends=NOON):
    """Readings an hour apart, the newest at `ends`, at 4 L/min unless told otherwise."""
    flows = flows or [4] * len(values)
    first = ends - HOUR * every_h * (len(values) - 1)
    return [
        FlowReading(f"c{n}", first + HOUR * every_h * n, Decimal(str(value)), Decimal(str(flow)))
        for n, (value, flow) in enumerate(zip(values, flows, strict=True))
    ]


def rising(n=24, start=5.0, per_hour=0.1):
    return [round(start + per_hour * k, 3) for k in range(n)]


def test_a_steady_rise_is_projected_to_the_hour():
    found = project(read(rising()), LIMIT, NOON, POLICY)

    assert found.outlook is Outlook.EXPECTED
    assert found.expected_at == pytest.approx(NOON + 17 * HOUR, abs=timedelta(minutes=1))
    assert found.earliest_at <= found.expected_at <= found.latest_at
    assert found.slope.line.per_hour == pytest.approx(0.1)


def test_a_noisy_rise_has_a_wide_interval_around_it():
    noise = [0.2, -0.3, 0.1, 0.25, -0.15, -0.2]
    values = [value + noise[n % 6] for n, value in enumerate(rising())]

    found = project(read(values), LIMIT, NOON, POLICY)

    assert found.outlook is Outlook.EXPECTED
    assert found.earliest_at < NOON + 17 * HOUR < found.latest_at
    assert found.latest_at - found.earliest_at > 2 * HOUR


@pytest.mark.parametrize(
    ("readings", "outlook"),
    [
        pytest.param(read([]), Outlook.TOO_FEW, id="nothing read"),
        pytest.param(read(rising(7), every_h=2), Outlook.TOO_FEW, id="one reading too few"),
        pytest.param(read(rising(8), every_h=2), Outlook.EXPECTED, id="just enough"),
        pytest.param(read(rising(12)), Outlook.TOO_SHORT, id="11 h long"),
        pytest.param(read(rising(13)), Outlook.EXPECTED, id="12 h long"),
        pytest.param(read(rising(), ends=NOON - 8 * HOUR), Outlook.EXPECTED, id="newest 8 h old"),
        pytest.param(
            read(rising(), ends=NOON - 8 * HOUR - timedelta.resolution),
            Outlook.STALE,
            id="newest older",
        ),
        pytest.param(
            [*read(rising(), ends=NOON - 15 * HOUR), *read(rising(7))],
            Outlook.GAP,
            id="a gap, and too little after it",
        ),
        pytest.param(
            [*read([20] * 10, ends=NOON - 32 * HOUR), *read(rising())],
            Outlook.EXPECTED,
            id="a gap, and enough after it",
        ),
        pytest.param(read([5.0] * 24), Outlook.NO_CROSSING, id="level"),
        pytest.param(read(rising(per_hour=-0.1)), Outlook.NO_CROSSING, id="falling"),
        pytest.param(read([5, 6, 4, 7] * 6), Outlook.NO_CROSSING, id="up and down"),
        pytest.param(read(rising(per_hour=0.01)), Outlook.BEYOND, id="in sixteen days"),
        pytest.param(read([*rising(23), 9]), Outlook.REACHED, id="at the limit"),
        pytest.param(read([*rising(23), 12]), Outlook.REACHED, id="above it"),
        pytest.param(
            read(rising(96, start=-1), ends=NOON + 48 * HOUR), Outlook.EXPECTED, id="later ones"
        ),
    ],
)
def test_what_the_readings_carry_is_said_and_no_more(readings, outlook):
    found = project(readings, LIMIT, NOON, POLICY)

    assert found.outlook is outlook
    assert found.outlook.can_tell is (outlook in {"expected", "reached", "beyond_horizon"})
    assert (found.earliest_at is not None) is (outlook in {"expected", "beyond_horizon"})


def test_without_a_baseline_there_is_no_limit_to_reach():
    assert project(read(rising()), None, NOON, POLICY).outlook is Outlook.NO_LIMIT


def test_readings_at_another_flow_are_left_out():
    """At half the flow a resistance is another one: those readings would turn the rise round."""
    values, flows = rising(), [4] * 24
    for n in range(18, 24):
        values[n], flows[n] = 2.0, 2.0
    flows[3] = 4.8

    found = project(read(values, flows=flows), LIMIT, NOON, POLICY)

    assert found.left_out == 6
    assert len(found.used) == 18
    assert found.outlook is Outlook.EXPECTED


def test_a_flow_just_beyond_the_share_is_another_flow():
    assert project(read(rising(), flows=[*[4] * 23, 4.81]), LIMIT, NOON, POLICY).left_out == 1


def test_only_the_window_counts_both_ends_included():
    old = read(rising(49), ends=NOON)

    assert len(project(old, Decimal(90), NOON, POLICY).used) == 49
    assert len(project(old, Decimal(90), NOON + HOUR, POLICY).used) == 48


def test_an_end_beyond_the_horizon_is_left_open():
    noise = [0.9, -0.8, 0.4, -0.6, 0.7, -0.5]
    values = [value + noise[n % 6] for n, value in enumerate(rising(48, 3, 0.06))]

    found = project(read(values), LIMIT, NOON, ProjectionPolicy(horizon_h=60))

    assert found.outlook is Outlook.EXPECTED
    assert found.latest_at is None


def test_a_line_that_should_be_there_by_now_gives_now():
    values = [*rising(22, 5, 0.2), 6, 6.1]

    found = project(read(values), LIMIT, NOON, POLICY)

    assert found.earliest_at == NOON
