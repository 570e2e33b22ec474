"""What a printed document needs: whole fonts, the light colours, no missing letter."""

import io
import re

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from web.tokens import css_folder, light_tokens, print_stylesheet

LETTERS = "ΔP → ≥ ≤ \N{MINUS SIGN}70 µmol/L SpO₂ 36 °C Åslund Łukasz Őz 5\N{EN DASH}8"


@pytest.mark.parametrize("weight", ["Regular", "SemiBold"])
def test_a_print_font_has_every_letter_we_print(weight):
    font = TTFont(css_folder().parent / "fonts" / f"IBMPlexSans-{weight}.woff2")

    assert not [letter for letter in LETTERS if ord(letter) not in font.getBestCmap()]


def test_print_uses_only_tokens_that_exist():
    used = set(re.findall(r"var\(--([\w-]+)\)", print_stylesheet()))

    assert used
    assert used <= set(light_tokens())


def test_a_document_carries_both_weights_of_the_print_font():
    fonts = FontConfiguration()
    style = CSS(string=print_stylesheet(), base_url=f"{css_folder()}/", font_config=fonts)

    document = HTML(string=f"<h1>{LETTERS}</h1><p>{LETTERS}</p>").write_pdf(
        stylesheets=[style], font_config=fonts
    )

    with pikepdf.open(io.BytesIO(document)) as pdf:
        names = {str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()}
    assert len(names) == 2
    assert all("Plex" in name for name in names), names
