"""The configuration of a run in the Maastricht nomenclature, written from its cannulas."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clinical.maastricht import Level, Tube, maastricht, why_not
from patients.models import Cannula, Mode, Run, Technique


@dataclass(frozen=True, slots=True)
class Configuration:
    """The string at each level; all None, with the reason in words, if it cannot be written."""

    hierarchy: str | None
    site: str | None
    tip: str | None
    dimension: str | None
    why_not: str


def configuration_of(cannulas: Iterable[Cannula], mode: str | None) -> Configuration:
    """Write the configuration of cannulas in place, in the order of their insertion."""
    rows = sorted(cannulas, key=lambda one: (one.inserted_at, one.pk))
    tubes = [tube_of(one) for one in rows]
    is_pumpless = mode == Mode.AV

    def written(level: Level) -> str | None:
        has_sides = level >= Level.TIP
        return maastricht(tubes, level=level, has_sides=has_sides, is_pumpless=is_pumpless)

    return Configuration(
        hierarchy=written(Level.HIERARCHY),
        site=written(Level.SITE),
        tip=written(Level.TIP),
        dimension=written(Level.DIMENSION),
        why_not=why_not(tubes),
    )


def inside_at(run: Run, when: datetime) -> list[Cannula]:
    """Return the cannulas of a run in place at a time, among those fetched."""
    return [
        one
        for one in run.cannulas.all()
        if one.inserted_at <= when and (one.removed_at is None or one.removed_at > when)
    ]


def tube_of(cannula: Cannula) -> Tube:
    """Return a cannula as the nomenclature reads it."""
    return Tube(
        site=cannula.site,
        purpose=cannula.purpose,
        side=cannula.side,
        tip=cannula.tip_position,
        size_fr=cannula.size_fr,
        length_cm=cannula.length_cm,
        lumens=cannula.lumens,
        is_minor=cannula.is_minor,
        is_graft=cannula.technique == Technique.GRAFT,
    )
