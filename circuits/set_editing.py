"""The table of check sets of a centre as its editor reads it: in force, drafted, and what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Centre
from circuits.asked import CHECK_SETS, shown
from circuits.models import CheckKind
from circuits.policies import policy
from clinical.age import AgeGroup
from clinical.checkset import DEFAULT_BODY, KINDS, Layer, Need, Sets, Situation, read_sets
from clinical.inspection import ITEMS
from patients.models import Mode
from web.models import SiteDocument

PREVIEWED = (
    ("Adult, V-V", Situation("", "VV", AgeGroup.ADULT, (Need.LIMB,))),
    (
        "Adult, femoral V-A with distal perfusion",
        Situation("", "VA", AgeGroup.ADULT, (Need.LIMB, Need.DISTAL_PERFUSION)),
    ),
    ("Neonate, V-A", Situation("", "VA", AgeGroup.NEONATAL, ())),
)
NEED_WORDS = {
    Need.LIMB: "a limb is cannulated",
    Need.DISTAL_PERFUSION: "distal perfusion cannula",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One layer in words."""

    layer: Layer
    kinds: list[str]
    when: list[str]
    values: list[str]
    looks: list[str]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """How many entries each kind of check asks for in one situation, in the order of KINDS."""

    label: str
    sizes: list[int]


@dataclass(frozen=True, slots=True)
class Table:
    """A centre's table: the body being worked on (a draft, or what holds) and where it stands."""

    centre: Centre
    body: Mapping[str, Any]
    source: str
    draft: SiteDocument | None
    holds: Sets

    @property
    def sets(self) -> Sets:
        """The table being worked on."""
        return read_sets(self.body)

    @property
    def lines(self) -> list[Line]:
        """Its layers in words; what a draft adds or changes is marked."""
        return [_line(layer, is_new=layer not in self.holds.layers) for layer in self.sets.layers]

    @property
    def gone(self) -> list[Layer]:
        """Layers that hold and that the draft leaves out."""
        ids = {layer.id for layer in self.sets.layers}
        return [layer for layer in self.holds.layers if layer.id not in ids]

    @property
    def previews(self) -> list[Preview]:
        """How long the checks get."""
        sets = self.sets
        return [
            Preview(label, [sets.of(_as(one, kind)).size for kind in KINDS])
            for label, one in PREVIEWED
        ]

    @property
    def units(self) -> list[tuple[str, str]]:
        """Measures shown in a unit of the site's choice."""
        units = self.sets.units
        return [(shown(code, units).label, shown(code, units).display_unit) for code in units]

    @property
    def elsewhere(self) -> list[str]:
        """What another system owns, by label."""
        return [shown(code, {}).label for code in sorted(self.sets.elsewhere)]


def table_of(centre: Centre, at: datetime) -> Table:
    """Return the table of a centre: its newest draft if that is newer than what holds."""
    found = policy(centre, CHECK_SETS, at, DEFAULT_BODY)
    newest = centre.site_documents.filter(kind=CHECK_SETS).order_by("-version").first()
    draft = newest if newest and not newest.approved_at else None
    body = draft.body if draft else found.body
    return Table(centre, body, found.source, draft, read_sets(found.body))


def kind_labels() -> list[str]:
    """The kinds of check in words, in the order of KINDS."""
    return [str(CheckKind(kind).label) for kind in KINDS]


def _as(one: Situation, kind: str) -> Situation:
    return Situation(kind, one.mode, one.band, one.needs)


def _line(layer: Layer, *, is_new: bool) -> Line:
    modes = [str(Mode(mode).label) for mode in layer.modes]
    bands = [band.value for band in layer.bands]
    when = [", ".join(one) for one in (modes, bands) if one]
    return Line(
        layer=layer,
        kinds=[str(CheckKind(kind).label) for kind in layer.kinds],
        when=when + [NEED_WORDS[need] for need in layer.needs],
        values=[shown(code, {}).label for code in layer.values],
        looks=[ITEMS[code].label for code in layer.looks],
        is_new=is_new,
    )
