"""The outbox: written with what it tells of, sent at most once, by a real server."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from kombu import pools

from courseapp.celery import app as celery_app
from courseapp.kernel import clock, mail
from courseapp.kernel.mail import Letter, Rendered
from courseapp.kernel.models import MailState, OutboxMail
from tests.kernel.conftest import MailServer
from tests.threads import at_once

NOW = datetime(2025, 2, 10, 18, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

# The kernel knows no courses: a letter that names one does so by a number alone.
pytestmark = pytest.mark.breaks_invariants("mail_of_a_course")


def letter(
    *, recipient: str = "ana@example.edu", dedupe_key: str | None = None, is_secret: bool = False
) -> Letter:
    """Return a letter with words of its own."""
    return Letter(
        kind="accounts/from_library",
        recipient=recipient,
        context={"subject": "Your code", "body": "The code is 4711."},
        dedupe_key=dedupe_key,
        is_secret=is_secret,
    )


def queue(*letters: Letter) -> list[OutboxMail]:
    """Queue letters and return the outbox."""
    mail.queue(list(letters), now=NOW)
    return list(OutboxMail.objects.order_by("pk"))


def sweep_at(instant: datetime) -> int:
    """Sweep the outbox while the clock stands."""
    with clock.standing_at(instant):
        return mail.sweep()


def only_mail() -> OutboxMail:
    """Return the outbox's one mail."""
    return OutboxMail.objects.get()


@pytest.mark.django_db
def test_a_letter_is_sent_as_it_was_written(mail_server: MailServer) -> None:
    queue(letter())
    assert sweep_at(NOW) == 1

    (sent,) = mail_server.letters
    assert mail_server.recipients == ["ana@example.edu"]
    assert sent["Subject"] == "Your code"
    assert sent["To"] == "ana@example.edu"
    assert sent.get_content().replace("\r\n", "\n") == "The code is 4711.\n"
    assert (only_mail().state, only_mail().sent_at) == (MailState.SENT, NOW)


@pytest.mark.django_db
def test_a_letter_to_nobody_is_not_written() -> None:
    assert [found.recipient for found in queue(letter(recipient=""), letter())] == [
        "ana@example.edu"
    ]


