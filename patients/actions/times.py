"""When something can have happened: not in the future, and within its run."""

from datetime import datetime

from patients.models import Run
from web.problems import RuleBroken


class InTheFuture(RuleBroken):
    code = "in_the_future"


class OutsideRun(RuleBroken):
    code = "outside_run"


def refuse_future(when: datetime, at: datetime, what: str = "time") -> None:
    """Refuse a time after `at`, the server's own clock at the edge."""
    if when > at:
        raise InTheFuture(
            f"The {what} {local(when)} lies in the future: it is {local(at)} here. Check the "
            "time and the clock of this device, then send it again.",
            errors=[{"parameter": what, "rule": "in_the_future", "message": "after now"}],
        )


def refuse_before_run(run: Run, when: datetime, what: str = "time") -> None:
    """Refuse a time before flow on."""
    if when < run.started_at:
        raise OutsideRun(
            f"The {what} {local(when, run)} is before flow on ({local(run.started_at, run)}). "
            "Correct the time, or the run's start if that is what is wrong.",
            errors=[{"parameter": what, "rule": "outside_run", "message": "before flow on"}],
        )


def refuse_outside_run(run: Run, when: datetime, what: str = "time") -> None:
    """Refuse a time before flow on or after flow off."""
    refuse_before_run(run, when, what)
    refuse_after_run(run, when, what)


def refuse_after_run(run: Run, when: datetime, what: str = "time") -> None:
    """Refuse a time after flow off."""
    if run.ended_at and when > run.ended_at:
        raise OutsideRun(
            f"The {what} {local(when, run)} is after flow off ({local(run.ended_at, run)}). "
            "Correct the time.",
            errors=[{"parameter": what, "rule": "outside_run", "message": "after flow off"}],
        )


def local(when: datetime, run: Run | None = None) -> str:
    """Return a time as the run's centre reads it, or (without a run) in its own zone."""
    if run is None:
        return f"{when:%d-%b-%Y %H:%M %Z}".strip()
    return f"{when.astimezone(run.unit.centre.tz):%d-%b-%Y %H:%M}"
