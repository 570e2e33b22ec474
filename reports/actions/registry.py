"""Tell the registry's facts of a run, and sign its record: one person abstracts, another approves."""

from datetime import datetime
from typing import Any

from accounts.models import User
from audit.context import action
from patients.actions.run import record_run_facts
from patients.models import Run
from web.problems import RuleBroken

ABSTRACTOR, APPROVER = "abstractor", "approver"


class ChangedMeanwhile(RuleBroken):
    code = "changed_meanwhile"


class NotAbstracted(RuleBroken):
    code = "not_abstracted"


class ApprovesOwnRecord(RuleBroken):
    code = "approves_own_record"


@action("told the registry's facts of a run")
def tell_facts(*, run: Run, facts: dict[str, Any], by: User, at: datetime, **columns: Any) -> Run:
    """Store facts of a run; what was signed before is to be signed anew, if anything changed.

    `columns`: support_type, height_cm.
    """
    run = Run.objects.locked(run.pk)
    unsigned = {**facts, "signoff": {}}
    before = {**run.registry_facts, "signoff": {}}
    is_changed = unsigned != before or any(
        getattr(run, name) != value for name, value in columns.items()
    )
    signed = {} if is_changed else run.registry_facts.get("signoff", {})
    return record_run_facts(
        run=run, registry_facts={**facts, "signoff": signed}, by=by, at=at, **columns
    )


@action("abstracted a registry record")
def abstract_record(*, run: Run, by: User, at: datetime) -> Run:
    """Say that the record is whole: `by` has read it against the chart. Approval starts anew."""
    signed = {ABSTRACTOR: by.get_username(), "abstracted_at": at.isoformat()}
    return record_run_facts(run=run, registry_facts={"signoff": signed}, by=by, at=at)


@action("approved a registry record")
def approve_record(*, run: Run, by: User, at: datetime) -> Run:
    """Approve a record that somebody else abstracted."""
    signed = Run.objects.locked(run.pk).registry_facts.get("signoff") or {}
    if not signed.get(ABSTRACTOR):
        raise NotAbstracted("Nobody has abstracted this record yet. That comes first.")
    if signed[ABSTRACTOR] == by.get_username():
        raise ApprovesOwnRecord("Who abstracted a record cannot approve it; ask a second person.")
    approved = {**signed, APPROVER: by.get_username(), "approved_at": at.isoformat()}
    return record_run_facts(run=run, registry_facts={"signoff": approved}, by=by, at=at)
