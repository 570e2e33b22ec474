"""Hand out private files; the caller has asked for the permission."""

from django.http import HttpResponse

from web.models import Attachment

SHOWN = frozenset({"image/jpeg", "image/png"})
"""What a browser shows in a page; everything else is only downloaded."""


def attached(name: str, media_type: str, content: bytes) -> HttpResponse:
    """Return bytes as a download that no browser shows in the place of a page."""
    return _answer(f'attachment; filename="{name}"', media_type, content)


def shown(file: Attachment) -> HttpResponse:
    """Return a photo to be shown, any other file as a download, under a name of ours."""
    kind, _, ending = file.media_type.partition("/")
    name = f"{file.public_id}.{ending}"
    how = "inline" if file.media_type in SHOWN else "attachment"
    return _answer(f'{how}; filename="{name}"', f"{kind}/{ending}", bytes(file.content))


def _answer(disposition: str, media_type: str, content: bytes) -> HttpResponse:
    headers = {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
