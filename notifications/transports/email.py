"""E-mail over SMTP. With no server named (EMAIL_HOST empty) nothing is sent: the demo mails nobody."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notifications.transports.errors import PermanentError, TemporaryError, Unreachable

PERMANENT = 500  # RFC 5321 4.2.1: a reply of 5yz is a permanent refusal


def is_on() -> bool:
    """Say whether a mail server is named."""
    return bool(settings.EMAIL_HOST)


def send(*, to: str, subject: str, text: str, message_id: str) -> None:
    """Hand one message to the mail server.

    Raises PermanentError or TemporaryError (Unreachable when there was no dialogue at all).
    """
    message = EmailMessage(
        subject=subject,
        body=text,
        to=[to],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        raise _refused(code, answer) from refused
    except smtplib.SMTPConnectError as refused:
        raise Unreachable(_words(refused.smtp_code, refused.smtp_error)) from refused
    except smtplib.SMTPResponseException as refused:
        raise _refused(refused.smtp_code, refused.smtp_error) from refused
    except (smtplib.SMTPException, OSError) as failed:
        raise Unreachable(f"The mail server does not answer ({type(failed).__name__}).") from failed


def _refused(code: int, answer: bytes | str) -> PermanentError | TemporaryError:
    kind = PermanentError if code >= PERMANENT else TemporaryError
    return kind(_words(code, answer))


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"The mail server answered {code} {text}"
