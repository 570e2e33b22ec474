"""A steep fall of PaCO2, a high PaO2."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.early_harm import ArterialGas, EarlyHarmLimits, Notice, early_harm

ON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMITS = EarlyHarmLimits(Decimal(50), 24, Decimal(300), 24)


def gas(hours, paco2=None, pao2=None, mode="VA"):
    return ArterialGas(
        ON + hours * HOUR,
        f"g{hours}",
        None if paco2 is None else Decimal(paco2),
        None if pao2 is None else Decimal(pao2),
        mode,
    )


def notices(*gases, support_type=None):
    return early_harm(gases, LIMITS, time_on=ON, support_type=support_type)


@pytest.mark.parametrize(
    ("gases", "source"),
    [
        pytest.param([gas(-1, 80), gas(1, 39)], "g1", id="more than half"),
        pytest.param([gas(-1, 80), gas(1, 40)], None, id="exactly half"),
        pytest.param([gas(-1, 80), gas(24, 39)], "g24", id="at the end of the window"),
        pytest.param([gas(-1, 80), gas(24.1, 39)], None, id="after the window"),
        pytest.param([gas(-1, 80), gas(0, 39)], None, id="at flow on"),
        pytest.param([gas(1, 39)], None, id="nothing to compare with"),
        pytest.param([gas(-2, 60), gas(-1, 80), gas(1, 39)], "g1", id="against the last before"),
        pytest.param([gas(-2, 80), gas(-1, 60), gas(1, 39)], None, id="the last is lower"),
        pytest.param([gas(-2, 80), gas(-1), gas(1, 39)], "g1", id="the last that was measured"),
        pytest.param([gas(-1, 80), gas(0, 10), gas(1, 39)], "g1", id="on itself is no reference"),
        pytest.param([gas(-1, 80), gas(2, 30), gas(1, 39)], "g1", id="the first that meets it"),
        pytest.param([gas(-1, 80), gas(1), gas(2, 39)], "g2", id="not measured is skipped"),
        pytest.param([gas(-1, 0), gas(1, 39)], None, id="a reference of nought"),
    ],
)
def test_a_steep_fall_of_paco2_is_noticed_once(gases, source):
    found = notices(*gases)

    assert [one.source for one in found] == ([source] if source else [])


def test_a_fall_tells_what_it_fell_from():
    (notice,) = notices(gas(-1, 68), gas(1, 33))

    assert notice == Notice(
        "paco2_fall", ON + HOUR, Decimal(33), "g1", Decimal(68), "g-1", Decimal("51.5")
    )


def test_the_fall_is_rounded_half_up():
    (notice,) = notices(gas(-1, 80), gas(1, 39))

    assert notice.fall_pct == Decimal("51.3")


@pytest.mark.parametrize(
    ("gases", "support_type", "source"),
    [
        pytest.param([gas(1, pao2=301)], None, "g1", id="above in V-A"),
        pytest.param([gas(1, pao2=300)], None, None, id="on the limit"),
        pytest.param([gas(1, pao2=301, mode="VV")], "pulmonary", None, id="V-V"),
        pytest.param([gas(1, pao2=301, mode=None)], "ecpr", "g1", id="ECPR, mode not known"),
        pytest.param([gas(0, pao2=301)], None, None, id="at flow on"),
        pytest.param([gas(24, pao2=301)], None, "g24", id="at the end of the window"),
        pytest.param([gas(24.1, pao2=301)], None, None, id="after the window"),
        pytest.param([gas(2, pao2=400), gas(1, pao2=301)], None, "g1", id="the first"),
        pytest.param([gas(1), gas(2, pao2=301)], None, "g2", id="not measured is skipped"),
    ],
)
def test_a_high_pao2_is_noticed_once(gases, support_type, source):
    found = notices(*gases, support_type=support_type)

    assert [(one.code, one.source) for one in found] == ([("pao2_high", source)] if source else [])


def test_both_can_be_seen_in_one_gas():
    found = notices(gas(-1, 80), gas(1, 30, 400))

    assert [one.code for one in found] == ["paco2_fall", "pao2_high"]


@given(values=st.lists(st.integers(5, 200), max_size=8))
def test_a_rule_speaks_at_most_once(values):
    gases = [gas(-1, 80), *(gas(i + 1, v, v * 3) for i, v in enumerate(values))]

    codes = [one.code for one in notices(*gases)]

    assert len(codes) == len(set(codes))
    assert ("paco2_fall" in codes) == any(v < 40 for v in values)
    assert ("pao2_high" in codes) == any(v > 100 for v in values)
