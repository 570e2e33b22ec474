"""Searches, lists and addresses, whatever they ask for."""

from urllib.parse import unquote_plus
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.journeys.people import Person

PATHS = (
    "/patients/{}/",
    "/runs/{}/",
    "/runs/{}/checks/new/",
    "/checks/{}/",
    "/components/{}/exchange/",
    "/labs/results/{}/correct/",
    "/patients/{}/trail/",
    "/runs/{}/summary.pdf",
    "/laboratory/{}/",
)
ASKED = ("page", "q", "unit", "day", "view", "all", "show", "density")
LISTS = [
    "patients:patient-list",
    "alerts:alert-list",
    "staffing:roster",
    "reports:report-list",
    "interop:message-list",
    "access-list",
    "board",
    "circuits:device-list",
    "circuits:stock-list",
]


@pytest.mark.parametrize("query", ["nobody", "%", "' OR 1=1 --", "🫀", "x" * 5000, "<b>"])
def test_a_search_without_a_match_says_so_and_keeps_its_words_out_of_the_address(
    ward, specialist, query
):
    sam, url = Person(specialist), reverse("patients:patient-list")

    sent = sam.client.post(url, {"q": query})
    answer = sam.opens(sent.headers["Location"])

    assert (sent.status_code, answer.status_code) == (302, 200)
    assert query[:20] not in unquote_plus(sent.headers["Location"])
    assert "No match" in answer.content.decode()
    assert "<b>”" not in answer.content.decode()


@pytest.mark.parametrize("query", ["", "\x00", "   "])
def test_a_search_for_nothing_shows_everybody(ward, specialist, query):
    answer = Person(specialist).client.post(
        reverse("patients:patient-list"), {"q": query}, follow=True
    )

    assert ward.patient.mrn in answer.content.decode()


def test_the_results_of_a_search_stay_when_another_is_made(ward, specialist):
    sam, url = Person(specialist), reverse("patients:patient-list")
    first = sam.client.post(url, {"q": ward.patient.family_name}).headers["Location"]
    second = sam.client.post(url, {"q": "nobody"}).headers["Location"]

    assert ward.patient.get_absolute_url() in sam.opens(first).content.decode()
    assert "No match" in sam.opens(second).content.decode()
    assert ward.patient.get_absolute_url() in sam.opens(f"{url}?found=stale").content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_opens_whatever_its_address_asks_for(ward, coordinator, name):
    cleo = Person(coordinator)
    for junk in ("-1", "0", "9" * 30, "0001-01-01", "9999-12-31", "\x00", "\ud800", "1e9", "<b>"):
        asked = dict.fromkeys(ASKED, junk.encode("utf-8", "surrogatepass"))

        assert cleo.opens(reverse(name), **asked).status_code == 200, junk


def test_nobody_and_nothing_are_not_found(ward, coordinator):
    cleo = Person(coordinator)
    for path in PATHS:
        for key in (uuid4(), "1", "not-a-uuid", "%00", "0" * 36, "../../etc"):
            assert cleo.opens(path.format(key)).status_code == 404, (path, key)
