"""When the checks of some runs were read."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from circuits.models import Check
from patients.models import Run
from reports.checking import Charted
from reports.months import Span

LOOK_BACK = timedelta(days=2)


def checks_in(runs: Iterable[Run], span: Span) -> dict[int, list[Charted]]:
    """Return the checks of runs in a span and shortly before it, oldest first (one statement)."""
    rows = (
        Check.objects.current()
        .filter(
            run__in=[run.pk for run in runs],
            checked_at__gte=span.starts_at - LOOK_BACK,
            checked_at__lt=span.ends_at,
        )
        .order_by("checked_at", "entered_at")
        .values_list("run_id", "kind", "checked_at")
    )
    charted: dict[int, list[Charted]] = defaultdict(list)
    for run, kind, checked_at in rows:
        charted[run].append(Charted(kind, checked_at))
    return charted
