"""Hand out a file of a report, and write down who took it."""

from datetime import datetime

from django.http import HttpResponse

from accounts.models import User
from accounts.permissions import Permission
from audit.actions import record_access, record_accesses
from reports.models import Report, ReportKind
from web.downloads import attached
from web.models import Attachment

RIGHT_TO_DOWNLOAD = {
    ReportKind.REGISTRY.value: Permission.REGISTRY_EXPORT,
    ReportKind.PROGRAMME.value: Permission.REPORT_VIEW,
}


def hand_out(
    report: Report, file: Attachment, *, by: User, at: datetime, request_id: str
) -> HttpResponse:
    """Return the file as a download; each patient in an export gets a line in the trail."""
    what = f"{report} revision {report.revision}: {file.name}"[:100]
    patients = report.summary.get("patients", [])
    if patients:
        record_accesses(by=by, at=at, what=what, patient_keys=patients, request_id=request_id)
    else:
        record_access(by=by, at=at, what=what, subject=report.public_id, request_id=request_id)
    return attached(file.name, file.media_type, bytes(file.content))
