"""Reports as lists show them."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet

from reports.models import Report, ReportQuerySet, ReportState
from web.models import Attachment

IN_WORK = (ReportState.QUEUED, ReportState.RUNNING)


class MonthOfReports(NamedTuple):
    """The reports of one month, newest revision of each kind first."""

    month: date
    reports: list[Report]


def shown(reports: ReportQuerySet) -> QuerySet[Report]:
    """Return reports with what a list shows of them; files without their bytes (two statements)."""
    files = Prefetch("files", Attachment.objects.defer("content").order_by("name"))
    return (
        reports.select_related("centre", "asked_by", "signed_by")
        .prefetch_related(files)
        .order_by("-month", "centre", "kind", "-revision")
    )


def by_month(reports: Sequence[Report]) -> list[MonthOfReports]:
    """Return reports in groups of one month; they come ordered by month."""
    months = groupby(reports, key=lambda report: report.month)
    return [MonthOfReports(month, list(group)) for month, group in months]
