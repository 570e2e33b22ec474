"""Design tokens for places that CSS variables do not reach: SVG inside a PDF, and e-mail."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

_LIGHT = re.compile(r":root\{(.*?)\n\}", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")


@functools.cache
def light_tokens() -> Mapping[str, str]:
    """Every token of the light theme with its literal value, read from the one stylesheet."""
    return dict(_TOKEN.findall(_LIGHT.split(_read("tokens.css"), maxsplit=1)[1]))


@functools.cache
def print_stylesheet() -> str:
    """The styles of a PDF: the light tokens and print.css, to be read relative to static/css/.

    Give WeasyPrint `base_url` of that folder and one FontConfiguration for the stylesheet and the
    document, else the fonts are not found.
    """
    tokens = ";".join(f"--{name}:{value}" for name, value in light_tokens().items())
    return f":root{{{tokens}}}\n{_read('print.css')}"


def css_folder() -> Path:
    """Where the stylesheets lie."""
    return Path(settings.BASE_DIR) / "static" / "css"


def _read(name: str) -> str:
    return (css_folder() / name).read_text(encoding="utf-8")
