"""The pure rules against the six reference cases: whole blocks, nothing left out."""

from datetime import UTC, datetime

import pytest

from clinical.age import age_days, age_group, age_years
from clinical.check import Entry, RunContext, derive, normalise, questions
from clinical.instants import minutes_between
from clinical.oxygenator import change_proposed, checks_of_life, resistance_trend
from clinical.reviews import deferral_fault, review_clock
from clinical.runtime import ModeSegment, hours_text, mode_problems, run_hours
from tests.clinical.reference import PATHS, RUNS
from tests.clinical.reference_values import agree, instant, number

FOREVER = datetime.max.replace(tzinfo=UTC)
runs = pytest.mark.parametrize("run", [run for _, run in RUNS], ids=[name for name, _ in RUNS])


def test_there_are_six_cases():
    assert len(PATHS) >= 6


@runs
def test_age_and_run_hours_are_as_expected(run):
    born = instant(run.case["patient"]["born_at"])
    hours = run_hours(run.time_on, run.time_off, run.zone)

    found = {
        "age_days": age_days(born, run.time_on, run.zone),
        "age_years": age_years(born, run.time_on, run.zone),
        "age_group": age_group(born, run.time_on, run.zone).value,
        "run_hours": {
            "minutes": hours.minutes,
            "exact": hours.exact,
            "hours_exact": hours.minutes / 60,
            "hours_rounded": hours.hours_rounded,
            "by_month": {
                month: {"minutes": minutes, "exact": hours_text(minutes)}
                for month, minutes in hours.by_month.items()
            },
            "wall_clock_exact": hours_text(hours.wall_clock_minutes),
        },
    }
    expected = {name: run.expected[name] for name in found}
    expected["run_hours"] = {name: expected["run_hours"][name] for name in found["run_hours"]}
    agree(found, expected)


@runs
def test_modes_cover_the_run_or_the_gap_is_named(run):
    segments = [
        ModeSegment(row["mode"], instant(row["from"]), instant(row["to"]))
        for row in run.row["modes"]
    ]

    problems = mode_problems(segments, run.time_on, run.time_off)

    expected = run.expected["modes"]
    assert (problems == ()) is expected["covers_run"]
    texts = [f"{p.flaw} {_local(run, p.starts_at)} to {_local(run, p.ends_at)}" for p in problems]
    assert texts == expected["problems"]
    assert [
        {"mode": s.mode, "exact": hours_text(minutes_between(s.starts_at, s.ends_at))}
        for s in segments
    ] == expected["segments"]


def _local(run, moment):
    return moment.astimezone(run.zone).isoformat(timespec="minutes")


@runs
def test_checks_derive_and_confirm_as_expected(run):
    for check, expected in zip(run.row["checks"], run.expected["checks"], strict=True):
        found = derive(run.check_values(check, FOREVER), weight_kg=run.weight)
        agree(
            {name: found.get(name) for name in _derived(expected)},
            {name: expected[name] for name in _derived(expected)},
            check["id"],
        )
        answer = questions(
            _entry(check), run.limits, _context(run, check), confirmed=check["confirmed"]
        )
        assert answer.kind == "accept", check["id"]
        assert _because(answer.confirmed) == expected.get("confirmed", []), check["id"]


def _derived(expected):
    return expected.keys() & {"delta_p", "membrane_resistance", "blood_flow_per_kg"}


def _entry(check):
    values = {code: number(value) for code, value in check["values"].items()}
    return Entry(
        values, instant(check["checked_at"]), instant(check["entered_at"]), check.get("trial")
    )


def _context(run, check):
    return RunContext(run.time_on, run.time_off, run.mode_at(instant(check["checked_at"])))


def _because(asked):
    return [{"parameter": one.parameter, "rule": one.rule.value} for one in asked]


@runs
def test_what_was_typed_is_stored_in_the_unit_of_the_measure(run):
    for check in run.row["checks"]:
        typed = {code: number(value) for code, value in check.get("as_entered", {}).items()}
        for code, value in normalise(typed).items():
            assert value == number(check["values"][code])


@runs
def test_unconfirmed_checks_are_answered_as_expected(run):
    for check in run.row.get("answered_checks", ()):
        answer = questions(_entry(check), run.limits, _context(run, check))

        assert answer.kind.value == check["answer"], check["id"]
        assert _because(answer.because) == check["because"], check["id"]


@runs
def test_components_have_their_hours_reviews_and_signals(run):
    found = [_component(run, part) for part in run.parts]

    agree(found, [_known_part(row) for row in run.expected["components"]])


