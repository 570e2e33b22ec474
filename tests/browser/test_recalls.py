"""A recall with nothing found, clicked through by two people."""

from django.utils import timezone

from circuits.models import Recall
from web.times import clinical_date


def test_a_recall_with_nothing_found_is_proved_replied_to_and_closed_by_two(
    screen, ward, coordinator, director
):
    one = screen(coordinator)
    one.open("/recalls/")
    page = one.page
    page.get_by_role("link", name="Enter a recall").click()
    page.get_by_label("Who issued it").fill("Example Devices")
    page.get_by_label("Their reference").fill("FSN-NONE")
    page.get_by_label("Dated").fill(clinical_date(timezone.now().date()))
    page.get_by_role("button", name="Now", exact=True).click()
    page.get_by_label("Removal").check()
    page.get_by_label("What the notice says to do").fill("Return all pieces.")
    page.get_by_label("Product, as the notice names it").fill("Another membrane")
    page.get_by_label("GTINs").fill("00614141000029")
    page.get_by_label("Lots").fill("X1 to X9")
    page.get_by_label("Kind of part").select_option("sensor")
    page.get_by_role("button", name="Save and search").click()

    page.get_by_role("heading", name="Nothing of it is or was here").wait_for()
    page.get_by_role("link", name="Reply to Example Devices").click()
    page.get_by_label("Sent to").fill("safety@example.org")
    page.get_by_role("button", name="Now", exact=True).click()
    page.get_by_role("button", name="Keep the reply as sent").click()
    page.get_by_role("button", name="Ask for closing").click()
    page.get_by_text("A second person closes the recall").wait_for()
    other = screen(director)
    other.open(page.url.removeprefix(other.address))
    other.page.get_by_role("button", name="Close the recall").click()
    other.page.get_by_text("Recall closed.").wait_for()

    recall = Recall.objects.get(reference="FSN-NONE")
    assert (recall.closing_asked_by, recall.closed_by) == (coordinator, director)
    assert recall.steps.get(kind="replied").file.content
