"""Put off the review of a component: a plan, which may be refused."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.actions.dues import reassess_reviews
from circuits.actions.parts import NotInCircuit
from circuits.models import ComponentUse, ReviewDeferral
from clinical.reviews import Deferral, DeferralFault, deferral_fault
from patients.models import Run
from web.problems import RuleBroken


class DeferredTooLong(RuleBroken):
    code = DeferralFault.MORE_THAN_24_H.value


class DeferredToThePast(RuleBroken):
    code = DeferralFault.NOT_AFTER.value


@action("put off a review")
def defer_review(
    *, use: ComponentUse, next_review_at: datetime, by: User, at: datetime, reason: str
) -> ReviewDeferral:
    """Let the next review of a part, and of those exchanged with it, be at `next_review_at`.

    Raises DeferredTooLong, DeferredToThePast, NotInCircuit.
    """
    run = Run.objects.locked(use.circuit.run_id)
    use = ComponentUse.objects.select_related("component__model").get(pk=use.pk)
    if use.removed_at:
        raise NotInCircuit(f"{use.component} is out of the circuit: there is nothing to review.")
    if not reason.strip():
        raise RuleBroken("Say why the review is put off: whoever comes next reads the reason.")
    _check_can_wait(Deferral(str(use.public_id), at, next_review_at))
    deferral = ReviewDeferral.objects.create(
        use=use,
        next_review_at=next_review_at,
        reason=reason.strip(),
        deferred_at=at,
        deferred_by=by,
    )
    reassess_reviews(run=run, at=at)
    return deferral


def _check_can_wait(deferral: Deferral) -> None:
    fault = deferral_fault(deferral)
    if fault is DeferralFault.MORE_THAN_24_H:
        raise DeferredTooLong(
            "A review can be put off by 24 hours at most. Choose an earlier time; it can be put "
            "off again then."
        )
    if fault is DeferralFault.NOT_AFTER:
        raise DeferredToThePast(
            "The next review must be later than now. Choose a later time, or review the part now."
        )
