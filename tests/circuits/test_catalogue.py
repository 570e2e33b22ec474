"""The catalogue of devices: one product, one entry."""

import pytest
from django.urls import reverse

from circuits.actions.catalogue import (
    LabelHours,
    ModelKnown,
    acknowledge_labels,
    known_model,
    list_model,
    set_label,
)
from circuits.actions.devices import save_device
from circuits.models import DeviceModel
from tests.factories import NOON
from tests.journeys.people import machine
from tests.scenarios import device

GTIN = "04012345678901"


def test_a_second_product_with_the_same_gtin_is_refused(specialist):
    facts = {"kind": "oxygenator", "gtin": GTIN, "by": specialist, "at": NOON}
    list_model(name="Example A", **facts)

    with pytest.raises(ModelKnown, match=f"GTIN {GTIN} already"):
        list_model(name="Example B", **facts)

    assert [model.name for model in DeviceModel.objects.filter(gtin=GTIN)] == ["Example A"]


def test_a_product_that_is_named_again_is_the_one_in_the_catalogue(specialist):
    facts = {"kind": "oxygenator", "name": "Example A", "by": specialist, "at": NOON}
    first = known_model(gtin=GTIN, **facts)

    assert first.is_draft
    assert known_model(gtin=GTIN, **facts) == first
    assert known_model(gtin=GTIN, **{**facts, "name": "The same by another name"}) == first


def test_a_product_is_changed_in_its_place(specialist):
    model = device("oxygenator")
    model.manufacturer = "Example Devices"

    save_device(device=model, by=specialist, at=NOON)

    model.refresh_from_db()
    assert model.manufacturer == "Example Devices"


def labelled(model, by, hours, market="us"):
    label = LabelHours(market, hours, "instructions for use", NOON.date())
    return set_label(model=model, label=label, by=by, at=NOON)


def test_a_market_has_one_label_and_a_new_one_replaces_it(specialist):
    model = device("oxygenator")

    for hours, market in ((6, "us"), (48, "us"), (336, "eu")):
        labelled(model, specialist, hours, market)

    assert {label.market: label.hours for label in model.labels.all()} == {"us": 48, "eu": 336}


def test_what_the_labels_say_is_acknowledged_once_for_a_centre(centre, specialist, nurse):
    model = device("oxygenator")
    labelled(model, specialist, 6)
    read = {"model": model, "centre": centre, "at": NOON}

    first = acknowledge_labels(**read, by=specialist)
    labelled(model, specialist, 48)
    again = acknowledge_labels(**read, by=nurse)

    assert (again, first.labels_read) == (first, "United States 6 h")
    assert again.acknowledged_by == specialist


def test_the_catalogue_shows_the_label_of_each_market_beside_the_hours_of_the_site(
    client, coordinator, perfusionist
):
    model = device("oxygenator")
    labelled(model, coordinator, 6)
    client.force_login(coordinator)

    client.post(reverse("circuits:device-labels-read", args=[model.public_id]))
    page = client.get(reverse("circuits:device-list")).content.decode()

    assert "United States" in page
    assert "336" in page
    assert "labels read by Cleo Coordinator" in page


def test_label_hours_are_set_and_acknowledged_through_the_api(centre, perfusionist, nurse):
    pia = machine(perfusionist)
    page = f"/api/v1/device-models/{device('oxygenator').public_id}/"
    label = {"market": "eu", "hours": 336, "source": "instructions for use"}

    said = pia.post(f"{page}label/", label, format="json").json()
    read = {"centre": str(centre.public_id)}

    assert said["labels"] == [{**label, "checked_on": None}]
    assert pia.post(f"{page}labels-read/", read, format="json").status_code == 200
    strange = {"centre": "00000000-0000-4000-8000-000000000000"}
    assert pia.post(f"{page}labels-read/", strange, format="json").status_code == 400
    assert machine(nurse).post(f"{page}label/", label, format="json").status_code == 403
    assert machine(nurse).get(page).json()["labels"][0]["hours"] == 336
