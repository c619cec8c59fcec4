"""A real browser, a real mail server, and a clock that the story moves."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from courseapp.kernel import clock


def said(message: EmailMessage) -> str:
    """Return a mail's subject and text."""
    text = str(message.get_content()).replace("\r\n", "\n")
    return f"{message['subject']}\n{text}"


class Postbox:
    """What the mail server took, in order."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.port = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail for each of its recipients."""
        message = BytesParser(EmailMessage, policy=default_policy).parsebytes(
            bytes(envelope.original_content or b"")
        )
        assert isinstance(message, EmailMessage)
        self.mails += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 OK"

    def recipients(self, words: str) -> list[str]:
        """Return who got a mail that says these words, in alphabetical order."""
        return sorted(to for to, message in self.mails if words in said(message))

    def newest_to(self, recipient: str) -> str:
        """Return the text of the newest mail to an address."""
        texts = [said(message) for to, message in self.mails if to == recipient]
        return texts[-1]


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """A mail server on this machine that keeps what it gets."""
    box = Postbox()
    box.port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    server.stop()


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class StoryClock:
    """The product's clock, moved by the story."""

    def __init__(self) -> None:
        self._standing = ExitStack()

    def stands_at(self, instant: datetime) -> datetime:
        """Let the product believe that it is this instant."""
        self._standing.close()
        self._standing.enter_context(clock.standing_at(instant))
        return instant

    def close(self) -> None:
        """Let the clock run again."""
        self._standing.close()


@pytest.fixture
def story_clock() -> Iterator[StoryClock]:
    """A clock that a test moves; it runs again afterwards."""
    moved = StoryClock()
    yield moved
    moved.close()


@pytest.fixture(scope="session", autouse=True)
def the_database_outlives_browsers(django_db_setup: None) -> None:
    """What is made first ends last: an open browser keeps connections of the site's threads."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium, quietly."""
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    options = {**browser_type_launch_args, "args": quiet}
    if path := os.environ.get("CHROMIUM"):
        options["executable_path"] = path
    return options
