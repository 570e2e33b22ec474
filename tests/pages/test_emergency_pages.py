"""Emergencies on their pages: two taps to the clock, the plan on top, a poll that brings the news."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from circuits.actions.care_plan import set_emergency_plan
from circuits.models import Emergency
from tests.scenarios import running_vv
from web.models import ChecklistRun, ChecklistTap


@pytest.fixture
def run(patient, specialist):
    return running_vv(patient, specialist, at=timezone.now() - timedelta(hours=4))


def page_of(emergency, **query):
    return reverse("circuits:emergency", args=[emergency.public_id], query=query)


def test_two_taps_from_a_page_of_the_patient_start_the_clock_with_plan_and_ceiling_on_top(
    client, run, physician, nurse
):
    set_emergency_plan(
        run=run,
        ceiling="limited",
        words="No second circuit.",
        physician=physician,
        reviewed_at=timezone.now(),
        by=physician,
        at=timezone.now(),
    )
    client.force_login(nurse)
    first = reverse("circuits:emergency-start", query={"run": run.public_id})
    overview = client.get(reverse("circuits:run-overview", args=[run.public_id]))
    assert f'href="{first}"' in overview.content.decode()

    form = client.get(first).context["form"]
    sent = {
        "client_uuid": form["client_uuid"].value(),
        "where": form["where"].value(),
        "card": "pump_fail",
    }
    shown = client.post(reverse("circuits:emergency-start"), sent, follow=True)

    emergency = Emergency.objects.get()
    assert (emergency.run, emergency.started_by) == (run, nurse)
    body = shown.content.decode()
    assert "No second circuit." in body
    assert "Pump head to the hand crank" in body
    assert "data-since" in body


def test_a_tap_needs_no_reason_comes_back_by_itself_and_stands_in_the_timeline(client, run, nurse):
    client.force_login(nurse)
    client.post(reverse("circuits:emergency-start"), {"client_uuid": uuid4(), "card": "air"})
    emergency = Emergency.objects.get()
    card = ChecklistRun.objects.get()
    before = client.get(page_of(emergency)).context["lines"]
    answer = reverse("checklist-answer", args=[card.public_id, "clamp_return"])

    part = client.post(
        answer, {"client_uuid": uuid4(), "answer": "not_possible"}, headers={"HX-Request": "true"}
    )
    plain = client.post(answer, {"client_uuid": uuid4(), "answer": "done"})
    news = client.get(page_of(emergency, lines=len(before)), headers={"HX-Request": "true"})
    quiet = client.get(page_of(emergency, lines=3), headers={"HX-Request": "true"})

    assert (part.status_code, news.status_code, quiet.status_code) == (200, 200, 204)
    assert plain.url.startswith(page_of(emergency, card=card.public_id))
    assert ChecklistTap.objects.count() == 2
    assert "Clamp the return line" in news.content.decode()


def test_a_patient_is_named_later_a_card_is_added_and_an_empty_line_is_refused_with_the_page(
    client, run, nurse
):
    client.force_login(nurse)
    client.post(reverse("circuits:emergency-start"), {"client_uuid": uuid4()})
    emergency = Emergency.objects.get()
    assert emergency.run is None

    name = reverse("circuits:emergency-name", args=[emergency.public_id])
    wrong = client.post(name, {"run": "nobody"})
    client.post(name, {"run": str(run.public_id)})
    more = client.post(reverse("circuits:emergency-card", args=[emergency.public_id, "arrest"]))
    refused = client.post(
        reverse("circuits:emergency-note", args=[emergency.public_id]), {"kind": "note", "text": ""}
    )

    emergency.refresh_from_db()
    assert (wrong.status_code, emergency.run) == (422, run)
    assert client.get(more.url).context["checklist"].kind == "emergency_arrest"
    assert refused.status_code == 422
    assert b"Timeline" in refused.content
