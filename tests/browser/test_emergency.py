"""Two taps from anywhere to a running clock, by a shaking hand on a tablet."""

from circuits.models import Emergency
from tests.browser.conftest import TABLET


def test_two_taps_start_the_clock_and_a_tap_on_a_step_stays(screen, ward, specialist):
    one = screen(specialist, TABLET, has_touch=True)
    one.open("/")
    page = one.page

    page.get_by_role("link", name="Emergency").tap()
    page.get_by_role("button", name="Pump stopped or no flow").tap()

    page.get_by_role("heading", name="Pump stopped or no flow").wait_for()
    page.wait_for_function(
        "document.querySelector('[data-since]').textContent.match(/^00:\\d\\d$/)"
    )
    page.get_by_role("button", name="Done: Clamp the return line").tap()
    page.locator("#item-clamp_return.done").wait_for()
    page.get_by_role("button", name="Not possible: Pump head to the hand crank").tap()
    page.locator("#item-crank.skipped").wait_for()
    page.get_by_role("textbox", name="Drug and dose").fill("Adrenaline 1 mg IV")
    page.get_by_role("button", name="Given").tap()

    page.get_by_text("Adrenaline 1 mg IV").wait_for()
    page.get_by_text("Clamp the return line").nth(1).wait_for()
    assert Emergency.objects.get().entries.get().kind == "drug"
