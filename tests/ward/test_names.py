"""Whatever a patient is called stands whole on every page and in the PDF, and runs nowhere."""

from html import escape
from types import SimpleNamespace

import pypdfium2
import pytest
from django.urls import reverse

from interop.models import QuarantinedObservation
from patients.actions.cannula import insert_cannula
from patients.actions.patient import correct_patient
from tests.browser.pages import places
from tests.factories import NOON
from tests.interop.test_receiving import message, obx
from tests.journeys.people import Person, machine

NAMES = {
    "markup": "<script>alert(1)</script>\" onload='alert(2)' x=\"",
    "emoji": "Ærø-🫀 Ünal",
    "template": "{{ settings.SECRET_KEY }}{% now %}",
    "200 characters": "W" * 200,
    "200 in words": "Wolfe Schlegelstein " * 10,
    "right to left": "\u202eאבגד",
}


@pytest.fixture(params=NAMES)
def called(request):
    return NAMES[request.param].strip()


@pytest.fixture
def ward(ward, patient, specialist, lab_interface, called):
    """A ward with a message that waits; everything free to type is the name too."""
    held = message(obx(unit="parsec")).encode()
    answer = machine(lab_interface).post("/api/v1/hl7/", held, content_type="application/hl7-v2")
    assert answer.status_code == 200
    assert QuarantinedObservation.objects.exists()
    correct_patient(
        patient=patient,
        family_name=called,
        given_name=called,
        bed=called[:20],
        by=specialist,
        at=NOON,
        reason=called[:200],
    )
    insert_cannula(
        run=ward.run,
        inserted_at=NOON,
        site="femoral_v",
        purpose="drainage",
        tip_position=called[:80],
        by=specialist,
        at=NOON,
    )
    return ward


def body_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("called", [NAMES["markup"], NAMES["200 characters"]])
def test_a_name_is_text_on_every_page(ward, director, called):
    dana, shown = Person(director), 0
    every = places(SimpleNamespace(runs={"membrane": ward.run}, unit=ward.unit))
    for place in (one for one in every if one.name != "styleguide"):
        answer = dana.client.get(place.path, follow=True)

        assert answer.status_code == 200, place
        html = body_of(answer)
        assert "<script>alert(1)" not in html, place
        assert "onload='alert(2)'" not in html, place
        assert "{% now %}" not in html or "{% now %}" in called, place
        shown += escape(called) in html or escape(called.upper()) in html
    assert shown > 10


def test_a_name_is_text_on_the_board(ward, director, called):
    for view in ("cards", "table", "wall"):
        html = body_of(Person(director).opens(reverse("board"), view=view))

        assert "<script>alert(1)" not in html, view
        assert "onload='alert(2)'" not in html, view
        assert view == "wall" or escape(called.upper()) in html or escape(called) in html, view


def test_a_name_stands_in_the_document_of_a_run(ward, director, called):
    url = reverse("reports:run-summary", args=[ward.run.public_id])

    answer = Person(director).opens(url)

    pages = pypdfium2.PdfDocument(b"".join(answer) if answer.streaming else answer.content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    if called.isascii():
        assert called[:20].upper() in " ".join(text.split()).upper()
