"""Oxygen content, membrane transfer, shunt, carbon dioxide removal, dead space, recirculation.

Source: bedside reference 1.7 with its worked examples [S28, S29, S30]; the Hufner number and
the solubility are a site's choice. Saturations are fractions, haemoglobin g/dL, pressures
mm[Hg], blood flow L/min, gas flow mL/min.
"""

from dataclasses import dataclass
from decimal import Decimal

WATER_VAPOUR_MMHG = Decimal(47)
SEA_LEVEL_MMHG = Decimal(760)
DL_PER_L = Decimal(10)


@dataclass(frozen=True, slots=True)
class OxygenConstants:
    """Hufner number in mL/g (1.34 to 1.39 are in use) and solubility in mL/mm[Hg]/dL."""

    hufner: Decimal = Decimal("1.34")
    solubility: Decimal = Decimal("0.003")


DEFAULT_CONSTANTS = OxygenConstants()


def oxygen_content(
    hb: Decimal,
    saturation: Decimal,
    po2: Decimal,
    constants: OxygenConstants = DEFAULT_CONSTANTS,
) -> Decimal:
    """Return the oxygen content of blood in mL/dL."""
    return constants.hufner * hb * saturation + constants.solubility * po2


def oxygen_transfer(flow: Decimal, content_pre: Decimal, content_post: Decimal) -> Decimal:
    """Return the oxygen that the membrane adds, in mL/min, from contents in mL/dL."""
    return flow * DL_PER_L * (content_post - content_pre)


def oxygen_delivery(flow: Decimal, content: Decimal) -> Decimal:
    """Return the oxygen that a blood flow carries, in mL/min."""
    return flow * DL_PER_L * content


def oxygen_extraction(content_arterial: Decimal, content_venous: Decimal) -> Decimal:
    """Return the fraction of the oxygen delivered that the patient took up; contents in mL/dL."""
    return (content_arterial - content_venous) / _above_zero(content_arterial, "arterial content")


def delivery_to_uptake(content_arterial: Decimal, content_venous: Decimal) -> Decimal:
    """Return how many times more oxygen is delivered than taken up; contents in mL/dL."""
    return content_arterial / _above_zero(content_arterial - content_venous, "content difference")


def membrane_ratio(po2_post: Decimal, fdo2: Decimal) -> Decimal:
    """Return post-membrane pO2 over FdO2, in mm[Hg]; raises ValueError for an FdO2 of 0."""
    return po2_post / _above_zero(fdo2, "FdO2")


def ideal_oxygen_content(
    hb: Decimal,
    fdo2: Decimal,
    pco2_post: Decimal,
    barometric: Decimal = SEA_LEVEL_MMHG,
    constants: OxygenConstants = DEFAULT_CONSTANTS,
) -> Decimal:
    """Return the content of blood that left the membrane in balance with the sweep gas.

    Approximate: sweep gas is drier than assumed here.
    """
    pressure = (barometric - WATER_VAPOUR_MMHG) * fdo2 - pco2_post
    return oxygen_content(hb, Decimal(1), pressure, constants)


def membrane_shunt(ideal: Decimal, content_post: Decimal, content_pre: Decimal) -> Decimal:
    """Return the fraction of blood that passed the membrane without taking up oxygen."""
    return (ideal - content_post) / _above_zero(ideal - content_pre, "content difference")


def co2_removal(sweep_ml_min: Decimal, exhaust_fraction: Decimal) -> Decimal:
    """Return the carbon dioxide that leaves by the exhaust, in mL/min."""
    return sweep_ml_min * exhaust_fraction


def membrane_dead_space(pco2_post: Decimal, pco2_exhaust: Decimal) -> Decimal:
    """Return the fraction of sweep gas that took up no carbon dioxide."""
    return (pco2_post - pco2_exhaust) / _above_zero(pco2_post, "post-membrane pCO2")


def recirculation(sat_pre: Decimal, sat_post: Decimal, sat_venous: Decimal) -> Decimal:
    """Return the fraction of drained blood that had just been returned.

    `sat_venous` is true mixed venous saturation, not a sample from the drainage cannula.
    """
    return (sat_pre - sat_venous) / _above_zero(sat_post - sat_venous, "saturation difference")


def oxygenation_index(airway_pressure: Decimal, fio2: Decimal, pao2: Decimal) -> Decimal:
    """Return mean airway pressure (cm[H2O]) x FiO2 x 100 / PaO2 (mm[Hg])."""
    return airway_pressure * fio2 * 100 / _above_zero(pao2, "PaO2")


def _above_zero(number: Decimal, what: str) -> Decimal:
    if number <= 0:
        raise ValueError(f"The {what} must be above zero.")
    return number
