"""An emergency: the clock at once, cards that fit, what was given, the end, the debrief."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from alerts.models import Alert
from circuits.actions.emergencies import (
    BeforeItBegan,
    NamesAnother,
    SayWhat,
    debrief_emergency,
    end_emergency,
    name_patient,
    note_in_emergency,
    open_card,
    start_emergency,
)
from circuits.emergencies import cards_of, opened_cards, timeline
from circuits.models import Emergency, EntryKind
from clinical.checklist import items_of
from patients.actions.times import InTheFuture
from tests.factories import NOON, PatientFactory
from tests.scenarios import device, running_vv, with_circuit
from web.actions import answer_checklist, approve_document, draft_document
from web.actions.checklists import NoSuchList
from web.models import Answer, ChecklistRun

MINUTE = timedelta(minutes=1)


def begun(run, by, card="pump_fail"):
    return start_emergency(unit=run.unit, run=run, card=card, by=by, at=NOON)


def steps(emergency, card="pump_fail"):
    opened = ChecklistRun.objects.get(subject=str(emergency.public_id), kind=f"emergency_{card}")
    return [item.id for item in items_of(opened.body)]


def alert_of(emergency):
    return Alert.objects.open().filter(code="emergency", subject=str(emergency.public_id)).first()


def test_the_clock_runs_at_once_with_the_card_open_and_the_highest_attention(run, nurse):
    emergency = begun(run, nurse)

    assert (emergency.started_at, emergency.ended_at) == (NOON, None)
    assert [card.kind for card in opened_cards(emergency)] == ["emergency_pump_fail"]
    alert = alert_of(emergency)
    assert (alert.run, alert.severity) == (run, 3)
    assert alert.message == "Pump stopped or no flow: the clock runs, the card is open"
    assert Emergency.objects.running().get() == emergency


def test_a_card_leaves_out_the_steps_for_another_pump_only_once_the_pump_is_known(run, specialist):
    with_circuit(run, specialist)
    unknown = begun(run, specialist)
    pump = device("pump_head")
    pump.pump_type = "roller"
    pump.save()

    known = begun(run, specialist)

    assert {"crank", "roller_hand"} <= set(steps(unknown))
    assert "crank" not in steps(known)
    assert "roller_hand" in steps(known)


def test_the_sites_approved_card_holds_by_name_and_says_for_which_console_a_step_is(
    run, specialist, coordinator, director
):
    with_circuit(run, specialist)
    rows = [
        {"id": "lever", "label": "Lock the lever", "consoles": ["Other console"]},
        {"id": "clamp", "label": "Clamp"},
    ]
    body = {"title": "Pump stands still", "items": rows}
    kind = "checklist_emergency_pump_fail"
    draft = draft_document(centre=run.unit.centre, kind=kind, body=body, by=coordinator, at=NOON)
    approve_document(document=draft, valid_from=NOON, by=director, at=NOON)

    card = next(one for one in cards_of(run.unit.centre, NOON) if one.code == "pump_fail")
    emergency = begun(run, specialist)

    assert (card.title, card.document.approved_by, card.is_first) == (
        "Pump stands still",
        director,
        True,
    )
    assert steps(emergency) == ["lever", "clamp"]


def test_several_people_tap_in_any_order_nobody_is_asked_why_and_all_of_it_is_on_the_timeline(
    run, nurse, specialist
):
    emergency = begun(run, nurse)
    card = opened_cards(emergency).get()
    at = NOON + MINUTE

    answer_checklist(checklist=card, item="crank", answer=Answer.NOT_POSSIBLE, by=nurse, at=at)
    answer_checklist(checklist=card, item="call", answer=Answer.DONE, by=specialist, at=at + MINUTE)
    note_in_emergency(
        emergency=emergency,
        kind=EntryKind.DRUG,
        text="Adrenaline 1 mg IV",
        occurred_at=NOON,
        by=nurse,
        at=at + 2 * MINUTE,
    )
    lines = timeline(emergency, opened_cards(emergency))

    assert [(line.text, line.note, line.is_late) for line in lines] == [
        ("Call for help, start the timer", "", False),
        (
            "Pump head to the hand crank, turn to the previous rpm",
            "Not possible",
            False,
        ),
        ("Adrenaline 1 mg IV", "Drug or blood product given", True),
        ("Card opened: Pump stopped or no flow", card.source, False),
    ]
    assert [line.by for line in lines] == [specialist, nurse, nurse, nurse]


def test_a_second_card_is_opened_beside_the_first_and_the_same_one_only_once(run, nurse):
    emergency = begun(run, nurse)

    first = open_card(emergency=emergency, card="arrest", by=nurse, at=NOON + MINUTE)
    again = open_card(emergency=emergency, card="arrest", by=nurse, at=NOON + 2 * MINUTE)

    assert first == again
    assert opened_cards(emergency).count() == 2
    with pytest.raises(NoSuchList):
        open_card(emergency=emergency, card="dancing", by=nurse, at=NOON)


def test_an_emergency_runs_without_a_patient_who_is_named_later_and_only_one(
    run, unit, nurse, specialist
):
    emergency = start_emergency(unit=unit, by=nurse, at=NOON)
    assert alert_of(emergency).run is None

    emergency = name_patient(emergency=emergency, run=run, by=nurse, at=NOON + MINUTE)
    emergency = name_patient(emergency=emergency, run=run, by=nurse, at=NOON + MINUTE)

    assert alert_of(emergency).run == run
    assert opened_cards(emergency).get().patient_key == str(run.patient.public_id)
    other = running_vv(PatientFactory(unit=unit), specialist)
    with pytest.raises(NamesAnother):
        name_patient(emergency=emergency, run=other, by=nurse, at=NOON)


def test_two_people_at_once_name_one_patient_and_end_it_once(run, unit, nurse, specialist):
    start_emergency(unit=unit, card="air", by=nurse, at=NOON)
    mine, theirs = Emergency.objects.get(), Emergency.objects.get()
    other = running_vv(PatientFactory(unit=unit), specialist)
    name_patient(emergency=mine, run=run, by=nurse, at=NOON)

    with pytest.raises(NamesAnother):
        name_patient(emergency=theirs, run=other, by=specialist, at=NOON)
    end_emergency(emergency=mine, ended_at=NOON, harm="no_harm", by=nurse, at=NOON)
    end_emergency(emergency=theirs, ended_at=NOON, harm="death", by=specialist, at=NOON)

    kept = Emergency.objects.get()
    assert (kept.run, kept.ended_by, kept.harm) == (run, nurse, "no_harm")


def test_the_end_closes_cards_and_alert_and_late_lines_are_still_taken(run, nurse):
    emergency = begun(run, nurse)
    with pytest.raises(BeforeItBegan):
        end_emergency(emergency=emergency, ended_at=NOON - MINUTE, by=nurse, at=NOON)

    ends = NOON + 9 * MINUTE
    end_emergency(emergency=emergency, ended_at=ends, harm="no_harm", by=nurse, at=ends)
    end_emergency(emergency=emergency, ended_at=ends, harm="death", by=nurse, at=ends + MINUTE)
    name_patient(emergency=emergency, run=run, by=nurse, at=ends)
    note_in_emergency(
        emergency=emergency, kind=EntryKind.NOTE, text="Cranked 4 min", by=nurse, at=ends + MINUTE
    )

    emergency.refresh_from_db()
    assert (emergency.ended_at, emergency.harm) == (ends, "no_harm")
    assert alert_of(emergency) is None
    assert opened_cards(emergency).get().ended_at == ends
    newest = timeline(emergency, opened_cards(emergency))[:2]
    assert [line.text for line in newest] == ["Cranked 4 min", "End of the emergency"]


def test_a_patient_named_after_the_end_wakes_nobody(run, unit, nurse):
    emergency = start_emergency(unit=unit, by=nurse, at=NOON)
    end_emergency(emergency=emergency, ended_at=NOON, by=nurse, at=NOON)

    emergency = name_patient(emergency=emergency, run=run, by=nurse, at=NOON + MINUTE)

    assert alert_of(emergency) is None
    assert emergency.run == run


def test_a_line_or_a_debrief_says_something_and_is_not_of_the_future(run, nurse):
    emergency = begun(run, nurse)
    with pytest.raises(SayWhat):
        note_in_emergency(emergency=emergency, kind="note", text=" ", by=nurse, at=NOON)
    with pytest.raises(InTheFuture):
        start_emergency(unit=run.unit, started_at=NOON + MINUTE, by=nurse, at=NOON)
    with pytest.raises(SayWhat):
        debrief_emergency(emergency=emergency, led_by="Fay", held_at=NOON, by=nurse, at=NOON)


def test_what_was_said_and_learned_is_written_once(run, nurse):
    emergency = begun(run, nurse)
    entry = note_in_emergency(
        emergency=emergency, kind="call", text="Dr Fay called", by=nurse, at=NOON
    )
    debrief = debrief_emergency(
        emergency=emergency,
        led_by="Fay",
        held_at=NOON,
        to_fix="Crank was in the wrong drawer",
        staff_ok=True,
        by=nurse,
        at=NOON,
    )

    for row, field in [(entry, "text"), (debrief, "to_fix")]:
        setattr(row, field, "Nothing happened")
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save()
