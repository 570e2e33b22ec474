"""What speaks for the change of a component, in words and as a picture, for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from circuits.lives import Life
from clinical.measures import MEASURES
from clinical.projection import Outlook, Projection
from labs.drawing import Band, Mark, Panel, value_panel, window
from labs.queries.plans import signed_switch
from patients.models import Run
from web.models import SiteDocument
from web.times import clinical_time

RESISTANCE = MEASURES["membrane_resistance"]
HOUR = timedelta(hours=1)
WINDOW_H = 72

WORDS = {
    Outlook.REACHED: "The newest reading is at or above the limit already.",
    Outlook.NO_LIMIT: "Cannot tell: there is no baseline to set a limit by.",
    Outlook.TOO_FEW: "Cannot tell: too few readings at about the same flow.",
    Outlook.TOO_SHORT: "Cannot tell: the readings span too short a time.",
    Outlook.GAP: "Cannot tell: there is a gap in the readings, and too few since.",
    Outlook.STALE: "Cannot tell: the newest reading is too old.",
    Outlook.NO_CROSSING: "Cannot tell: the readings fit a line that never gets there as well.",
}


@dataclass(frozen=True, slots=True)
class Why:
    """One component with what speaks for its change; `outlook` is blank where nothing is signed."""

    life: Life
    outlook: str
    panel: Panel | None


def whys(run: Run, inside: Sequence[Life], at: datetime) -> tuple[list[Why], SiteDocument | None]:
    """Return why, for each component in place that a rule speaks of, and who signed projections.

    One statement.
    """
    signed = signed_switch(run.unit.centre, "projections", at)
    judged = [life for life in inside if life.policy.rules]
    return [_why(run, life, is_signed=signed is not None) for life in judged], signed


def in_words(found: Projection, run: Run) -> str:
    """Say when the limit will be reached, with the interval, or why nobody can tell."""
    if found.outlook in WORDS:
        return WORDS[found.outlook]
    if found.earliest_at is None or found.slope is None:
        return ""
    zone = run.unit.centre.tz
    earliest = clinical_time(found.earliest_at.astimezone(zone))
    sure = f"{found.slope.confidence * 100:.0f} % interval of the slope"
    if found.outlook is Outlook.BEYOND:
        return f"If it goes on so, not before {earliest} ({sure})."
    expected = (
        f"about {clinical_time(found.expected_at.astimezone(zone))}"
        if found.expected_at
        else "later than is looked ahead"
    )
    latest = (
        clinical_time(found.latest_at.astimezone(zone))
        if found.latest_at
        else "some time beyond what is looked ahead"
    )
    return f"If it goes on so: {expected}, between {earliest} and {latest} ({sure})."


def _why(run: Run, life: Life, *, is_signed: bool) -> Why:
    found = life.projection if is_signed else None
    return Why(life, in_words(found, run) if found else "", _panel(run, life))


def _panel(run: Run, life: Life) -> Panel | None:
    trend = life.resistance
    if trend is None or life.policy.resistance is None:
        return None
    since = max(life.use.installed_at, life.until - WINDOW_H * HOUR)
    marks = [
        Mark(one.checked_at, float(one.resistance), f"{RESISTANCE.shown(one.resistance):f}")
        for one in life.evidence.checks
        if one.resistance is not None and one.checked_at >= since
    ]
    if not marks:
        return None
    shown = window(since, life.until, WINDOW_H, run.unit.centre.tz)
    limit = None
    if trend.baseline is not None:
        limit = float(trend.baseline * life.policy.resistance.ratio)
    bands = [Band(shown.starts_at, shown.ends_at, None, limit)] if limit else []
    return value_panel(
        code=RESISTANCE.code,
        label=RESISTANCE.label,
        unit=RESISTANCE.display_unit,
        series=1,
        marks=marks,
        bands=bands,
        shown=shown,
        target=f"up to {limit:.1f}" if limit else "",
    )
