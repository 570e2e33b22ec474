"""The protocols and policies of the reference cases in the words of `clinical`."""

from decimal import Decimal

from clinical.anticoagulation import Discordance, Plan, Protocol, Step
from clinical.oxygenator import GasPolicy, ResistancePolicy
from clinical.spans import Span
from tests.clinical.reference_values import instant, number


def resistance_policy(row):
    if row is None:
        return None
    opens, closes = row["baseline_window_h"]
    return ResistancePolicy(
        number(row["ratio"]), row["hold_for_checks"], opens, closes, row["baseline_n"]
    )


def gas_policy(row):
    if row is None:
        return None
    return GasPolicy(number(row["po2_post_below"]), number(row["fdo2_min"]), row["hold_for_checks"])


def plan(row):
    return Plan(
        row["agent"],
        row["driver"],
        Span(number(row["target_low"]), number(row["target_high"])),
        instant(row["from"]),
        instant(row["to"]),
    )


def protocol(row):
    steady = row["steady_state_h"]
    return Protocol(
        id=row["id"],
        steps=tuple(step(each) for each in row["steps"]),
        max_age_min=row["max_age_min"],
        rounding=Decimal(str(row["rounding"])),
        max_rate=number(row["max_rate"]),
        block_if_bleeding_grade=row["block_if_bleeding_grade"],
        steady_state_h=None if steady is None else float(steady),
        discordance=tuple(
            Discordance(
                each["id"],
                each["driver"],
                each["analyte"],
                each["side"],
                number(each["bound"]),
                float(each["within_h"]),
            )
            for each in row["discordance"]
        ),
    )


def step(row):
    return Step(
        row["id"],
        number(row["low"]),
        number(row["high"]),
        number(row["rate_pct"]),
        float(row["recheck_h"]),
        row["hold_min"],
        row.get("recheck_h_if_two_in_range"),
    )
