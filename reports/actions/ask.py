"""Owe a report: a row that a worker takes up."""

from datetime import date, datetime

from accounts.models import Centre, User
from audit.context import action
from notifications.nudge import nudge
from reports.models import Report, ReportKind, ReportState
from reports.months import last_month, name_of, span_of
from web.problems import RuleBroken

IN_WORK = frozenset({ReportState.QUEUED, ReportState.RUNNING})


class AlreadyInWork(RuleBroken):
    code = "already_in_work"


class MonthNotOver(RuleBroken):
    code = "month_not_over"
    status = 400


@action("asked for a report")
def request_report(*, kind: str, centre: Centre, month: date, by: User, at: datetime) -> Report:
    """Ask for a report of one month: its first, its next revision, or a failed one again.

    Raises AlreadyInWork if one is being made, MonthNotOver before the month's end at the centre.
    """
    month = month.replace(day=1)
    if span_of(month, centre.tz).ends_at > at:
        raise MonthNotOver(f"{name_of(month)} is not over yet. Choose an earlier month.")
    Centre.objects.select_for_update().get(pk=centre.pk)
    newest = centre.reports.filter(kind=kind, month=month).order_by("-revision").first()
    if newest and newest.state in IN_WORK:
        raise AlreadyInWork(f"{newest} is being made already. It will appear in the list.")
    if newest and newest.state == ReportState.FAILED:
        report = _again(newest, by, at)
    else:
        revision = newest.revision + 1 if newest else 1
        report = Report.objects.create(
            centre=centre, kind=kind, month=month, revision=revision, asked_at=at, asked_by=by
        )
    nudge("reports.produce", report.pk)
    return report


@action("owed last month's reports")
def produce_last_month(*, at: datetime) -> list[Report]:
    """Owe each centre both reports of its last month, once; return the new ones.

    A month is over when its last local day is: a centre to the east gets its reports first.
    Whatever revision there is already, nothing is added.
    """
    known = set(Report.objects.values_list("centre", "kind", "month"))
    wanted = [
        Report(centre=centre, kind=kind, month=last_month(at, centre.tz), asked_at=at)
        for centre in Centre.objects.order_by("pk")
        for kind in ReportKind.values
    ]
    missing = [one for one in wanted if (one.centre_id, one.kind, one.month) not in known]
    Report.objects.bulk_create(missing, ignore_conflicts=True)
    made = Report.objects.filter(public_id__in=[one.public_id for one in missing])
    reports = list(made.order_by("pk"))
    for report in reports:
        nudge("reports.produce", report.pk)
    return reports


def _again(report: Report, by: User, at: datetime) -> Report:
    report.state, report.asked_by, report.asked_at = ReportState.QUEUED, by, at
    report.claimed_at, report.error, report.summary = None, "", {}
    report.save(update_fields=["state", "asked_by", "asked_at", "claimed_at", "error", "summary"])
    return report
