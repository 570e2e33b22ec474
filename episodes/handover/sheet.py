"""The sheet of one patient, put together as at one moment for one reader."""

from datetime import datetime

from accounts.models import User
from circuits.queries import Recent
from episodes.handover import bedside, care, day
from episodes.handover.lines import Section
from episodes.handover.since import changes, since_of
from patients.models import Run

LOOK_BACK = 24


def sheet_of(run: Run, reader: User, at: datetime) -> list[Section]:
    """Return every section in the order in which it is told. A fixed number of statements."""
    readings = [one for _, one in zip(range(LOOK_BACK), Recent(run), strict=False)]
    return [
        care.attention(run),
        care.emergency(run, at),
        changes(run, since_of(run, reader, at)),
        bedside.values(readings, at),
        bedside.circuit(run, readings, at),
        care.anticoagulation(run, at),
        care.pending(run),
        care.aims(run, at),
        day.procedures(run, at),
        day.holds(run),
        care.owed(run, at),
    ]
