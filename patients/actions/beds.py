"""Where the patient lies, over time."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from patients.actions.times import refuse_future
from patients.models import BedMove, Run
from web.problems import RuleBroken


class AlreadyThere(RuleBroken):
    code = "already_there"


@action("moved a patient to another bed")
def record_bed_move(
    *, run: Run, to_bed: str, moved_at: datetime, by: User, at: datetime
) -> BedMove:
    """Note a move; one charted late does not change where the patient lies now.

    Raises AlreadyThere if the patient lies in that bed.
    """
    run = Run.objects.locked(run.pk)
    refuse_future(moved_at, at, "time of the move")
    moves = run.bed_moves.all()
    is_newest = not moves.filter(moved_at__gt=moved_at).exists()
    before = moves.filter(moved_at__lte=moved_at).first()
    first = moves.order_by("moved_at", "pk").first()
    from_bed = before.to_bed if before else (first.from_bed if first else run.patient.bed)
    if from_bed == to_bed.strip():
        raise AlreadyThere(f"The patient lay in bed {from_bed} already. Choose the other bed.")
    move = BedMove.objects.create(
        run=run,
        from_bed=from_bed,
        to_bed=to_bed.strip(),
        moved_at=moved_at,
        entered_at=at,
        entered_by=by,
    )
    if is_newest:
        run.patient.bed = move.to_bed
        run.patient.save(update_fields=["bed"])
    return move
