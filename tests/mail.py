"""A real SMTP server on the loopback, which can hold a dialogue open."""

import email
import email.policy
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from launcher.processes import LOOPBACK, free_port


@dataclass
class SmtpServer:
    """What has arrived, and a gate at which a dialogue can be held.

    `hold()` stops every dialogue after the message was taken but before the sender hears so;
    `held` tells that one stands there; `let_go()` opens the gate.
    """

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self):
        self.gate.set()

    @property
    def settings(self):
        """The environment by which the product finds it."""
        return {"EMAIL_HOST": LOOPBACK, "EMAIL_PORT": self.port}

    def hold(self):
        self.held.clear()
        self.gate.clear()

    def let_go(self):
        self.gate.set()

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802  (aiosmtpd's name)
        """Keep the message; answer when the gate is open."""
        self.messages.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        if not self.gate.is_set():
            self.held.set()
            await server.loop.run_in_executor(None, self.gate.wait)
        return "250 taken"


@pytest.fixture
def smtp_server(settings):
    """The server that mail goes to during the test, from this process and from workers."""
    server = SmtpServer(free_port())
    controller = Controller(server, hostname=LOOPBACK, port=server.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, server.port
    yield server
    server.let_go()
    controller.stop()
