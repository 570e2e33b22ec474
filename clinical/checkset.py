"""Which values and findings a bedside check asks for, by its kind and by what is known of the run.

The site owns the table; without one `checksets.toml` holds. A set is put together from layers:
each adds to the kinds of check it names, narrowed by mode, age band and cannulas. What is not
known is asked for: leaving it out would make it normal. Source: bedside reference 1.6.
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any

from clinical.age import AgeGroup
from clinical.inspection import ITEMS
from clinical.measures import MEASURES

SHORT = "short"
MOST_IN_SHORT = 8
"""A quarter-hourly check holds at most this many entries (ux part 0)."""

KINDS = ("hourly", "q4h", "shift", "daily", "event", "handover", "transport", SHORT)
MODES = ("VV", "VVDL", "VA", "VVA", "VAV", "VP", "AV", "ECCO2R", "other")


class Need(StrEnum):
    """What the cannulas of a run say, by which a layer is narrowed."""

    LIMB = "limb"
    DISTAL_PERFUSION = "distal_perfusion"


@dataclass(frozen=True, slots=True)
class Group:
    """A block of the form: values that are read at one place, in the order of the round."""

    id: str
    label: str
    codes: tuple[str, ...]


GROUPS = (
    Group(
        "pump",
        "Pump",
        (
            "pump_speed",
            "blood_flow",
            "vad_flow",
            "limb_flow_arterial",
            "limb_flow_venous",
            "dpc_flow",
            "suction_events",
        ),
    ),
    Group(
        "gas",
        "Gas",
        ("sweep_gas_flow", "fdo2", "sweep_co2_flow", "sweep_co2_fraction", "exhaust_co2"),
    ),
    Group("pressure", "Pressures", ("p_drainage", "p_pre_membrane", "p_post_membrane")),
    Group(
        "sats",
        "Saturations",
        ("sat_pre_membrane", "sat_post_membrane", "hb_inline", "hct_inline"),
    ),
    Group("membrane", "Membrane gases", ("po2_pre", "pco2_pre", "po2_post", "pco2_post")),
    Group("heat", "Temperature", ("temp_blood_out", "temp_blood_in", "hcu_setpoint", "hcu_actual")),
    Group(
        "tissue",
        "Tissue",
        ("rso2_cerebral_l", "rso2_cerebral_r", "rso2_limb_l", "rso2_limb_r", "rso2_renal"),
    ),
    Group("supply", "Supply", ("o2_cylinder", "battery_pct", "battery_min")),
    Group(
        "patient",
        "Patient",
        (
            "hr",
            "map",
            "sbp",
            "dbp",
            "pulse_pressure",
            "spo2_right_hand",
            "spo2_other",
            "cvp",
            "temp_core",
            "weight",
            "height",
        ),
    ),
)
ASKABLE = tuple(code for group in GROUPS for code in group.codes)


class UnreadableSets(ValueError):
    """A table of check sets that cannot be used; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Of what a check is: its kind, and what is known of the run (None: not known).

    `needs` are the facts that hold by the recorded cannulas; None if none is recorded.
    """

    kind: str
    mode: str | None = None
    band: AgeGroup | None = None
    needs: Collection[Need] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """Values and findings that some checks ask for. An empty condition holds for all."""

    id: str
    label: str
    kinds: tuple[str, ...]
    modes: tuple[str, ...] = ()
    bands: tuple[AgeGroup, ...] = ()
    needs: tuple[Need, ...] = ()
    values: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()

    def applies(self, to: Situation) -> bool:
        """Whether it belongs to this check. What is not known does not leave it out."""
        return (
            to.kind in self.kinds
            and (not self.modes or to.mode is None or to.mode in self.modes)
            and (not self.bands or to.band is None or to.band in self.bands)
            and (to.needs is None or set(self.needs) <= set(to.needs))
        )


@dataclass(frozen=True, slots=True)
class CheckSet:
    """What one check asks for, in the order of the round."""

    values: tuple[str, ...]
    looks: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many answers it wants."""
        return len(self.values) + len(self.looks)


