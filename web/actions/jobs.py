"""Long work: asked for, claimed by one worker, told how far it is, ended."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.models import User
from web.models import Job
from web.models.job import JobState
from web.problems import RuleBroken

LAPSES_AFTER = timedelta(minutes=10)
MOST_ATTEMPTS = 3


class AlreadyInWork(RuleBroken):
    code = "already_in_work"


def ask_for_job(*, kind: str, subject: str, by: User | None, at: datetime) -> Job:
    """Write down work to be done. Raises AlreadyInWork if the same is waiting or running."""
    try:
        with transaction.atomic():
            return Job.objects.create(kind=kind, subject=subject, asked_by=by, asked_at=at)
    except IntegrityError as broken:
        raise AlreadyInWork("This is being made already. Wait for it, or cancel it.") from broken


def claim_job(pk: int, at: datetime) -> Job | None:
    """Return the job if this caller is the one who may do it now, else None.

    A claim older than ten minutes lapses: its worker died. After three attempts it has failed.
    """
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, claimed_at__lt=at - LAPSES_AFTER)
    claimable = Job.objects.filter(free, pk=pk)
    if claimable.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, ended_at=at, error="Its worker stopped three times."
    ):
        return None
    is_claimed = claimable.update(
        state=JobState.RUNNING, claimed_at=at, attempts=F("attempts") + 1, progress=0
    )
    return Job.objects.get(pk=pk) if is_claimed else None


def report_progress(job: Job, percent: int, at: datetime) -> bool:
    """Say how far the work is and renew the claim; False if it was cancelled meanwhile: stop."""
    return bool(
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            progress=percent, claimed_at=at
        )
    )


def end_job(job: Job, at: datetime, *, error: str = "") -> None:
    """Say that the work is done, or why it failed. A cancelled job stays cancelled."""
    state = JobState.FAILED if error else JobState.DONE
    running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
    running.update(state=state, ended_at=at, error=error, progress=job.progress if error else 100)


def cancel_job(*, job: Job, by: User, at: datetime) -> bool:
    """Stop work that is no longer wanted; False if it had ended already."""
    wanted = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING])
    return bool(wanted.update(state=JobState.CANCELLED, ended_at=at, error=f"Cancelled by {by}."))
