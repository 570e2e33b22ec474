"""Handing a patient over: one gives, another takes, and both have signed the same sheet."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from episodes.handover import sheet_of, written
from episodes.models import Handover
from patients.models import Run
from web.problems import RuleBroken
from web.times import clinical_time


class OwnHandover(RuleBroken):
    code = "own_handover"


class TakenAlready(RuleBroken):
    code = "taken_already"


class NewerHandover(RuleBroken):
    code = "newer_handover"


@action("gave a handover")
def give_handover(
    *,
    run: Run,
    plan: str,
    watch_for: str,
    by: User,
    at: datetime,
    to: User | None = None,
) -> Handover:
    """Keep the record of a run as it stands now, with what the giver adds; signed by the giver.

    Raises OwnHandover if it is given to oneself.
    """
    run = Run.objects.locked(run.pk)
    if to == by:
        raise OwnHandover(
            "You give the handover: choose who takes over from you, or leave it open."
        )
    return Handover.objects.create(
        run=run,
        body=written(sheet_of(run, by, at)),
        plan=plan.strip(),
        watch_for=watch_for.strip(),
        given_at=at,
        given_by=by,
        to=to,
    )


@action("took over")
def take_handover(*, handover: Handover, by: User, at: datetime) -> Handover:
    """Sign for what was handed over. Anybody but the giver may, not only who was named.

    Raises OwnHandover, TakenAlready (says who and when), NewerHandover.
    """
    run = Run.objects.locked(handover.run_id)
    row = Handover.objects.select_related("given_by", "taken_by").get(pk=handover.pk)
    zone = run.unit.centre.tz
    if row.given_by == by:
        raise OwnHandover("You gave this handover. Whoever takes over signs, on any device.")
    if row.taken_at is not None:
        when = clinical_time(row.taken_at.astimezone(zone))
        raise TakenAlready(f"{row.taken_by} took over at {when}. Ask them, or hand over again.")
    newer = Handover.objects.filter(run=run, given_at__gt=row.given_at).first()
    if newer is not None:
        when = clinical_time(newer.given_at.astimezone(zone))
        raise NewerHandover(f"There is a newer handover, of {when}. Read that one and sign it.")
    row.taken_at, row.taken_by = at, by
    row.save(update_fields=["taken_at", "taken_by"])
    return row