@dataclass(frozen=True, slots=True)
class Sets:
    """A site's table: its layers, what other systems own, and the units it shows."""

    layers: tuple[Layer, ...]
    elsewhere: frozenset[str] = frozenset()
    units: Mapping[str, str] = field(default_factory=dict)
    jump_factor: Decimal | None = None

    def of(self, situation: Situation) -> CheckSet:
        """Return what a check asks for, each value and finding once."""
        layers = [layer for layer in self.layers if layer.applies(situation)]
        values = {code for layer in layers for code in layer.values} - self.elsewhere
        looks = {code for layer in layers for code in layer.looks}
        return CheckSet(
            tuple(code for code in ASKABLE if code in values),
            tuple(code for code in ITEMS if code in looks),
        )


def read_sets(body: Mapping[str, Any]) -> Sets:
    """Return a table as the form reads it; raises UnreadableSets for what cannot be asked."""
    layers = tuple(_layer(row) for row in body.get("layers", ()))
    sets = Sets(
        layers,
        frozenset(body.get("elsewhere", ())),
        dict(body.get("units", {})),
        _factor(body.get("jump_factor")),
    )
    for problem in _problems(sets):
        raise UnreadableSets(problem)
    return sets


def _factor(number: object) -> Decimal | None:
    if number is None:
        return None
    try:
        factor = Decimal(str(number))
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or factor <= 1:
        raise UnreadableSets("The factor of a jump is a number above 1, or left out.")
    return factor


def _layer(row: Mapping[str, Any]) -> Layer:
    try:
        return Layer(
            id=row["id"],
            label=row["label"],
            kinds=tuple(row["kinds"]),
            modes=tuple(row.get("modes", ())),
            bands=tuple(AgeGroup(one) for one in row.get("bands", ())),
            needs=tuple(Need(one) for one in row.get("needs", ())),
            values=tuple(row.get("values", ())),
            looks=tuple(row.get("looks", ())),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise UnreadableSets(
            f"A layer cannot be read ({wrong}). Give it id, label and kinds, and name only modes, "
            "bands and needs that there are."
        ) from wrong


def _problems(sets: Sets) -> Iterator[str]:
    ids = [layer.id for layer in sets.layers]
    if not ids or len(set(ids)) < len(ids):
        yield "There must be at least one layer, and no two with the same name."
    for layer in sets.layers:
        yield from _strays(layer)
    if strays := sets.elsewhere - set(ASKABLE):
        yield f"No check asks for {_listed(strays)}, so it cannot be owned elsewhere."
    for code, unit in sets.units.items():
        if code not in ASKABLE or unit not in MEASURES[code].other_units:
            yield f"{code} cannot be shown in {unit!r}. Choose one of the units that are offered."
    if worst := _longest_short(sets):
        yield worst


def _strays(layer: Layer) -> Iterator[str]:
    known = (
        ("kind of check", layer.kinds, KINDS),
        ("mode", layer.modes, MODES),
        ("value that a check can ask for", layer.values, ASKABLE),
        ("finding", layer.looks, ITEMS),
    )
    for what, named, there in known:
        if strays := set(named) - set(there):
            yield f"{layer.label}: {_listed(strays)} is no {what}."
    if not layer.kinds:
        yield f"{layer.label}: choose at least one kind of check, or delete the layer."
    if not layer.values and not layer.looks:
        yield f"{layer.label}: choose at least one value or finding, or delete the layer."


def _longest_short(sets: Sets) -> str | None:
    """Say that a short check could become too long, in the worst situation."""
    for mode, band in product((*MODES, None), (*AgeGroup, None)):
        if (size := sets.of(Situation(SHORT, mode, band, tuple(Need))).size) > MOST_IN_SHORT:
            where = " in ".join(str(one) for one in (band, mode) if one) or "an unknown mode"
            return (
                f"The short check would ask for {size} entries ({where}). It may ask for at most "
                f"{MOST_IN_SHORT}: take some out."
            )
    return None


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes))


DEFAULT_BODY: Mapping[str, Any] = tomllib.loads(
    Path(__file__).with_name("checksets.toml").read_text(encoding="utf-8")
)
