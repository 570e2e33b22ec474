"""Journeys on support, their oxygen and checklists; beds over time; cannulas out."""

from datetime import timedelta
from decimal import Decimal

import pytest

from circuits.actions.checklists import NoChecklist, UnknownSubject, answer_item
from circuits.actions.checks import record_check
from circuits.actions.transport import (
    LegIsOver,
    NoGoNeedsReason,
    NotDeparted,
    UnderWayAlready,
    UnknownCylinder,
    arrive,
    call_off,
    decide_leg,
    depart,
    plan_leg,
    stand_down,
)
from circuits.care_policies import oxygen_policy
from circuits.document import Typed
from circuits.journeys import PHASES, oxygen_of, phases
from patients.actions.beds import AlreadyThere, record_bed_move
from patients.actions.times import InTheFuture, OutsideRun
from patients.models import Patient, TransportLeg
from tests.factories import NOON
from web.actions import approve_document, draft_document
from web.actions.checklists import UnknownItem
from web.problems import NeedsConfirmation

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LIST = {"items": [{"id": "clamps", "label": "Clamps"}, {"id": "o2", "label": "O2", "unit": "psi"}]}


@pytest.fixture
def leg(run, specialist):
    """To the scanner in a quarter of an hour, on one full cylinder."""
    return planned(run, specialist)


def planned(run, by, **facts):
    told = {
        "kind": "in_hospital",
        "from_place": "ICU",
        "to_place": "CT",
        "planned_at": NOON + HOUR,
        "journey_min": 15,
        "oxygen_flow": Decimal(15),
        "cylinders": [{"size": "E", "psi": Decimal(2000)}],
    }
    return plan_leg(run=run, by=by, at=NOON, **{**told, **facts})


def in_force(centre, author, approver, kind="transport_before", body=LIST):
    document = draft_document(centre=centre, kind=kind, body=body, by=author, at=NOON - HOUR)
    return approve_document(document=document, valid_from=NOON - HOUR, by=approver, at=NOON - HOUR)


@pytest.fixture
def listed(centre, coordinator, director):
    """The site's list before departure."""
    return in_force(centre, coordinator, director)


def answer(run, leg, by, item, **said):
    facts = {"kind": "transport_before", "subject": str(leg.public_id), "answer": "done", **said}
    return answer_item(run=run, item=item, by=by, at=NOON, **facts)


def go(leg, by, **facts):
    return decide_leg(leg=leg, decision="go", by=by, at=NOON, **facts)


def check(run, by, at, kind="hourly"):
    typed = Typed(checked_at=at, values={"pump_speed": 3000}, kind=kind)
    return record_check(run=run, typed=typed, by=by, at=at)


def due(run):
    return run.dues.open().get(kind="check").due_at


def test_the_cylinders_keep_the_factor_they_were_counted_with(leg):
    assert leg.cylinders == [{"size": "E", "psi": "2000", "factor": "0.28"}]


def test_a_cylinder_that_the_site_does_not_know_is_refused(run, specialist):
    with pytest.raises(UnknownCylinder, match="Known are: E"):
        planned(run, specialist, cylinders=[{"size": "Z", "psi": 100}])


def test_the_sites_own_cylinders_and_safety_are_used(
    run, specialist, centre, coordinator, director
):
    body = {"cylinders": [{"size": "J", "litres_per_psi": 1.5}], "times_the_journey": 3}
    in_force(centre, coordinator, director, "transport_oxygen", body)

    leg = planned(run, specialist, cylinders=[{"size": "J", "psi": 1000}])
    stock = oxygen_of(leg, oxygen_policy(run.unit.centre, NOON))

    assert (stock.litres, stock.minutes, stock.needed_min) == (1500, 100, 45)


def test_go_is_signed_at_once_when_nothing_speaks_against_it(listed, run, leg, physician):
    answer(run, leg, physician, "clamps")
    answer(run, leg, physician, "o2", value="2000")

    signed = go(leg, physician)

    assert (signed.decision, signed.decided_by, signed.decided_at) == ("go", physician, NOON)


