"""The huddle: the unit in risk order, what is planned, who is missing, who does what until when."""

from datetime import timedelta

import pytest

from circuits.actions.changes import plan_change
from episodes.actions.huddle import (
    AnotherUnit,
    ClosedAlready,
    InThePast,
    OnBeforeOff,
    RunHasEnded,
    add_action,
    close_action,
    close_procedure,
    plan_procedure,
)
from episodes.handover import sheet_of
from episodes.huddle import huddle_of
from tests.browser.ward import check
from tests.factories import NOON, PatientFactory
from tests.scenarios import running_vv, with_circuit

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist):
    run = running_vv(patient, specialist)
    with_circuit(run, specialist)
    return run


@pytest.fixture
def sicker(unit, specialist):
    """In bed 12, with a flow outside its limits."""
    other = PatientFactory(unit=unit, mrn="M2", family_name="Linnet", given_name="Jo", bed="12")
    run = running_vv(other, specialist)
    check(run, specialist, NOON - HOUR, {"blood_flow": "0.9"})
    return run


def test_the_sickest_comes_first_then_by_bed(unit, run, sicker):
    huddle = huddle_of(unit, [sicker, run], NOON)

    assert [one.run for one in huddle.patients] == [sicker, run]
    assert huddle.patients[0].severity > huddle.patients[1].severity == 0
    assert huddle.patients[1].late > 0  # mode, cannulas: owed since two days


def test_all_that_is_planned_stands_in_the_order_of_time(unit, run, specialist, physician):
    plan_procedure(
        run=run, what="Tracheostomy", planned_for=NOON + 6 * HOUR, owner=physician,
        anticoagulation_off_at=NOON + 2 * HOUR, anticoagulation_on_at=NOON + 10 * HOUR,
        by=specialist, at=NOON,
    )  # fmt: skip
    plan_procedure(
        run=run, what="CT next week", planned_for=NOON + 200 * HOUR, owner=physician,
        by=specialist, at=NOON,
    )  # fmt: skip
    oxygenator = run.circuits.get().uses.get(kind="oxygenator")
    plan_change(
        run=run, uses=[oxygenator], urgency="planned", starts_at=NOON + 3 * HOUR,
        ends_at=NOON + 4 * HOUR, owner=specialist, why="Resistance rises", by=specialist, at=NOON,
    )  # fmt: skip

    slots = huddle_of(unit, [run], NOON).slots

    assert [(one.kind, one.what) for one in slots] == [
        ("Change, planned", "Resistance rises"),
        ("Procedure", "Tracheostomy"),
    ]
    assert (slots[0].is_kit_ready, slots[0].is_late) == (False, False)
    day = {one.key: one for one in sheet_of(run, specialist, NOON)}["day"]
    assert day.lines[0].text == (
        "Tracheostomy; anticoagulation off 02-Mar-2026 15:00, on 02-Mar-2026 23:00"
    )


def test_a_plan_that_cannot_be_is_refused_with_what_to_do(run, sicker, specialist, other_unit):
    facts = {"what": "CT", "owner": specialist, "by": specialist, "at": NOON}
    with pytest.raises(InThePast):
        plan_procedure(run=run, planned_for=NOON - HOUR, **facts)
    with pytest.raises(OnBeforeOff):
        plan_procedure(
            run=run, planned_for=NOON + HOUR, anticoagulation_off_at=NOON + 3 * HOUR,
            anticoagulation_on_at=NOON + 3 * HOUR, **facts,
        )  # fmt: skip
    with pytest.raises(InThePast):
        add_action(
            unit=run.unit, text="Order", owner=specialist, due_at=NOON - HOUR, by=specialist,
            at=NOON,
        )  # fmt: skip
    with pytest.raises(AnotherUnit):
        add_action(
            unit=other_unit, run=run, text="Order", owner=specialist, due_at=NOON + HOUR,
            by=specialist, at=NOON,
        )  # fmt: skip
    sicker.ended_at, sicker.end_reason = NOON - HOUR, "recovery"
    sicker.save(update_fields=["ended_at", "end_reason"])
    with pytest.raises(RunHasEnded):
        plan_procedure(run=sicker, planned_for=NOON + HOUR, **facts)


def test_yesterdays_actions_come_first_and_each_is_closed_once(unit, run, specialist, physician):
    facts = {"unit": unit, "owner": physician, "by": specialist}
    old = add_action(text="Old", due_at=NOON - HOUR, at=NOON - 20 * HOUR, **facts)
    new = add_action(text="New", run=run, due_at=NOON + HOUR, at=NOON, **facts)
    planned = plan_procedure(
        run=run, what="CT", planned_for=NOON + HOUR, owner=physician, by=specialist, at=NOON
    )

    assert huddle_of(unit, [run], NOON).actions == [old, new]
    close_action(row=old, closing="done", note="", by=physician, at=NOON)
    close_procedure(procedure=planned, closing="cancelled", note="fever", by=physician, at=NOON)
    with pytest.raises(ClosedAlready, match=r"Fay Physician closed this at .*: done"):
        close_action(row=old, closing="done", note="", by=specialist, at=NOON)
    with pytest.raises(ClosedAlready, match=r": cancelled"):
        close_procedure(procedure=planned, closing="done", note="", by=specialist, at=NOON)

    huddle = huddle_of(unit, [run], NOON)
    assert (huddle.actions, huddle.slots) == ([new], [])


def test_the_page_takes_as_many_statements_for_two_patients_as_for_one(
    unit, run, sicker, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9):
        huddle_of(unit, [run], NOON)
    with django_assert_max_num_queries(9):
        huddle_of(unit, [run, sicker], NOON)


def test_the_huddle_is_read_by_those_who_only_look_and_worked_by_the_bedside(
    client, unit, run, nurse, observer, physician
):
    add_action(
        unit=unit, text="Order a circuit", owner=physician, due_at=NOON + HOUR, by=nurse, at=NOON
    )
    client.force_login(observer)
    seen = client.get("/huddle/").content.decode()
    client.force_login(nurse)
    worked = client.get("/huddle/").content.decode()

    assert "Order a circuit" in seen
    assert "Add an action" not in seen
    assert "Add an action" in worked
    assert "Bedside specialist" in seen  # a gap: nobody is on the roster


def test_the_api_plans_takes_on_and_closes(client, unit, other_unit, run, nurse, physician):
    def send(path, **body):
        answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
        return answer.status_code, answer.json()

    soon, owner = (NOON + HOUR).isoformat(), str(physician.public_id)
    client.force_login(physician)
    made, procedure = send(
        f"runs/{run.public_id}/planned-procedures/", what="CT", planned_for=soon, owner=owner
    )
    closed, _ = send(
        f"runs/{run.public_id}/planned-procedures/{procedure['public_id']}/close/", closing="done"
    )
    client.force_login(nurse)
    action = {"unit": str(unit.public_id), "text": "Order", "owner": owner, "due_at": soon}
    added, row = send("huddle-actions/", **action, run=str(run.public_id))
    elsewhere, _ = send("huddle-actions/", **{**action, "unit": str(other_unit.public_id)})
    done, shown = send(f"huddle-actions/{row['public_id']}/close/", closing="done", note="by mail")
    again, refused = send(f"huddle-actions/{row['public_id']}/close/", closing="done")

    assert (made, closed, added, elsewhere, done, again) == (201, 200, 201, 400, 200, 409)
    assert (shown["closing"], shown["closing_note"]) == ("done", "by mail")
    assert refused["code"] == "closed_already"
