"""Journey 3: the oxygenator is exchanged; its review closes, the new one's clock runs from then."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alerts.models import Due
from circuits.lives import lives
from circuits.models import ComponentUse, RemovalReason
from tests.factories import NOON
from tests.journeys.people import Person, said
from tests.scenarios import device, running_vv, with_circuit


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def old(patient, specialist):
    """The oxygenator of a run of five days."""
    began = NOON - timedelta(hours=120)
    run = running_vv(patient, specialist, at=began)
    return with_circuit(run, specialist, at=began)[0]


def reviews(use):
    return Due.objects.filter(kind="review", subject=str(use.public_id))


def test_an_exchange_closes_the_review_and_opens_a_new_clock(old, specialist, observer):
    run, url = old.circuit.run, reverse("circuits:component-exchange", args=[old.public_id])
    before = reviews(old).get(settled_at=None)

    exchanged = Person(specialist).saves(
        url,
        **{
            f"p{old.pk}-answer": "new",
            f"p{old.pk}-model": device("oxygenator").pk,
            f"p{old.pk}-lot": "L-2",
            f"p{old.pk}-serial": "SN-2",
        },
        reason=RemovalReason.CLOT,
        complications=["101"],
        exchanged_at="11:30",
    )

    assert exchanged.status_code == 302, said(exchanged)
    old.refresh_from_db()
    new = ComponentUse.objects.get(component__serial="SN-2")
    assert old.removed_at == new.installed_at
    assert (new.position, new.removed_at) == (old.position, None)
    assert not reviews(old).filter(settled_at=None).exists()
    assert reviews(new).get(settled_at=None).due_at > before.due_at
    hours = {life.use.component.serial: life.minutes for life in lives(run, NOON)}
    spent = int((NOON - new.installed_at).total_seconds() // 60)
    assert (hours["SN-2"], hours[old.component.serial]) == (spent, 120 * 60 - spent)
    page = Person(observer).opens(reverse("circuits:circuit-detail", args=[run.public_id]))
    assert "SN-2" in page.content.decode()


def test_an_observer_cannot_exchange(old, observer):
    url = reverse("circuits:component-exchange", args=[old.public_id])

    assert Person(observer).client.post(url, {}).status_code == 403
    assert ComponentUse.objects.filter(removed_at=None).count() == 2
