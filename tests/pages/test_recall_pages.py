"""Recalls, incidents and passports as pages, as PDFs and through the API."""

import io
from datetime import timedelta
from uuid import uuid4

import pikepdf
import pytest
import time_machine
from django.urls import reverse
from PIL import Image

from audit.models import Access
from circuits.models import DeviceIncident, PartPhoto, Recall
from patients.models import Run
from tests.circuits.recall_cases import GTIN, LOT, put_in, received, ward
from tests.factories import NOON
from tests.journeys.people import Person, machine
from tests.scenarios import running_vv


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist)


def text_of(pdf):
    """The words of a PDF, as a reader finds them."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        title = str(document.docinfo.get("/Title", ""))
        return title, len(document.pages)


NOTICE = {
    "issuer": "Example Devices",
    "reference": "FSN-1",
    "product": "Example membrane",
    "action": "removal",
    "issued_on": "2026-02-27",
    "received_at": "12:00",
    "gtins": GTIN,
    "lots": f"{LOT}\nL100 to L199",
    "instruction": "Exchange it.",
}


def typed(centre, **more):
    return {**NOTICE, "centre": centre.pk, **more}


def test_a_recall_in_two_patients_on_a_shelf_and_once_before_is_one_page_and_one_pdf(
    client, patient, unit, centre, coordinator, specialist
):
    ward(patient, coordinator, unit)
    recall = received(centre, coordinator)
    client.force_login(coordinator)

    page = client.get(reverse("circuits:recall-detail", args=[recall.public_id]))
    pdf = client.get(reverse("reports:recall-trace", args=[recall.public_id]))

    words = page.content.decode()
    for name in ("CANARY", "FINCH", "IBIS", "48:00", "168:00", LOT, "L26B001"):
        assert name in words
    title, pages = text_of(pdf.content)
    assert (title, pages) == ("Recall FSN-2026-014, trace", 2)
    assert Access.objects.filter(what__startswith="recall FSN-2026-014").count() == 6


def test_a_notice_is_entered_and_nothing_found_is_told_with_its_proof(
    client, unit, centre, coordinator
):
    cleo = Person(coordinator)

    answer = cleo.saves(reverse("circuits:recall-create"), **typed(centre))

    recall = Recall.objects.get()
    assert answer.headers["Location"] == reverse("circuits:recall-detail", args=[recall.public_id])
    assert (recall.lots, recall.lot_ranges) == ([LOT], [["L100", "L199"]])
    client.force_login(coordinator)
    assert b"None found" in client.get(answer.headers["Location"]).content
    assert b"None found" in client.get(reverse("circuits:recall-list")).content


def test_a_notice_that_cannot_be_read_keeps_what_was_typed(client, unit, centre, coordinator):
    client.force_login(coordinator)

    for more in ({"gtins": "12"}, {"lots": "x" * 91}, {"lots": "L9 to 7"}, {"gtins": ""}):
        answer = Person(coordinator).saves(
            reverse("circuits:recall-create"), **typed(centre, **more)
        )
        assert answer.status_code == 422
        assert b"Exchange it." in answer.content

    assert not Recall.objects.exists()


def test_the_steps_of_a_recall_are_taken_on_its_pages_until_two_have_closed_it(
    client, run, centre, coordinator, director, specialist
):
    put_in(run, specialist)
    recall = received(centre, coordinator)
    cleo, here = Person(coordinator), [recall.public_id]
    told = reverse("circuits:recall-tell", args=[recall.public_id, run.public_id])
    item = str(recall.items.get().public_id)

    cleo.saves(told, who="Dr Fern", told_at="12:00")
    cleo.saves(
        reverse("circuits:recall-fate", args=here),
        items=[item],
        fate="corrected",
        decided_at="12:00",
    )
    cleo.saves(reverse("reports:recall-reply", args=here), sent_to="Example", sent_at="12:00")
    for user in (coordinator, director):
        client.force_login(user)
        client.post(reverse("circuits:recall-search", args=here))
        client.post(reverse("circuits:recall-close", args=here))

    recall.refresh_from_db()
    assert recall.closed_by == director
    reply = recall.steps.get(kind="replied").file
    sent = client.get(reverse("circuits:recall-file", args=[*here, reply.public_id]))
    assert sent.content.startswith(b"%PDF-")
    assert text_of(sent.content)[0] == "Reply to FSN-2026-014"
    draft = client.get(reverse("reports:recall-reply", args=here) + "?draft=1")
    assert draft.status_code in {200, 403}


def test_a_stranger_finds_no_recall_and_a_reader_cannot_work_it(
    client, centre, coordinator, stranger, nurse, run
):
    recall = received(centre, coordinator)
    page = reverse("circuits:recall-detail", args=[recall.public_id])
    client.force_login(stranger)
    assert client.get(page).status_code == 403
    client.force_login(nurse)
    assert client.get(page).status_code == 200
    assert client.get(reverse("circuits:recall-fate", args=[recall.public_id])).status_code == 403
    client.force_login(coordinator)
    wrong = reverse("circuits:recall-tell", args=[recall.public_id, run.public_id])
    assert client.get(wrong).status_code == 404


def test_an_incident_is_recorded_from_the_circuit_and_worked_to_its_end(
    client, run, coordinator, nurse, specialist
):
    use = put_in(run, specialist)
    facts = {"happened_at": "11:00", "part": str(use.public_id), "what": "It cracked."}
    Person(nurse).saves(
        reverse("circuits:incident-create", args=[run.public_id]), harm="harm_temp", **facts
    )
    incident = DeviceIncident.objects.get()
    here, cleo = [incident.public_id], Person(coordinator)

    cleo.saves(
        reverse("circuits:incident-hand-over", args=here),
        holder="Ebbe",
        place="shop",
        taken_at="12:00",
    )
    cleo.saves(reverse("circuits:incident-harm", args=here), harm="no_harm")
    cleo.saves(reverse("circuits:incident-harm", args=here), harm="death")
    cleo.saves(reverse("circuits:incident-report", args=here), to="Example", reported_at="12:00")
    cleo.saves(reverse("circuits:incident-release", args=here), to="Example", released_at="12:00")
    cleo.saves(reverse("circuits:incident-close", args=here), outcome="A bad mould.")

    incident.refresh_from_db()
    assert incident.outcome == "A bad mould."
    client.force_login(coordinator)
    assert b"A bad mould." in client.get(reverse("circuits:incident-detail", args=here)).content
    assert b"It cracked." in client.get(reverse("circuits:incident-list")).content
    pdf = client.get(reverse("reports:incident-report", args=here))
    assert text_of(pdf.content)[0] == "Device incident of 02-Mar-2026, draft report"


def test_a_photo_stands_in_the_passport_and_is_shown_to_who_may_see_the_patient(
    client, run, nurse, specialist, stranger
):
    use = put_in(run, specialist)
    picture = io.BytesIO()
    Image.new("RGB", (8, 6), "red").save(picture, "JPEG")
    picture.seek(0)
    picture.name = "clot.jpg"
    client.force_login(nurse)

    client.post(
        reverse("circuits:photo-create", args=[use.public_id]),
        {"kind": "clot", "file": picture, "client_uuid": str(uuid4())},
    )

    photo = reverse("circuits:part-photo", args=[PartPhoto.objects.get().public_id])
    page = client.get(reverse("circuits:circuit-passport", args=[run.public_id]))
    assert photo in page.content.decode()
    shown = client.get(photo)
    assert (shown.headers["Content-Type"], shown.status_code) == ("image/jpeg", 200)
    client.force_login(stranger)
    assert client.get(photo).status_code == 403


def test_no_pdf_stands_as_a_photo(client, run, nurse, specialist):
    use = put_in(run, specialist)
    fake = io.BytesIO(b"%PDF-1.7")
    fake.name = "clot.jpg"
    client.force_login(nurse)

    answer = client.post(
        reverse("circuits:photo-create", args=[use.public_id]),
        {"kind": "clot", "file": fake, "client_uuid": str(uuid4())},
    )

    assert answer.status_code == 422
    assert not PartPhoto.objects.exists()


def test_a_recall_goes_its_way_through_the_api(run, centre, coordinator, director, specialist):
    put_in(run, specialist)
    cleo, dana = machine(coordinator), machine(director)
    at = NOON.isoformat()
    body = {**NOTICE, "centre": str(centre.public_id), "received_at": at, "gtins": [GTIN]}
    made = cleo.post("/api/v1/recalls/", {**body, "lots": [LOT], "lot_ranges": [["L1", "L9"]]})
    assert made.status_code == 201, made.json()
    assert (made.json()["found"], made.json()["undecided"]) == (1, 1)
    here = f"/api/v1/recalls/{made.json()['public_id']}/"
    (one,) = cleo.get(here + "trace/").json()["now"]
    assert one["patient"]["mrn"] == "M1"
    item = one["item"]["public_id"]

    early = cleo.post(here + "close/", {})
    assert (early.status_code, early.json()["code"]) == (409, "not_ready_to_close")
    told = {"run": str(run.public_id), "who": "Dr Fern", "told_at": at}
    assert cleo.post(here + "tell/", told).status_code == 200
    out = {"items": [item], "fate": "removed", "decided_at": at}
    assert cleo.post(here + "fate/", out).json()["code"] == "fate_contradicted"
    assert cleo.post(here + "fate/", {**out, "fate": "corrected"}).json()["undecided"] == 0
    assert cleo.post(here + "fate/", {**out, "items": [str(run.public_id)]}).status_code == 400
    assert cleo.post(here + "reply/", {"sent_to": "Example", "sent_at": at}).status_code == 200
    assert cleo.post(here + "search/", {}).status_code == 200
    assert cleo.post(here + "close/", {}).json()["closed_at"] is None
    assert dana.post(here + "close/", {}).json()["closed_by"]["name"] == str(director)
    assert cleo.get("/api/v1/recalls/", {"is_open": "true"}).json()["count"] == 0


def test_an_incident_and_a_passport_go_their_way_through_the_api(run, coordinator, specialist):
    use = put_in(run, specialist)
    cleo, at = machine(coordinator), NOON.isoformat()
    body = {
        "run": str(run.public_id),
        "component": str(use.public_id),
        "happened_at": (NOON - timedelta(hours=1)).isoformat(),
        "what": "It cracked.",
        "harm": "harm_temp",
    }
    made = cleo.post("/api/v1/incidents/", body)
    assert made.status_code == 201, made.json()
    assert made.json()["component"]["serial"] == "S1"
    here = f"/api/v1/incidents/{made.json()['public_id']}/"
    taken = {"holder": "Ebbe", "place": "shop", "taken_at": at}
    assert len(cleo.post(here + "hand-over/", taken).json()["custody"]) == 2
    assert cleo.post(here + "close/", {"outcome": "x"}).json()["code"] == "report_owed"
    assert cleo.post(here + "harm/", {"harm": "near_miss"}).json()["report_by"] is None
    sent = {"to": "Example", "reported_at": at}
    assert cleo.post(here + "report/", sent).json()["reported_to"] == "Example"
    assert cleo.post(here + "release/", {"to": "Example", "released_at": at}).status_code == 200
    assert cleo.post(here + "close/", {"outcome": "a bad mould"}).json()["outcome"] == "a bad mould"
    both = cleo.post("/api/v1/incidents/", {**body, "unit": str(run.unit.public_id)})
    assert both.status_code == 400
    bare = {**body, "run": None, "component": None, "unit": str(run.unit.public_id)}
    assert cleo.post("/api/v1/incidents/", bare).status_code == 201
    circuit = Run.objects.get().circuits.get().public_id
    passport = cleo.get(f"/api/v1/runs/{run.public_id}/passports/{circuit}/").json()
    assert passport["lines"][0]["entries"][0]["hours_exact"] == "48:00"