@pytest.mark.django_db
def test_what_was_sent_is_not_sent_again(mail_server: MailServer) -> None:
    queue(letter())
    assert [sweep_at(NOW), sweep_at(NOW + MINUTE)] == [1, 0]
    assert len(mail_server.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_goes_with_the_transaction_that_it_tells_of():
    with transaction.atomic():
        queue(letter())
        assert only_mail().state == MailState.QUEUED
        transaction.set_rollback(True)
    assert not OutboxMail.objects.exists()

    with transaction.atomic():
        queue(letter())
    assert only_mail().state == MailState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_queued_where_no_broker_answers(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = pools.producers[celery_app.connection_for_write("redis://127.0.0.1:1/0")]
    monkeypatch.setattr(celery_app.amqp, "_producer_pool", nowhere)
    queue(letter())
    assert "Connection refused" in caplog.text
    assert only_mail().state == MailState.QUEUED


@pytest.mark.django_db
def test_a_letter_with_a_known_key_is_not_queued_again():
    queue(letter(dedupe_key="receipt/1"))
    mails = queue(
        letter(dedupe_key="receipt/1"),
        letter(dedupe_key="receipt/2"),
        letter(),
        letter(),
    )
    assert [found.dedupe_key for found in mails] == ["receipt/1", "receipt/2", None, None]


@pytest.mark.django_db
def test_a_letter_is_not_sent_before_its_time(mail_server: MailServer) -> None:
    queue(letter())
    assert sweep_at(NOW - timedelta(microseconds=1)) == 0
    assert only_mail().state == MailState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_send_each_letter_once(mail_server: MailServer) -> None:
    addresses = sorted(f"student{n:02}@example.edu" for n in range(12))
    queue(*(letter(recipient=address) for address in addresses))

    counts = at_once([mail.sweep, mail.sweep, mail.sweep])

    assert sum(counts) == len(addresses)
    assert sorted(mail_server.recipients) == addresses
    assert set(OutboxMail.objects.values_list("state", "attempt_count")) == {(MailState.SENT, 1)}


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_another_sweeper_holds_is_passed_over(mail_server: MailServer) -> None:
    queue(letter(recipient="first@example.edu"), letter(recipient="second@example.edu"))
    with transaction.atomic():
        OutboxMail.objects.select_for_update().get(recipient="first@example.edu")
        assert at_once([mail.sweep]) == [1]
    assert mail_server.recipients == ["second@example.edu"]


@pytest.mark.django_db
@pytest.mark.usefixtures("no_mail_server")
def test_where_no_server_listens_a_letter_waits_longer_each_time():
    queue(letter())
    at, waits = NOW, []
    for _ in range(9):
        assert sweep_at(at) == 0
        waits.append((only_mail().send_at - at) // MINUTE)
        at = only_mail().send_at

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (only_mail().state, only_mail().attempt_count) == (MailState.QUEUED, 9)
    assert "refused" in only_mail().last_error


@pytest.mark.django_db
def test_where_the_servers_name_is_unknown_nothing_is_in_doubt(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "mail.invalid"
    queue(letter())
    assert sweep_at(NOW) == 0
    assert only_mail().state == MailState.QUEUED


@pytest.mark.django_db
@pytest.mark.usefixtures("no_mail_server")
def test_where_no_server_listens_one_letter_finds_out_for_all():
    queue(letter(), letter())
    sweep_at(NOW)
    attempts = OutboxMail.objects.order_by("pk").values_list("attempt_count", flat=True)
    assert list(attempts) == [1, 0]


@pytest.mark.django_db
def test_a_refused_recipient_is_given_up(mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = "550 No such person"
    queue(letter())
    assert sweep_at(NOW) == 0
    assert only_mail().state == MailState.FAILED
    assert "No such person" in only_mail().last_error


@pytest.mark.django_db
def test_a_recipient_who_is_not_taken_yet_is_tried_again(mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = "450 Greylisted, come back later"
    queue(letter())
    sweep_at(NOW)
    assert (only_mail().state, only_mail().send_at) == (MailState.QUEUED, NOW + MINUTE)

    mail_server.answer_to_recipient = "250 OK"
    assert sweep_at(NOW + MINUTE) == 1
    assert mail_server.recipients == ["ana@example.edu"]


@pytest.mark.django_db
def test_a_letter_that_the_server_never_takes_is_given_up_in_the_end(
    mail_server: MailServer,
) -> None:
    mail_server.answer_to_letter = "554 Looks like spam"
    queue(letter())
    states = []
    for _ in range(mail.ATTEMPT_LIMIT):
        sweep_at(only_mail().send_at)
        states.append(only_mail().state)
    assert states == [MailState.QUEUED] * (mail.ATTEMPT_LIMIT - 1) + [MailState.FAILED]


@pytest.mark.django_db
def test_a_letter_whose_fate_nobody_knows_is_in_doubt_and_not_sent_twice(
    mail_server: MailServer,
) -> None:
    mail_server.hangs_up = True
    queue(letter())
    sweep_at(NOW)
    assert only_mail().state == MailState.SENDING

    mail_server.hangs_up = False
    sweep_at(NOW + timedelta(days=1))
    assert len(mail_server.letters) == 1
    assert only_mail().state == MailState.SENDING


@pytest.mark.django_db
def test_a_letter_whose_sender_died_is_not_sent_again(mail_server: MailServer) -> None:
    queue(letter())
    OutboxMail.objects.update(state=MailState.SENDING, claimed_at=NOW, attempt_count=1)
    assert sweep_at(NOW + timedelta(days=1)) == 0
    assert mail_server.letters == []


@pytest.mark.django_db
def test_the_body_of_a_secret_is_erased_once_it_is_sent(mail_server: MailServer) -> None:
    queue(letter(is_secret=True))
    assert only_mail().text == "The code is 4711.\n"
    sweep_at(NOW)
    assert "4711" in mail_server.letters[0].get_content()
    assert (only_mail().state, only_mail().text, only_mail().html) == (MailState.SENT, "", "")


@pytest.mark.django_db
def test_the_body_of_a_secret_is_erased_once_it_is_given_up(mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = "550 No such person"
    queue(letter(is_secret=True))
    sweep_at(NOW)
    assert (only_mail().state, only_mail().text) == (MailState.FAILED, "")


def queue_reminder(*, not_after: datetime) -> OutboxMail:
    """Queue a mail whose words are found when it is sent."""
    return mail.queue_late(
        kind="tests/late",
        recipient="ana@example.edu",
        course_id=1,
        not_after=not_after,
        now=NOW,
    )


def reminding_words(*, mail_id: int, now: datetime) -> Rendered | None:
    """Write the reminder of these tests."""
    return Rendered(subject="Still open", text=f"Mail {mail_id} at {now:%H:%M}.\n")


def no_words(*, mail_id: int, now: datetime) -> Rendered | None:
    """Find that nobody needs the reminder any more."""
    return None


def broken_words(*, mail_id: int, now: datetime) -> Rendered | None:
    """Fail as a bad template or a bad query does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    return None


@pytest.mark.django_db
def test_words_are_found_at_the_moment_of_sending(mail_server: MailServer, settings: Any) -> None:
    settings.MAIL_RENDERERS = {"tests/late": f"{__name__}.reminding_words"}
    waiting = queue_reminder(not_after=NOW + timedelta(hours=1))
    assert sweep_at(NOW + MINUTE) == 1
    assert mail_server.letters[0]["Subject"] == "Still open"
    assert only_mail().text == f"Mail {waiting.pk} at 18:31.\n"


@pytest.mark.django_db
def test_what_nobody_needs_any_more_is_dropped(mail_server: MailServer, settings: Any) -> None:
    settings.MAIL_RENDERERS = {"tests/late": f"{__name__}.no_words"}
    queue_reminder(not_after=NOW + timedelta(hours=1))
    assert sweep_at(NOW) == 0
    assert only_mail().state == MailState.DROPPED
    assert mail_server.letters == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("late_by", "state"),
    [(timedelta(microseconds=-1), MailState.SENT), (timedelta(0), MailState.DROPPED)],
)
def test_nothing_is_sent_from_its_last_instant_on(
    late_by: timedelta, state: str, mail_server: MailServer, settings: Any
) -> None:
    settings.MAIL_RENDERERS = {"tests/late": f"{__name__}.reminding_words"}
    queue_reminder(not_after=NOW + MINUTE)
    sweep_at(NOW + MINUTE + late_by)
    assert only_mail().state == state


@pytest.mark.django_db
def test_a_letter_that_cannot_be_written_holds_up_no_other(
    mail_server: MailServer, settings: Any
) -> None:
    settings.MAIL_RENDERERS = {"tests/late": f"{__name__}.broken_words"}
    broken = queue_reminder(not_after=NOW + timedelta(hours=1))
    queue(letter())
    assert sweep_at(NOW) == 1
    broken.refresh_from_db()
    assert (broken.state, mail_server.recipients) == (MailState.FAILED, ["ana@example.edu"])
    assert "division by zero" in broken.last_error
