"""One exchange: parts, several, the whole circuit; the fault that belongs to it; the old parts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts.models import Alert
from circuits.actions.exchange import (
    ExchangeFacts,
    NewPart,
    NotInCircuit,
    NotToldOfAll,
    exchange_components,
    install_component,
    record_fate,
)
from circuits.actions.support import decannulate
from circuits.models import Circuit, ComponentUse, Exchange
from patients.actions.entries import withdraw_entry
from patients.actions.events import record_complication
from tests.factories import NOON
from tests.scenarios import device, with_circuit

HOUR = timedelta(hours=1)
OWED = "exchange_complication"


@pytest.fixture
def parts(run, specialist):
    return with_circuit(run, specialist)


def exchange(run, changes, by, *, reason="clot", at=NOON, **facts):
    return exchange_components(
        run=run,
        changes=changes,
        exchanged_at=at,
        reason=reason,
        by=by,
        at=NOON,
        facts=ExchangeFacts(**facts),
    )


def new(kind, serial="NEW"):
    return NewPart(model=device(kind), serial=serial)


def owed(run, kind=OWED):
    return run.dues.filter(kind=kind, settled_at=None).exists()


def test_an_exchange_keeps_what_was_told_of_it(run, parts, specialist):
    oxygenator, pump = parts
    exchange(
        run,
        [(oxygenator, new("oxygenator")), (pump, None)],
        specialist,
        urgency="urgent",
        off_support_s=48,
        fates={oxygenator.pk: "quarantine"},
    )

    row = Exchange.objects.get()
    assert (row.urgency, row.off_support_s, row.circuit) == ("urgent", 48, oxygenator.circuit)
    assert {use.fate: use.kind for use in row.taken_out.all()} == {
        "quarantine": "oxygenator",
        "": "pump_head",
    }
    assert [use.component.serial for use in row.put_in.all()] == ["NEW"]


def test_the_whole_circuit_is_changed_and_the_console_goes_along(run, parts, specialist):
    console = install_component(
        circuit=parts[0].circuit, part=new("console", "C1"), installed_at=NOON - HOUR,
        by=specialist, at=NOON,
    )  # fmt: skip
    changes = [(use, new(use.kind)) for use in parts]

    exchange(run, changes, specialist, new_circuit="Circuit 2", moved=(console,))

    second = Circuit.objects.get(label="Circuit 2")
    assert {use.kind for use in second.uses.all()} == {"oxygenator", "pump_head", "console"}
    assert parts[0].circuit.uses.filter(removed_at=None).count() == 0
    console.refresh_from_db()
    assert (console.removed_reason, console.component.uses.count()) == ("moved", 2)
    assert (second.started_at, Circuit.objects.get(label="Circuit 1").ended_at) == (NOON, NOON)


def test_of_a_whole_circuit_each_part_is_told(run, parts, specialist):
    with pytest.raises(NotToldOfAll, match="Example pump_head SN-pump_head"):
        exchange(run, [(parts[0], new("oxygenator"))], specialist, new_circuit="Circuit 2")

    assert not Exchange.objects.exists()
    assert not Circuit.objects.filter(label="Circuit 2").exists()


def test_an_exchange_of_nothing_is_refused(run, parts, specialist):
    with pytest.raises(NotToldOfAll, match="at least one part"):
        exchange(run, [], specialist)


@pytest.mark.parametrize(
    ("reason", "facts", "is_owed"),
    [
        ("clot", {}, True),
        ("clot", {"complications": ("134",)}, False),
        ("clot", {"complications": ("121",)}, True),
        ("clot", {"no_complication_by": "Dr Fay"}, False),
        ("protocol_expiry", {}, False),
        ("other", {"complications": ("104",)}, False),
    ],
    ids=["not-told", "told", "another", "said-to-be-none", "no-fault", "any-fault"],
)
def test_a_fault_owes_its_complication_until_it_is_told(
    run, parts, specialist, reason, facts, is_owed
):
    exchange(run, [(parts[0], new("oxygenator"))], specialist, reason=reason, **facts)

    assert owed(run) is is_owed


def test_a_complication_withdrawn_is_owed_again(run, parts, specialist):
    exchange(run, [(parts[0], new("oxygenator"))], specialist, complications=("101",))
    withdraw_entry(entry=run.complications.get(), by=specialist, at=NOON, reason="misread")

    exchange(run, [(parts[1], new("pump_head"))], specialist, reason="protocol_expiry")

    assert owed(run)


def test_what_is_owed_of_an_exchange_stays_after_flow_off(run, parts, specialist):
    exchange(run, [(parts[0], new("oxygenator"))], specialist, at=NOON - HOUR)

    decannulate(run=run, ended_at=NOON, by=specialist, at=NOON)

    assert owed(run)


def test_a_complication_told_before_counts_within_a_day(run, parts, specialist):
    record_complication(
        run=run, code="101", label="Failed", occurred_at=NOON - 24 * HOUR, by=specialist, at=NOON
    )

    exchange(run, [(parts[0], new("oxygenator"))], specialist)

    assert not owed(run)


def test_where_a_part_went_is_told_after_it_came_out_and_changes(run, parts, specialist, nurse):
    with pytest.raises(NotInCircuit, match="still"):
        record_fate(use=parts[0], fate="quarantine", by=specialist, at=NOON)
    exchange(run, [(parts[0], new("oxygenator"))], specialist, fates={parts[0].pk: "quarantine"})

    gone = record_fate(use=parts[0], fate="biomed", by=nurse, at=NOON)

    assert (gone.fate, gone.fate_entered_by) == ("biomed", nurse)


def test_a_part_in_quarantine_that_is_in_the_circuit_again_alerts_at_once(run, parts, specialist):
    exchange(
        run,
        [(parts[0], new("oxygenator"))],
        specialist,
        at=NOON - HOUR,
        fates={parts[0].pk: "quarantine"},
    )
    inside = ComponentUse.objects.get(component__serial="NEW")

    exchange(run, [(inside, new("oxygenator", "SN-oxygenator"))], specialist)

    alert = Alert.objects.open().get(code="component.held_back")
    assert "in quarantine" in alert.message


def test_the_database_refuses_a_fate_of_a_part_that_is_in(parts):
    with pytest.raises(IntegrityError, match="fate_only_when_removed"), transaction.atomic():
        ComponentUse.objects.filter(pk=parts[0].pk).update(fate="discard")


def test_the_database_refuses_more_than_a_day_off_support(run, parts, specialist):
    with pytest.raises(IntegrityError, match="off_support_within_a_day"), transaction.atomic():
        exchange(run, [(parts[0], None)], specialist, off_support_s=86_401)
