"""Anticoagulation, early harm, blood and debts against the six reference cases."""

import pytest

from clinical.blood import Product, Sampling, blood_balance
from clinical.due import CannulaEntered, Entered, debts
from clinical.early_harm import ArterialGas, EarlyHarmLimits, early_harm
from clinical.time_in_range import time_in_range
from clinical.titration import titrate
from tests.clinical.reference import RUNS
from tests.clinical.reference_values import agree, instant, number
from tests.clinical.reference_words import in_range_words, titration_words

runs = pytest.mark.parametrize("run", [run for _, run in RUNS], ids=[name for name, _ in RUNS])


@runs
def test_time_in_range_is_as_expected(run):
    for (name, plan, _, _), expected in zip(
        run.plans, run.expected["anticoagulation"], strict=True
    ):
        assert name == expected["plan"]

        agree(in_range_words(time_in_range(plan, run.versions)), expected["time_in_range"], name)


@runs
def test_titration_rows_are_as_expected(run):
    for (name, plan, protocol, around), expected in zip(
        run.plans, run.expected["anticoagulation"], strict=True
    ):
        rows = titrate(plan, protocol, run.versions, around)

        agree([titration_words(one) for one in rows], expected["titration"], name)


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
