"""Site data, roster, messages, reports and the catalogue through the API."""

from datetime import timedelta

import pytest

from circuits.change_policies import change_policy
from notifications.actions import queue_notification
from reports.models import Report
from tests.factories import NOON, PersonFactory
from web.actions import store_attachment

DOCUMENTS = "/api/v1/site-documents/"
POLICY = {"oxygenator": {"policy_hours": 120, "warn_pct": 80}}


def hours(number):
    return (NOON + timedelta(hours=number)).isoformat()


@pytest.fixture
def cleo(api, coordinator):
    return api(coordinator)


@pytest.fixture
def dana(api, director):
    return api(director)


def draft(centre, **more):
    return {"centre": str(centre.public_id), "kind": "change_policy", "body": POLICY, **more}


def test_a_policy_holds_once_a_second_person_approves_it(cleo, dana, centre):
    drafted = cleo.post(DOCUMENTS, draft(centre, is_fictitious=True))
    page = f"{DOCUMENTS}{drafted.json()['public_id']}/"
    before = change_policy(centre, NOON).of("oxygenator").review.policy_hours

    by_author = cleo.post(page + "approve/", {"valid_from": hours(-1)})
    approved = dana.post(page + "approve/", {"valid_from": hours(-1)})

    assert drafted.status_code == 201, drafted.json()
    assert by_author.status_code == 403
    assert approved.json()["approved_by"]["name"] == "Dana Director"
    assert before == 336
    assert change_policy(centre, NOON).of("oxygenator").review.policy_hours == 120
    assert dana.get(DOCUMENTS, {"is_approved": "true"}).json()["count"] == 1


def test_who_drafted_it_cannot_approve_it_even_with_the_right(dana, centre):
    drafted = dana.post(DOCUMENTS, draft(centre)).json()

    answer = dana.post(f"{DOCUMENTS}{drafted['public_id']}/approve/", {"valid_from": hours(0)})

    assert answer.json()["code"] == "needs_second_person"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("change_policy", {"oxygenator": {"policy_hours": "120"}}),
        ("change_policy", {"oxigenator": {"policy_hours": 120, "warn_pct": 80}}),
        ("change_policy", []),
        ("debt_policy", {"shoe size": 3}),
        ("check_cadence", {"every_min": 0}),
        ("lab_catalogue", [{"analyte": "moon"}]),
        ("anticoagulation_protocols", [{"id": "p"}]),
        ("early_harm_limits", {"pao2_high": {"above": True, "window_h": 24}}),
        ("escalation", {"steps": []}),
        ("clinical_switches", {"titration": "perhaps"}),
        ("trend_rules", {"flow_fall_pct": 0}),
        ("trend_rules", {"chatter_of_checks": 2, "chatter_at_least": 3}),
        ("moon phases", {}),
    ],
)
def test_site_data_that_no_rule_could_read_is_refused(cleo, centre, kind, body):
    answer = cleo.post(DOCUMENTS, draft(centre, kind=kind, body=body))

    assert answer.status_code == 400
    assert cleo.get(DOCUMENTS).json()["count"] == 0


def test_a_specialist_drafts_nothing(sam, centre):
    assert sam.post(DOCUMENTS, draft(centre)).status_code == 403


def test_shifts_are_drafted_published_and_answer_who_is_on_call(cleo, sam, unit):
    person = PersonFactory(unit=unit)
    shift = {
        "unit": str(unit.public_id),
        "person": str(person.public_id),
        "duty": "bedside",
        "starts_at": hours(-4),
        "ends_at": hours(8),
    }
    period = {"unit": shift["unit"], "starts_at": hours(-24), "ends_at": hours(24)}
    on_call = {"unit": shift["unit"]}

    drafted = cleo.post("/api/v1/shifts/", shift)
    twice = cleo.post("/api/v1/shifts/", shift)
    nobody = sam.get("/api/v1/on-call/", on_call).json()
    published = cleo.post("/api/v1/shifts/publish/", period)
    somebody = sam.get("/api/v1/on-call/", on_call).json()
    later = sam.get("/api/v1/on-call/", {**on_call, "at": hours(9)}).json()
    cancelled = cleo.post(f"/api/v1/shifts/{drafted.json()['public_id']}/cancel/", {})

    assert drafted.status_code == 201
    assert twice.json()["code"] == "double_booked"
    assert (nobody, later) == ([], [])
    assert len(published.json()) == 1
    assert somebody[0]["person"]["name"] == person.name
    assert cancelled.json()["cancelled_at"] == "2026-03-02T12:00:00Z"
    assert sam.post("/api/v1/shifts/", shift).status_code == 403
    assert sam.get("/api/v1/people/").json()["results"][0]["phone"] == person.phone
    assert sam.get("/api/v1/shifts/", {"ends_after": hours(0)}).json()["count"] == 1


def test_the_roster_of_no_unit_is_refused(sam):
    assert sam.get("/api/v1/on-call/").status_code == 400


def test_messages_are_read_by_who_they_are_for(sam, api, specialist, nurse):
    queue_notification(to=specialist, subject="bed 7", text="see the board", key="k", at=NOON)

    assert sam.get("/api/v1/notifications/").json()["results"][0]["subject"] == "bed 7"
    assert api(nurse).get("/api/v1/notifications/").json()["count"] == 0


def test_a_report_is_asked_for_and_its_file_downloaded(cleo, dana, sam, centre):
    body = {"centre": str(centre.public_id), "kind": "registry", "month": "2026-02"}
    asked = cleo.post("/api/v1/reports/", body)
    again = cleo.post("/api/v1/reports/", body)
    too_soon = cleo.post("/api/v1/reports/", {**body, "month": "2026-03"})
    report = Report.objects.get()
    report.files.add(store_attachment(name="a.csv", media_type="text/csv", content=b"one", at=NOON))
    page = f"/api/v1/reports/{report.public_id}/"
    file = cleo.get(page).json()["files"][0]

    answer = cleo.get(f"{page}files/{file['public_id']}/")

    assert (asked.status_code, asked.json()["month"]) == (201, "2026-02")
    assert (again.json()["code"], too_soon.json()["code"]) == ("already_in_work", "month_not_over")
    assert (answer.content, answer["Content-Type"]) == (b"one", "text/csv")
    assert cleo.get("/api/v1/reports/", {"month": "2026-02"}).json()["count"] == 1
    assert dana.post(page + "sign/").json()["code"] == "not_to_review"
    assert sam.get(page).status_code == 403


def test_a_device_is_catalogued_once(api, perfusionist, sam):
    body = {
        "kind": "oxygenator",
        "name": "Example",
        "gtin": "00614141000012",
    }
    body["labels"] = [{"market": "us", "hours": 6, "source": "read by hand"}]

    made = api(perfusionist).post("/api/v1/device-models/", body)
    twice = api(perfusionist).post("/api/v1/device-models/", body)

    assert (made.status_code, made.json()["is_draft"]) == (201, False)
    assert [label["hours"] for label in made.json()["labels"]] == [6]
    assert twice.json()["code"] == "model_known"
    assert sam.post("/api/v1/device-models/", body).status_code == 403
    assert sam.get("/api/v1/device-models/", {"gtin": "00614141000012"}).json()["count"] == 1
