"""A wedge scanner at the bedside: it types the label and presses Enter."""

from django.urls import reverse
from django.utils import timezone

from circuits.models import ComponentUse, DeviceModel
from tests.scenarios import running_vv

PRINT = "(01)00614141000012(17)270300(10)L26A417(21)SN0004512"


def test_a_scan_fills_the_form_and_one_more_enter_saves_it(screen, patient, specialist):
    DeviceModel.objects.create(kind="oxygenator", name="Example A", gtin="00614141000012")
    run = running_vv(patient, specialist, at=timezone.now())
    here = screen(specialist)
    here.open(reverse("circuits:component-install", args=[run.public_id]))
    here.page.fill("#id_installed_at", "now")

    here.page.fill("#id_udi", PRINT)
    here.page.press("#id_udi", "Enter")
    here.page.get_by_text("Compare product, lot, serial and expiry").wait_for()
    assert here.page.input_value("#id_lot") == "L26A417"
    assert here.page.input_value("#id_expires_on") == "31-Mar-2027"

    here.page.press("#id_serial", "Enter")
    here.page.get_by_text("Component installed.").wait_for()
    assert ComponentUse.objects.get().component.serial == "SN0004512"
