"""What people do all day, clicked through: sign in, flow on, exchange, results, infusions."""

from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import User
from circuits.models import ComponentUse
from labs.models import InfusionChange, Result
from patients.models import Run
from tests.browser.ward import heparin
from tests.factories import PASSWORD
from tests.scenarios import device, running_vv, with_circuit


@pytest.fixture
def run(transactional_db, patient, specialist):
    """On V-V for two days until now."""
    return running_vv(patient, specialist, at=timezone.now() - timedelta(hours=48))


def test_one_signs_in_sees_the_board_and_signs_out(screen, nurse):
    opened = screen()
    opened.open("/")
    page = opened.page
    page.get_by_label("Username").fill(nurse.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Unit board").wait_for()

    page.get_by_label("You:").click()
    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url("**/accounts/login/**")
    opened.open("/")
    assert "/accounts/login/" in page.url


def test_a_wrong_password_is_told_and_nobody_gets_in(screen, nurse):
    opened = screen()
    opened.open("/accounts/login/")
    opened.page.get_by_label("Username").fill(nurse.username)
    opened.page.get_by_label("Password").fill("a guess")
    opened.page.get_by_role("button", name="Sign in").click()

    assert opened.page.locator(".errorlist").first.is_visible()


def test_flow_on_is_one_tap_from_the_patient_and_a_time(screen, patient, specialist):
    opened = screen(specialist)
    opened.open(f"/patients/{patient.public_id}/")
    page = opened.page
    page.get_by_role("link", name="Flow on").click()
    page.get_by_role("button", name="Now", exact=True).click()
    page.get_by_role("button", name="Flow is on").click()

    page.get_by_role("link", name="CANARY, Wren").wait_for()
    assert Run.objects.get().patient == patient
    assert page.get_by_text("Mode not known", exact=True).is_visible()


def test_an_urgent_oxygenator_exchange_without_a_mouse_and_the_old_part_held_back(
    screen, run, specialist, tmp_path
):
    with_circuit(run, specialist, at=run.started_at)
    photo = tmp_path / "clots.png"
    Image.new("RGB", (40, 30), "maroon").save(photo)
    opened = screen(specialist)
    opened.open(f"/runs/{run.public_id}/circuit/")
    page = opened.page
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    _reach(page.get_by_role("row", name="Oxygenator").get_by_role("link", name="Exchange"), "Enter")
    oxygenator = _fill_in_exchange(page, photo)
    page.get_by_text("With this reason goes one of").wait_for()
    assert oxygenator.get_by_label("Serial").input_value() == "SN77"
    assert page.locator(".field.refused :focus").is_visible()
    page.keyboard.press("Shift+Tab")
    _reach(page.get_by_label("101 Oxygenator failed"), "Space")
    _reach(oxygenator.get_by_label("Photo of the old part"), photo)
    _reach(page.get_by_role("button", name="Record the exchange"), "Enter")

    page.get_by_text("Exchanged.").wait_for()
    assert page.get_by_text("In quarantine").is_visible()
    assert "Off support 48" in page.locator("ol.timeline").inner_text()
    gone = ComponentUse.objects.exclude(removed_at=None).get()
    assert (gone.removed_reason, gone.fate, gone.photos.count()) == ("clot", "quarantine", 1)
    assert (gone.went_out_with.urgency, gone.went_out_with.off_support_s) == ("urgent", 48)
    assert ComponentUse.objects.get(component__serial="SN77").removed_at is None
    assert run.complications.get().code == "101"
    address = page.get_by_role("link", name="photo: other").get_attribute("href")
    assert page.request.get(opened.address + address).headers["content-type"] == "image/png"


def _fill_in_exchange(page, photo):
    """Say what happened, which oxygenator went in, and that the old one is held back; send it."""
    page.get_by_role("button", name="Record the exchange").wait_for()
    _reach(page.get_by_role("button", name="Now", exact=True), "Enter")
    for label, keys in (("Off support", "48"), ("Reason", "Clot"), ("Urgency", "Urgent")):
        _reach(page.get_by_label(label), keys)
    part = page.get_by_role("group", name="Oxygenator", exact=True)
    _reach(part.get_by_label("Product"), str(device("oxygenator")))
    _reach(part.get_by_label("Lot"), "L77")
    _reach(part.get_by_label("Serial"), "SN77")
    _reach(part.get_by_label("Where the old part went"), "In quarantine")
    _reach(part.get_by_label("Photo of the old part"), photo)
    _reach(page.get_by_role("button", name="Record the exchange"), "Enter")
    return part


def _reach(target, keys, most=150):
    """Go on with Tab until `target` has the keyboard; press a key there, type, or choose a file."""
    page = target.page
    for _ in range(most):
        if target.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"Tab does not come to {target}")
    if keys in {"Enter", "Space"}:
        page.keyboard.press(keys)
    elif isinstance(keys, str):
        page.keyboard.type(keys)
    else:
        target.set_input_files(keys)  # the dialogue itself is the browser's own


def test_a_result_is_charted_and_the_infusion_changed(screen, run, nurse, physician):
    heparin(run, nurse, physician, timezone.now())
    opened = screen(nurse)
    opened.open(f"/runs/{run.public_id}/labs/add/")
    page = opened.page
    page.get_by_role("button", name="Now", exact=True).first.click()
    page.get_by_label("Anti-Xa").fill("0.18")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    opened.open(f"/runs/{run.public_id}/anticoagulation/")
    page.get_by_role("link", name="Change infusion").click()
    page.get_by_label("Rate changed").check()
    page.get_by_role("button", name="Now", exact=True).first.click()
    page.get_by_label("New rate").fill("13.5")
    page.get_by_role("button", name="Save").click()

    page.wait_for_url("**/anticoagulation/")
    assert Result.objects.filter(analyte="anti_xa_ufh", value="0.18").exists()
    assert InfusionChange.objects.latest("pk").rate == 13.5


@pytest.mark.parametrize("theme", ["light", "dark", "night"])
def test_the_display_is_chosen_and_kept(screen, run, nurse, theme):
    opened = screen(nurse)
    opened.open(f"/runs/{run.public_id}/")
    opened.page.get_by_label("You:").click()
    opened.page.get_by_role("button", name=theme.title(), exact=True).click()
    opened.page.wait_for_url(f"**/runs/{run.public_id}/")

    assert opened.page.locator("html").get_attribute("data-theme") == theme
    assert User.objects.get(pk=nurse.pk).theme == theme


def test_slash_searches_patients_from_anywhere(screen, run, nurse):
    opened = screen(nurse)
    opened.open("/alerts/")
    opened.page.keyboard.press("/")
    opened.page.keyboard.type("can")
    opened.page.keyboard.press("Enter")

    opened.page.wait_for_url("**/patients/?*")
    assert opened.page.get_by_role("link", name="CANARY, Wren").is_visible()