def test_go_is_asked_back_for_the_oxygen_and_for_open_items(listed, run, specialist, physician):
    leg = planned(run, specialist, journey_min=19)
    answer(run, leg, physician, "clamps")

    with pytest.raises(NeedsConfirmation, match="lasts 37 min, and 38 min are asked") as asked:
        go(leg, physician)
    codes = [one["parameter"] for one in asked.value.errors]
    with pytest.raises(NeedsConfirmation, match="not answered to its end"):
        go(leg, physician, confirmed=codes[:1])

    assert codes == ["oxygen_short", "checklist_open"]
    assert go(leg, physician, confirmed=codes).decision == "go"


def test_what_nobody_entered_is_not_taken_for_enough(run, specialist, physician):
    leg = planned(run, specialist, cylinders=[])

    with pytest.raises(NeedsConfirmation, match="Nobody can say"):
        go(leg, physician)


def test_no_go_says_why(leg, physician):
    with pytest.raises(NoGoNeedsReason):
        decide_leg(leg=leg, decision="no_go", by=physician, at=NOON)

    refused = decide_leg(leg=leg, decision="no_go", note="unstable", by=physician, at=NOON)
    assert refused.decision_note == "unstable"


def test_a_departure_without_go_is_asked_back_never_refused(leg, specialist):
    left = {"leg": leg, "departed_at": NOON, "by": specialist, "at": NOON}

    with pytest.raises(NeedsConfirmation, match="Nobody signed"):
        depart(**left)

    assert depart(**left, confirmed=["decision"]).is_under_way


def test_on_the_way_checks_are_due_closely_and_after_it_as_before(run, leg, specialist):
    check(run, specialist, NOON - 5 * MINUTE)
    before = due(run)

    depart(leg=leg, departed_at=NOON, by=specialist, at=NOON, confirmed=["decision"])
    on_the_way = due(run)
    later = NOON + 20 * MINUTE
    arrive(leg=leg, arrived_at=later, by=specialist, at=later)

    assert (before, on_the_way, due(run)) == (
        NOON + 55 * MINUTE,
        NOON + 30 * MINUTE,
        NOON + 55 * MINUTE,
    )


def test_two_journeys_at_once_are_impossible(run, leg, specialist):
    other = planned(run, specialist, to_place="theatre")
    left = {"departed_at": NOON, "by": specialist, "at": NOON, "confirmed": ["decision"]}
    depart(leg=leg, **left)

    with pytest.raises(UnderWayAlready):
        depart(leg=other, **left)


@pytest.mark.parametrize(
    ("departed_at", "error"),
    [
        pytest.param(NOON + HOUR, InTheFuture, id="in the future"),
        pytest.param(NOON - 49 * HOUR, OutsideRun, id="before flow on"),
    ],
)
def test_a_departure_lies_within_the_run(leg, specialist, departed_at, error):
    with pytest.raises(error):
        depart(leg=leg, departed_at=departed_at, by=specialist, at=NOON)


def test_each_step_of_a_journey_comes_once_and_in_order(run, leg, specialist, physician):
    at = {"by": specialist, "at": NOON + HOUR}
    with pytest.raises(NotDeparted, match="has not begun"):
        arrive(leg=leg, arrived_at=NOON, **at)
    with pytest.raises(NotDeparted, match="Only a journey that arrived"):
        stand_down(leg=leg, **at)
    depart(leg=leg, departed_at=NOON, confirmed=["decision"], **at)
    with pytest.raises(LegIsOver):
        depart(leg=leg, departed_at=NOON, **at)
    with pytest.raises(LegIsOver, match="nothing is left to decide"):
        go(leg, physician)
    with pytest.raises(LegIsOver, match="record its arrival"):
        call_off(leg=leg, reason="rain", **at)
    with pytest.raises(NotDeparted, match="before the departure"):
        arrive(leg=leg, arrived_at=NOON - MINUTE, **at)
    arrive(leg=leg, arrived_at=NOON, **at)
    with pytest.raises(LegIsOver):
        arrive(leg=leg, arrived_at=NOON, **at)

    assert TransportLeg.objects.get().arrived_at == NOON


