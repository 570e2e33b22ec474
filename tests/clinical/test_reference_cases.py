"""The pure rules against the six reference cases: whole blocks, nothing left out."""

from datetime import UTC, datetime
from decimal import Decimal
from math import isclose

import pytest

from clinical.age import age_days, age_group, age_years
from clinical.blood import Product, Sampling, blood_balance
from clinical.check import Entry, RunContext, derive, normalise, questions
from clinical.due import CannulaEntered, Entered, debts
from clinical.early_harm import ArterialGas, EarlyHarmLimits, early_harm
from clinical.instants import minutes_between
from clinical.oxygenator import change_proposed, checks_of_life, resistance_trend
from clinical.reviews import deferral_fault, review_clock
from clinical.runtime import ModeSegment, hours_text, mode_problems, run_hours
from clinical.time_in_range import time_in_range
from clinical.titration import titrate
from tests.clinical.reference import PATHS, RUNS, instant, number

FOREVER = datetime.max.replace(tzinfo=UTC)
runs = pytest.mark.parametrize("run", [run for _, run in RUNS], ids=[name for name, _ in RUNS])


def agree(found, expected, where=""):
    """Compare numbers with the cases' tolerance and times as instants; name the place."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key, value in expected.items():
            agree(found[key], value, f"{where}.{key}")
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), f"{where}: {found} is not {expected}"
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            agree(one, other, f"{where}[{index}]")
    elif isinstance(found, datetime):
        assert found == instant(expected), f"{where}: {found} is not {expected}"
    elif isinstance(expected, int | float | Decimal) and not isinstance(expected, bool):
        assert found is not None, f"{where}: nothing is not {expected}"
        assert isclose(found, expected, rel_tol=1e-3), f"{where}: {found} is not {expected}"
    else:
        assert found == expected, f"{where}: {found} is not {expected}"


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
    left_out = {"type", "removed_reason", "exchange_group", "why"}
    kept = {name: value for name, value in row.items() if name not in left_out}
    if "resistance" in kept:
        kept["resistance"] = {"peak": None} | {
            name: value for name, value in kept["resistance"].items() if name != "why"
        }
    return kept


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
    return {
        "baseline": trend.baseline,
        "peak": trend.peak and {"check": trend.peak.source, "ratio": trend.peak.ratio},
        "signal": trend.signal
        and {
            "at": trend.signal.checked_at,
            "check": trend.signal.source,
            "ratio": trend.signal.ratio,
        },
    }


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


@runs
def test_time_in_range_is_as_expected(run):
    for (name, plan, _, _), expected in zip(
        run.plans, run.expected["anticoagulation"], strict=True
    ):
        assert name == expected["plan"]

        agree(_in_range(time_in_range(plan, run.versions)), expected["time_in_range"], name)


def _in_range(judged):
    names = [
        "results",
        "results_censored",
        "results_in_range",
        "lost_h",
        "interpolated_h",
        "in_range_h",
        "below_h",
        "above_h",
        "in_range_pct",
    ]
    return {name: getattr(judged, name) for name in names} | {
        "not_interpolated": [
            {"from": one.starts_at, "to": one.ends_at, "hours": one.hours, "why": list(one.why)}
            for one in judged.not_interpolated
        ]
    }


@runs
def test_titration_rows_are_as_expected(run):
    for (name, plan, protocol, around), expected in zip(
        run.plans, run.expected["anticoagulation"], strict=True
    ):
        rows = titrate(plan, protocol, run.versions, around)

        agree([_row(one) for one in rows], expected["titration"], name)


def _row(row):
    found = {
        "control_id": row.result.source,
        "collected_at": row.result.collected_at,
        "known_at": row.result.known_at,
        "value": row.result.value,
        "comparator": row.result.comparator,
        "status": row.result.status.value,
        "replaces": row.replaces,
        "rate_when_known": row.rate_when_known,
        "steps": [step.id for step in row.steps],
        "rate_pct": row.step and row.step.rate_pct,
        "hold_min": row.step and row.step.hold_min,
        "proposed_rate": row.proposed_rate,
        "censored": row.is_censored,
        "blocked": [block.value for block in row.blocked],
        "next_due": row.next_due,
    }
    if row.discordant is not None:
        found["discordant"] = {
            "rule": row.discordant.rule,
            "with": row.discordant.source,
            "value": row.discordant.value,
        }
    return found


@runs
def test_early_harm_is_noticed_as_expected(run):
    limits = run.case["early_harm_limits"]
    found = early_harm(
        _arterial_gases(run),
        EarlyHarmLimits(
            paco2_fall_pct=number(limits["paco2_fall"]["fall_pct"]),
            paco2_window_h=limits["paco2_fall"]["window_h"],
            pao2_above=number(limits["pao2_high"]["above"]),
            pao2_window_h=limits["pao2_high"]["window_h"],
        ),
        time_on=run.time_on,
        support_type=run.row["support_type"],
    )

    agree([_notice(one) for one in found], run.expected["notices"])


def _arterial_gases(run):
    place = f"runs[{run.case['runs'].index(run.row)}]"
    for group, rows in (
        ("pre_ecls", run.row["pre_ecls"]["gases"]),
        ("assessment_24h", run.row["assessment_24h"]["gases"]),
    ):
        for index, gas in enumerate(rows):
            if gas["site"].startswith("arterial"):
                taken = instant(gas["taken_at"])
                yield ArterialGas(
                    taken,
                    f"{place}.{group}.gases[{index}]",
                    number(gas["paco2"]),
                    number(gas["pao2"]),
                    run.mode_at(taken),
                )
    for result, word in run.filed:
        is_arterial = "ARTERIAL" in (word.sample_site or "")
        if result.analyte in {"paco2", "pao2"} and is_arterial and not word.flags:
            yield ArterialGas(
                result.collected_at,
                f"hl7:{result.source}",
                mode=run.mode_at(result.collected_at),
                **{result.analyte: result.value if result.is_usable else None},
            )


def _notice(one):
    found = {
        "code": one.code,
        "measured_at": one.measured_at,
        "value": one.value,
        "source": one.source,
    }
    if one.reference is not None:
        found |= {
            "reference": one.reference,
            "reference_source": one.reference_source,
            "fall_pct": one.fall_pct,
        }
    return found


@runs
def test_blood_given_and_drawn_adds_up(run):
    found = blood_balance(
        [
            Product(
                row["product_type"],
                number(row["volume_ml"]),
                instant(row["started_at"]),
                row["given_to"],
            )
            for row in run.row["blood_products"]
        ],
        [
            Sampling(instant(row["at"]), number(row["volume_ml"]))
            for row in run.row.get("blood_sampling", ())
        ],
        time_on=run.time_on,
        time_off=run.time_off,
        weight_kg=run.weight,
    )

    names = [
        "days",
        "total_ml",
        "total_ml_per_kg",
        "sampling_ml",
        "sampling_ml_per_kg",
        "circuit_prime_ml",
        "outside_run_ml",
    ]
    row = {name: getattr(found, name) for name in names} | {"weight_kg": run.weight}
    row["days"] = [{name: getattr(day, name) for name in _DAY} for day in found.days]
    agree(row, run.expected["blood"])


_DAY = ("ecls_day", "products_ml", "ml_per_kg", "sampling_ml", "sampling_ml_per_kg")


@runs
def test_debts_are_owed_until_they_are_entered(run):
    policy = {row["what"]: float(row["due_h"]) for row in run.case.get("debt_policy", ())}
    for probe in run.expected.get("debts_at", ()):
        at = instant(probe["at"])
        owed = debts(policy, _entered(run, at), run.time_on)

        found = [
            {
                "what": one.rule.removeprefix("debt."),
                "due_at": one.due_at,
                "overdue": one.is_overdue(at),
            }
            for one in owed
        ]
        agree(found, probe["owed"], probe["at"])


def _entered(run, at):
    def known(row, name="entered_at"):
        return row.get(name) is not None and instant(row[name]) <= at

    return Entered(
        mode=next((row["mode"] for row in run.row["modes"] if known(row)), "unknown"),
        weight_kg=run.weight if known(run.row, "weight_entered_at") else None,
        cannulas=tuple(
            CannulaEntered(row["purpose"], known(row, "tip_entered_at"))
            for row in run.row["cannulas"]
            if known(row)
        ),
        components=frozenset(row["type"] for row in run.row["components"] if known(row)),
    )
