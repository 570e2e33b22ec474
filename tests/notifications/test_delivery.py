"""Messages are owed once, sent once claimed, and kept when the mail server fails."""

import socket
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications import tasks
from notifications.actions import (
    MAX_ATTEMPTS,
    deliver_notification,
    queue_notification,
    record_heartbeat,
    sweep,
)
from notifications.models import ContactPoint, Heartbeat, Notification, State
from notifications.queries import failed
from notifications.transports import email
from notifications.transports.errors import PermanentError, TemporaryError, Unreachable
from tests.factories import NOON, UserFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def reader(db):
    return UserFactory(email="reader@example.org")


@pytest.fixture
def dead_server(settings):
    """A mail server that nobody runs."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def owe(reader, key="k1", **options):
    text = {"subject": "Warning: bed 7, icu", "text": "See the page."}
    return queue_notification(to=reader, key=key, at=NOON, **text, **options)


def test_a_message_is_owed_once_per_key(reader):
    assert owe(reader).pk == owe(reader).pk
    assert Notification.objects.count() == 1


def test_a_message_arrives_under_its_own_message_id_with_its_link(reader, smtp_server, settings):
    settings.SITE_URL = "https://ecmo.example.org"
    notification = owe(reader, link="/alerts/")

    assert deliver_notification(notification.pk, NOON) == State.SENT

    (mail,) = smtp_server.messages
    notification.refresh_from_db()
    assert mail["Message-ID"] == notification.message_id
    assert mail["To"] == "reader@example.org"
    assert "https://ecmo.example.org/alerts/" in mail.get_content()
    assert notification.sent_at == NOON


def test_of_two_deliveries_one_sends(reader, smtp_server):
    notification = owe(reader)

    deliver_notification(notification.pk, NOON)
    assert deliver_notification(notification.pk, NOON) is None

    assert len(smtp_server.messages) == 1


def test_a_claim_that_is_not_old_is_left_alone_and_an_old_one_lapses(reader, smtp_server):
    notification = owe(reader)
    Notification.objects.update(state=State.SENDING, claimed_at=NOON)

    assert sweep(NOON + 4 * MINUTE) == 0
    assert sweep(NOON + 6 * MINUTE) == 1

    assert smtp_server.messages[0]["Message-ID"] == notification.message_id


def test_a_message_goes_where_the_person_wants_it(reader, smtp_server):
    ContactPoint.objects.create(user=reader, channel="email", address="ward@example.org")

    deliver_notification(owe(reader).pk, NOON)

    assert smtp_server.messages[0]["To"] == "ward@example.org"


def test_a_message_waits_for_its_time(reader, smtp_server):
    owe(reader, not_before=NOON + 10 * MINUTE)

    assert sweep(NOON + 9 * MINUTE) == 0
    assert sweep(NOON + 10 * MINUTE) == 1


def test_what_is_of_no_use_any_more_is_not_sent(reader, smtp_server):
    notification = owe(reader, expires_in=timedelta(hours=1))

    sweep(NOON + timedelta(hours=1))

    notification.refresh_from_db()
    assert notification.state == State.EXPIRED
    assert smtp_server.messages == []


def test_with_no_mail_server_named_messages_stay_queued_and_expire(reader, settings):
    settings.EMAIL_HOST = ""
    notification = owe(reader)

    assert deliver_notification(notification.pk, NOON) is None
    assert sweep(NOON) == 0
    notification.refresh_from_db()
    assert notification.state == State.QUEUED
    assert notification.attempts == 0

    sweep(NOON + timedelta(hours=12))
    notification.refresh_from_db()
    assert notification.state == State.EXPIRED


def test_a_server_that_does_not_answer_stops_the_sweep_and_keeps_every_message(reader, dead_server):
    first, second = owe(reader, "k1"), owe(reader, "k2", not_before=NOON + MINUTE)

    assert sweep(NOON + MINUTE) == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, second.attempts) == (State.QUEUED, 1, 0)
    assert first.not_before == NOON + 2 * MINUTE
    assert "does not answer" in first.error


def test_waits_grow_and_a_message_is_given_up_at_last(reader, dead_server):
    notification = owe(reader)
    at, waits = NOON, []

    for _ in range(MAX_ATTEMPTS):
        deliver_notification(notification.pk, at)
        notification.refresh_from_db()
        waits.append(notification.not_before - at)
        at = notification.not_before

    assert waits[:4] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE]
    assert max(waits) == timedelta(hours=1)
    assert notification.state == State.FAILED
    assert list(failed(at)) == [notification]


def test_a_refused_address_is_given_up_at_once_and_forgotten_when_another_gets_through(
    reader, smtp_server
):
    async def refuse(server, session, envelope, address, options):
        return "550 no such mailbox"

    smtp_server.handle_RCPT = refuse
    notification = owe(reader)

    assert deliver_notification(notification.pk, NOON) == State.FAILED
    notification.refresh_from_db()
    assert "550 no such mailbox" in notification.error
    assert failed(NOON).exists()

    del smtp_server.handle_RCPT
    deliver_notification(owe(reader, "k2").pk, NOON + MINUTE)
    assert not failed(NOON + MINUTE).exists()


def test_a_greylisted_message_does_not_hold_up_the_next(reader, smtp_server):
    async def not_yet(server, session, envelope, address, options):
        if not smtp_server.seen:
            smtp_server.seen = True
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    smtp_server.seen, smtp_server.handle_RCPT = False, not_yet
    first = owe(reader, "k1")
    owe(reader, "k2", not_before=NOON + MINUTE)

    assert sweep(NOON + MINUTE) == 1

    first.refresh_from_db()
    assert first.state == State.QUEUED


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"email": ""}, "no e-mail address"), ({"is_active": False}, "no login")],
    ids=["no address", "left"],
)
def test_a_person_who_cannot_be_reached_fails_with_the_reason(reader, smtp_server, change, reason):
    for name, value in change.items():
        setattr(reader, name, value)
    reader.save()
    notification = owe(reader)

    assert deliver_notification(notification.pk, NOON) == State.FAILED

    notification.refresh_from_db()
    assert reason in notification.error


def test_a_bad_row_is_kept_with_its_error_and_stops_no_other(reader, smtp_server):
    bad, good = owe(reader, "k1"), owe(reader, "k2", not_before=NOON + MINUTE)
    Notification.objects.filter(pk=bad.pk).update(message_id="<a>\nBcc: x@example.org")

    sweep(NOON + MINUTE)

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.error, good.state) == ("BadHeaderError", State.SENT)


def test_a_line_break_in_a_subject_becomes_a_space(reader):
    notification = queue_notification(
        to=reader, subject="one\nBcc: two", text="t", key="k", at=NOON
    )

    assert notification.subject == "one Bcc: two"


def test_the_database_refuses_a_sent_message_without_its_time(reader):
    owe(reader)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.update(state=State.SENT)


def test_a_heartbeat_is_one_row_a_part(db):
    record_heartbeat(names=["beat", "worker"], at=NOON)
    record_heartbeat(names=["beat", "worker"], at=NOON + MINUTE)

    assert {h.name: h.beat_at for h in Heartbeat.objects.all()} == {
        "beat": NOON + MINUTE,
        "worker": NOON + MINUTE,
    }


def test_a_server_that_is_not_there_is_unreachable(dead_server):
    with pytest.raises(Unreachable):
        email.send(to="x@example.org", subject="s", text="t", message_id="<m@x>")


@pytest.mark.parametrize(
    ("answer", "error"),
    [("554 refused", PermanentError), ("452 full", TemporaryError)],
    ids=["for good", "for now"],
)
def test_the_server_says_whether_to_try_again(smtp_server, answer, error):
    async def reply(server, session, envelope):
        return answer

    smtp_server.handle_DATA = reply

    with pytest.raises(error, match=answer):
        email.send(to="x@example.org", subject="s", text="t", message_id="<m@x>")


def test_a_server_that_turns_us_away_at_the_door_is_unreachable(settings):
    """It answers 421 before any dialogue."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = door.getsockname()
        turned_away = threading.Thread(target=_turn_away, args=(door,))
        turned_away.start()
        with pytest.raises(Unreachable, match="421 full"):
            email.send(to="x@example.org", subject="s", text="t", message_id="<m@x>")
        turned_away.join()


def _turn_away(door):
    line, _ = door.accept()
    with line:
        line.sendall(b"421 full\r\n")


def test_the_doorbells_each_ring_their_action(reader, smtp_server):
    notification = owe(reader, expires_in=timedelta(days=36500))

    tasks.deliver(notification.pk)
    tasks.sweep()
    tasks.heartbeat()

    assert len(smtp_server.messages) == 1
    assert Heartbeat.objects.filter(name="worker").exists()
