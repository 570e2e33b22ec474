"""What happens in a case, in order of time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, auto
from uuid import UUID, uuid5

from ecmo.cases.client import Client, Refused
from ecmo.cases.clock import Clock
from ecmo.cases.comparing import Failure
from ecmo.cases.loading import Row, instant
from ecmo.cases.staff import Hospital

NAMES = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562: names that are addresses


class NotThere(Exception):
    """Something of the case is not in the product, since it was refused before."""


class Rank(IntEnum):
    """What comes first of things entered in the same minute."""

    SITE = auto()
    PATIENT = auto()
    RUN = auto()
    LIMITS = auto()
    WEIGHT = auto()
    MODE = auto()
    COMPONENT = auto()
    CANNULA = auto()
    TREATMENT = auto()
    CHECK = auto()
    AMENDMENT = auto()
    LABORATORY = auto()
    EVENT = auto()
    QUESTION = auto()
    PROBE = auto()
    END = auto()
    OUTCOME = auto()
    SCORE = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that somebody does at one time."""

    at: datetime
    rank: Rank
    what: str
    act: Callable[[], object]


@dataclass(slots=True)
class Stage:
    """Where a case is played: who can be asked, what it is called there, what was found so far.

    `ids` gives the product's id for a name of the case, `names` the reverse.
    """

    case: Row
    client: Client
    hospital: Hospital
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    found: dict[str, list[Row]] = field(default_factory=dict)
    refused: list[Failure] = field(default_factory=list)

    def id_of(self, name: str) -> str:
        """Return what the product calls something. Raises NotThere."""
        if name not in self.ids:
            raise NotThere(f"{name} was not accepted before")
        return self.ids[name]

    def note_id(self, name: str, public_id: str) -> None:
        """Remember what the product calls something that the case names `run/id`."""
        self.ids[name] = public_id
        self.names[public_id] = name.rpartition("/")[2]

    def create(self, name: str, who: str, path: str, body: Row) -> None:
        """Make something under an id of the client's, and confirm nothing. Raises Refused."""
        public_id = str(uuid5(NAMES, f"{self.case['id']}/{name}"))
        self.client.post(who, path, {"public_id": public_id, **body})
        self.note_id(name, public_id)

    def note_found(self, kind: str, row: Row) -> None:
        """Keep what was seen while the case was played."""
        self.found.setdefault(kind, []).append(row)


@dataclass(frozen=True, slots=True)
class ActOf:
    """One run of a case on its stage."""

    stage: Stage
    row: Row

    @property
    def no(self) -> int:
        """The run's number."""
        return int(self.row["run_no"])

    @property
    def client(self) -> Client:
        """Who is asked."""
        return self.stage.client

    @property
    def entered_at(self) -> datetime:
        """When the run became known: at flow on, at arrival from elsewhere, or as the case says."""
        start = self.row.get("run_start", {}).get("entered_at") or self.row.get("time_on_here")
        return max(instant(self.row["time_on"]), instant(start or self.row["time_on"]))

    @property
    def ended_at(self) -> datetime | None:
        """Flow off."""
        return instant(self.row["time_off"]) if self.row["time_off"] else None

    def known_at(self, row: Row, happened: str) -> datetime:
        """Return when something was entered: when it happened, but not before the run was."""
        return max(instant(row.get("entered_at") or row[happened]), self.entered_at)

    def event(self, at: datetime, rank: Rank, what: str, act: Callable[[], object]) -> Event:
        """Return an event of this run."""
        return Event(at, rank, f"run {self.no} {what}", act)

    def name(self, text: str) -> str:
        """Return the name of something of this run, unlike that of any other run."""
        return f"{self.no}/{text}"

    def path(self, rest: str = "") -> str:
        """Return an address below the run."""
        return f"runs/{self.id_of('run')}/{rest}"

    def id_of(self, text: str) -> str:
        """Return the product's id for something of this run."""
        return self.stage.id_of(self.name(text))


def play(events: Iterator[Event], stage: Stage, clock: Clock) -> datetime:
    """Let everything happen in order; return the time of the last event.

    What the product refuses is kept: it may refuse a plan, never a fact.
    """
    last = None
    for event in sorted(events, key=lambda one: (one.at, one.rank)):
        clock.move_to(event.at)
        last = event.at
        try:
            event.act()
        except (Refused, NotThere) as refused:
            what, when = f"event {event.what}", event.at.isoformat(timespec="minutes")
            stage.refused.append(Failure(what, "accepted", str(refused), (when,)))
    if last is None:
        raise ValueError("A case without events has no time.")
    return last
