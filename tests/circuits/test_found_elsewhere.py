"""A part that is here, and recorded elsewhere: asked back with where, ended there by one tap."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alerts.models import Alert
from circuits.actions.exchange import (
    NewPart,
    PartInUse,
    exchange_components,
    install_component,
    open_circuit,
    remove_component,
)
from circuits.models import ComponentUse
from tests.factories import NOON, PatientFactory
from tests.journeys.people import Person
from tests.scenarios import FLOW_ON, device, running_vv
from web.problems import NeedsConfirmation

HOUR = timedelta(hours=1)


def circuit_of(unit, by, bed, at=FLOW_ON):
    run = running_vv(PatientFactory(unit=unit, bed=bed), by, at=at)
    return open_circuit(run=run, label="Circuit 1", started_at=at, by=by, at=at)


def put(circuit, by, at=NOON, *, confirmed=(), kind="console", serial="C-1", **facts):
    part = NewPart(model=device(kind), serial=serial, **facts)
    return install_component(
        circuit=circuit, part=part, installed_at=at, by=by, at=at, confirmed=confirmed
    )


def safety(run):
    return set(Alert.objects.open().filter(run=run).values_list("code", flat=True))


def test_it_is_asked_back_with_where_it_is_and_ended_there_when_confirmed(unit, specialist):
    there, here = (circuit_of(unit, specialist, bed) for bed in ("7", "8"))
    old = put(there, specialist, FLOW_ON)
    with pytest.raises(NeedsConfirmation, match=r"recorded in Circuit 1 .*, bed 7") as asked:
        put(here, specialist)
    (question,) = asked.value.errors
    assert (question["parameter"], question["rule"]) == ("end_there", "part_in_use")
    assert question["answer"] == "It is here: end it there at 13:00"

    new = put(here, specialist, confirmed=["end_there"])

    old.refresh_from_db()
    assert (old.removed_at, old.removed_reason) == (NOON, "found_elsewhere")
    assert old.note == "Found in Circuit 1 of Adult intensive care."
    assert (new.component, new.removed_at) == (old.component, None)
    assert "component.gone_elsewhere" in safety(there.run)
    put(there, specialist, NOON + HOUR, serial="C-2")
    assert "component.gone_elsewhere" not in safety(there.run)


def test_a_part_used_once_that_was_in_another_patient_raises_a_safety_alert(unit, specialist):
    there, here = (circuit_of(unit, specialist, bed) for bed in ("7", "8"))
    facts = {"kind": "oxygenator", "serial": "O-1"}
    old = put(there, specialist, FLOW_ON, **facts)
    remove_component(use=old, removed_at=NOON - HOUR, reason="clot", by=specialist, at=NOON - HOUR)

    put(here, specialist, **facts)

    assert "component.used_before" in safety(here.run)
    assert "component.used_before" not in safety(there.run)


def test_an_exchange_takes_it_over_as_well(unit, specialist):
    there, here = (circuit_of(unit, specialist, bed) for bed in ("7", "8"))
    taken = put(there, specialist, FLOW_ON)
    old = put(here, specialist, FLOW_ON, serial="C-2")
    exchange = {
        "run": here.run,
        "changes": [(old, NewPart(model=device("console"), serial="C-1"))],
        "exchanged_at": NOON,
        "by": specialist,
        "at": NOON,
        "reason": "pump",
    }
    with pytest.raises(NeedsConfirmation):
        exchange_components(**exchange)

    exchange_components(**exchange, confirmed=["end_there"])

    taken.refresh_from_db()
    assert taken.removed_reason == "found_elsewhere"


def test_two_places_at_the_very_same_time_stay_impossible(unit, specialist):
    there, here = (circuit_of(unit, specialist, bed) for bed in ("7", "8"))
    put(there, specialist)

    with pytest.raises(PartInUse, match="end it there first"):
        put(here, specialist, confirmed=["end_there"])


def test_on_the_page_one_button_ends_it_there(unit, specialist):
    now = timezone.now()
    there, here = (circuit_of(unit, specialist, bed, at=now - 3 * HOUR) for bed in ("7", "8"))
    put(there, specialist, now - 2 * HOUR)
    sam, page = Person(specialist), reverse("circuits:component-install", args=[here.run.public_id])
    typed = {"model": device("console").pk, "serial": "C-1", "installed_at": "-5"}
    sent = sam.fills(page, **typed)

    asked = sam.client.post(page, sent)

    assert asked.status_code == 422
    assert 'name="confirm" value="end_there">It is here: end it there at' in asked.content.decode()
    assert sam.client.post(page, {**sent, "confirm": "end_there"}).status_code == 302
    assert ComponentUse.objects.get(removed_at=None).circuit == here
