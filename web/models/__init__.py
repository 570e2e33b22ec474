"""One mechanism each for idempotent creates, jobs, private files, site data and checklists."""

from web.models.attachment import Attachment
from web.models.checklist import Answer, ChecklistRun, ChecklistTap
from web.models.draft import Draft
from web.models.idempotency import IdempotencyRecord
from web.models.job import Job
from web.models.site_document import SiteDocument

__all__ = [
    "Answer",
    "Attachment",
    "ChecklistRun",
    "ChecklistTap",
    "Draft",
    "IdempotencyRecord",
    "Job",
    "SiteDocument",
]
