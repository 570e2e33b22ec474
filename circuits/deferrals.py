"""Which reviews of components were put off."""

from circuits.models import ReviewDeferral
from clinical.reviews import Deferral
from patients.models import Run


def deferrals_of(run: Run) -> list[Deferral]:
    """Return the reviews of a run that were put off, as the review rules read them."""
    rows = ReviewDeferral.objects.filter(use__circuit__run=run).values_list(
        "use__public_id", "deferred_at", "next_review_at"
    )
    return [Deferral(str(part), at, until) for part, at, until in rows]
