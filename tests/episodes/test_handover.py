"""Handover: the sheet writes itself, says when and where from, and two people sign it."""

from datetime import timedelta

import pypdfium2
import pytest

from circuits.actions.care_plan import set_emergency_plan, set_target
from circuits.actions.holds import hold_circuits
from clinical.spans import Span
from episodes.actions.handover import (
    NewerHandover,
    OwnHandover,
    TakenAlready,
    give_handover,
    take_handover,
)
from episodes.handover import read, sheet_of, written
from episodes.models import Handover
from patients.actions.limits import change_limit
from tests.browser.ward import check, heparin
from tests.cast import member
from tests.factories import NOON
from tests.scenarios import running_vv, with_circuit

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KEY = "3a0d5c1e-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def run(patient, specialist, physician):
    """V-V for two days: a circuit, heparin, a plan for emergencies, two checks."""
    run = running_vv(patient, specialist)
    with_circuit(run, specialist)
    heparin(run, specialist, physician, NOON - 40 * HOUR)
    set_emergency_plan(
        run=run, ceiling="no_cpr", words="Back to central cannulation.", physician=physician,
        reviewed_at=NOON - 2 * HOUR, by=physician, at=NOON - 2 * HOUR,
    )  # fmt: skip
    check(run, specialist, NOON - 6 * HOUR, {"blood_flow": "4.6", "pump_speed": "3400"})
    check(
        run, specialist, NOON - 2 * HOUR, {"blood_flow": "4.2"}, findings={"clot_fibrin": "grade_2"}
    )
    return run


def told(run, reader, at=NOON):
    return {section.key: section for section in sheet_of(run, reader, at)}


def texts(section):
    return [f"{line.label}: {line.text}" for line in section.lines]


def test_the_sheet_tells_values_with_units_what_they_were_and_which_are_old(run, specialist):
    values = told(run, specialist)["values"]

    by_label = {line.label: line for line in values.lines}
    assert (by_label["Flow"].text, by_label["Flow"].was) == ("4.20 L/min", "4.60 L/min")
    assert (by_label["Flow"].at, by_label["Flow"].is_old) == (NOON - 2 * HOUR, False)
    assert (by_label["Speed"].at, by_label["Speed"].is_old) == (NOON - 6 * HOUR, True)
    assert "Sweep" not in by_label  # never measured: no line that could be read as a value


def test_what_was_found_and_what_is_in_the_circuit_stand_together(run, specialist):
    circuit = texts(told(run, specialist)["circuit"])

    assert any(one.startswith("Found: ") and "2 clot" in one for one in circuit)
    assert any(one.startswith("Oxygenator: ") and "48:00 hr in place" in one for one in circuit)


def test_that_nothing_was_found_is_as_old_as_the_oldest_look(patient, specialist):
    run = running_vv(patient, specialist)
    for hours, look in ((9, {"clot_fibrin": "grade_0"}), (1, {"gas_line_connected": "yes"})):
        check(run, specialist, NOON - hours * HOUR, {"blood_flow": "4.2"}, findings=look)

    found = told(run, specialist)["circuit"].lines[0]

    assert found.text.startswith("Nothing in 2 things")
    assert (found.at, found.is_old) == (NOON - 9 * HOUR, True)


def test_limits_of_this_run_and_times_in_words_are_those_of_the_centre(run, specialist, physician):
    sheet = told(run, specialist)
    assert not [one for one in sheet["aims"].lines if one.label.startswith("Limit")]
    change_limit(
        run=run, measure="p_drainage", bounds={"warning": Span(-80, None), "critical": Span()},
        valid_from=NOON - HOUR, reason="kinked", by=physician, at=NOON - HOUR,
    )  # fmt: skip

    sheet = told(run, specialist)

    assert texts(sheet["aims"]) == ["Limit, P drain: warning below \N{MINUS SIGN}80 mmHg"]
    late = [one for one in sheet["due"].lines if one.level]
    assert late[0].source == "late, open since 28-Feb-2026 13:00"  # flow on, 12:00 UTC


def test_a_run_of_which_nothing_is_known_says_so_everywhere(patient, specialist):
    sheet = told(running_vv(patient, specialist), specialist)

    assert sheet["values"].lines == ()
    assert sheet["values"].empty == "No check yet: nothing can be said of the circuit."
    assert sheet["emergency"].empty.startswith("No emergency plan yet")
    assert sheet["anticoagulation"].lines == ()


def test_changes_are_told_since_the_readers_own_check_else_the_last_handover(
    run, specialist, nurse, physician
):
    set_target(run=run, key="map", low=65, high=80, by=physician, at=NOON - HOUR)
    hold_circuits(run=run, reason="Coroner", by=physician, at=NOON - HOUR)
    give_handover(run=run, plan="", watch_for="", by=physician, at=NOON - 3 * HOUR)

    own, others = told(run, specialist)["since"], told(run, nurse)["since"]

    assert own.title == "Changed since your check of 02-Mar-2026 11:00"
    assert others.title == "Changed since the handover of 02-Mar-2026 10:00"
    assert "Circuit held: Coroner" in texts(told(run, nurse)["holds"])
    assert texts(told(run, nurse)["aims"])[0] == "Mean arterial pressure: 65 to 80 mmHg"


