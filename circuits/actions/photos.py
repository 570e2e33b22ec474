"""Photos of parts: their labels, their clots."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.models import ComponentUse, PartPhoto
from patients.models import Run
from web.actions.attachments import PDF_MARK, FileRefused, accept_upload


@action("added a photo of a part")
def add_photo(
    *, use: ComponentUse, name: str, content: bytes, kind: str, by: User, at: datetime
) -> PartPhoto:
    """Keep a photo (JPEG or PNG, 10 MB at most) with a part. Raises FileRefused."""
    if content.startswith(PDF_MARK):
        raise FileRefused("A photo of a part is a JPEG or PNG, no PDF. Send the picture itself.")
    Run.objects.locked(use.circuit.run_id)
    attachment = accept_upload(name=name, content=content, by=by, at=at)
    return PartPhoto.objects.create(
        use=use, attachment=attachment, kind=kind, entered_at=at, entered_by=by
    )
