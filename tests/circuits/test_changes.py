"""A planned change: made, moved, handed over, done by the exchange, dropped by the end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from circuits.actions.change_dues import remind_of_changes
from circuits.actions.changes import (
    AlreadyPlanned,
    ChangeIsClosed,
    NothingToChange,
    OwnerMayNot,
    RunIsOver,
    SlotIsPast,
    cancel_change,
    hand_over_change,
    note_kit,
    plan_change,
    replan_change,
)
from circuits.actions.exchange import NewPart, exchange_components, remove_component
from circuits.actions.support import decannulate, record_mode
from circuits.models import ComponentUse, PlannedPart
from circuits.schedule import proposed_slot
from clinical.signals import Urgency
from notifications.models import Notification
from staffing.models import Duty
from tests.factories import NOON, PersonFactory, ShiftFactory
from tests.labs.reference import site_document
from tests.scenarios import device, with_circuit
from web.problems import RuleBroken

HOUR = timedelta(hours=1)
TOMORROW = NOON + 20 * HOUR


@pytest.fixture
def uses(run, specialist):
    return with_circuit(run, specialist)


@pytest.fixture
def plan(run, uses, specialist, perfusionist):
    def make(**more):
        facts = {
            "run": run,
            "uses": uses,
            "starts_at": TOMORROW,
            "ends_at": TOMORROW + 2 * HOUR,
            "urgency": "planned",
            "owner": perfusionist,
            "why": "resistance is rising",
            "by": specialist,
            "at": NOON,
        }
        return plan_change(**{**facts, **more})

    return make


def exchange(run, uses, by, at=NOON + HOUR):
    changes = [
        (use, NewPart(model=device(use.kind), lot="L-2", serial=f"NEW-{use.kind}")) for use in uses
    ]
    return exchange_components(
        run=run, changes=changes, exchanged_at=at, by=by, at=at, reason="clot"
    )


def steps(change):
    return [one.kind for one in change.decisions.all()]


def told(user):
    return [one.subject for one in Notification.objects.filter(to=user).order_by("pk")]


def test_a_plan_is_due_to_its_owner_with_the_reason_and_the_evidence(run, plan, perfusionist):
    change = plan(kit_note="standby circuit 2", is_kit_ready=True)
    due = run.dues.open().get(kind="change")

    assert (due.due_at, due.overdue_at) == (TOMORROW, TOMORROW + 2 * HOUR)
    assert due.label == "Change of the oxygenator and pump head"
    assert due.inputs["why"] == "Planned change: resistance is rising"
    assert [one["kind"] for one in change.evidence] == ["oxygenator", "pump_head"]
    assert told(perfusionist) == ["You own a planned change: bed 7, icu"]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        pytest.param({"uses": []}, NothingToChange, id="no component"),
        pytest.param({"ends_at": TOMORROW}, SlotIsPast, id="ends as it begins"),
        pytest.param(
            {"starts_at": NOON - 3 * HOUR, "ends_at": NOON}, SlotIsPast, id="is over by now"
        ),
        pytest.param({"why": "  "}, RuleBroken, id="no reason"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(plan, more, refusal):
    with pytest.raises(refusal):
        plan(**more)


def test_a_plan_needs_an_owner_who_may_exchange(plan, nurse):
    with pytest.raises(OwnerMayNot, match="Choose somebody who may"):
        plan(owner=nurse)


def test_a_component_is_planned_once(plan, uses):
    plan(uses=uses[:1])

    with pytest.raises(AlreadyPlanned, match="Pia Perfusionist sees to it"):
        plan()


def test_the_database_keeps_one_open_plan_a_component(plan, uses):
    change = plan(uses=uses[:1])
    other = plan(uses=uses[1:])

    with pytest.raises(IntegrityError, match="one_open_plan"), transaction.atomic():
        PlannedPart.objects.create(change=other, use=change.parts.get().use)


def test_a_part_that_is_out_is_not_planned(plan, uses, specialist):
    remove_component(use=uses[0], removed_at=NOON, by=specialist, at=NOON, reason="clot")

    with pytest.raises(NothingToChange, match="out of the circuit already"):
        plan(uses=uses[:1])


def test_a_change_is_moved_with_a_reason_and_tells_its_owner(run, plan, specialist, perfusionist):
    change = plan()
    later = TOMORROW + 24 * HOUR

    replan_change(
        change=change,
        starts_at=later,
        ends_at=later + HOUR,
        urgency="urgent",
        reason="CT first",
        by=specialist,
        at=NOON + HOUR,
    )

    change.refresh_from_db()
    assert (change.starts_at, change.urgency) == (later, "urgent")
    assert run.dues.open().get(kind="change").due_at == later
    assert steps(change) == ["planned", "replanned"]
    assert len(told(perfusionist)) == 2


def test_a_change_is_handed_over(plan, specialist, physician):
    change = hand_over_change(
        change=plan(), owner=physician, reason="off duty", by=specialist, at=NOON
    )

    assert change.owner == physician
    assert [one.owner for one in change.decisions.all()][-1] == physician
    assert len(told(physician)) == 1


def test_the_kit_is_noted(plan, specialist):
    change = note_kit(change=plan(), is_ready=True, note="circuit 4", by=specialist, at=NOON)

    assert (change.is_kit_ready, change.kit_note) == (True, "circuit 4")
    assert change.decisions.last().reason == "The kit is ready: circuit 4"


def test_a_cancelled_change_is_due_no_more_and_can_be_planned_anew(run, plan, specialist):
    change = cancel_change(change=plan(), reason="weaning", by=specialist, at=NOON)

    assert not run.dues.open().filter(kind="change").exists()
    with pytest.raises(ChangeIsClosed, match="cancelled already"):
        cancel_change(change=change, reason="again", by=specialist, at=NOON)
    assert plan().is_open


def test_a_step_needs_a_reason(plan, specialist):
    with pytest.raises(RuleBroken, match="Say why"):
        cancel_change(change=plan(), reason=" ", by=specialist, at=NOON)


def test_the_exchange_closes_the_plan_by_itself(run, plan, uses, physician):
    change = plan()

    exchange(run, uses, physician)

    change.refresh_from_db()
    assert (change.state, change.closed_at) == ("done", NOON + HOUR)
    assert change.decisions.last().decided_by == physician
    assert "Taken out at" in change.decisions.last().reason
    assert not run.dues.open().filter(kind="change").exists()


def test_a_plan_stands_until_all_its_parts_are_out(run, plan, uses, specialist):
    change = plan()
    exchange(run, uses[:1], specialist)
    change.refresh_from_db()
    half_way = change.state

    exchange(run, uses[1:], specialist, at=NOON + 2 * HOUR)

    change.refresh_from_db()
    assert (half_way, change.state) == ("planned", "done")
    assert steps(change) == ["planned", "done"]


def test_another_part_exchanged_leaves_the_plan_alone(run, plan, uses, specialist):
    change = plan(uses=uses[:1])

    exchange(run, uses[1:], specialist)

    change.refresh_from_db()
    assert change.is_open


def test_the_end_of_the_run_drops_its_plans(run, plan, specialist):
    change = plan()

    decannulate(run=run, ended_at=NOON + HOUR, by=specialist, at=NOON + HOUR)

    change.refresh_from_db()
    assert change.state == "cancelled"
    assert change.decisions.last().reason == "Flow is off: the run has ended"
    assert not run.dues.open().filter(kind="change").exists()
    with pytest.raises(RunIsOver):
        plan()


def test_another_mode_asks_for_the_plan_again(run, plan, specialist, perfusionist):
    change = plan()

    for mode, hours in (("VV", 1), ("VA", 2)):
        when = NOON + hours * HOUR
        record_mode(run=run, mode=mode, starts_at=when, by=specialist, at=when)

    change.refresh_from_db()
    due = run.dues.open().get(kind="change")
    assert change.state == "unsettled"
    assert change.decisions.last().reason == "The mode went from V-V to V-A"
    assert due.label == "Plan the change of the oxygenator and pump head again"
    assert told(perfusionist)[-1].startswith("You own a planned change")

    replan_change(
        change=change,
        starts_at=TOMORROW,
        ends_at=TOMORROW + HOUR,
        reason="still needed",
        by=specialist,
        at=NOON + 3 * HOUR,
    )

    change.refresh_from_db()
    assert change.state == "planned"


def test_an_urgent_plan_tells_the_team_on_call_at_once(unit, plan, physician):
    ShiftFactory(person=PersonFactory(unit=unit, user=physician), unit=unit, duty=Duty.PHYSICIAN)

    plan(urgency="urgent", starts_at=NOON, ends_at=NOON + HOUR)

    assert told(physician) == ["Urgent change: bed 7, icu"]


@pytest.mark.parametrize(
    ("at", "owner_hears", "coordinator_hears"),
    [
        pytest.param(TOMORROW - 13 * HOUR, 0, 0, id="too early"),
        pytest.param(TOMORROW - 12 * HOUR, 1, 0, id="twelve hours before"),
        pytest.param(TOMORROW - HOUR, 1, 0, id="an hour before"),
        pytest.param(TOMORROW + HOUR, 0, 0, id="in the slot"),
        pytest.param(TOMORROW + 2 * HOUR, 1, 1, id="missed, by day"),
        pytest.param(TOMORROW + 12 * HOUR, 0, 0, id="missed, by night: nobody is woken"),
    ],
)
def test_a_slot_is_announced_and_a_missed_one_told_by_day(
    unit, plan, perfusionist, coordinator, at, owner_hears, coordinator_hears
):
    person = PersonFactory(unit=unit, user=coordinator)
    ShiftFactory(person=person, unit=unit, duty=Duty.COORDINATOR, starts_at=at - HOUR)
    plan(by=perfusionist)

    for _ in range(2):
        remind_of_changes(at)

    assert len(told(perfusionist)) == owner_hears
    assert len(told(coordinator)) == coordinator_hears


def test_a_slot_is_proposed_from_who_is_rostered(unit, perfusionist):
    """NOON is a Monday, 13:00 in Oslo: the perfusionist is on from 08:00 on Wednesday."""
    person = PersonFactory(unit=unit, user=perfusionist)
    begins = NOON + timedelta(days=2) - 5 * HOUR
    ShiftFactory(person=person, unit=unit, duty=Duty.PERFUSION, starts_at=begins)

    found = proposed_slot(unit, Urgency.PLANNED, NOON + timedelta(minutes=3))

    assert (found.slot.starts_at, found.names) == (begins, ("Pia Perfusionist",))
    assert found.users == (perfusionist.pk,)


def test_without_anybody_rostered_the_slot_says_whom_it_lacks(unit):
    found = proposed_slot(unit, Urgency.PLANNED, NOON + timedelta(minutes=3))

    assert found.slot.starts_at == NOON + timedelta(minutes=15)
    assert found.lacks == ("Perfusionist on call",)
    assert "product default" in found.rules.source


def test_the_hours_of_day_are_the_sites(unit):
    day = {"day_from": "14:00", "day_to": "18:00", "weekdays": [2], "slot_min": 60, "duties": []}
    site_document(unit.centre, "change_schedule", day)

    found = proposed_slot(unit, Urgency.PLANNED, NOON)

    assert found.slot.starts_at == NOON + 25 * HOUR
    assert found.slot.ends_at - found.slot.starts_at == HOUR
    assert found.rules.hours_text == "14:00 to 18:00, Tue"
    assert ComponentUse.objects.count() == 0
