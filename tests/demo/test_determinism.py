"""The same seed and the same moment make the same values."""

import hashlib
import json

import pytest
from django.db import transaction

from circuits.models import Check
from ecmo.demo.building import Wish, open_site, play
from ecmo.demo.closed import closed
from ecmo.demo.running import running
from labs.models import InfusionChange, Result
from tests.demo.test_demo import AT


def values_digest(seed):
    """Build the newborn and one closed run, digest what was charted, and take it all back."""
    with transaction.atomic():
        site = open_site(Wish(AT, seed=seed))
        play(site, running(AT)[-1])
        play(site, next(closed(AT, 30, site.rng("closed runs"))))
        checks = Check.objects.order_by("checked_at").values_list("checked_at", "document")
        results = Result.objects.order_by("known_at", "analyte").values_list("known_at", "value")
        changes = InfusionChange.objects.order_by("changed_at").values_list("changed_at", "rate")
        rows = [*checks, *results, *changes]
        transaction.set_rollback(True)
    assert rows
    text = json.dumps([list(map(str, row)) for row in rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.django_db
def test_a_seed_makes_the_same_values_again_and_another_seed_others():
    first = values_digest(1)

    assert values_digest(1) == first
    assert values_digest(2) != first
