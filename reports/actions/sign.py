"""Sign a report off: a second person than who asked for it."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from reports.models import Report, ReportState
from web.problems import RuleBroken


class NotToReview(RuleBroken):
    code = "not_to_review"


class SignsOwnReport(RuleBroken):
    code = "signs_own_report"


def check_can_sign_off(report: Report, by: User) -> None:
    """Raise NotToReview or SignsOwnReport unless `by` may sign `report` off as it stands."""
    if report.state != ReportState.TO_REVIEW:
        raise NotToReview(f"{report} is not waiting for review. Reload the list.")
    if report.asked_by_id == by.pk:
        raise SignsOwnReport("Who asked for a report cannot sign it off; ask a second person.")


def can_sign_off(report: Report, by: User) -> bool:
    """Say whether `check_can_sign_off` lets it pass."""
    try:
        check_can_sign_off(report, by)
    except RuleBroken:
        return False
    return True


@action("signed off a report")
def sign_off(*, report: Report, by: User, at: datetime) -> Report:
    """Sign a report off; the revision that was signed before is superseded."""
    report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    check_can_sign_off(report, by)
    report.state, report.signed_at, report.signed_by = ReportState.SIGNED, at, by
    report.save(update_fields=["state", "signed_at", "signed_by"])
    older = report.centre.reports.filter(
        kind=report.kind, month=report.month, revision__lt=report.revision
    )
    older.filter(state=ReportState.SIGNED).update(state=ReportState.SUPERSEDED)
    return report
