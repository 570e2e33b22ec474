"""A double tap, a retry: whatever the form, its rows are made once."""

import pytest

from tests.journeys.entries import ENTRIES, IDS, count
from tests.journeys.people import Person, said


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_a_form_sent_twice_is_saved_once_and_ends_on_the_same_page(ward, coordinator, entry):
    cleo, url = Person(coordinator), ward.page(entry)
    sent = cleo.fills(url, **ward.typed(entry))
    before = count(entry.rows)

    first = cleo.client.post(url, sent)
    made = count(entry.rows)
    again = cleo.client.post(url, sent)

    assert (first.status_code, said(first)) == (302, "")
    assert made == before + entry.made
    assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert count(entry.rows) == made
    assert cleo.opens(first.headers["Location"]).status_code == 200
