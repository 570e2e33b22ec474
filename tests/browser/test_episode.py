"""The coordinator's day, clicked through: from the referral call to follow-up; ECPR with a time."""

from datetime import timedelta

from django.utils import timezone

from patients.models import ModeSegment, Referral, Run
from tests.browser.conftest import PHONE, TABLET


def step(page, name, **typed):
    """Take a step by its button; fill in what it asks for."""
    page.get_by_role("link", name=name, exact=True).click()
    for label, text in typed.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    page.locator("main form.form button.primary").click()
    page.wait_for_url(lambda url: "/to/" not in url and "/flow-on/" not in url)


def call(page):
    """Fill in a call, lose the page, and find it again as it was."""
    page.get_by_role("link", name="New referral").first.click()
    page.get_by_label("Number to call back").fill("+47 555 01 234")
    page.get_by_label("Diagnosis").fill("Influenza, ARDS")
    page.locator("[data-kept][data-state=kept]").wait_for()
    page.reload()
    assert page.get_by_label("Diagnosis").input_value() == "Influenza, ARDS"
    page.get_by_role("button", name="Save and go on").click()


def on_and_off(page):
    """Flow on, five minutes, flow off; return the run."""
    step(page, "Flow on")
    page.get_by_role("link", name="To the run").click()
    began = timezone.now() - timedelta(minutes=5)
    Run.objects.update(started_at=began)
    ModeSegment.objects.update(starts_at=began)
    page.get_by_role("link", name="Flow off").click()
    page.get_by_role("button", name="Now", exact=True).click()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Flow is off.").wait_for()
    return Run.objects.get()


def test_from_the_referral_call_to_follow_up(screen, unit, physician):
    opened = screen(physician, TABLET)
    opened.open("/referrals/")
    page = opened.page
    call(page)
    step(page, "Take it on")
    step(page, "Candidate")
    step(page, "Accept", Physicians_who_accept="Fay Physician, Max Maple")
    page.get_by_role("link", name="Say who it is").click()
    page.get_by_label("MRN").fill("M42")
    page.get_by_label("Family name").fill("Canary")
    page.get_by_role("button", name="Save").click()
    run = on_and_off(page)
    opened.open(f"/runs/{run.public_id}/episode/")
    step(page, "All cannulas out")
    step(page, "Plan follow-up", Discharged_to="home")
    opened.open("/follow-up/")

    assert page.get_by_role("link", name="CANARY").is_visible()
    assert page.get_by_text("6 months after ECMO").is_visible()
    assert Referral.objects.get().run == run


def test_an_ecpr_start_with_nothing_known_but_the_time(screen, unit, specialist):
    opened = screen(specialist, PHONE)
    opened.open("/")
    page = opened.page
    page.get_by_role("link", name="Flow on").first.click()
    page.get_by_label("Support type").select_option("ecpr")
    page.get_by_role("button", name="Flow is on").click()
    page.get_by_role("link", name="UNKNOWN, ECPR").click()

    page.get_by_text("Enter who the patient is").wait_for()
    assert Run.objects.get().patient.is_identity_known is False
