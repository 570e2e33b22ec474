"""A check that is interrupted: kept at every key, resumed where it stood, not believed when old."""

from datetime import timedelta

import pytest
from django.utils import timezone

from circuits.models import Check
from tests.browser.conftest import TABLET
from tests.browser.ward import ADULT, check
from tests.scenarios import running_vv
from web.models import Draft


@pytest.fixture
def run(transactional_db, patient, specialist):
    """On V-V for two days until now, with one check an hour ago."""
    now = timezone.now()
    run = running_vv(patient, specialist, at=now - timedelta(hours=48))
    found = {"air": "micro_in_pigtail", "clot_fibrin": "grade_3"}
    check(run, specialist, now - timedelta(hours=1), ADULT, findings=found)
    return run


@pytest.fixture
def opened(screen, run, nurse):
    """The check's form on a tablet."""
    window = screen(nurse, TABLET, has_touch=True)
    window.path = f"/runs/{run.public_id}/checks/new/"
    window.open(window.path)
    return window


def box(page, code):
    return page.locator(f"#id_v_{code}")


def kept(page):
    page.locator("[data-kept][data-state=kept]").wait_for()


def current(page):
    return page.locator("[data-row][aria-current]").get_attribute("data-row")


def test_what_was_typed_is_there_again_and_the_first_empty_value_is_next(opened):
    page = opened.page
    box(page, "pump_speed").fill("3450")
    box(page, "blood_flow").fill("4.6")
    page.locator("[data-look=air] label").first.tap()
    kept(page)

    opened.open(opened.path)

    assert box(page, "blood_flow").input_value() == "4.6"
    assert page.locator("[data-look=air] input:checked").count() == 1
    assert current(page) == "sweep_gas_flow"
    assert "resumed" in page.locator("[data-kept]").inner_text()


def test_an_old_draft_is_asked_for_value_by_value(opened, run):
    page = opened.page
    box(page, "pump_speed").fill("3450")
    box(page, "blood_flow").fill("4.6")
    page.locator("[data-look=air] label").first.tap()
    kept(page)
    Draft.objects.update(saved_at=timezone.now() - timedelta(minutes=31))

    opened.open(opened.path)

    assert page.locator("[data-row=pump_speed]").get_attribute("data-state") == "old"
    assert page.locator("[data-look=air] input:checked").count() == 0
    assert page.locator("[data-sign]").is_disabled()
    page.get_by_role("button", name="Still so").tap()
    assert current(page) == "blood_flow"
    page.locator("#pad").get_by_role("button", name="5", exact=True).tap()
    assert box(page, "blood_flow").input_value() == "5"
    page.locator("[data-sign]").tap()
    page.wait_for_url("**/signed/")
    values = Check.objects.filter(run=run).latest("pk").document["values"]
    assert {code: row["value"] for code, row in values.items()} == {
        "pump_speed": "3450",
        "blood_flow": "5",
    }


def test_a_finding_that_persists_is_the_same_and_a_worse_one_is_asked_back(opened):
    page = opened.page
    clot = page.locator("[data-look=clot_fibrin]")
    assert "same as" in clot.locator("label", has_text="3 clot").inner_text()

    clot.locator("label", has_text="3 clot").tap()
    clot.locator("label", has_text="4 over").tap()
    page.locator("[data-sign]").tap()

    sheet = page.locator("#sign-sheet")
    assert "4 over 10 mm" in sheet.inner_text()
    assert "was 3 clot" in sheet.inner_text()
    assert "CANARY, Wren" in sheet.inner_text()
    sheet.get_by_role("button", name="Back to the check").tap()
    clot.locator("label", has_text="3 clot").tap()
    page.locator("[data-sign]").tap()
    page.wait_for_url("**/signed/")


def test_a_value_so_many_times_what_it_was_is_asked_back(opened):
    page = opened.page
    box(page, "sat_pre_membrane").fill("7.2")

    assert page.locator("[data-row=sat_pre_membrane]").get_attribute("data-state") == "crit"


def test_a_signed_check_is_undone_within_seconds_and_typed_on(opened, run):
    page = opened.page
    box(page, "blood_flow").fill("4.6")
    kept(page)
    page.locator("[data-sign]").tap()
    page.wait_for_url("**/signed/")
    page.get_by_role("button", name="Undo").tap()

    page.wait_for_url("**/checks/new/**")
    assert box(page, "blood_flow").input_value() == "4.6"
    assert run.checks.current().count() == 1
