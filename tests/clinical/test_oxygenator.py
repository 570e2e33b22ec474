"""What an oxygenator's own numbers say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.oxygenator import (
    GasPolicy,
    MembraneCheck,
    Proposal,
    ResistancePolicy,
    ResistanceTrend,
    change_proposed,
    checks_of_life,
    gas_signal,
    resistance_trend,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = ResistancePolicy(Decimal("1.5"), 2, 1, 6, 3)
GAS = GasPolicy(Decimal(200), Decimal("0.9"), 2)


def hourly(*resistances, first_h=1):
    return [
        MembraneCheck(f"k{i}", NOON + (first_h + i) * HOUR, None if r is None else Decimal(r))
        for i, r in enumerate(resistances)
    ]


def gases(*readings):
    return [
        MembraneCheck(
            f"k{i}",
            NOON + i * HOUR,
            po2_post=None if po2 is None else Decimal(po2),
            fdo2=None if fdo2 is None else Decimal(fdo2),
        )
        for i, (po2, fdo2) in enumerate(readings)
    ]


@pytest.mark.parametrize(
    ("resistances", "baseline", "peak", "signal"),
    [
        pytest.param(["6", "5", "7"], "6", "7", None, id="median of three"),
        pytest.param(["6", "5", "7", "9", "9"], "6", "9", None, id="on the ratio is not above it"),
        pytest.param(["6", "5", "7", "9.1", "9.1"], "6", "9.1", "k4", id="above it twice"),
        pytest.param(["6", "5", "7", "9.1", "6", "9.1"], "6", "9.1", None, id="not in a row"),
        pytest.param(
            ["6", "5", "7", "9.1", "8", "9.2", "9.3", "9.4"], "6", "9.4", "k6", id="first that held"
        ),
        pytest.param(["6", "5", "7", "9.1", None, "9.1"], "6", "9.1", "k5", id="skips a gap"),
        pytest.param(["6", None, "5", "7"], "6", "7", None, id="first three measured"),
    ],
)
def test_resistance_is_judged_against_the_baseline(resistances, baseline, peak, signal):
    trend = resistance_trend(hourly(*resistances), NOON, POLICY)

    assert trend.baseline == Decimal(baseline)
    assert trend.peak.ratio == Decimal(peak) / Decimal(baseline)
    assert (trend.signal and trend.signal.source) == signal


@pytest.mark.parametrize(
    ("first_h", "has_baseline"),
    [
        pytest.param(0.99, False, id="first one too early"),
        pytest.param(1, True, id="window opens, inclusive"),
        pytest.param(4, True, id="window closes, inclusive"),
        pytest.param(4.01, False, id="last one too late"),
    ],
)
def test_the_baseline_needs_enough_checks_in_its_window(first_h, has_baseline):
    trend = resistance_trend(hourly("6", "6", "6", first_h=first_h), NOON, POLICY)

    assert (trend.baseline is not None) is has_baseline


@pytest.mark.parametrize(
    "resistances", [["6", "6"], [], ["0", "0", "0"]], ids=["two", "none", "nought"]
)
def test_without_a_baseline_nothing_is_judged(resistances):
    trend = resistance_trend(hourly(*resistances), NOON, POLICY)

    assert trend == ResistanceTrend(None)
    assert trend.why == "too few checks in the baseline window"


def test_with_a_baseline_there_is_no_reason_why_not():
    assert resistance_trend(hourly("6", "6", "6"), NOON, POLICY).why is None


def test_the_first_of_two_equal_peaks_is_told():
    trend = resistance_trend(hourly("6", "6", "6", "8", "8"), NOON, POLICY)

    assert trend.peak.source == "k3"


@pytest.mark.parametrize(
    ("readings", "source"),
    [
        pytest.param([(199, "1"), (199, "1")], "k1", id="low twice"),
        pytest.param([(200, "1"), (199, "1")], None, id="on the bound is not low"),
        pytest.param([(199, "1"), (None, "1"), (199, "1")], "k2", id="not measured is skipped"),
        pytest.param([(199, "1"), (400, "0.89"), (199, "1")], "k2", id="low FdO2 is skipped"),
        pytest.param([(199, "0.9"), (199, "0.9")], "k1", id="on the least FdO2 counts"),
        pytest.param([(199, "1"), (199, None)], None, id="FdO2 not known is skipped"),
        pytest.param([(199, "1"), (300, "1"), (199, "1")], None, id="not in a row"),
    ],
)
def test_a_low_gas_behind_the_membrane_must_hold(readings, source):
    found = gas_signal(gases(*readings), GAS)

    assert (found and found.source) == source


def test_each_signal_proposes_a_change_once():
    checks = [
        MembraneCheck(f"k{i}", NOON + (i + 1) * HOUR, Decimal(r), Decimal(po2), Decimal(1))
        for i, (r, po2) in enumerate([(6, 400), (6, 400), (6, 150), (12, 150), (12, 150), (12, 99)])
    ]

    assert change_proposed(checks, NOON, POLICY, GAS) == (
        Proposal("resistance", "k4", NOON + 5 * HOUR, Decimal(2)),
        Proposal("post_membrane_gas", "k3", NOON + 4 * HOUR, Decimal(150)),
    )


def test_without_a_policy_nothing_is_proposed():
    assert change_proposed(hourly("6", "6", "6", "60", "60"), NOON) == ()


def test_a_steady_oxygenator_proposes_nothing():
    assert change_proposed(hourly("6", "6", "6", "6"), NOON, POLICY, GAS) == ()


def test_a_check_at_the_exchange_belongs_to_the_new_oxygenator():
    checks = hourly("6", "6", "6", first_h=0)

    assert checks_of_life(checks, NOON, NOON + HOUR) == checks[:1]
    assert checks_of_life(reversed(checks), NOON + HOUR, None) == checks[1:]


@given(factor=st.decimals("0.1", 10, places=2))
def test_the_signal_does_not_depend_on_the_size_of_the_oxygenator(factor):
    base = ["6", "5", "7", "9.1", "9.2"]

    scaled = resistance_trend(hourly(*(Decimal(r) * factor for r in base)), NOON, POLICY)

    assert scaled.signal.source == "k4"
