"""Checklists of a run: of a journey, and of decannulation."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.journeys import PHASES, begun_list
from patients.models import Run
from web.actions import start_checklist, tap_item
from web.models import ChecklistTap, SiteDocument
from web.problems import RuleBroken

DECANNULATION = "decannulation"
KINDS = frozenset({*PHASES, DECANNULATION})


class NoChecklist(RuleBroken):
    code = "no_checklist"


class UnknownSubject(RuleBroken):
    code = "unknown_subject"
    status = 404


@action("answered an item of a checklist")
def answer_item(
    *,
    run: Run,
    kind: str,
    subject: str,
    item: str,
    answer: str,
    by: User,
    at: datetime,
    value: str = "",
) -> ChecklistTap:
    """Answer an item; the first answer begins the list by the version in force.

    `subject` is the public id of a journey of the run, or of the run itself. Raises NoChecklist
    while the site has none in force.
    """
    run = Run.objects.locked(run.pk)
    if not _is_of_run(run, kind, subject):
        raise UnknownSubject("This run has no such checklist. Reload the page.")
    checklist = begun_list(subject, kind)
    if checklist is None:
        document = SiteDocument.objects.in_force(run.unit.centre, kind, at)
        if document is None:
            raise NoChecklist(
                "The site has no such checklist in force. Ask for one to be drafted and approved."
            )
        key = str(run.patient.public_id)
        checklist = start_checklist(
            unit=run.unit, document=document, subject=subject, patient_key=key, by=by, at=at
        )
    unit = next((one.get("unit", "") for one in checklist.body["items"] if one["id"] == item), "")
    return tap_item(
        checklist=checklist,
        item=item,
        answer=answer,
        value=value,
        unit=unit if value else "",
        tapped_at=at,
        by=by,
        at=at,
    )


def _is_of_run(run: Run, kind: str, subject: str) -> bool:
    if kind == DECANNULATION:
        return subject == str(run.public_id)
    return kind in PHASES and run.transport_legs.filter(public_id=subject).exists()
