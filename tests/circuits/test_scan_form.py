"""The scan box: Enter of a scanner fills the form, a person confirms it, nothing is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from circuits.forms.circuit import InstallForm
from circuits.models import DeviceModel
from tests.circuits.udi.test_photo import MATRIX, code, on_a_table
from tests.circuits.udi.test_photo import sent as photo_of
from tests.factories import NOON
from tests.journeys.people import Person, filled_in
from tests.scenarios import device

GTIN = "00614141000012"
RAW = f"01{GTIN}1727030010L26A417\x1d21SN0004512"


@pytest.fixture
def product(db):
    return DeviceModel.objects.create(kind="oxygenator", name="Example A", gtin=GTIN)


def sent(photo=None, **typed):
    files = {"label_photo": SimpleUploadedFile("label.png", photo)} if photo else None
    facts = {"client_uuid": "6f1c5c1e-7a0e-4a70-9d3c-0a4f3f1f2a11", "installed_at": "-5"}
    return InstallForm({**facts, **typed}, files, at=NOON)


def as_shown(form):
    """What the browser sends when the form that was shown is sent again."""
    names = [name for name in form.fields if name != "label_photo"]
    return {name: form[name].value() or "" for name in names}


def test_a_scan_fills_the_form_and_is_confirmed_by_sending_it_again(product):
    scanned = sent(udi=RAW)

    assert not scanned.is_valid()
    assert "Compare product, lot, serial and expiry" in str(scanned.errors["udi"])
    assert set(scanned.errors) == {"udi"}

    confirmed = InstallForm(as_shown(scanned), at=NOON)
    assert confirmed.is_valid(), confirmed.errors
    part = confirmed.part()
    assert (part.model, part.lot, part.serial, part.udi) == (product, "L26A417", "SN0004512", RAW)
    assert str(part.expires_on) == "2027-03-31"


def test_what_somebody_typed_is_not_overwritten_by_the_label(product):
    form = sent(udi=RAW, lot="TYPED")

    assert not form.is_valid()
    assert form["lot"].value() == "TYPED"
    assert form["serial"].value() == "SN0004512"


def test_another_label_is_read_anew(product):
    form = sent(udi=RAW, label_seen="01006141410000121710L1", model=product.pk)

    assert not form.is_valid()


def test_a_label_that_cannot_be_read_is_said_so_once_and_then_kept(db):
    typed = {"udi": "+A123BJC5D6E71H", "model": device("oxygenator").pk}
    form = sent(**typed)
    assert "check character is wrong" in str(form.errors["udi"])

    confirmed = InstallForm(as_shown(form), at=NOON)

    assert confirmed.is_valid(), confirmed.errors
    assert confirmed.part().udi == "+A123BJC5D6E71H"


def test_a_product_that_is_not_in_the_catalogue_is_asked_for(db):
    form = sent(udi=RAW)

    assert f"has the number {GTIN}" in str(form.errors["model"])
    assert form["lot"].value() == "L26A417"


def test_a_photo_of_the_label_fills_the_form_as_a_scan_does(product):
    form = sent(photo=photo_of(on_a_table(code(MATRIX))))

    assert set(form.errors) == {"udi"}
    confirmed = InstallForm(as_shown(form), at=NOON)
    assert confirmed.is_valid(), confirmed.errors
    assert confirmed.part().serial == "SN0004512"


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        pytest.param(photo_of(on_a_table(code(MATRIX)).resize((40, 30))), "closer", id="far"),
        pytest.param(b"no picture at all", "neither a photo", id="no-picture"),
        pytest.param(b"%PDF-1.7 a document", "neither a photo", id="pdf"),
    ],
)
def test_a_photo_that_shows_nothing_loses_nothing_that_was_typed(product, photo, sentence):
    form = sent(photo=photo, lot="TYPED")

    assert sentence in str(form.errors["label_photo"])
    assert form["lot"].value() == "TYPED"


def test_a_label_whose_number_nobody_knows_makes_a_draft_that_is_completed_later(
    unit, perfusionist, coordinator
):
    pia, page = Person(perfusionist), reverse("circuits:stock-receive")
    typed = {"udi": RAW, "received_at": "-5"}
    asked = pia.saves(page, **typed)
    assert "name it below: it is kept as a draft" in asked.content.decode()
    again = filled_in(asked.content.decode())

    half = pia.client.post(page, {**again, "draft_kind": "oxygenator"})
    assert "what it is and how the label calls it" in half.content.decode()
    done = pia.client.post(page, {**again, "draft_kind": "oxygenator", "draft_name": "Example Z"})

    assert done.status_code == 302
    draft = DeviceModel.objects.get()
    assert (draft.name, draft.gtin, draft.is_draft) == ("Example Z", GTIN, True)
    assert draft.stock_lots.get().lot == "L26A417"
    cleo = Person(coordinator)
    assert "Draft: complete it" in cleo.opens(reverse("circuits:device-list")).content.decode()
    cleo.saves(reverse("circuits:device-edit", args=[draft.public_id]), is_draft="")
    again = pia.saves(page, udi=RAW, received_at="-5")
    assert "name it below" not in again.content.decode()
