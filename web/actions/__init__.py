"""Site data, private files, long jobs, checklists: each mechanism once."""

from web.actions.attachments import accept_upload, store_attachment
from web.actions.checklists import (
    answer_checklist,
    begin_checklist,
    end_checklist,
    start_checklist,
    tap_item,
)
from web.actions.documents import approve_document, draft_document
from web.actions.drafts import drop_draft, forget_drafts, keep_draft, reopen_draft, settle_draft
from web.actions.jobs import ask_for_job, cancel_job, claim_job, end_job, report_progress

__all__ = [
    "accept_upload",
    "answer_checklist",
    "approve_document",
    "ask_for_job",
    "begin_checklist",
    "cancel_job",
    "claim_job",
    "draft_document",
    "drop_draft",
    "end_checklist",
    "end_job",
    "forget_drafts",
    "keep_draft",
    "reopen_draft",
    "report_progress",
    "settle_draft",
    "start_checklist",
    "store_attachment",
    "tap_item",
]
