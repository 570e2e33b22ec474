"""Keep private files: what the system made, and what people send, looked at first."""

import hashlib
import io
from datetime import datetime
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from audit.context import action
from web.models import Attachment
from web.problems import RuleBroken

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
PDF_MARK = b"%PDF-"
IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}


class FileRefused(RuleBroken):
    code = "file_refused"
    title = "This file cannot be kept"
    status = 400


def store_attachment(
    *, name: str, media_type: str, content: bytes, at: datetime, by: User | None = None
) -> Attachment:
    """Store a file made by the system itself (a report), with its digest."""
    return Attachment.objects.create(
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        stored_at=at,
        stored_by=by,
    )


@action("stored a file")
def accept_upload(*, name: str, content: bytes, by: User, at: datetime) -> Attachment:
    """Keep a photo or PDF that somebody sent, at most 10 MB.

    The type is read from the bytes, whatever the name says. A photo is written anew, turned the
    right way up, without its EXIF data, which can hold a place and a name.
    """
    _refuse_large(content)
    safe_name = PurePath(name).name[:150] or "file"
    if content.startswith(PDF_MARK):
        return store_attachment(
            name=safe_name, media_type="application/pdf", content=content, at=at, by=by
        )
    clean, media_type = clean_photo(content)
    return store_attachment(name=safe_name, media_type=media_type, content=clean, at=at, by=by)


def clean_photo(content: bytes) -> tuple[bytes, str]:
    """Return a photo upright and without EXIF data, and its type. Raises FileRefused."""
    _refuse_large(content)
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.format not in IMAGE_TYPES or image.width * image.height > MOST_PIXELS:
                raise FileRefused("Send a photo as JPEG or PNG of at most 40 megapixels, or a PDF.")
            media_type = IMAGE_TYPES[image.format]
            upright = ImageOps.exif_transpose(image)
            bare = Image.new(upright.mode, upright.size)
            bare.paste(upright)
            out = io.BytesIO()
            bare.save(out, image.format)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as unreadable:
        raise FileRefused(
            "This is neither a photo (JPEG, PNG) nor a PDF, or it is damaged."
        ) from unreadable
    return out.getvalue(), media_type


def _refuse_large(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise FileRefused("The file is larger than 10 MB. Send a smaller photo.")
