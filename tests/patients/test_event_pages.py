"""The events of a run on their page: a bag of the prime is asked about once."""

from uuid import uuid4

from django.urls import reverse

from patients.models import BloodProduct


def test_a_prime_without_identity_is_asked_about_and_kept_once_that_is_ticked(
    client, run, specialist
):
    client.force_login(specialist)
    path = reverse("patients:event-create", args=[run.public_id, "product"])
    bag = {
        "product": "red_cells",
        "volume_ml": "150",
        "given_to": "circuit",
        "started_at": "01-Mar-2026 10:00",
        "client_uuid": str(uuid4()),
    }

    asked = client.post(path, bag)
    client.post(path, bag | {"is_all_there_is": "on"})

    assert asked.status_code == 422
    assert "full identity" in asked.content.decode()
    assert BloodProduct.objects.get().given_to == "circuit"


def test_blood_stands_by_day_and_kilogram_on_the_page(client, run, specialist):
    client.force_login(specialist)
    path = reverse("patients:event-create", args=[run.public_id, "draw"])

    client.post(
        path, {"volume_ml": "8", "drawn_at": "01-Mar-2026 10:00", "client_uuid": str(uuid4())}
    )

    shown = client.get(reverse("patients:event-list", args=[run.public_id])).content.decode()
    assert "Blood given and drawn" in shown
    assert "8 mL drawn" in shown
