"""Icons, each drawn once."""

from functools import lru_cache

from django import template
from lucide.templatetags.lucide import lucide as draw

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int = 24, **attributes: str) -> str:
    """Return an icon as SVG. A page holds dozens of the same few, and drawing is dear."""
    return _drawn(str(name), size, tuple(sorted(attributes.items())))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, attributes: tuple[tuple[str, str], ...]) -> str:
    return draw(name, size=size, **dict(attributes))
