"""The passport of a circuit: position by position every part that was ever in it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from circuits.models import Circuit, ComponentUse, DeviceIncident, PartPhoto, RecallItem
from clinical.instants import minutes_between
from clinical.runtime import hours_text


@dataclass(frozen=True, slots=True)
class Entry:
    """One part in one position: from when to when, who, why, what is known of it."""

    use: ComponentUse
    until: datetime
    photos: Sequence[PartPhoto]
    recalls: Sequence[RecallItem]
    incidents: Sequence[DeviceIncident]

    @property
    def hours_exact(self) -> str:
        """Time in place as H:MM."""
        return hours_text(max(minutes_between(self.use.installed_at, self.until), 0))

    @property
    def photo_count(self) -> int:
        """How many photos there are of it."""
        return len(self.photos)

    @property
    def incident_count(self) -> int:
        """In how many incidents it was."""
        return len(self.incidents)

    @property
    def recall_names(self) -> list[str]:
        """Which recalls are or may be about it."""
        return [str(item.recall) for item in self.recalls]


@dataclass(frozen=True, slots=True)
class Line:
    """One position with the parts that followed each other in it, the first one first."""

    position: str
    kind: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Passport:
    """A circuit with its positions, in the order in which they were first filled."""

    circuit: Circuit
    lines: Sequence[Line]

    @property
    def parts(self) -> int:
        """How many parts were ever in it."""
        return sum(len(line.entries) for line in self.lines)


def passport(circuit: Circuit, at: datetime) -> Passport:
    """Return the passport of a circuit (at most five statements, however many parts it had)."""
    uses = list(
        circuit.uses.select_related(
            "component__model", "entered_by", "removed_by", "went_out_with"
        ).order_by("installed_at", "pk")
    )
    parts = [use.component_id for use in uses]
    photos, recalls, incidents = defaultdict(list), defaultdict(list), defaultdict(list)
    for photo in PartPhoto.objects.filter(use__circuit=circuit).select_related("entered_by"):
        photos[photo.use_id].append(photo)
    for item in RecallItem.objects.filter(component__in=parts).prefetch_related("recall"):
        recalls[item.component_id].append(item)
    for incident in DeviceIncident.objects.filter(component__in=parts):
        incidents[incident.component_id].append(incident)
    lines: dict[str, list[Entry]] = {}
    for use in uses:
        key = use.component_id
        entry = Entry(use, use.removed_at or at, photos[use.pk], recalls[key], incidents[key])
        lines.setdefault(use.position, []).append(entry)
    return Passport(
        circuit, [Line(name, rows[0].use.get_kind_display(), rows) for name, rows in lines.items()]
    )
