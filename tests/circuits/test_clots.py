"""Clots on the map of a circuit: marked, looked at again, exchanged away, compared with checks."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from circuits.actions.adjuncts import start_adjunct
from circuits.actions.checks import record_check
from circuits.actions.clots import GoneAlready, look_at_clot, record_clot
from circuits.actions.exchange import NewPart, exchange_components
from circuits.clots import clot_map
from circuits.document import Typed
from circuits.models import ClotLook
from clinical.findings import Severity
from tests.factories import NOON
from tests.journeys.people import Person
from tests.scenarios import device, running_vv, with_circuit
from web.problems import NeedsConfirmation, RuleBroken

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
def sees(run, specialist):
    """Put a clot of some hours ago on the map."""

    def see(hours_ago=2, **facts):
        told = {"place": "oxygenator_post", "kind": "clot", "grade": 3, **facts}
        return record_clot(run=run, seen_at=NOON - hours_ago * HOUR, by=specialist, at=NOON, **told)

    return see


@pytest.fixture
def again(specialist):
    def look(clot, hours_ago=1, **facts):
        told = {"change": "same", "grade": 3, **facts}
        return look_at_clot(
            look=clot, seen_at=NOON - hours_ago * HOUR, by=specialist, at=NOON, **told
        )

    return look


def told_in_check(run, by, grade, minutes=10):
    typed = Typed(
        checked_at=NOON - timedelta(minutes=minutes),
        values={"blood_flow": 4},
        findings={"clot_fibrin": grade},
    )
    return record_check(run=run, typed=typed, by=by, at=NOON)


def open_alert(run):
    return run.alerts.open().filter(code="clot_map.grade").first()


def test_a_clot_that_was_marked_stands_and_alerts_at_once(run, sees):
    sees()

    assert clot_map(run, NOON).worst == 3
    assert open_alert(run).severity == Severity.WARNING
    assert "oxygenator, outlet side" in open_alert(run).message


def test_it_grows_and_goes_and_the_alert_follows(run, sees, again):
    clot = sees()
    larger = again(clot, change="larger", grade=4, size_mm=Decimal(12))
    worse = open_alert(run).severity

    again(larger, hours_ago=0.5, change="gone", grade=4)

    assert worse == Severity.CRITICAL
    assert open_alert(run) is None
    assert clot_map(run, NOON).clots == []
    assert [one.change for one in ClotLook.objects.filter(clot=clot.clot)] == [
        "gone", "larger", "new"
    ]  # fmt: skip


def test_what_is_gone_is_not_looked_at_again(sees, again):
    clot = sees()
    again(clot, change="gone")

    with pytest.raises(GoneAlready, match="record a new one"):
        again(clot, hours_ago=0.5)


def test_a_grade_that_its_size_contradicts_is_asked_back_once(sees):
    with pytest.raises(NeedsConfirmation, match="measures 12 mm"):
        sees(size_mm=Decimal(12))
    with pytest.raises(NeedsConfirmation, match="It moves"):
        sees(is_mobile=True)

    assert sees(size_mm=Decimal(12), confirmed=["grade"]).grade == 3


def test_a_look_in_the_future_is_refused(sees):
    with pytest.raises(RuleBroken):
        sees(hours_ago=-1)


def test_a_clot_leaves_with_the_oxygenator_that_is_exchanged(run, sees, specialist):
    sees()
    sees(place="cannula_hub", grade=2)
    part = NewPart(model=device("oxygenator"), serial="SN-2", lot="L2", udi="(01)y")
    use = run.circuits.get().uses.get(kind="oxygenator")

    exchange_components(
        run=run,
        changes=[(use, part)],
        exchanged_at=NOON - HOUR,
        reason="clot",
        by=specialist,
        at=NOON,
    )

    assert [one.now.place for one in clot_map(run, NOON).clots] == ["cannula_hub"]
    assert open_alert(run).severity == Severity.ADVISORY


def test_a_check_that_says_otherwise_is_shown_until_either_is_put_right(
    run, sees, again, specialist
):
    clot = sees()
    check = told_in_check(run, specialist, "grade_1")
    page = reverse("circuits:clot-map", args=[run.public_id])

    differs = Person(specialist).opens(page).content.decode()
    on_check = (
        Person(specialist)
        .opens(reverse("circuits:check-detail", args=[check.public_id]))
        .content.decode()
    )
    again(clot, hours_ago=0, grade=1, change="smaller")

    assert "Map and check differ." in differs
    assert "Map and check differ." in on_check
    assert clot_map(run, NOON).check is None


def test_a_check_from_before_the_look_says_nothing_against_it(run, sees, specialist):
    told_in_check(run, specialist, "grade_0", minutes=240)
    sees()

    assert clot_map(run, NOON).check is None


def test_a_place_that_was_tapped_is_chosen_and_the_empty_map_says_what_it_means(run, specialist):
    sam = Person(specialist)
    page = reverse("circuits:clot-map", args=[run.public_id])

    empty = sam.opens(page).content.decode()
    form = sam.opens(
        reverse("circuits:clot-create", args=[run.public_id]), place="pump_head"
    ).content.decode()

    assert "That is not the same as having looked" in empty
    assert "?place=oxygenator_post" in empty
    assert '<option value="pump_head" selected>' in form


def test_clots_go_through_the_api_and_what_is_asked_back_is_confirmed_there(run, specialist):
    _, token = AuthToken.objects.create(user=specialist)
    client = APIClient(headers={"authorization": f"Token {token}"})
    clots = f"/api/v1/runs/{run.public_id}/clots/"
    seen = {"kind": "clot", "grade": 2, "size_mm": "7.0", "seen_at": (NOON - HOUR).isoformat()}

    def send(url, body):
        key = {"Idempotency-Key": str(uuid4())}
        return client.post(url, body, format="json", headers=key)

    asked = send(clots, {**seen, "place": "pump_head"})
    made = send(clots, {**seen, "place": "pump_head", "confirmed": ["grade"]})
    again = {"change": "larger", "grade": 3, "seen_at": NOON.isoformat()}
    looked = send(f"{clots}{made.json()['public_id']}/again/", again)

    assert (asked.status_code, asked.json()["code"]) == (409, "needs_confirmation")
    assert (made.status_code, looked.status_code) == (201, 201)
    assert {one["clot"] for one in client.get(clots).json()["results"]} == {made.json()["clot"]}


def test_the_drawing_marks_the_worst_of_each_place_beside_its_words(run, sees, specialist):
    sees(grade=2)
    sees(grade=3)
    sees(place="pump_head", grade=4)
    start_adjunct(run=run, kind="bladder", started_at=NOON - HOUR, by=specialist, at=NOON)

    page = Person(specialist).opens(reverse("circuits:clot-map", args=[run.public_id]))
    spots = {one.place: one for one in page.context["spots"]}

    outlet, pump = spots["oxygenator_post"], spots["pump_head"]
    assert (outlet.grade, outlet.count, outlet.mark) == (3, 2, "\N{BLACK SQUARE}")
    assert (pump.grade, pump.mark) == (4, "\N{BLACK DIAMOND}")
    assert outlet.mark_at[0] > outlet.x + outlet.width / 2
    assert pump.mark_at[1] == pump.y + pump.height
    assert spots["oxygenator_pre"].grade == 0
    assert "bladder" in spots
    assert "bladder" not in dict(page.context["places"])
