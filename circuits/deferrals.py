"""Which reviews of components were put off."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from circuits.models import ReviewDeferral
from clinical.reviews import Deferral
from patients.models import Run


def deferrals_of(run: Run) -> list[Deferral]:
    """Return the reviews of a run that were put off, as the review rules read them."""
    return deferrals_by_run([run])[run.pk]


def deferrals_by_run(runs: Collection[Run]) -> Mapping[int, list[Deferral]]:
    """Return the reviews that were put off, by run (one statement)."""
    rows = ReviewDeferral.objects.filter(use__circuit__run__in=[run.pk for run in runs])
    found: dict[int, list[Deferral]] = defaultdict(list)
    for run, part, at, until in rows.values_list(
        "use__circuit__run", "use__public_id", "deferred_at", "next_review_at"
    ):
        found[run].append(Deferral(str(part), at, until))
    return found