def test_what_is_signed_stays_as_it_was_read(run, specialist, nurse):
    given = give_handover(
        run=run, plan=" Sweep down tonight ", watch_for="Clots", to=nurse, by=specialist, at=NOON
    )
    check(run, specialist, NOON, {"blood_flow": "3.1"})
    taken = take_handover(handover=given, by=nurse, at=NOON + timedelta(minutes=5))

    kept = {section.key: section for section in read(Handover.objects.get().body)}
    assert "Flow: 4.20 L/min" in texts(kept["values"])
    assert (taken.plan, taken.watch_for, taken.taken_by) == ("Sweep down tonight", "Clots", nurse)
    assert written(read(given.body)) == given.body


def test_nobody_takes_over_from_oneself_twice_or_by_an_old_sheet(run, specialist, nurse, physician):
    first = give_handover(run=run, plan="", watch_for="", by=specialist, at=NOON)
    with pytest.raises(OwnHandover):
        take_handover(handover=first, by=specialist, at=NOON)
    with pytest.raises(OwnHandover):
        give_handover(run=run, plan="", watch_for="", to=nurse, by=nurse, at=NOON)
    second = give_handover(run=run, plan="", watch_for="", by=specialist, at=NOON + HOUR)
    with pytest.raises(NewerHandover, match="of 02-Mar-2026 14:00"):
        take_handover(handover=first, by=nurse, at=NOON + 2 * HOUR)

    take_handover(handover=second, by=nurse, at=NOON + 2 * HOUR)

    with pytest.raises(TakenAlready, match=r"Noor .* took over at 02-Mar-2026 15:00"):
        take_handover(handover=second, by=physician, at=NOON + 2 * HOUR)


def test_two_people_sign_on_their_pages(client, run, specialist, nurse, observer):
    page = f"/runs/{run.public_id}/handover/"
    client.force_login(specialist)
    said = {"plan": "Wean sweep", "watch_for": "", "client_uuid": KEY}
    given = client.post(page, {**said, "to": nurse.pk}, follow=True)
    handover = Handover.objects.get()
    own = client.post(f"/handovers/{handover.public_id}/take/")
    client.force_login(observer)
    refused = client.post(page, {**said, "plan": "x"})
    seen = client.get(f"/handovers/{handover.public_id}/").content.decode()
    client.force_login(nurse)
    listed = client.get("/handover/").content.decode()
    taken = client.post(f"/handovers/{handover.public_id}/take/", follow=True).content.decode()
    after = client.get("/handover/").content.decode()

    assert "Whoever takes over signs the same sheet." in given.content.decode()
    assert (own.status_code, refused.status_code) == (422, 403)
    assert "You gave this handover." in own.content.decode()
    assert "Wean sweep" in seen
    assert "I take over" not in seen
    assert "waits for Noor" in listed
    assert "Both have signed" in taken
    assert "No handover waits" in after


def test_the_api_gives_takes_and_shows_the_sheet(client, run, specialist, nurse, stranger):
    api = f"/api/v1/runs/{run.public_id}/handovers/"
    client.force_login(specialist)
    key = {"Idempotency-Key": KEY}
    body = {"plan": "Wean", "to": str(nurse.public_id)}
    made = client.post(api, body, content_type="application/json", headers=key)
    again = client.post(api, body, content_type="application/json", headers=key)
    nobody = client.post(api, {"to": str(stranger.public_id)}, content_type="application/json")
    client.force_login(nurse)
    sheet = client.get(f"{api}now/").json()
    taken = client.post(f"{api}{made.json()['public_id']}/take/")

    assert (made.status_code, again.status_code, nobody.status_code) == (201, 200, 400)
    assert Handover.objects.count() == 1
    assert made.json()["sections"][3]["key"] == sheet[3]["key"] == "values"
    assert taken.json()["taken_by"]["public_id"] == str(nurse.public_id)


def test_the_unit_stands_on_one_sheet(client, unit, run, specialist, physician):
    give_handover(run=run, plan="Wean sweep", watch_for="Chatter", by=specialist, at=NOON)
    client.force_login(physician)

    answer = client.get(f"/units/{unit.public_id}/handover.pdf")

    document = pypdfium2.PdfDocument(answer.content)
    text = document[0].get_textpage().get_text_bounded()
    assert len(document) == 1
    for said in ("CANARY, Wren", "4.20 L/min", "not measured", "Wean sweep", "Chatter", "80 kg"):
        assert said in text, said


def test_a_unit_of_others_has_no_sheet_for_a_stranger(client, unit, other_unit, run):
    client.force_login(member("ola", "specialist", unit=other_unit))

    assert client.get(f"/units/{unit.public_id}/handover.pdf").status_code == 404
