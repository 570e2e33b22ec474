"""How long a standby circuit keeps, and what the chemistry of its prime says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from clinical.checklist import Standing
from clinical.due import Due
from clinical.findings import Severity
from clinical.prime import (
    DEFAULT_CHEMISTRY,
    DEFAULT_LIMITS,
    chemical,
    discard_due,
    findings,
    judge,
    look_due,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TABLE = tuple(chemical(row) for row in DEFAULT_CHEMISTRY)
GOOD = {"k": Decimal(5), "ica": Decimal("1.1"), "ph": Decimal("7.4")}


def verdict(**values):
    return judge({**GOOD, **{code: Decimal(value) for code, value in values.items()}}, TABLE)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("k", "6", Standing.FINE),
        ("k", "6.1", Standing.CAUTION),
        ("k", "8", Standing.CAUTION),
        ("k", "8.1", Standing.STOP),
        ("ica", "1.0", Standing.FINE),
        ("ica", "0.99", Standing.CAUTION),
        ("ica", "0.8", Standing.CAUTION),
        ("ica", "0.79", Standing.STOP),
        ("ph", "7.2", Standing.FINE),
        ("ph", "7.19", Standing.CAUTION),
        ("ph", "6.1", Standing.CAUTION),
    ],
)
def test_the_lines_of_a_prime_are_those_of_the_reference(code, value, expected):
    assert verdict(**{code: value}).worst is expected


@pytest.mark.parametrize("missing", ["k", "ica", "ph"])
def test_what_was_not_measured_is_not_normal(missing):
    values = {code: value for code, value in GOOD.items() if code != missing}

    found = judge(values, TABLE)

    assert not found.is_whole
    assert [one.code for one in findings(found, is_overridden=False)] == ["prime.not_measured"]


def test_the_stop_line_outranks_the_caution_line():
    assert verdict(k="9", ica="0.9").worst is Standing.STOP


@pytest.mark.parametrize(
    ("values", "is_overridden", "expected"),
    [
        ({"k": "8"}, False, []),
        ({"k": "8.1"}, False, [("prime.outside_stop", Severity.CRITICAL)]),
        ({"k": "8.1"}, True, [("prime.outside_stop", Severity.WARNING)]),
    ],
)
def test_an_activation_beyond_the_stop_line_raises_its_finding(values, is_overridden, expected):
    found = findings(verdict(**values), is_overridden=is_overridden)

    assert [(one.code, one.severity) for one in found] == expected


@pytest.mark.parametrize(
    ("found", "severity", "message"),
    [
        pytest.param(
            None,
            Severity.WARNING,
            "Chemistry of the blood prime before use: nothing was measured",
            id="nothing",
        ),
        pytest.param(
            judge({"ica": Decimal(1)}, TABLE),
            Severity.WARNING,
            "Chemistry of the blood prime before use: pH, Potassium not measured",
            id="some",
        ),
        pytest.param(
            verdict(k="8.1", ica="0.7", ph="7.1"),
            Severity.CRITICAL,
            "The blood prime in use was outside its stop line, overridden by nobody: Ionised "
            "calcium 0.7 mmol/L (stop line at least 0.8 mmol/L); Potassium 8.1 mmol/L (stop line "
            "at most 8 mmol/L)",
            id="two beyond their stop lines, one in caution",
        ),
    ],
)
def test_what_an_activation_raises_is_said_with_its_values_and_lines(found, severity, message):
    (raised,) = findings(found, is_overridden=False)

    assert (raised.severity, raised.message) == (severity, message)


def test_who_overrode_a_stop_line_is_said():
    (raised,) = findings(verdict(k="8.1"), is_overridden=True)

    assert "outside its stop line, overridden by a physician: Potassium 8.1" in raised.message


def test_a_value_is_described_as_its_table_has_it():
    row = {"code": "x", "label": "X", "unit": "u", "decimals": 1}
    lines = {"hard": [0, 9], "caution": [2, None], "stop": [None, 7]}

    whole, bare = chemical(row | lines), chemical(row)

    assert (whole.code, whole.label, whole.unit, whole.decimals) == ("x", "X", "u", 1)
    assert [(one.low, one.high) for one in (whole.hard, whole.caution, whole.stop)] == [
        (0, 9),
        (2, None),
        (None, 7),
    ]
    assert [(one.low, one.high) for one in (bare.hard, bare.caution, bare.stop)] == [
        (None, None)
    ] * 3


def test_a_blood_prime_without_any_analysis_says_so():
    assert "nothing was measured" in findings(None, is_overridden=False)[0].message


@pytest.mark.parametrize(
    ("kind", "hours"), [("dry", 60 * 24), ("crystalloid", 30 * 24), ("blood", 16)]
)
def test_a_circuit_is_warned_of_at_80_percent_and_discarded_at_100(kind, hours):
    due = discard_due(kind, NOON, DEFAULT_LIMITS)

    assert due.due_at == due.overdue_at == NOON + timedelta(hours=hours)
    assert due.warn_at == NOON + timedelta(hours=hours * 0.8)
    assert not due.is_overdue(due.due_at)
    assert due.is_overdue(due.due_at + timedelta(seconds=1))
    assert (due.rule, due.anchor) == (f"standby.{kind}", NOON)
    assert due.why == f"{kind} circuits are kept {hours} h"
    assert due.inputs == {"kind": kind, "hours": str(hours)}


def test_a_circuit_is_looked_at_each_week_and_late_a_day_after():
    due = look_due(NOON, DEFAULT_LIMITS)

    assert due == Due(
        "standby.look",
        NOON,
        NOON + timedelta(days=7),
        NOON + timedelta(days=8),
        "standby circuits are looked at every 168 h",
        warn_at=NOON + timedelta(days=6),
        inputs={"hours": "168"},
    )


def test_a_value_is_said_with_its_unit_and_ph_is_said_once():
    table = {row["code"]: chemical(row) for row in DEFAULT_CHEMISTRY}

    assert table["k"].reads(Decimal("8.1")) == "Potassium 8.1 mmol/L"
    assert table["ph"].reads(Decimal("7.1")) == "pH 7.1"
