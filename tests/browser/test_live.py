"""Pages that stay open: a session that ends under them, a server that stops answering."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from alerts.models import Alert
from circuits.models import Check
from tests.browser.ward import ADULT, check
from tests.factories import PASSWORD
from tests.scenarios import running_vv


@pytest.fixture
def run(transactional_db, patient, specialist):
    """On V-V for two days until now; the newest check found the drainage too negative."""
    now = timezone.now()
    run = running_vv(patient, specialist, at=now - timedelta(hours=48))
    check(run, specialist, now - timedelta(hours=1), ADULT | {"p_drainage": -180})
    return run


def sign_in_again(page, user):
    page.get_by_role("heading", name="Sign in again").wait_for()
    page.locator("#relogin-name").fill(user.username)
    page.locator("#relogin-word").fill(PASSWORD)
    page.locator("#relogin").get_by_role("button", name="Sign in").click()
    page.locator("#relogin").wait_for(state="hidden")


def test_a_session_that_ended_is_renewed_over_the_page(screen, run, nurse):
    opened = screen(nurse)
    opened.open("/alerts/")
    Session.objects.all().delete()
    acknowledge = opened.page.get_by_role("button", name="Acknowledge")
    acknowledge.first.click()

    sign_in_again(opened.page, nurse)
    acknowledge.first.click()

    opened.page.get_by_role("main").get_by_text("Noor Nurse").first.wait_for()
    assert Alert.objects.filter(acknowledgements__by=nurse).exists()


def test_what_was_typed_into_a_check_outlives_the_session(screen, run, nurse):
    opened = screen(nurse)
    opened.open(f"/runs/{run.public_id}/checks/new/")
    box = opened.page.locator("#id_v_blood_flow")
    box.fill("4.4")
    Session.objects.all().delete()
    opened.page.locator("[data-sign]").click()

    sign_in_again(opened.page, nurse)
    assert box.input_value() == "4.4"
    opened.page.locator("[data-sign]").click()

    opened.page.wait_for_url(lambda url: "/new/" not in url)
    newest = Check.objects.filter(run=run).latest("pk")
    assert newest.document["values"]["blood_flow"]["value"] == "4.4"


def test_a_form_without_a_connection_is_kept_and_said_to_be_not_saved(screen, run, nurse):
    opened = screen(nurse)
    opened.open(f"/runs/{run.public_id}/checks/new/")
    opened.page.locator("#id_v_blood_flow").fill("4.4")
    opened.page.context.set_offline(True)
    opened.page.locator("[data-sign]").click()

    opened.page.locator(".toast").wait_for()
    assert "Not saved." in opened.page.locator(".toast").inner_text()
    assert opened.page.locator("#id_v_blood_flow").input_value() == "4.4"
    assert Check.objects.filter(run=run).count() == 1


def test_the_board_asks_again_and_says_when_nobody_answers(screen, run, nurse):
    opened = screen(nurse)
    page = opened.page
    page.clock.install()
    opened.open("/")
    with page.expect_response(lambda answer: "part=1" in answer.url):
        page.clock.run_for(16_000)
    assert page.locator("#stalebar").is_hidden()

    page.route("**/?part=1*", lambda route: route.abort())
    page.clock.run_for(70_000)
    page.get_by_text("Not updating since").wait_for()
    assert not page.locator("html[data-stale]").count()
    page.clock.run_for(130_000)

    assert page.locator("html[data-stale]").count() == 1
