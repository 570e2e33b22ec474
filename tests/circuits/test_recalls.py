"""A recall as a case: found or not, with proof; alerts while it is open; closed by two."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts.models import Alert
from circuits.actions.exchange import NewPart, exchange_components
from circuits.actions.recall_closing import (
    ClosedByTwo,
    NotReadyToClose,
    can_close,
    close_recall,
    missing_for_closing,
)
from circuits.actions.recalls import (
    FateContradicted,
    NoticeUnreadable,
    RecallIsClosed,
    RecallKnown,
    record_fate,
    record_reply,
    search_again,
    tell_physician,
)
from circuits.models import ComponentUse, Recall, StockLot
from circuits.recalled import label_of, recalls_of
from circuits.traces import trace
from patients.actions.times import InTheFuture
from tests.circuits.recall_cases import (
    LOT,
    gone_home,
    membrane,
    put_in,
    received,
    stock,
    ward,
)
from tests.factories import NOON, CentreFactory, PatientFactory, UnitFactory
from tests.scenarios import running_vv
from web.problems import RuleBroken

HOUR = timedelta(hours=1)


def open_alerts(run):
    return run.alerts.open().filter(code="component.recalled")


def decide(recall, fate, by, *, items=None, reason="", at=NOON):
    items = list(recall.items.all()) if items is None else items
    return record_fate(
        recall=recall, items=items, fate=fate, decided_at=at, reason=reason, by=by, at=at
    )


def reply(recall, by, at=NOON):
    return record_reply(recall=recall, sent_to="Example Devices", sent_at=at, by=by, at=at)


def test_a_lot_in_two_patients_on_a_shelf_and_once_in_a_third_is_traced_in_one_page(
    patient, unit, centre, coordinator
):
    first, second, home = ward(patient, coordinator, unit)

    recall = received(centre, coordinator)
    found = trace(recall, coordinator, NOON)

    assert [(one.run, one.use.component.serial) for one in found.now] == [
        (first, "S1"),
        (second, "S2"),
    ]
    assert [one.hours_exact for one in found.now] == ["48:00", "48:00"]
    assert [(one.run, one.hours_exact) for one in found.before] == [(home, "168:00")]
    assert [(one.lot.lot, one.pieces) for one in found.shelf] == [(LOT, 4)]
    assert [(one.lot.lot, one.shelf) for one in found.replacements] == [("L26B001", 2)]
    assert (found.undecided, found.exposed_runs, found.unused) == (4, 3, 4)
    assert {one.family_name for one in found.patients} == {"Canary", "Finch", "Ibis"}
    assert found.searches[0].facts == {
        "parts": 3,
        "parts_in_use": 2,
        "lots": 2,
        "pieces": 6,
        "of_product": 5,
        "affected": 4,
        "cannot_tell": 0,
    }


def test_nothing_found_is_a_result_with_a_dated_proof(run, centre, coordinator, specialist):
    put_in(run, specialist, lot="L1")

    recall = received(centre, coordinator)
    found = trace(recall, coordinator, NOON)

    assert found.is_empty
    assert found.searches[0].happened_at == NOON
    assert found.searches[0].facts["parts"] == 1
    assert found.searches[0].facts["affected"] == 0
    assert not open_alerts(run).exists()


def test_each_patient_with_a_part_has_an_alert_as_urgent_as_what_is_asked(
    run, centre, coordinator, specialist
):
    put_in(run, specialist)

    recall = received(centre, coordinator, recall_class="I")
    received(centre, coordinator, reference="other", action="correction")

    alert = open_alerts(run).get()
    assert (alert.severity, alert.category) == (3, "safety")
    assert "is recalled for removal" in alert.message
    assert recall.instruction in alert.message


def test_a_correction_tells_and_does_not_alarm(run, centre, coordinator, specialist):
    put_in(run, specialist)

    received(centre, coordinator, action="correction")

    assert open_alerts(run).get().severity == 1


def test_a_part_whose_lot_nobody_recorded_is_listed_to_be_looked_at_and_can_be_ruled_out(
    run, centre, coordinator, specialist
):
    put_in(run, specialist, lot="")

    recall = received(centre, coordinator)

    item = recall.items.get()
    assert item.found == "cannot_tell"
    assert "read its label" in open_alerts(run).get().message
    with pytest.raises(RuleBroken, match="Say why"):
        decide(recall, "ruled_out", coordinator)
    decide(recall, "ruled_out", coordinator, reason="label read: lot L1")
    assert not open_alerts(run).exists()


def test_a_part_put_in_while_the_recall_is_open_is_recorded_and_joins_it(
    run, centre, coordinator, specialist
):
    recall = received(centre, coordinator)

    put_in(run, specialist, at=NOON)

    assert recall.items.get().component.lot == LOT
    assert open_alerts(run).exists()
    assert recall.steps.last().kind == "turned_up"


def test_a_lot_received_while_the_recall_is_open_joins_it(unit, centre, coordinator):
    recall = received(centre, coordinator)

    stock(unit, coordinator)
    stock(unit, coordinator)  # more of the same lot

    assert recall.items.get().stock_lot == StockLot.objects.get()


def test_the_alert_closes_as_the_part_comes_out_and_the_part_stays_a_case(
    run, centre, coordinator, specialist
):
    use = put_in(run, specialist)
    recall = received(centre, coordinator)

    exchange_components(
        run=run,
        changes=[(use, NewPart(model=membrane(), lot="L2", serial="S7"))],
        exchanged_at=NOON,
        reason="recall",
        by=specialist,
        at=NOON,
    )

    assert not open_alerts(run).exists()
    assert [one.is_now for one in trace(recall, coordinator, NOON).before] == [False]


def test_a_part_moved_to_another_circuit_is_one_exposure(run, centre, coordinator, specialist):
    use = put_in(run, specialist)
    ComponentUse.objects.filter(pk=use.pk).update(
        removed_at=NOON - HOUR, removed_reason="moved", removed_by=specialist
    )
    put_in(run, specialist, at=NOON - HOUR, label="Circuit 2")

    found = trace(received(centre, coordinator), coordinator, NOON)

    assert [one.hours_exact for one in found.now] == ["48:00"]
    assert found.before == ()


def test_a_part_that_stays_with_a_reason_keeps_a_quiet_alert_until_the_recall_is_closed(
    run, centre, coordinator, director, specialist
):
    put_in(run, specialist)
    recall = received(centre, coordinator)

    decide(recall, "stays", coordinator, reason="no other in the house")

    assert open_alerts(run).get().severity == 1
    assert "no other in the house" in open_alerts(run).get().message
    tell_physician(recall=recall, run=run, who="Dr Fern", told_at=NOON, by=coordinator, at=NOON)
    reply(recall, coordinator)
    close_recall(recall=recall, by=coordinator, at=NOON)
    assert open_alerts(run).exists()
    close_recall(recall=recall, by=director, at=NOON)
    assert not open_alerts(run).exists()


def test_a_recall_is_closed_when_everything_is_done_and_by_two(
    run, unit, centre, coordinator, director, specialist
):
    put_in(run, specialist)
    stock(unit, coordinator)
    recall = received(centre, coordinator)

    assert len(missing_for_closing(recall)) == 3
    with pytest.raises(NotReadyToClose, match="Tell the physician of 1 patient"):
        close_recall(recall=recall, by=coordinator, at=NOON)
    with pytest.raises(RuleBroken, match="Say who was told"):
        tell_physician(recall=recall, run=run, who=" ", told_at=NOON, by=coordinator, at=NOON)
    tell_physician(recall=recall, run=run, who="Dr Fern", told_at=NOON, by=coordinator, at=NOON)
    decide(recall, "corrected", coordinator)
    with pytest.raises(RuleBroken, match="to whom"):
        record_reply(recall=recall, sent_to="", sent_at=NOON, by=coordinator, at=NOON)
    reply(recall, coordinator)
    recall = close_recall(recall=recall, by=coordinator, at=NOON)
    assert recall.closed_at is None
    with pytest.raises(ClosedByTwo, match="a second person"):
        close_recall(recall=recall, by=coordinator, at=NOON)
    assert can_close(recall, director, missing_for_closing(recall))
    recall = close_recall(recall=recall, by=director, at=NOON)

    assert (recall.closing_asked_by, recall.closed_by) == (coordinator, director)
    with pytest.raises(ClosedByTwo, match="closed already"):
        close_recall(recall=recall, by=director, at=NOON)
    with pytest.raises(RecallIsClosed):
        decide(recall, "returned", coordinator)


def test_a_closed_recall_opens_again_when_a_part_of_it_turns_up(
    run, centre, coordinator, director, specialist
):
    recall = received(centre, coordinator)
    reply(recall, coordinator)
    close_recall(recall=recall, by=coordinator, at=NOON)
    close_recall(recall=recall, by=director, at=NOON)

    put_in(run, specialist)

    recall.refresh_from_db()
    assert (recall.closed_at, recall.closing_asked_at) == (None, None)
    assert open_alerts(run).exists()
    assert "reopened" in recall.steps.values_list("kind", flat=True)


@pytest.mark.parametrize(
    ("fate", "sentence"),
    [
        ("removed", "still in Circuit 1"),
        ("returned", "Record its exchange"),
        ("discarded", "still"),
    ],
)
def test_a_part_that_is_in_a_circuit_did_not_go_anywhere(
    run, centre, coordinator, specialist, fate, sentence
):
    put_in(run, specialist)
    recall = received(centre, coordinator)

    with pytest.raises(FateContradicted, match=sentence):
        decide(recall, fate, coordinator)


def test_a_part_that_is_out_cannot_stay(unit, centre, coordinator, specialist):
    gone_home(unit, specialist)
    recall = received(centre, coordinator)

    with pytest.raises(FateContradicted, match="in no circuit any more"):
        decide(recall, "stays", coordinator, reason="why")
    decide(recall, "discarded", coordinator)

    assert recall.items.get().fate == "discarded"


def test_searching_again_finds_what_changed_and_proves_itself_anew(
    run, centre, coordinator, specialist
):
    use = put_in(run, specialist, lot="")
    recall = received(centre, coordinator)
    use.component.lot = LOT
    use.component.save()

    search_again(recall=recall, by=coordinator, at=NOON + HOUR)

    assert recall.items.get().found == "affected"
    assert recall.steps.filter(kind="searched").count() == 2
    assert open_alerts(run).get().severity == 2


def test_the_same_notice_is_on_file_once(centre, coordinator):
    received(centre, coordinator)

    with pytest.raises(RecallKnown, match="on file already"):
        received(centre, coordinator)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        pytest.param({"gtins": []}, "Name the product", id="no-product"),
        pytest.param({"gtins": ["12"]}, "is no GTIN", id="no-gtin"),
        pytest.param({"lot_ranges": [("L9", "X")]}, "cannot be read", id="crooked-range"),
        pytest.param({"instruction": " "}, "what the notice says", id="no-instruction"),
    ],
)
def test_a_notice_that_cannot_be_read_is_refused_with_what_to_do(
    centre, coordinator, facts, sentence
):
    with pytest.raises(NoticeUnreadable, match=sentence):
        received(centre, coordinator, **facts)

    assert not Recall.objects.exists()


def test_a_notice_of_the_future_is_none(centre, coordinator):
    with pytest.raises(InTheFuture, match="dated in the future"):
        received(centre, coordinator, issued_on=(NOON + timedelta(days=2)).date())


def test_parts_of_another_centre_are_not_ours(run, centre, coordinator, specialist):
    far = UnitFactory(centre=CentreFactory())
    put_in(running_vv(PatientFactory(unit=far), specialist), specialist)

    recall = received(centre, coordinator)

    assert not recall.items.exists()
    assert not Alert.objects.filter(code="component.recalled").exists()


def test_who_plans_with_a_part_asks_which_recalls_are_about_it(centre, coordinator):
    recall = received(centre, coordinator)

    assert recalls_of(centre, label_of(membrane(), LOT, "")) == [recall]
    assert recalls_of(centre, label_of(membrane(), "L2", "")) == []


def test_who_may_not_see_a_patient_sees_that_there_is_one(
    run, centre, coordinator, specialist, stranger
):
    put_in(run, specialist)
    recall = received(centre, coordinator)

    (one,) = trace(recall, stranger, NOON).now

    assert one.patient is None
    assert trace(recall, stranger, NOON).patients == set()


def test_the_database_refuses_a_recall_closed_by_one(centre, coordinator):
    recall = received(centre, coordinator)

    with pytest.raises(IntegrityError, match="closed_by_two"), transaction.atomic():
        Recall.objects.filter(pk=recall.pk).update(
            closing_asked_at=NOON,
            closing_asked_by=coordinator,
            closed_at=NOON,
            closed_by=coordinator,
        )


def test_the_trace_takes_as_many_statements_for_many_parts_as_for_few(
    patient, unit, centre, coordinator, django_assert_num_queries
):
    ward(patient, coordinator, unit)
    recall = received(centre, coordinator)
    with django_assert_num_queries(8):
        trace(recall, coordinator, NOON)
    for number in range(5):
        other = PatientFactory(unit=unit)
        put_in(running_vv(other, coordinator), coordinator, serial=f"T{number}")
        stock(unit, coordinator, lot=f"M{number}")

    with django_assert_num_queries(8):
        found = trace(recall, coordinator, NOON)

    assert len(found.now) == 7
