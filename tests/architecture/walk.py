"""Every URL of the project, one by one."""

from collections.abc import Iterator
from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Url(NamedTuple):
    """One URL pattern: its route, its full name, and what answers it."""

    route: str
    name: str
    callback: object


def urls() -> list[Url]:
    """Return every URL of the root configuration."""
    return list(_walk(get_resolver(), "", []))


def _walk(resolver: URLResolver, route: str, names: list[str]) -> Iterator[Url]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, here, [*names, *([entry.namespace] if entry.namespace else [])])
        elif isinstance(entry, URLPattern):
            yield Url(here, ":".join([*names, entry.name or ""]), entry.callback)
