"""The circuit as a drawing: where blood goes, with the newest values at their sensors.

Built from the cannulas and the newest check; read aloud it is one sentence (`words`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinical.measures import MEASURES
from patients.models import Cannula, CannulaPurpose, CannulaSite
from web.numbers import NOTHING, show_number

UPPER_BODY = frozenset(
    {
        CannulaSite.INTERNAL_JUGULAR_V,
        CannulaSite.SUBCLAVIAN_V,
        CannulaSite.CAROTID_A,
        CannulaSite.AXILLARY_A,
        CannulaSite.SUBCLAVIAN_A,
        CannulaSite.AORTA,
        CannulaSite.RIGHT_ATRIUM,
        CannulaSite.PULMONARY_A,
    }
)


@dataclass(frozen=True, slots=True)
class Sensor:
    """One value at its place in the drawing; `attention` is the severity of its alert, or None."""

    label: str
    value: str
    unit: str
    attention: int | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws: two cannulas, the sensors, and the same in words."""

    drainage: str
    returning: str
    is_return_high: bool
    is_drainage_high: bool
    sensors: dict[str, Sensor]
    words: str


def draw(
    mode: str,
    cannulas: Iterable[Cannula],
    values: dict[str, Decimal],
    attention: dict[str, int],
) -> Drawing:
    """Return the drawing of a circuit; what is not known is said to be not known."""
    inside = [one for one in cannulas if one.removed_at is None]
    drainage = _of(inside, {CannulaPurpose.DRAINAGE, CannulaPurpose.BOTH})
    returning = _of(inside, {CannulaPurpose.RETURN, CannulaPurpose.BOTH})
    codes = (
        "blood_flow",
        "blood_flow_per_kg",
        "pump_speed",
        "p_drainage",
        "p_pre_membrane",
        "p_post_membrane",
        "delta_p",
        "sweep_gas_flow",
        "fdo2",
    )
    sensors = {code: _sensor(code, values.get(code), attention.get(code)) for code in codes}
    return Drawing(
        drainage=_text(drainage),
        returning=_text(returning),
        is_return_high=any(one.site in UPPER_BODY for one in returning),
        is_drainage_high=bool(drainage) and all(one.site in UPPER_BODY for one in drainage),
        sensors=sensors,
        words=_words(mode, _text(drainage), _text(returning), sensors),
    )


def _of(cannulas: Iterable[Cannula], purposes: set[CannulaPurpose]) -> list[Cannula]:
    return [one for one in cannulas if one.purpose in purposes]


def _text(cannulas: list[Cannula]) -> str:
    parts = [
        f"{one.side} {one.get_site_display().lower()}"
        + (f" {one.size_fr.normalize():f} Fr" if one.size_fr else "")
        for one in cannulas
    ]
    return ", ".join(part.strip() for part in parts) or "not entered"


def _sensor(code: str, value: Decimal | None, attention: int | None) -> Sensor:
    measure = MEASURES[code]
    shown = NOTHING if value is None else show_number(measure.shown(value), measure.decimals)
    return Sensor(measure.short, shown, measure.display_unit, attention)


def _words(mode: str, drainage: str, returning: str, sensors: dict[str, Sensor]) -> str:
    read = [
        f"{one.label} {one.value} {one.unit}" for one in sensors.values() if one.value != NOTHING
    ]
    values = "; ".join(read) if read else "no values yet"
    return f"{mode}. Drainage: {drainage}. Return: {returning}. Newest check: {values}."
