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
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    return dict(_TOKEN.findall(_LIGHT.split(css, maxsplit=1)[1]))
