"""A checklist answered: values kept with their lines, reasons asked for, several people."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.permissions import Role
from tests.cast import member
from tests.factories import NOON
from web.actions import answer_checklist, approve_document, begin_checklist, draft_document
from web.actions.checklists import NeedsReason, NeedsValue, NoSuchList
from web.checklists import progress_of
from web.problems import NeedsConfirmation
from web.questions import CannotBe

pytestmark = pytest.mark.django_db


@pytest.fixture
def checklist(unit, specialist):
    return begin_checklist(unit=unit, kind="priming", subject="", by=specialist, at=NOON)


def answer(checklist, by, item="battery", answer="measured", **facts):
    return answer_checklist(
        checklist=checklist, item=item, answer=answer, by=by, at=facts.pop("at", NOON), **facts
    )


def state(checklist, item):
    return next(one for one in progress_of(checklist).states if one.item.id == item)


def test_a_value_outside_its_line_is_asked_back_once_and_kept(checklist, specialist):
    with pytest.raises(NeedsConfirmation):
        answer(checklist, specialist, value=Decimal(79))

    tap = answer(checklist, specialist, value=Decimal(79), confirmed=["value"])

    assert (tap.value, tap.unit, tap.standing) == ("79", "%", "caution")
    assert [one.item.id for one in progress_of(checklist).outside] == ["battery"]


def test_a_value_that_no_reading_can_be_is_refused(checklist, specialist):
    with pytest.raises(CannotBe, match="0 to 100"):
        answer(checklist, specialist, value=Decimal(101), confirmed=["value"])


def test_a_measured_item_needs_its_number_and_a_tick_on_it_is_no_answer(checklist, specialist):
    with pytest.raises(NeedsValue):
        answer(checklist, specialist, answer="done")

    assert progress_of(checklist).answered == 0


def test_not_possible_needs_its_reason_and_stays_beside_a_later_answer(
    checklist, specialist, nurse
):
    with pytest.raises(NeedsReason):
        answer(checklist, specialist, answer="not_possible", note="  ")
    answer(checklist, specialist, answer="not_possible", note="no display")
    answer(checklist, nurse, value=Decimal(95), at=NOON + timedelta(minutes=1))

    found = state(checklist, "battery")
    assert (found.tap.by, found.tap.value, len(found.taps)) == (nurse, "95", 2)


def test_an_answer_that_was_taken_back_leaves_the_item_open(checklist, specialist):
    answer(checklist, specialist, item="zeroed", answer="done")
    answer(checklist, specialist, item="zeroed", answer="taken_back", note="wrong row")

    assert state(checklist, "zeroed").tap is None


def test_the_sites_own_list_is_used_and_kept_as_it_stood(unit, coordinator, director, specialist):
    body = {"title": "Ours", "items": [{"id": "bell", "label": "Ring the bell"}]}
    draft = draft_document(
        centre=unit.centre, kind="checklist_priming", body=body, by=coordinator, at=NOON
    )
    approve_document(document=draft, valid_from=NOON, by=director, at=NOON)

    begun = begin_checklist(unit=unit, kind="priming", subject="", by=specialist, at=NOON)

    assert (str(begun), begun.source, len(progress_of(begun).states)) == (
        "Ours",
        "checklist_priming version 1",
        1,
    )


def test_a_list_that_nobody_wrote_cannot_begin(unit, specialist):
    with pytest.raises(NoSuchList):
        begin_checklist(unit=unit, kind="dancing", subject="", by=specialist, at=NOON)


def test_the_page_takes_answers_asks_back_and_keeps_what_was_typed(client, checklist, specialist):
    client.force_login(specialist)
    url = reverse("checklist-answer", args=[checklist.public_id, "battery"])

    asked = client.post(url, {"answer": "measured", "value": "79", "client_uuid": uuid4()})
    saved = client.post(
        url,
        {
            "answer": "measured",
            "value": "79",
            "confirm": "value",
            "client_uuid": uuid4(),
        },
    )

    assert (asked.status_code, saved.status_code) == (422, 302)
    assert 'value="79"' in asked.content.decode()
    assert "outside the caution line" in client.get(saved.url.split("#")[0]).content.decode()


def test_htmx_gets_the_item_alone_and_others_learn_of_it_by_asking(client, checklist, specialist):
    client.force_login(specialist)
    url = reverse("checklist-answer", args=[checklist.public_id, "zeroed"])
    page = reverse("checklist", args=[checklist.public_id])

    part = client.post(
        url, {"answer": "done", "client_uuid": uuid4()}, headers={"HX-Request": "true"}
    )
    news = client.get(page, {"since": "0"}).content.decode()
    newest = progress_of(checklist).newest

    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert 'id="item-zeroed"' in news
    assert 'id="item-battery"' not in news
    assert client.get(page, {"since": newest}).status_code == 204


def test_a_list_about_a_patient_is_not_shown_to_who_may_see_only_kit(
    client, unit, patient, specialist, centre
):
    begun = begin_checklist(
        unit=unit,
        kind="connection_timeout",
        subject="",
        patient_key=str(patient.public_id),
        by=specialist,
        at=NOON,
    )
    page = reverse("checklist", args=[begun.public_id])

    client.force_login(member("eve", Role.EQUIPMENT, unit=unit))
    assert client.get(page).status_code == 404
    client.force_login(specialist)
    assert "CANARY" in client.get(page).content.decode()


def test_closing_a_list_says_so_and_late_answers_are_still_taken(client, checklist, specialist):
    client.force_login(specialist)

    response = client.post(reverse("checklist-end", args=[checklist.public_id]))

    checklist.refresh_from_db()
    assert response.status_code == 302
    assert checklist.ended_by == specialist
    assert answer(checklist, specialist, item="zeroed", answer="done").pk
