"""What happens to one invented patient, from flow on: the plan that is then played."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ecmo.demo.body import Body


@dataclass(frozen=True, slots=True)
class Who:
    """Who the patient is. Names are plants, numbers begin with DEMO: nobody is meant."""

    mrn: str
    family_name: str
    given_name: str
    sex: str
    born_at: datetime
    registry_id: str
    bed: str


class ModeFrom(NamedTuple):
    """A mode from some hour on."""

    hour: float
    mode: str
    configuration: str


class Tube(NamedTuple):
    """A cannula."""

    site: str
    side: str
    purpose: str
    size_fr: int
    tip: str
    technique: str = "percutaneous"


class Mishap(NamedTuple):
    """A complication at some hour; with an exchange if it ended in one."""

    hour: float
    code: str
    label: str
    exchange: str = ""
    part: str = "oxygenator"


class Ending(NamedTuple):
    """How it ended: flow off at an hour, why, and when (hours after flow off) the patient left."""

    hour: float
    reason: str
    is_alive: bool
    left_after_h: float
    location: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """One run. Hours count from flow on; `ending` None means that it goes on."""

    who: Who
    unit: str
    started_at: datetime
    body: Body
    support_type: str
    modes: tuple[ModeFrom, ...]
    tubes: tuple[Tube, ...]
    diagnoses: tuple[tuple[str, str], ...]
    every_h: float
    protocol: str
    ending: Ending | None = None
    mishaps: tuple[Mishap, ...] = ()
    last_check_at: datetime | None = None
    sweep_off_from_h: float | None = None
    is_fresh: bool = False
    place: int = 0

    def moment(self, hour: float) -> datetime:
        """Return the time of an hour of the run, to the minute."""
        return self.started_at + timedelta(minutes=round(hour * 60))

    def hour(self, at: datetime) -> float:
        """Return how many hours after flow on a time lies."""
        return (at - self.started_at) / timedelta(hours=1)


ADULT_VV = (
    Tube("femoral_v", "R", "drainage", 25, "inferior vena cava, below the diaphragm"),
    Tube("internal_jugular_v", "R", "return", 21, "superior vena cava, above the atrium"),
)
ADULT_VA = (
    Tube("femoral_v", "R", "drainage", 25, "right atrium"),
    Tube("femoral_a", "L", "return", 17, "common iliac artery"),
    Tube("femoral_a", "L", "distal_perfusion", 7, "superficial femoral artery"),
)
CHILD_VVDL = (Tube("internal_jugular_v", "R", "both", 20, "right atrium"),)
CHILD_VA = (
    Tube("internal_jugular_v", "R", "drainage", 17, "right atrium", "open_cut_down"),
    Tube("carotid_a", "R", "return", 14, "aortic arch", "open_cut_down"),
)
NEONATE_VA = (
    Tube("internal_jugular_v", "R", "drainage", 12, "right atrium", "open_cut_down"),
    Tube("carotid_a", "R", "return", 8, "aortic arch", "open_cut_down"),
)
TUBES = {
    ("adult", False): ADULT_VV,
    ("adult", True): ADULT_VA,
    ("pediatric", False): CHILD_VVDL,
    ("pediatric", True): CHILD_VA,
    ("neonatal", False): CHILD_VVDL,
    ("neonatal", True): NEONATE_VA,
}
PROTOCOLS = {"adult": "demo-ufh-adult"}


def protocol_for(body: Body) -> str:
    """Return the site's protocol for a patient."""
    if body.agent == "bivalirudin":
        return "demo-bivalirudin"
    return PROTOCOLS.get(body.group, "demo-ufh-children")
