"""A review put off: a plan, so it may be refused."""

from datetime import timedelta

import pytest

from circuits.actions.exchange import NotInCircuit, remove_component
from circuits.actions.reviews import DeferredTooLong, DeferredToThePast, defer_review
from circuits.models import ComponentUse, ReviewDeferral
from tests.factories import NOON
from tests.scenarios import with_circuit
from web.problems import RuleBroken


@pytest.fixture
def oxygenator(run, specialist):
    with_circuit(run, specialist)
    return ComponentUse.objects.get(circuit__run=run, kind="oxygenator")


def put_off(use, by, **more):
    facts = {"next_review_at": NOON + timedelta(hours=24), "reason": "weaning tomorrow", **more}
    return defer_review(use=use, by=by, at=NOON, **facts)


def review_due(use):
    return use.circuit.run.dues.open().get(kind="review", subject=str(use.public_id))


def test_a_review_put_off_is_due_at_the_new_time(oxygenator, specialist):
    deferral = put_off(oxygenator, specialist)

    assert review_due(oxygenator).due_at == deferral.next_review_at
    assert review_due(oxygenator).rule.startswith("review.deferred")


@pytest.mark.parametrize(
    ("until", "refusal"),
    [
        pytest.param(timedelta(0), DeferredToThePast, id="not after"),
        pytest.param(timedelta(hours=24, minutes=1), DeferredTooLong, id="more than 24 h"),
    ],
)
def test_a_review_is_put_off_by_up_to_24_hours(oxygenator, specialist, until, refusal):
    with pytest.raises(refusal):
        put_off(oxygenator, specialist, next_review_at=NOON + until)

    assert not ReviewDeferral.objects.exists()


def test_putting_off_needs_a_reason(oxygenator, specialist):
    with pytest.raises(RuleBroken, match="Say why"):
        put_off(oxygenator, specialist, reason=" ")


def test_a_part_that_is_out_has_no_review_to_put_off(oxygenator, specialist):
    remove_component(
        use=oxygenator, removed_at=NOON, by=specialist, at=NOON, reason="clot", note=""
    )

    with pytest.raises(NotInCircuit):
        put_off(oxygenator, specialist)
