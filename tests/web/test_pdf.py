"""PDFs fetch nothing, print our fonts, and can be read aloud."""

import io
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from django.conf import settings

from web.pdf import OnlyOurs, pdf_of

PAGE = """<!doctype html><html lang="en-GB"><head><title>Run summary</title></head><body>
<h1>Run summary</h1><p class="asof">Data as at 02-Mar-2026 13:00</p>{}</body></html>"""
SIGNS = "ΔP → ≥ \N{MINUS SIGN} µ ₂ ≤ ° \N{MULTIPLICATION SIGN}"
STATIC = Path(settings.BASE_DIR) / "static"


def opened(body=""):
    return pikepdf.open(io.BytesIO(pdf_of(PAGE.format(body))))


def text_of(body):
    document = pypdfium2.PdfDocument(pdf_of(PAGE.format(body)))
    return " ".join(page.get_textpage().get_text_bounded() for page in document)


def test_a_document_says_its_title_and_language_and_is_tagged():
    with opened() as document:
        assert document.docinfo["/Title"] == "Run summary"
        assert document.Root.Lang == "en-GB"
        assert document.Root.MarkInfo.Marked
        assert document.Root.StructTreeRoot is not None


def test_the_signs_of_the_ward_are_printed_as_they_are():
    assert SIGNS in " ".join(text_of(f"<p>{SIGNS}</p>").split())


def test_every_page_says_which_of_how_many_it_is():
    told = text_of('<p>one</p><p style="break-before:page">two</p>')

    assert "Page 1 of 2" in told
    assert "Page 2 of 2" in told


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x.png",
        "https://example.org/x.png",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "file://example.org/etc/passwd",
        f"file://{STATIC}/../manage.py",
        f"file://{STATIC}/%2e%2e/manage.py",
        "FILE:///etc/passwd",
    ],
)
def test_no_address_but_ours_is_opened(url):
    with pytest.raises(ValueError, match=r"disallowed protocol|no part of the product"):
        OnlyOurs(STATIC).fetch(url)


def test_our_own_files_are_opened():
    response = OnlyOurs(STATIC).fetch((STATIC / "css" / "print.css").as_uri())

    assert b"@page" in response.read()


def test_a_file_that_a_text_asks_to_attach_is_not_attached(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the key under the mat")
    body = f'<link rel="attachment" href="file://{secret}"><img src="file://{secret}" alt="">'

    with opened(body) as document:
        assert not document.attachments
    assert b"under the mat" not in pdf_of(PAGE.format(body))
