"""Draft and approve site data: one mechanism for every table that a site owns."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.models import Centre, User
from audit.context import action
from web.models import SiteDocument
from web.problems import RuleBroken


class AlreadyApproved(RuleBroken):
    code = "already_approved"


class NeedsSecondPerson(RuleBroken):
    code = "needs_second_person"


@action("drafted site data")
def draft_document(
    *,
    centre: Centre,
    kind: str,
    body: Any,
    by: User,
    at: datetime,
    note: str = "",
    is_fictitious: bool = False,
) -> SiteDocument:
    """Write the next version of `kind` as a draft. The caller has validated `body`."""
    Centre.objects.select_for_update().get(pk=centre.pk)
    newest = centre.site_documents.filter(kind=kind).aggregate(Max("version"))["version__max"]
    return SiteDocument.objects.create(
        centre=centre,
        kind=kind,
        version=(newest or 0) + 1,
        body=body,
        note=note,
        is_fictitious=is_fictitious,
        drafted_at=at,
        drafted_by=by,
    )


@action("approved site data")
def approve_document(
    *, document: SiteDocument, valid_from: datetime, by: User, at: datetime
) -> SiteDocument:
    """Put a draft in force from `valid_from`. Somebody other than its author must do this."""
    document = SiteDocument.objects.select_for_update().get(pk=document.pk)
    if document.approved_at:
        raise AlreadyApproved(f"{document} is approved already; draft a new version instead.")
    if document.drafted_by_id == by.pk:
        raise NeedsSecondPerson("Who drafted a version cannot approve it; ask a second person.")
    document.approved_at, document.approved_by, document.valid_from = at, by, valid_from
    document.save(update_fields=["approved_at", "approved_by", "valid_from"])
    return document
