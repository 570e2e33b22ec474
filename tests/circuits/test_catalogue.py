"""The catalogue of devices: one product, one entry."""

import pytest

from circuits.actions.catalogue import ModelKnown, known_model, list_model
from circuits.actions.devices import save_device
from circuits.models import DeviceModel
from tests.factories import NOON
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
    model.label_hours = 336

    save_device(device=model, by=specialist, at=NOON)

    model.refresh_from_db()
    assert model.label_hours == 336
