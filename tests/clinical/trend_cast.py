"""Checks as the trend rules read them, written short."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from clinical.charted import Charted
from clinical.circuit import Observation

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHORT = {
    "flow": "blood_flow",
    "rpm": "pump_speed",
    "p1": "p_drainage",
    "p2": "p_pre_membrane",
    "p3": "p_post_membrane",
    "dp": "delta_p",
    "sweep": "sweep_gas_flow",
    "hand": "spo2_right_hand",
}


def hours(number):
    return NOON + timedelta(hours=number)


def check(at_h, *, look=None, mode="VV", returns=(), is_trial=False, **values):
    """One check so many hours after noon; a value of None was not measured."""
    numbers = {
        SHORT.get(name, name): Decimal(str(value))
        for name, value in values.items()
        if value is not None
    }
    pressures = numbers.get("p_pre_membrane"), numbers.get("p_post_membrane")
    if None not in pressures:
        numbers.setdefault("delta_p", pressures[0] - pressures[1])
    looks = {} if look is None else {"chatter": look}
    return Charted(f"c{at_h}", hours(at_h), numbers, looks, mode, returns, is_trial)


def gas(analyte, at_h, value, comparator=None):
    return Observation(analyte, Decimal(str(value)), hours(at_h), f"r{at_h}", comparator)
