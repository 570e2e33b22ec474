"""What a run amounts to: hours, modes, weight, age and outcome, for whoever shows it whole."""

from dataclasses import dataclass
from datetime import datetime

from clinical.age import AgeGroup, age_days, age_group, age_years
from clinical.instants import minutes_between
from clinical.runtime import ModeProblem, RunHours, hours_text, run_hours
from patients import queries
from patients.configuration import Configuration, configuration_of, inside_at
from patients.models import ModeSegment, Outcome, Run, WeightEntry


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list: with the mode that holds now, or held last."""

    run: Run
    mode: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a mode, with its length as H:MM."""

    row: ModeSegment
    exact: str


@dataclass(frozen=True, slots=True)
class ModeTimeline:
    """The modes of a run; without problems they cover it exactly once."""

    segments: tuple[Segment, ...]
    problems: tuple[ModeProblem, ...]

    @property
    def initial_mode(self) -> str | None:
        """The mode at flow on."""
        return self.segments[0].row.mode if self.segments else None

    @property
    def covers_run(self) -> bool:
        """Whether there is neither gap nor overlap."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Age:
    """How old the patient was at flow on."""

    group: AgeGroup
    days: int
    years: int


@dataclass(frozen=True, slots=True)
class RunSummary(RunRow):
    """A run as a whole. `hours_here` counts from the arrival of one that was transferred in."""

    hours: RunHours
    hours_here: RunHours | None
    modes: ModeTimeline
    configuration: Configuration
    weight: WeightEntry | None
    age: Age | None
    outcome: Outcome | None


def run_summary(run: Run, at: datetime) -> RunSummary:
    """Return what a run amounts to at `at` (five statements)."""
    end = run.ended_at or at
    rows = list(run.modes.select_related("entered_by").order_by("starts_at"))
    mode = queries.mode_at(rows, end)
    return RunSummary(
        run=run,
        mode=mode,
        hours=queries.run_hours(run, at),
        hours_here=_hours_here(run, end),
        modes=ModeTimeline(
            segments=tuple(Segment(row, _exact(row, end)) for row in rows),
            problems=queries.mode_problems(run, at),
        ),
        configuration=configuration_of(inside_at(run, end), mode),
        weight=queries.weight_at(run, end),
        age=age_at_flow_on(run),
        outcome=Outcome.objects.select_related("entered_by").filter(run=run).first(),
    )


def run_row(run: Run) -> RunRow:
    """Return a run with its newest mode; its `modes` have been fetched."""
    rows = sorted(run.modes.all(), key=lambda row: row.starts_at)
    return RunRow(run, rows[-1].mode if rows else None)


def _hours_here(run: Run, end: datetime) -> RunHours | None:
    if run.started_here_at is None or run.started_here_at > end:
        return None
    return run_hours(run.started_here_at, end, run.unit.centre.tz)


def _exact(row: ModeSegment, end: datetime) -> str:
    return hours_text(minutes_between(row.starts_at, row.ends_at or end))


def age_at_flow_on(run: Run) -> Age | None:
    """Return how old the patient was at flow on; None if the birth date is not known."""
    born, on, tz = run.patient.born_at, run.started_at, run.unit.centre.tz
    if born is None or born > on:
        return None
    return Age(age_group(born, on, tz), age_days(born, on, tz), age_years(born, on, tz))
