"""Reply to a recall: the PDF that was sent is kept with the case."""

from datetime import datetime

from accounts.models import User
from audit.context import action
from circuits.actions.recalls import record_reply
from circuits.models import Recall, RecallStep
from circuits.traces import trace
from reports.pdf.recall import render_reply
from web.actions import store_attachment


@action("replied to a recall")
def reply_to_recall(
    *, recall: Recall, sent_to: str, sent_at: datetime, by: User, at: datetime
) -> RecallStep:
    """Make the reply as things stand, keep it, and note to whom it was sent."""
    content = render_reply(recall, trace(recall, by, at), at, sent_to=sent_to)
    file = store_attachment(
        name=f"reply-{recall.public_id}.pdf",
        media_type="application/pdf",
        content=content,
        at=at,
        by=by,
    )
    return record_reply(recall=recall, sent_to=sent_to, sent_at=sent_at, file=file, by=by, at=at)