def _known_part(row):
    return {name: row[name] for name in row.keys() - {"type", "removed_reason", "exchange_group"}}


def _component(run, part):
    end = part.removed_at or run.time_off
    minutes = minutes_between(part.installed_at, end)
    row = {"id": part.id, "hours_exact": hours_text(minutes), "hours": minutes / 60}
    clock = review_clock(part, run.parts, run.policies, run.deferrals)
    if clock is not None:
        row |= {
            "clock_from": clock.clock_from,
            "review_warn_at": clock.review_warn_at,
            "review_warn_reached": clock.review_warn_at <= end,
            "review_due_at": clock.review_due_at,
            "review_due_reached": clock.review_due_at <= end,
            "next_review_at": clock.next_review_at,
        }
    resistance, gas = run.signal_policies(part.type)
    checks = checks_of_life(run.membrane_checks, part.installed_at, part.removed_at)
    if resistance is not None:
        row["resistance"] = _trend(resistance_trend(checks, part.installed_at, resistance))
    proposals = change_proposed(checks, part.installed_at, resistance, gas)
    row["change_proposed"] = [_proposal(one) for one in proposals]
    return row


def _trend(trend):
    if trend.baseline is None:
        return {"baseline": None, "why": trend.why, "signal": trend.signal}
    signal = trend.signal and {
        "at": trend.signal.checked_at,
        "check": trend.signal.source,
        "ratio": trend.signal.ratio,
    }
    peak = {"check": trend.peak.source, "ratio": trend.peak.ratio}
    return {"baseline": trend.baseline, "peak": peak, "signal": signal}


def _proposal(one):
    name = "ratio" if one.rule == "resistance" else "po2_post"
    return {"rule": one.rule, "at": one.checked_at, "check": one.source, name: one.value}


@runs
def test_deferrals_are_accepted_or_refused(run):
    for deferral, row in zip(run.deferrals, run.row.get("review_deferrals", ()), strict=True):
        fault = deferral_fault(deferral)

        assert ("refuse" if fault else "accept") == row["answer"]
        assert (fault and fault.value) == row.get("rule")


@runs
def test_alerts_are_open_at_each_probe(run):
    for probe in run.expected["alerts_open_at"]:
        assessment = run.assessment(instant(probe["at"]))

        found = sorted((_open(one) for one in assessment.findings), key=_alert_order)
        agree(found, sorted(map(_with_comparator, probe["open"]), key=_alert_order), probe["at"])


def _open(finding):
    evidence = finding.evidence
    return {
        "code": "limit" if finding.side else finding.code,
        "parameter": finding.parameter,
        "side": finding.side,
        "severity": finding.severity.name.lower(),
        "value": evidence.value,
        "limit": evidence.limit,
        "measured_at": evidence.measured_at,
        "since": evidence.since,
        "source": evidence.source,
        "comparator": evidence.comparator,
    }


def _with_comparator(row):
    return {"comparator": None} | row


def _alert_order(row):
    return row["code"], row["parameter"], row["side"] or ""


@runs
def test_the_alert_history_is_complete(run):
    open_now, history = {}, []
    for moment in run.moments:
        if run.time_on <= moment <= run.time_off:
            history += _changes(moment, run.assessment(moment), open_now)

    agree(
        sorted(history, key=_change_order),
        sorted(run.expected["alert_history"], key=lambda r: _change_order(_with_instant(r))),
    )


def _with_instant(row):
    return row | {"at": instant(row["at"])}


def _change_order(row):
    return row["at"], *_alert_order(row), row["change"]


def _changes(moment, assessment, open_now):
    """Reconcile as `alerts` does, and tell what changed."""
    found = {one.code: one for one in assessment.findings}
    for code, finding in found.items():
        was = open_now.get(code)
        if was is None or was.severity != finding.severity:
            yield _change(moment, _word(was, finding), finding)
        open_now[code] = finding
    for code in open_now.keys() & assessment.judged - found.keys():
        closed = _change(moment, "closed", open_now.pop(code))
        yield {k: v for k, v in closed.items() if k not in {"value", "source"}} | {"severity": None}


def _word(was, finding):
    if was is None:
        return "opened"
    return "escalated" if finding.severity > was.severity else "eased"


def _change(moment, change, finding):
    row = _open(finding)
    kept = ("code", "parameter", "side", "severity", "value", "source")
    return {"at": moment, "change": change} | {name: row[name] for name in kept}
