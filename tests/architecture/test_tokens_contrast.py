"""Colours: readable in every theme, and the automatic theme equal to the dark one."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
HEX = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b")
LEVELS = ("high", "med", "low", "ok", "local", "stale")

TEXT = 4.5  # WCAG 2.2 SC 1.4.3
LARGE_OR_GRAPHIC = 3.0  # WCAG 2.2 SC 1.4.3, 1.4.11
EASY = 7.0  # WCAG 2.2 SC 1.4.6

PAIRS = [
    ("ink", "surface", EASY),
    ("ink", "page", EASY),
    *[("ink-2", ground, TEXT) for ground in ("surface", "surface-2", "surface-3", "page")],
    *[("ink-3", ground, TEXT) for ground in ("surface", "surface-2", "page")],
    ("line-strong", "surface", LARGE_OR_GRAPHIC),
    ("line-strong", "page", LARGE_OR_GRAPHIC),
    ("brand-ink", "brand", TEXT),
    ("brand-ink", "brand-hover", TEXT),
    *[("brand-text", ground, TEXT) for ground in ("surface", "surface-2", "page", "brand-tint")],
    ("ink-2", "brand-tint", TEXT),
    ("brand", "surface", LARGE_OR_GRAPHIC),
    ("focus", "surface", LARGE_OR_GRAPHIC),
    ("focus", "page", LARGE_OR_GRAPHIC),
    ("banner-ink", "banner", EASY),
    ("banner-ink", "banner-2", EASY),
    ("banner-ink-2", "banner", TEXT),
    ("banner-ink-2", "banner-2", TEXT),
    *[(f"on-{level}", level, TEXT) for level in LEVELS],
    *[(f"{level}-text", f"{level}-tint", TEXT) for level in LEVELS],
    *[(f"{level}-text", "surface", TEXT) for level in LEVELS],
    *[(f"{level}-edge", "surface", LARGE_OR_GRAPHIC) for level in LEVELS],
    *[("ink", f"{level}-tint", EASY) for level in LEVELS],
    *[(f"s{number}", "surface", LARGE_OR_GRAPHIC) for number in range(1, 9)],
    *[
        (mark, "surface", LARGE_OR_GRAPHIC)
        for mark in ("blood-ven", "blood-art", "gas", "event", "now-line", "limit-line")
    ],
]


def block(selector):
    found = re.search(re.escape(selector) + r"\{\n?(.*?)\n\}", CSS, re.DOTALL)
    assert found, selector
    return found[1]


LIGHT = dict(HEX.findall(block(":root")))
THEMES = {
    "light": LIGHT,
    "dark": LIGHT | dict(HEX.findall(block(':root[data-theme="dark"]'))),
    "night": LIGHT | dict(HEX.findall(block(':root[data-theme="night"]'))),
}


def luminance(colour):
    """Relative luminance, as WCAG 2.2 defines it."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS)
def test_a_colour_can_be_read_on_its_ground(theme, colour, ground, least):
    tokens = THEMES[theme]

    assert contrast(tokens[colour], tokens[ground]) >= least


def test_the_automatic_theme_is_the_dark_one_where_the_device_is_dark():
    assert block(':root[data-theme="auto"]') == block(':root[data-theme="dark"]')


@pytest.mark.parametrize("theme", ["dark", "night"])
def test_a_theme_changes_every_colour_of_an_attention_level(theme):
    own = dict(HEX.findall(block(f':root[data-theme="{theme}"]')))

    assert {
        f"{level}{part}" for level in LEVELS for part in ("", "-tint", "-text", "-edge")
    } <= set(own)
