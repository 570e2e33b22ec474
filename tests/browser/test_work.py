"""A shift's work in a real browser: sign in, flow on, exchange, results, display, search."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from circuits.models import ComponentUse
from labs.actions.infusions import Change, Dosing, start_infusion
from labs.models import InfusionChange, Result
from patients.models import Run
from tests.browser.conftest import DESK, PHONE
from tests.factories import PASSWORD, PatientFactory
from tests.scenarios import running_vv, with_circuit

LOGIN = re.compile("/accounts/login/")
SILENCE = timedelta(minutes=4)


@pytest.fixture
def run(transactional_db, patient, specialist):
    """On V-V for two days until now, with an oxygenator and heparin."""
    began = timezone.now() - timedelta(hours=48)
    run = running_vv(patient, specialist, at=began)
    with_circuit(run, specialist, at=began)
    start_infusion(
        run=run, agent="ufh", dosing=Dosing("[IU]/kg/h", Decimal(80), "actual"),
        change=Change("start", began, Decimal(12)), by=specialist, at=began,
    )  # fmt: skip
    return run


def press(page, name, role="button"):
    page.get_by_role(role, name=name, exact=True).click()


def sign_in(page, username, password=PASSWORD):
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(password)
    press(page, "Sign in")


def test_one_signs_in_and_out(screen, run, nurse):
    window = screen()
    window.open("/")
    sign_in(window.page, nurse.username, "wrong")
    assert LOGIN.search(window.page.url)

    sign_in(window.page, nurse.username)
    window.page.get_by_role("heading", name="Unit board").wait_for()
    window.page.get_by_label(f"You: {nurse.get_full_name()}").click()
    press(window.page, "Sign out")
    window.page.wait_for_url(LOGIN)

    window.open(f"/runs/{run.public_id}/")
    assert LOGIN.search(window.page.url)
    assert "CANARY" not in window.page.content()


def test_flow_on_is_a_patient_and_one_tap(screen, unit, specialist, transactional_db):
    waiting = PatientFactory(unit=unit)
    window = screen(specialist, PHONE, has_touch=True)
    window.open(f"/flow-on/?patient={waiting.public_id}")

    window.page.get_by_role("button", name="Flow is on").tap()

    window.page.get_by_text("Flow is on", exact=False).first.wait_for()
    assert Run.objects.get(patient=waiting).started_at <= timezone.now()


def test_an_oxygenator_is_exchanged(screen, run, perfusionist):
    window = screen(perfusionist)
    page = window.page
    window.open(f"/runs/{run.public_id}/circuit/")
    page.get_by_role("row", name="Example oxygenator").get_by_role("link", name="Exchange").click()

    page.get_by_label("Product").select_option(
        label=page.get_by_label("Product").locator("option").last.inner_text()
    )
    page.get_by_label("Serial").fill("SN-NEW")
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_role("button", name="Now").first.click()
    page.get_by_role("button", name="Save").click()

    page.get_by_role("heading", name="Taken out").wait_for()
    uses = ComponentUse.objects.filter(circuit__run=run, kind="oxygenator").order_by("pk")
    assert [use.component.serial for use in uses] == ["SN-oxygenator", "SN-NEW"]
    assert uses[0].removed_at == uses[1].installed_at


def test_a_result_is_charted_and_the_infusion_is_changed(screen, run, specialist):
    window = screen(specialist)
    page = window.page
    window.open(f"/runs/{run.public_id}/labs/add/")
    page.get_by_role("button", name="Now").first.click()
    page.locator("#id_anti_xa_ufh").fill("0,22")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/(labs|anticoagulation)/$"))
    assert Result.objects.get(sample__patient=run.patient).value == Decimal("0.22")

    window.open(f"/runs/{run.public_id}/anticoagulation/")
    press(page, "Change infusion", role="link")
    page.locator("input[name=kind][value=change]").check()
    page.get_by_role("button", name="Now").first.click()
    page.locator("#id_rate").fill("13.5")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("was 12").wait_for()
    assert InfusionChange.objects.latest("pk").rate == Decimal("13.5")


@pytest.mark.parametrize("theme", ["Light", "Dark", "Night"])
def test_the_display_is_switched_and_stays(screen, unit, nurse, theme, transactional_db):
    window = screen(nurse)
    window.open("/")
    window.page.get_by_label(f"You: {nurse.get_full_name()}").click()
    press(window.page, theme)

    window.page.wait_for_url("**/")
    window.open("/patients/")
    assert window.page.locator("html").get_attribute("data-theme") == theme.lower()


def test_whose_session_ends_signs_in_over_the_page_and_keeps_what_was_typed(screen, run, nurse):
    window = screen(nurse)
    page = window.page
    window.open("/patients/?q=x")
    page.locator("#q").fill("half a na")
    page.context.clear_cookies(name="sessionid")
    page.evaluate("htmx.ajax('GET', '/?part=1', {swap: 'none'})")

    page.get_by_role("heading", name="Sign in again").wait_for()
    sign_in(page.locator("#relogin"), nurse.username, "wrong")
    page.locator("#relogin .refusal").wait_for()
    sign_in(page.locator("#relogin"), nurse.username)
    page.locator("#relogin").wait_for(state="hidden")

    assert page.locator("#q").input_value() == "half a na"
    assert (
        page.evaluate("fetch('/?part=1', {redirect: 'manual'}).then((answer) => answer.status)")
        == 200
    )


def test_a_board_that_hears_nothing_says_so(screen, run, nurse):
    window = screen(nurse, DESK)
    page = window.page
    page.clock.install()
    window.open("/")
    assert page.locator("#stalebar").is_hidden()
    page.route("**/?part=1*", lambda route: route.abort())

    page.clock.run_for(SILENCE)

    assert "Not updating since" in page.locator("#stalebar").inner_text()
    assert page.locator("html").get_attribute("data-stale") is not None
    page.unroute("**/?part=1*")
    page.clock.run_for(timedelta(seconds=30))
    page.locator("#stalebar").wait_for(state="hidden")


def test_a_slash_finds_a_patient_by_keyboard_alone(screen, run, nurse):
    window = screen(nurse)
    window.open("/")
    keys = window.page.keyboard
    keys.press("/")
    keys.type("canary")
    keys.press("Enter")

    window.page.get_by_role("link", name="CANARY").first.wait_for()
    assert "q=canary" in window.page.url
