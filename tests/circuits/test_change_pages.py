"""The schedule of changes: its pages and its endpoints, for those who may."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from circuits.actions.checks import record_check
from circuits.changes import out_of_hours
from circuits.document import Typed
from circuits.models import ComponentUse, PlannedChange
from clinical.daytime import Daytime
from tests.circuits.test_changes import exchange
from tests.factories import NOON
from tests.labs.reference import site_document
from tests.scenarios import with_circuit

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def api(user):
    _, token = AuthToken.objects.create(user=user)
    return APIClient(headers={"authorization": f"Token {token}"})


@pytest.fixture
def clotting(run, specialist):
    """A circuit whose membrane resists ever more, by a clot that is seen."""
    with_circuit(run, specialist)
    for hour in range(1, 48):
        typed = Typed(
            checked_at=run.started_at + timedelta(hours=hour),
            values={
                "blood_flow": 4,
                "p_pre_membrane": 170 + max(hour - 20, 0) * 0.25,
                "p_post_membrane": 150,
            },
            findings={"clot_fibrin": "grade_3" if hour > 40 else "grade_1"},
        )
        record_check(run=run, typed=typed, by=specialist, at=NOON)
    return run


def send(client, url, data):
    return client.post(url, {**data, "client_uuid": uuid4()})


def plan_url(run):
    return reverse("circuits:change-plan", args=[run.public_id])


def planned_by_form(client, run, owner):
    uses = ComponentUse.objects.filter(circuit__run=run, kind="oxygenator")
    return send(
        client,
        plan_url(run),
        {
            "uses": [use.pk for use in uses],
            "urgency": "planned",
            "starts_at": "03-Mar-2026 09:00",
            "ends_at": "03-Mar-2026 11:00",
            "owner": owner.pk,
            "why": "clot and rising resistance",
        },
    )


def test_from_proposal_to_plan_to_done(client, clotting, specialist, perfusionist, physician):
    client.force_login(specialist)
    schedule = reverse("circuits:change-schedule")
    before = client.get(schedule).content.decode()

    answer = planned_by_form(client, clotting, perfusionist)
    change = PlannedChange.objects.get()
    page = reverse("circuits:change-detail", args=[change.public_id])
    listed = client.get(schedule).content.decode()
    months = [client.get(schedule, {"view": view}).content.decode() for view in ("week", "month")]

    assert "Clot or fibrin of grade 3 or more" in before
    assert "No change is planned" in before
    assert answer.status_code == 302, answer.content.decode()
    assert "clot and rising resistance" in listed
    assert "No signal asks for a change" in listed
    assert all(page in one for one in months)

    step = {"reason": "off duty", "owner": physician.pk}
    send(client, reverse("circuits:change-hand-over", args=[change.public_id]), step)
    moved = {"urgency": "urgent", "starts_at": "03-Mar-2026 12:00", "reason": "theatre is full"}
    again = reverse("circuits:change-replan", args=[change.public_id])
    refused = send(client, again, {**moved, "ends_at": "03-Mar-2026 11:00"})
    send(client, again, {**moved, "ends_at": "03-Mar-2026 14:00"})
    send(client, reverse("circuits:change-kit", args=[change.public_id]), {"is_ready": "on"})
    shown = client.get(page).content.decode()

    assert refused.status_code == 422
    assert "must end after it begins" in refused.content.decode()
    assert "theatre is full" in shown
    assert "Fay Physician" in shown
    assert "The kit is ready" in shown

    exchange(clotting, [part.use for part in change.parts.all()], specialist, at=NOON)

    assert "Taken out at" in client.get(page).content.decode()


def test_the_circuit_page_says_why_and_projects_only_when_signed(client, clotting, specialist):
    client.force_login(specialist)
    page = reverse("circuits:circuit-detail", args=[clotting.public_id])

    unsigned = client.get(page).content.decode()
    site_document(clotting.unit.centre, "clinical_switches", {"projections": True})
    signed = client.get(page).content.decode()

    assert "Projections are off" in unsigned
    assert "If it goes on so" in signed
    assert "Projection signed in clinical_switches version 1" in signed
    assert "3 clot 5 to 10 mm" in signed
    assert "Membrane resistance" in signed


def test_an_empty_schedule_and_an_empty_circuit_say_so(client, run, specialist):
    client.force_login(specialist)

    schedule = client.get(reverse("circuits:change-schedule")).content.decode()
    plan = client.get(plan_url(run)).content.decode()

    assert "No change is planned" in schedule
    assert "No exchange in the last twelve months" in schedule
    assert "Nothing to change" in plan


def test_a_slot_in_the_past_is_asked_for_again_with_all_that_was_typed(
    client, clotting, specialist, perfusionist
):
    with time_machine.travel(NOON + timedelta(days=3), tick=False):
        client.force_login(specialist)
        answer = planned_by_form(client, clotting, perfusionist)

    assert answer.status_code == 422
    assert "This slot is over" in answer.content.decode()
    assert "clot and rising resistance" in answer.content.decode()


def test_a_change_is_planned_and_moved_through_the_api(
    clotting, specialist, perfusionist, split_person
):
    sam = api(specialist)
    use = ComponentUse.objects.get(circuit__run=clotting, kind="oxygenator")
    body = {
        "components": [str(use.public_id)],
        "urgency": "planned",
        "starts_at": (NOON + 20 * HOUR).isoformat(),
        "ends_at": (NOON + 22 * HOUR).isoformat(),
        "owner": str(perfusionist.public_id),
        "why": "clot",
    }

    made = sam.post(f"/api/v1/runs/{clotting.public_id}/changes/", body)
    twice = sam.post(f"/api/v1/runs/{clotting.public_id}/changes/", body)
    page = f"/api/v1/changes/{made.json()['public_id']}/"
    handed = sam.post(page + "hand-over/", {"owner": body["owner"], "reason": "same person"})
    kit = sam.post(page + "kit/", {"is_ready": True, "note": "circuit 2"})
    nobody = sam.post(page + "hand-over/", {"owner": str(use.public_id), "reason": "?"})
    moved = sam.post(
        page + "replan/",
        {"starts_at": body["ends_at"], "ends_at": (NOON + 23 * HOUR).isoformat(), "reason": "CT"},
    )
    by_observer = api(split_person).post(page + "cancel/", {"reason": "no"})
    cancelled = sam.post(page + "cancel/", {"reason": "weaned"})
    stray = sam.post(
        f"/api/v1/runs/{clotting.public_id}/changes/", {**body, "components": [body["owner"]]}
    )

    assert made.status_code == 201, made.json()
    assert made.json()["evidence"][0]["signals"][0]["rule"] == "clot"
    assert (twice.status_code, twice.json()["code"]) == (409, "already_planned")
    assert handed.status_code == 200
    assert (kit.json()["is_kit_ready"], nobody.status_code) == (True, 400)
    assert moved.json()["starts_at"] == made.json()["ends_at"]
    assert by_observer.status_code == 403
    assert cancelled.json()["state"] == "cancelled"
    assert stray.status_code == 400
    assert sam.get("/api/v1/changes/", {"state": "cancelled"}).json()["count"] == 1


def test_the_out_of_hours_share_is_by_month_and_leaves_the_end_out(
    unit, run, specialist, perfusionist
):
    """12:00 and 13:00 UTC are by day in Oslo, 17:00 UTC is evening."""
    uses = with_circuit(run, specialist)
    new = exchange(run, uses, specialist, at=NOON - 24 * HOUR - 3 * HOUR)
    exchange(run, new[:1], specialist, at=NOON - 3 * HOUR)

    (share,) = out_of_hours(unit, NOON - 100 * HOUR, NOON, Daytime())[-1:]
    earlier = out_of_hours(unit, NOON - 100 * HOUR, NOON - 4 * HOUR, Daytime())

    assert (share.exchanges, share.out_of_hours, share.percent) == (2, 1, 50)
    assert [(one.exchanges, one.out_of_hours) for one in earlier] == [(1, 1)]
    assert out_of_hours(unit, NOON, NOON + HOUR, Daytime()) == []
