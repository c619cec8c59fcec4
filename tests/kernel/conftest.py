"""A real mail server for the outbox's tests."""

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class MailServer:
    """What the server took, in order, and what it says to recipients and letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer_to_recipient = "250 OK"
        self.answer_to_letter = "250 OK"
        self.hangs_up = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a letter, refuse it, or hang up without a word once it is in."""
        if self.hangs_up:
            server.transport.abort()
        if not self.answer_to_letter.startswith("250"):
            return self.answer_to_letter
        content = envelope.original_content or b""
        self.letters.append(message_from_bytes(content, EmailMessage, policy=default_policy))
        self.recipients += envelope.rcpt_tos
        return self.answer_to_letter


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Give a mail server on this machine, to which the product sends."""
    server = MailServer()
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    _send_to(settings, port)
    yield server
    controller.stop()


@pytest.fixture
def no_mail_server(settings: Any) -> None:
    """Let the product send to where nobody listens."""
    _send_to(settings, free_port())


def _send_to(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
