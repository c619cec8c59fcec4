"""The outbox: what must be sent is a row of the same transaction; delivery claims it and sends.

A mail is claimed in one committed step before it is sent, so that no crash can send it twice; one
whose sender died in between stays `sending`, is shown as in doubt, and is left to people.
"""

import logging
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from courseapp.kernel import clock, hints
from courseapp.kernel.models import MailState, OutboxMail

log = logging.getLogger(__name__)

# The job that calls `sweep`.
SWEEP = "kernel.sweep_outbox"
ATTEMPT_LIMIT = 8
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
SWEEP_BATCH = 200
SUBJECT_LENGTH = 300


@dataclass(frozen=True)
class Rendered:
    """A mail's words."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class Letter:
    """A mail to queue: its kind names the folder `templates/emails/<kind>/`."""

    kind: str
    recipient: str
    context: dict[str, Any]
    course_id: int | None = None
    dedupe_key: str | None = None
    is_secret: bool = False
    not_after: datetime | None = None


def render(kind: str, context: dict[str, Any]) -> Rendered:
    """Render `templates/emails/<kind>/subject.txt`, `body.txt` and, where there is one, `body.html`."""
    base = {**context, "base_url": settings.BASE_URL}
    subject = render_to_string(f"emails/{kind}/subject.txt", base)
    return Rendered(
        subject=shorten(subject, SUBJECT_LENGTH),
        text=render_to_string(f"emails/{kind}/body.txt", base).strip() + "\n",
    )


def queue(letters: list[Letter], *, now: datetime) -> list[OutboxMail]:
    """Write the letters into the outbox and hint the worker once the transaction has committed.

    A letter whose `dedupe_key` is there already is not queued again, and one to a person without an
    address is not written. Letters that share one context say the same to each recipient, and are
    rendered once.
    """
    words: dict[tuple[str, int], Rendered] = {}
    rows = []
    for letter in filter(lambda letter: letter.recipient, letters):
        same = letter.kind, id(letter.context)
        if same not in words:
            words[same] = render(letter.kind, letter.context)
        rows.append(_row(letter, words[same], now=now))
    mails = OutboxMail.objects.bulk_create(rows, ignore_conflicts=True)
    hint()
    return mails


def queue_late(
    *, kind: str, recipient: str, course_id: int, not_after: datetime, now: datetime
) -> OutboxMail:
    """Queue a mail whose words are decided when it is sent (`MAIL_RENDERERS`); never after an instant."""
    until = {recipient: not_after}
    return queue_late_to(until, kind=kind, course_id=course_id, now=now)[0]


def queue_late_to(
    not_after: Mapping[str, datetime], *, kind: str, course_id: int, now: datetime
) -> list[OutboxMail]:
    """Queue such a mail to each of many people, each with the instant after which none is sent."""
    mails = OutboxMail.objects.bulk_create(
        [
            OutboxMail(
                kind=kind,
                recipient=recipient,
                course_id=course_id,
                not_after=until,
                queued_at=now,
                send_at=now,
            )
            for recipient, until in not_after.items()
        ]
    )
    hint()
    return mails


def _row(letter: Letter, words: Rendered, *, now: datetime) -> OutboxMail:
    return OutboxMail(
        kind=letter.kind,
        recipient=letter.recipient,
        course_id=letter.course_id,
        dedupe_key=letter.dedupe_key,
        is_secret=letter.is_secret,
        not_after=letter.not_after,
        subject=words.subject,
        text=words.text,
        html=words.html,
        queued_at=now,
        send_at=now,
    )


def hint() -> None:
    """Wake the worker after commit; where no broker answers, the sweep finds the rows."""
    hints.wake_after_commit(SWEEP)


def sweep() -> int:
    """Send what is due, a batch at a time, and ask for the next; return how many went out."""
    sent = 0
    for _ in range(SWEEP_BATCH):
        mail = _claim(now=clock.now())
        server = _server_for(mail) if mail is not None else None
        if mail is None or server is None:
            return sent
        sent += _deliver(mail, server)
    hint()
    return sent


@transaction.atomic
def _claim(*, now: datetime) -> OutboxMail | None:
    """Take the next due mail for ourselves, its words settled; one that nobody wants is dropped."""
    waiting = OutboxMail.objects.filter(state=MailState.QUEUED, send_at__lte=now)
    while mail := waiting.select_for_update(skip_locked=True).order_by("send_at", "pk").first():
        mail.claimed_at = now
        try:
            with transaction.atomic():
                words = _settled(mail, now=now)
        except Exception as error:  # one that cannot be written must not hold up the others
            log.exception("Mail %s could not be written.", mail.pk)
            _end(mail, MailState.FAILED, error=str(error))
            continue
        if words is None:
            _end(mail, MailState.DROPPED)
            continue
        mail.state = MailState.SENDING
        mail.subject, mail.text, mail.html = words.subject, words.text, words.html
        mail.attempt_count += 1
        mail.save()
        return mail
    return None


def _end(mail: OutboxMail, state: MailState, *, error: str = "") -> None:
    """Note that a mail will never go out; what carries a secret keeps no body."""
    mail.state = state
    mail.last_error = error[:500]
    if mail.is_secret:
        mail.text = mail.html = ""
    mail.save()


def _settled(mail: OutboxMail, *, now: datetime) -> Rendered | None:
    if mail.not_after is not None and now >= mail.not_after:
        return None
    dotted_path = settings.MAIL_RENDERERS.get(mail.kind)
    if dotted_path is None:
        return Rendered(subject=mail.subject, text=mail.text, html=mail.html)
    render_now: Callable[..., Rendered | None] = import_string(dotted_path)
    return render_now(mail_id=mail.pk, now=now)


def _server_for(mail: OutboxMail) -> BaseEmailBackend | None:
    """Return the mail server, reached; where it cannot be, the mail waits for it."""
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except OSError as error:
        log.warning("The mail server was not reached: %s", error)
        _wait(mail, error=error)
        return None
    return server


def _deliver(mail: OutboxMail, server: BaseEmailBackend) -> bool:
    """Hand one claimed mail to the mail server and write down what became of it."""
    message = EmailMultiAlternatives(
        subject=mail.subject, body=mail.text, to=[mail.recipient], connection=server
    )
    message.extra_headers["Message-ID"] = f"<outbox-{mail.pk}@{settings.BASE_URL.split('//')[1]}>"
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        with server:
            message.send()
    except OSError as error:
        log.warning("Mail %s was not taken: %s", mail.pk, error)
        _note_failure(mail, error=error)
        return False
    _note_sent(mail)
    return True


def _note_sent(mail: OutboxMail) -> None:
    mail.state = MailState.SENT
    mail.sent_at = clock.now()
    if mail.is_secret:
        mail.text = mail.html = ""
    mail.save(update_fields=["state", "sent_at", "text", "html"])


def _note_failure(mail: OutboxMail, *, error: OSError) -> None:
    """Queue a mail again that the server did not take for now; give up where it never will.

    Where the connection broke in between, nobody knows: the mail stays `sending`, in doubt.
    """
    codes = _refusal_codes(error)
    if not codes:
        mail.last_error = str(error)[:500]
        mail.save(update_fields=["last_error"])
    elif _is_final(error, codes) or mail.attempt_count >= ATTEMPT_LIMIT:
        _end(mail, MailState.FAILED, error=str(error))
    else:
        _wait(mail, error=error)


def _refusal_codes(error: OSError) -> list[int]:
    """Return the codes by which the server refused; none where it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def _is_final(error: OSError, codes: list[int]) -> bool:
    """Say whether the address will never take a mail; a code below 500 means "not now"."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and min(codes) >= 500


def _wait(mail: OutboxMail, *, error: OSError) -> None:
    """Queue a mail again, later with every attempt."""
    doublings = min(mail.attempt_count - 1, ATTEMPT_LIMIT)
    mail.state = MailState.QUEUED
    mail.send_at = clock.now() + min(FIRST_RETRY * 2**doublings, LONGEST_RETRY)
    mail.last_error = str(error)[:500]
    mail.save(update_fields=["state", "send_at", "last_error"])
