"""The charts of a run: read by keys, every panel follows, gaps stay gaps, the table says the same."""

from datetime import timedelta

import pytest

from circuits.actions.checks import amend_check
from circuits.models import Check
from tests.browser.conftest import TABLET

PLOT = "[data-measure={code}] [data-plot]"


def cursor(page, code):
    return page.locator(f"[data-measure={code}] [data-cursor]").inner_text()


@pytest.fixture
def amended(ward):
    """The ward's first patient; the newest check was corrected after it was signed."""
    run = ward.runs["membrane"]
    check = Check.objects.current().filter(run=run).order_by("-checked_at").first()
    amend_check(
        check=check,
        values={"p_pre_membrane": 290},
        reason="read from the wrong line",
        by=ward.by,
        at=ward.at + timedelta(minutes=1),
        confirmed=["p_pre_membrane"],
    )
    return run


def test_charts_are_read_by_keys_and_the_table_says_the_same(ward, amended, screen, coordinator):
    window = screen(coordinator, TABLET)
    window.open(f"/runs/{amended.public_id}/trends/")
    page = window.page
    page.wait_for_selector("[data-measure=delta_p] canvas")

    page.locator(PLOT.format(code="delta_p")).focus()
    page.keyboard.press("End")
    newest = page.locator("[data-said]").inner_text()
    followed = cursor(page, "blood_flow")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.get_by_text("The same as a table").click()

    assert newest.startswith("Pressure drop over the membrane, ")
    assert newest.endswith(": 106 mmHg")
    assert followed.endswith("L/min")
    assert page.locator("[data-said]").inner_text() != newest
    first = page.locator("[data-table] tbody tr").first.inner_text()
    assert "amended" in first
    assert "above limit" in first
    assert (
        page.locator("[data-table] tbody tr").count()
        == Check.objects.filter(
            run=amended, superseded_by=None, checked_at__gte=ward.at - timedelta(hours=24)
        ).count()
    )


def test_a_run_without_a_check_says_so_instead_of_empty_charts(ward, screen, coordinator):
    window = screen(coordinator)
    window.open(f"/runs/{ward.runs['first'].public_id}/trends/")

    assert window.page.get_by_text("No check yet").is_visible()
    assert window.page.locator("canvas").count() == 0