def test_stand_down_without_a_full_check_since_arrival_is_asked_back(run, leg, specialist):
    depart(leg=leg, departed_at=NOON, by=specialist, at=NOON, confirmed=["decision"])
    arrive(leg=leg, arrived_at=NOON + MINUTE, by=specialist, at=NOON + MINUTE)
    check(run, specialist, NOON, kind="shift")
    check(run, specialist, NOON + 2 * MINUTE)
    down = {"leg": leg, "by": specialist, "at": NOON + 5 * MINUTE}

    with pytest.raises(NeedsConfirmation, match="no full check"):
        stand_down(**down)
    check(run, specialist, NOON + 3 * MINUTE, kind="shift")

    assert stand_down(**down).closed_at == NOON + 5 * MINUTE


def test_stand_down_is_accepted_when_confirmed(leg, specialist):
    depart(leg=leg, departed_at=NOON, by=specialist, at=NOON, confirmed=["decision"])
    arrive(leg=leg, arrived_at=NOON, by=specialist, at=NOON)

    assert stand_down(leg=leg, by=specialist, at=NOON, confirmed=["check"]).closed_at


def test_a_journey_that_is_called_off_says_why(leg, specialist):
    with pytest.raises(NoGoNeedsReason):
        call_off(leg=leg, reason=" ", by=specialist, at=NOON)

    off = call_off(leg=leg, reason="scanner down", by=specialist, at=NOON)

    assert (off.closed_at, off.decision_note) == (NOON, "scanner down")


def test_the_first_answer_begins_the_list_and_answers_are_kept(listed, run, leg, nurse):
    answer(run, leg, nurse, "o2", value="1900")
    answer(run, leg, nurse, "clamps", answer="not_possible")

    (before, during, _) = phases(run, str(leg.public_id), list(PHASES), NOON)

    assert (before.checklist.document, before.open) == (listed, 0)
    assert [(i.tap.answer, i.tap.value, i.tap.unit) for i in before.items] == [
        ("not_possible", "", ""),
        ("done", "1900", "psi"),
    ]
    assert (during.document, during.items) == (None, [])


def test_an_answer_needs_a_list_an_item_and_a_journey_of_this_run(listed, run, leg, nurse):
    with pytest.raises(NoChecklist):
        answer(run, leg, nurse, "x", kind="transport_during")
    with pytest.raises(UnknownItem):
        answer(run, leg, nurse, "parachute")
    with pytest.raises(UnknownSubject):
        answer(run, leg, nurse, "clamps", subject=str(run.public_id))
    with pytest.raises(UnknownSubject):
        answer(run, leg, nurse, "clamps", kind="change_policy")


def test_the_decannulation_list_belongs_to_the_run(run, leg, nurse, centre, coordinator, director):
    in_force(centre, coordinator, director, "decannulation")

    tap = answer(run, leg, nurse, "clamps", kind="decannulation", subject=str(run.public_id))

    assert tap.checklist.subject == str(run.public_id)


def test_the_board_shows_the_newest_bed_and_a_late_entry_does_not_move_it(run, patient, nurse):
    moved = {"run": run, "by": nurse, "at": NOON}

    first = record_bed_move(**moved, to_bed=" 9 ", moved_at=NOON - HOUR)
    late = record_bed_move(**moved, to_bed="8", moved_at=NOON - 2 * HOUR)

    assert (first.from_bed, first.to_bed) == ("7", "9")
    assert (late.from_bed, late.to_bed) == ("7", "8")
    assert Patient.objects.get(pk=patient.pk).bed == "9"


def test_a_move_to_the_same_bed_or_in_the_future_is_refused(run, nurse):
    with pytest.raises(AlreadyThere):
        record_bed_move(run=run, to_bed="7", moved_at=NOON, by=nurse, at=NOON)
    with pytest.raises(InTheFuture):
        record_bed_move(run=run, to_bed="8", moved_at=NOON + HOUR, by=nurse, at=NOON)


def test_a_move_goes_on_from_the_bed_before_it(run, nurse):
    record_bed_move(run=run, to_bed="8", moved_at=NOON - 2 * HOUR, by=nurse, at=NOON)

    again = record_bed_move(run=run, to_bed="7", moved_at=NOON - HOUR, by=nurse, at=NOON)

    assert again.from_bed == "8"
