"""The referrals of a centre, as they were known at a moment."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from accounts.models import Centre
from clinical.lifecycle import State
from patients.models import EpisodeStep, Referral
from reports.calls import Call, Step
from reports.months import Span


def calls_in(centre: Centre, span: Span, *, as_of: datetime) -> list[Call]:
    """Return the calls that came in within `span`, with the steps that held at `as_of`.

    Two statements. What was entered or taken back after `as_of` is not known yet.
    """
    rows = Referral.objects.filter(
        unit__centre=centre,
        called_at__gte=span.starts_at,
        called_at__lt=span.ends_at,
        entered_at__lte=as_of,
    ).order_by("called_at", "pk")
    referrals = list(rows.values_list("pk", "called_at"))
    undone = Q(taken_back_by__entered_at__lte=as_of)
    held = EpisodeStep.objects.filter(
        referral__in=[pk for pk, _ in referrals], takes_back=None, entered_at__lte=as_of
    ).exclude(undone)
    steps: dict[int | None, list[Step]] = defaultdict(list)
    told = held.order_by("pk").values_list("referral", "target", "happened_at", "reason")
    for referral, target, happened_at, reason in told:
        steps[referral].append(Step(State(target), happened_at, reason))
    return [Call(called_at, tuple(steps[pk])) for pk, called_at in referrals]
