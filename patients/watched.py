"""Whether a trial or a journey goes on, during which a patient is watched more closely."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Subquery

from patients.models import Run, TransportLeg, WeaningTrial
from web.prepared import Given, Prepared


@dataclass(frozen=True, slots=True)
class Watched:
    """The trial that goes on and since when; since when a journey does."""

    trial: str = ""
    trial_since: datetime | None = None
    journey_since: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """Since when the patient is watched closely, None if not."""
        return min((one for one in (self.trial_since, self.journey_since) if one), default=None)

    def trial_at(self, when: datetime) -> str:
        """The trial that goes on, if it had begun by `when`."""
        return self.trial if self.trial_since and when >= self.trial_since else ""


def _watched() -> Any:
    trials = WeaningTrial.objects.filter(run=OuterRef("pk"), ended_at=None)
    legs = TransportLeg.objects.filter(
        run=OuterRef("pk"), departed_at__isnull=False, arrived_at=None, closed_at=None
    )
    return Run.objects.filter(pk=Given("run", BigIntegerField())).values_list(
        Subquery(trials.values("kind")[:1]),
        Subquery(trials.values("started_at")[:1]),
        Subquery(legs.values("departed_at")[:1]),
    )


_WATCHED = Prepared(_watched)


def watched(run: Run) -> Watched:
    """Return what goes on in a run now (one statement)."""
    kind, trial_since, journey_since = _WATCHED(run=run.pk)[0]
    return Watched(kind or "", trial_since, journey_since)
