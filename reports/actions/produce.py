"""Make the reports that are owed: claimed by one conditional update, stored with their digests."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, roles_with
from audit.context import action
from notifications.actions import Message, queue_notifications
from reports.actions.contents import Made, make
from reports.elso.writer import ExportError
from reports.models import Report, ReportQuerySet, ReportState
from web.actions import store_attachment

CLAIM_LAPSES_AFTER = timedelta(minutes=10)
MAX_ATTEMPTS = 3
SWEEP_AT_MOST = 4
NEWS_LASTS = timedelta(days=7)

log = logging.getLogger(__name__)


def produce_report(pk: int, at: datetime) -> str | None:
    """Make one report that is owed; return its state, or None if it was not ours to make.

    Not atomic on purpose: the claim is committed first, so that of two workers one makes it. A
    claim of a worker that died lapses. What goes wrong is kept on the row; the sweep tries again.
    """
    report = _claim(pk=pk, at=at)
    if report is None:
        return None
    try:
        with transaction.atomic():
            made = make(report, at)
            return _store(report=report, made=made, at=at)
    except Exception as failure:  # kept on the row: one bad report stops no other
        log.exception("Report %s could not be made.", report.public_id)
        return _note_failure(report=report, error=_told(failure), at=at)


def sweep(at: datetime) -> int:
    """Make what is owed and nobody works at, the oldest first; return how many were tried."""
    owed = _owed(at).order_by("asked_at").values_list("pk", flat=True)[:SWEEP_AT_MOST]
    return sum(produce_report(pk, at) is not None for pk in list(owed))


def _told(failure: Exception) -> str:
    """Say what a reader may read: our own words, else only the kind, as the text may name somebody."""
    if isinstance(failure, ExportError):
        return str(failure)
    return f"{type(failure).__name__}: the worker's log says more."


def _owed(at: datetime) -> ReportQuerySet:
    lapsed = Q(state=ReportState.RUNNING, claimed_at__lt=at - CLAIM_LAPSES_AFTER)
    return Report.objects.filter(Q(state=ReportState.QUEUED) | lapsed)


@action("took up a report")
def _claim(*, pk: int, at: datetime) -> Report | None:
    """Take a report; count the attempt, so that one that kills its worker is given up."""
    if not _owed(at).filter(pk=pk).update(state=ReportState.RUNNING, claimed_at=at):
        return None
    report = Report.objects.select_related("centre", "asked_by").get(pk=pk)
    attempts = report.summary.get("attempts", 0) + 1
    report.summary = {"attempts": attempts}
    if attempts > MAX_ATTEMPTS:
        report.error = report.error or "No worker came back with it."
        report.state = ReportState.FAILED
        _tell(report, f"{report} could not be made", at)
    report.save(update_fields=["summary", "state", "error"])
    return None if attempts > MAX_ATTEMPTS else report


@action("made a report")
def _store(*, report: Report, made: Made, at: datetime) -> str | None:
    ours = Report.objects.select_for_update().filter(
        pk=report.pk, state=ReportState.RUNNING, claimed_at=report.claimed_at
    )
    row = ours.first()
    if row is None:  # the claim lapsed and somebody else took it over
        return None
    row.state, row.made_at, row.error = ReportState.TO_REVIEW, at, ""
    row.summary = {**report.summary, **made.summary}
    row.save(update_fields=["state", "made_at", "error", "summary"])
    row.files.set(
        store_attachment(name=file.name, media_type=file.media_type, content=file.content, at=at)
        for file in made.files
    )
    older = row.centre.reports.filter(kind=row.kind, month=row.month, revision__lt=row.revision)
    older.filter(state=ReportState.TO_REVIEW).update(state=ReportState.SUPERSEDED)
    _tell(row, f"{row} is ready to review", at)
    return row.state


@action("failed to make a report")
def _note_failure(*, report: Report, error: str, at: datetime) -> str:
    """Keep the reason; owe it again, or give it up after three attempts and say so."""
    is_over = report.summary["attempts"] >= MAX_ATTEMPTS
    state = ReportState.FAILED if is_over else ReportState.QUEUED
    ours = Report.objects.filter(
        pk=report.pk, state=ReportState.RUNNING, claimed_at=report.claimed_at
    )
    if ours.update(state=state, error=error[:1000]) and is_over:
        _tell(report, f"{report} could not be made", at)
    return state


def _tell(report: Report, subject: str, at: datetime) -> None:
    """Tell who may ask for reports in the centre. No patient data."""
    people = User.objects.filter(
        is_active=True,
        memberships__centre=report.centre,
        memberships__unit=None,
        memberships__role__in=roles_with(Permission.REPORT_PRODUCE),
        memberships__valid_from__lte=at,
    ).filter(Q(memberships__valid_to=None) | Q(memberships__valid_to__gt=at))
    link = reverse("reports:report-list")
    messages = [
        Message(
            to=person,
            subject=subject,
            text=f"{subject}: {report.centre.code}, revision {report.revision}.",
            key=f"report:{report.public_id}:{report.asked_at:%Y%m%d%H%M%S}:{person.pk}",
            link=link,
        )
        for person in people.distinct()
    ]
    queue_notifications(messages=messages, at=at, expires_in=NEWS_LASTS)
