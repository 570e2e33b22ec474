"""The bedside check in a real browser: by touch, by keyboard alone, and refused by the server."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from circuits.models import Check
from tests.browser.conftest import TABLET
from tests.browser.hands import Finger
from tests.browser.ward import ADULT, check
from tests.scenarios import running_vv

MINUS = "\N{MINUS SIGN}"
READ = [  # in the order of the form; None: a setting that is still the same
    ("pump_speed", None), ("blood_flow", "4.6"), ("sweep_gas_flow", None), ("fdo2", None),
    ("p_drainage", "70"), ("p_pre_membrane", "216"), ("p_post_membrane", "191"),
    ("sat_pre_membrane", "71"), ("sat_post_membrane", "99"), ("temp_blood_out", "36.9"),
]  # fmt: skip
SAVED = re.compile(r"/checks/[0-9a-f-]{36}/")


@pytest.fixture
def run(transactional_db, patient, specialist):
    """On V-V for two days until now, with one check an hour ago."""
    now = timezone.now()
    run = running_vv(patient, specialist, at=now - timedelta(hours=48))
    check(run, specialist, now - timedelta(hours=1), ADULT)
    return run


@pytest.fixture
def bedside(screen, run, nurse):
    """The check's form on a tablet at the bedside."""
    opened = screen(nurse, TABLET, has_touch=True)
    opened.open(f"/runs/{run.public_id}/checks/new/")
    return opened.page


def box(page, code):
    return page.locator(f"#id_v_{code}")


def state(page, code):
    return page.locator(f"[data-row={code}]").get_attribute("data-state")


def test_nothing_is_filled_in_beforehand(bedside):
    typed = [one.input_value() for one in bedside.locator(".val input").all()]

    assert set(typed) == {""}
    assert bedside.locator("[data-look] input:checked").count() == 0
    assert bedside.locator("[data-sign]").is_disabled()


def test_only_a_setting_can_be_still_the_same(bedside):
    same = bedside.get_by_role("button", name="I looked: still")

    assert same.count() == 1
    box(bedside, "blood_flow").focus()
    assert same.count() == 0


def test_the_pressure_drop_is_reckoned_while_one_types(bedside):
    box(bedside, "p_pre_membrane").fill("216")
    box(bedside, "p_post_membrane").fill("88")

    drop = bedside.locator("[data-calc=delta_p]")
    assert drop.locator("output").text_content() == "128"
    assert drop.get_attribute("data-state") == "crit"


def test_what_cannot_be_cannot_be_signed(bedside):
    box(bedside, "fdo2").fill("180")

    assert state(bedside, "fdo2") == "block"
    assert bedside.locator("[data-sign]").is_disabled()


def test_by_keyboard_alone_a_critical_value_is_confirmed_on_the_sheet(bedside, run):
    keys = bedside.keyboard
    for code, digits in READ:
        keys.type("s" if digits is None else "-168" if code == "p_drainage" else digits)
        if digits is not None:
            keys.press("Enter")
    for _ in range(12):
        keys.press("Space")
        keys.press("Tab")
    while bedside.evaluate("document.activeElement.dataset.sign === undefined"):
        keys.press("Tab")
    keys.press("Enter")

    sheet = bedside.locator("#sign-sheet")
    assert f"P drain {MINUS}168 mmHg" in sheet.inner_text()
    assert "CANARY, Wren" in sheet.inner_text()
    assert sheet.locator("[data-confirm-sign]").is_disabled()
    bedside.get_by_role("button", name="Correct, confirm").press("Enter")
    sheet.locator("[data-confirm-sign]").press("Enter")
    bedside.wait_for_url(SAVED)
    newest = Check.objects.filter(run=run).latest("pk")
    assert newest.document["values"]["p_drainage"]["confirmed"]


def test_what_cannot_be_measured_says_why_by_touch(bedside, run):
    finger = Finger(bedside)
    finger.key("Cannot measure")
    finger.key("Sensor off")
    finger.enter("4.6")
    finger.tap(bedside.locator("[data-sign]"))

    bedside.wait_for_url(SAVED)
    body = Check.objects.filter(run=run).latest("pk").document
    assert body["not_done"]["pump_speed"] == "sensor off"


def test_without_a_script_the_server_asks_back_and_keeps_what_was_typed(screen, run, nurse):
    opened = screen(nurse, TABLET, java_script_enabled=False)
    opened.open(f"/runs/{run.public_id}/checks/new/")
    page = opened.page
    box(page, "p_drainage").fill("-168")
    page.locator("[data-sign]").click()

    assert "look again and confirm" in page.locator("fieldset").first.inner_text()
    assert box(page, "p_drainage").input_value() == "-168"
    page.locator("input[name=confirm]").check()
    page.locator("[data-sign]").click()
    page.wait_for_url(SAVED)
    assert Check.objects.filter(run=run).count() == 2
