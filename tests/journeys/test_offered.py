"""Whoever may do a thing in one unit is not offered it in another where they only look on."""

import re

import pytest
from django.urls import resolve
from django.utils import timezone

from tests.browser import ward as situations
from tests.browser.pages import places

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#?]*)')
LEFT_OPEN = ("/static/", "/api/", "/accounts/")


@pytest.fixture
def ward(unit, specialist, physician, lab_interface):
    """Five patients, as they are now."""
    return situations.build(unit, specialist, physician, lab_interface, timezone.now())


def test_the_menu_says_as_what_one_works(client, split_person):
    client.force_login(split_person)

    page = client.get("/").content.decode()

    assert "You: Kim Specialist, ECMO specialist, Observer" in page


def test_no_page_leads_to_one_that_refuses_who_reads_it(ward, client, split_person, coordinator):
    client.force_login(split_person)
    told, faults = {}, {}

    read = [place.path for place in places(ward) if place.who == "coordinator"]
    for path in read:
        answer = client.get(path)
        if answer.status_code != 200:
            continue
        for link in LINK.findall(answer.content.decode()):
            if link.startswith(LEFT_OPEN):
                continue
            page = resolve(link).view_name
            if page not in told:
                told[page] = client.get(link).status_code
            if told[page] == 403:
                faults.setdefault(page, path)

    assert len(told) > 20
    assert faults == {}
