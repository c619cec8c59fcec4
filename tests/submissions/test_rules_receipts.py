"""A receipt as text: written the same way each time, read back out of a mail, and never believed unread."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.rules import receipts
from submissions.rules.receipts import Answer, Facts

FACTS = Facts(
    code="0a1b2c3d4e5f60718293a4b5",
    course="cs598-s25",
    deliverable="Slides for “Ähnlichkeit”",
    version=2,
    size=4096,
    sha256="ab" * 32,
    received_at=datetime(2025, 2, 11, 18, 30, 0, 1, tzinfo=UTC),
)
TEXT = receipts.written(FACTS, key="a key", signature="a signature")
SIGNED_BYTES = (
    b'{"code":"0a1b2c3d4e5f60718293a4b5","course":"cs598-s25",'
    b'"deliverable":"Slides for \\u201c\\u00c4hnlichkeit\\u201d","format":"course receipt 1",'
    b'"received_at":"2025-02-11T18:30:00.000001Z","sha256":"'
    + b"ab" * 32
    + b'","size":4096,"version":2}'
)


def test_what_is_signed_is_written_in_one_way_only():
    assert receipts.message(receipts.stated(FACTS)) == SIGNED_BYTES
    elsewhere = FACTS.received_at.astimezone(timezone(timedelta(hours=-6)))
    other = replace(FACTS, received_at=elsewhere)
    assert receipts.message(receipts.stated(other)) == SIGNED_BYTES


def test_when_the_bytes_of_a_pledge_were_in_is_stated_only_where_there_was_one():
    pledged = replace(FACTS, bytes_in_at=FACTS.received_at + timedelta(minutes=5))
    assert receipts.stated(pledged)["bytes_in_at"] == "2025-02-11T18:35:00.000001Z"
    assert "bytes_in_at" not in receipts.stated(FACTS)


def test_a_receipt_is_read_back_to_the_bytes_that_were_signed():
    shown = receipts.read(TEXT)
    assert shown is not None
    assert (shown.code, shown.key, shown.signature) == (FACTS.code, "a key", "a signature")
    assert receipts.message(shown.facts) == SIGNED_BYTES


@pytest.mark.parametrize(
    "mail",
    [
        f"Received  Tue Feb 11\n\nThe receipt itself, signed.\n\n{TEXT}\n-- \nSeminar",
        "\n".join(f"> > {line}" for line in TEXT.splitlines()),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("ab" * 32, "ab" * 20 + "\n" + "ab" * 12),
    ],
    ids=["whole mail", "quoted", "other line ends", "a line broken in two"],
)
def test_a_receipt_is_read_out_of_a_mail(mail: str) -> None:
    shown = receipts.read(mail)
    assert shown is not None
    assert receipts.message(shown.facts) == SIGNED_BYTES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "}{",
        "[]",
        "{}",
        '{"receipt": 1, "key": "", "signature": ""}',
        '{"receipt": {}, "key": 1, "signature": ""}',
        "[" * 60_000 + "]",
        '{"a":' * 5_000 + "1" + "}" * 5_000,
    ],
)
def test_what_is_no_receipt_is_not_read(text: str) -> None:
    assert receipts.read(text) is None


@given(st.text())
def test_reading_never_raises(text: str) -> None:
    shown = receipts.read(f'{{"receipt": {{"code": {text}}}, "key": "", "signature": ""}}')
    assert shown is None or isinstance(receipts.message(shown.facts), bytes)


@pytest.mark.parametrize(
    "code", [7, "", "\x00", "\ud800", "0a1b", FACTS.code.upper(), f"{FACTS.code}\n"]
)
def test_a_code_that_is_none_leads_nowhere(code: object) -> None:
    facts = {**receipts.stated(FACTS), "code": code}
    assert receipts.Presented(facts, key="", signature="").code == ""


def shown_with(**facts: object) -> receipts.Presented:
    """Return the receipt with some facts stated otherwise; None leaves one out."""
    document = json.loads(TEXT)
    changed = {**document["receipt"], **facts}
    document["receipt"] = {name: value for name, value in changed.items() if value is not None}
    shown = receipts.read(json.dumps(document))
    assert shown is not None
    return shown


@pytest.mark.parametrize(
    ("facts", "differing"),
    [
        ({}, ()),
        ({"size": 4097}, ("size",)),
        ({"size": 4096.0}, ("size",)),
        ({"size": None}, ("size",)),
        ({"version": True}, ("version",)),
        ({"who": "me"}, ("who",)),
        ({"received_at": "2025-02-11T18:29:59.000001Z", "size": 1}, ("received_at", "size")),
    ],
)
def test_what_differs_from_the_records_is_named(
    facts: dict[str, object], differing: tuple[str, ...]
) -> None:
    shown = shown_with(**facts)
    assert receipts.differing(shown, FACTS) == differing
    answer = Answer.CHANGED if differing else Answer.GENUINE
    assert receipts.judged(shown, facts=FACTS, is_signed=True) is answer
    assert receipts.judged(shown, facts=FACTS, is_signed=False) is Answer.CHANGED


def test_without_a_record_the_signature_alone_speaks():
    shown = shown_with()
    assert receipts.judged(shown, facts=None, is_signed=True) is Answer.LOST
    assert receipts.judged(shown, facts=None, is_signed=False) is Answer.UNKNOWN
