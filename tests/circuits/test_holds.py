"""A held circuit: who means to discard a part is stopped, who has discarded it is recorded."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alerts.models import Alert
from circuits.actions.exchange import ExchangeFacts, NewPart, exchange_components, record_fate
from circuits.actions.fitness import PartHeld, refuse_part
from circuits.actions.holds import hold_circuits, release_circuits
from circuits.actions.incidents import record_incident, release_part
from circuits.actions.recalls import record_fate as record_recall_fate
from circuits.actions.support import decannulate
from circuits.models import ComponentUse, RecallItem
from tests.circuits.recall_cases import received
from tests.factories import NOON
from tests.journeys.people import Person
from tests.scenarios import device, running_vv, with_circuit
from web.problems import NeedsConfirmation

HOUR = timedelta(hours=1)
REASON = "Coroner: C-12"


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


@pytest.fixture
def use(run, specialist):
    """An oxygenator of a circuit that is held and out of use."""
    use = with_circuit(run, specialist)[0]
    hold_circuits(run=run, reason=REASON, by=specialist, at=NOON - 2 * HOUR)
    decannulate(run=run, ended_at=NOON - HOUR, by=specialist, at=NOON - HOUR)
    use.refresh_from_db()
    return use


def broken():
    return Alert.objects.open().filter(code="hold.broken")


def test_a_held_part_is_asked_about_before_it_goes_and_alerts_once_it_has_gone(use, specialist):
    with pytest.raises(NeedsConfirmation, match="held since 02-Mar-2026 11:00: Coroner: C-12"):
        record_fate(use=use, fate="discard", by=specialist, at=NOON)
    use.refresh_from_db()
    assert (use.fate, broken().count()) == ("", 0)

    record_fate(use=use, fate="discard", by=specialist, at=NOON, confirmed=["held"])

    assert str(use.component) in broken().get().message
    record_fate(use=use, fate="quarantine", by=specialist, at=NOON)
    assert not broken().exists()


@pytest.mark.parametrize("fate", ["quarantine", "biomed"])
def test_what_stays_in_the_house_is_never_asked_about(use, specialist, fate):
    record_fate(use=use, fate=fate, by=specialist, at=NOON)

    assert not broken().exists()


def test_once_released_it_may_go_and_the_alert_closes(use, run, specialist):
    record_fate(use=use, fate="returned", by=specialist, at=NOON, confirmed=["held"])
    release_circuits(run=run, reason="Officer, by phone", by=specialist, at=NOON)

    assert not broken().exists()
    record_fate(use=use, fate="discard", by=specialist, at=NOON)


def test_an_exchange_while_flow_is_on_asks_as_well(run, specialist):
    use = with_circuit(run, specialist)[0]
    hold_circuits(run=run, reason=REASON, by=specialist, at=NOON - HOUR)
    exchange = {
        "run": run,
        "changes": [(use, NewPart(model=device("oxygenator"), serial="X-9"))],
        "exchanged_at": NOON,
        "reason": "clot",
        "facts": ExchangeFacts(fates={use.pk: "discard"}),
        "by": specialist,
        "at": NOON,
    }

    with pytest.raises(NeedsConfirmation):
        exchange_components(**exchange)
    exchange_components(**exchange, confirmed=["held"])

    assert ComponentUse.objects.get(pk=use.pk).fate == "discard"
    assert broken().exists()


def test_a_recall_and_an_incident_do_not_lead_past_the_hold(use, unit, run, centre, specialist):
    recall = received(
        centre, specialist, gtins=[], model=use.component.model, lots=[use.component.lot]
    )
    item = recall.items.get(component=use.component)
    recalled = {"recall": item.recall, "items": [item], "decided_at": NOON, "by": specialist}
    case = record_incident(
        unit=unit, run=run, component=use.component, happened_at=NOON, what="Leak", harm="none",
        by=specialist, at=NOON,
    )  # fmt: skip
    let_go = {"incident": case, "to": "Manufacturer", "released_at": NOON, "by": specialist}

    with pytest.raises(NeedsConfirmation):
        record_recall_fate(**recalled, fate="returned", at=NOON)
    with pytest.raises(NeedsConfirmation):
        release_part(**let_go, at=NOON)
    record_recall_fate(**recalled, fate="returned", at=NOON, confirmed=["held"])
    release_part(**let_go, at=NOON, confirmed=["held"])

    assert RecallItem.objects.get(pk=item.pk).fate == "returned"
    assert broken().count() == 1


def test_a_held_part_is_not_planned_with(run, specialist):
    use = with_circuit(run, specialist)[-1]
    hold_circuits(run=run, reason=REASON, by=specialist, at=NOON - HOUR)
    use.component.model.kind = "console"
    use.component.model.save()
    decannulate(run=run, ended_at=NOON, by=specialist, at=NOON)

    with pytest.raises(PartHeld, match="Coroner: C-12"):
        refuse_part(ComponentUse.objects.get(pk=use.pk).component, specialist, NOON)


def test_the_circuit_page_shows_the_hold_and_the_form_asks(use, run, specialist, time_machine):
    time_machine.move_to(NOON, tick=False)
    sam = Person(specialist)
    page = sam.opens(reverse("circuits:circuit-detail", args=[run.public_id])).content.decode()
    passport = sam.opens(reverse("circuits:circuit-passport", args=[run.public_id]))

    assert REASON in page
    assert REASON in passport.content.decode()
    url = reverse("circuits:part-fate", args=[use.public_id])
    sent = sam.fills(url, fate="discard")
    asked = sam.client.post(url, sent)
    taken = sam.client.post(url, {**sent, "confirm": ["held"]})
    assert (asked.status_code, taken.status_code) == (422, 302)
    assert "keep it, or have it released first" in asked.content.decode()
