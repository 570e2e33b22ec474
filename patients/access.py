"""Open the run or patient that a page is about, and write down who read it."""

from django.utils import timezone

from accounts.access import UserRequest, row_or_refuse
from accounts.permissions import Permission
from audit.actions import record_access
from patients.models import Patient, Run


def open_run(request: UserRequest, public_id: object, permission: Permission, *, what: str) -> Run:
    """Return the run of a page: 404 if it is not visible, 403 without `permission` in its unit."""
    rows = Run.objects.select_related("patient__centre", "unit__centre")
    run = row_or_refuse(rows, request.user, permission, public_id=public_id)
    note_reading(request, run.patient, what, run.public_id)
    return run


def note_reading(request: UserRequest, patient: Patient, what: str, subject: object) -> None:
    """Write down that the user of a request read something about a patient."""
    record_access(
        by=request.user,
        at=timezone.now(),
        what=what,
        patient_key=patient.public_id,
        subject=subject,
        method=request.method or "GET",
        request_id=request.id,
    )
