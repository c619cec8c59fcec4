"""Texts that are typed: what can be taken, and how a summary is begun (domain.md §4)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from courseapp.kernel.decisions import Allowed, Decision, Denied

MIN_TEXT_LENGTH: Final = 20
MAX_TEXT_LENGTH: Final = 2_000
# What is typed may be longer than what can be taken: it is kept until it was shortened.
MAX_DRAFT_LENGTH: Final = 100_000
# A page of a summary as it is printed.
WORDS_A_PAGE: Final = 520
_IS_FILE: Final = Denied("not_text", "This is handed in as a file, not written as text.")
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}(?:[ \t].*)?$", re.MULTILINE)
_WORD: Final = re.compile(r"\w[\w\u2019'-]*")


@dataclass(frozen=True, slots=True)
class TextLimits:
    """How long a text is at least and at most, in characters, and what it is called."""

    word: str
    least: int
    most: int


# Keyed by the values of `submissions.deadlines.Kind`; a kind that is not here is handed in as a file only.
TEXT_LIMITS: Final[Mapping[str, TextLimits]] = {
    "question": TextLimits("question", MIN_TEXT_LENGTH, MAX_TEXT_LENGTH),
    "summary": TextLimits("summary", 200, 40_000),
}


def as_typed(text: str) -> str:
    """Return a text with the line ends that we keep; browsers send others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_acceptable(text: str, *, kind: str = "question") -> Decision:
    """Whether a text can be taken, measured without outer white space.

    Towards the least count only characters that can be seen, and of a summary not its headings,
    which the course has written.
    """
    limits = TEXT_LIMITS.get(kind)
    if limits is None:
        return _IS_FILE
    written = text.strip()
    if not is_text(written):
        return Denied("not_text", "The text holds a character that is not text; type it again.")
    length = counted_length(written, kind=kind)
    if length == 0:
        return Denied("empty", f"Write your {limits.word}; nothing was typed yet.")
    if length < limits.least:
        missing = _characters(limits.least - length, "more ")
        own = "of your own " if kind == "summary" else ""
        return Denied(
            "too_short",
            f"Write {missing}; a {limits.word} has at least {limits.least} characters {own}".rstrip()
            + ".",
        )
    if len(written) > limits.most:
        return Denied("too_long", _shorten(limits, len(written) - limits.most))
    return Allowed()


def draft_acceptable(text: str) -> Decision:
    """Whether what is being typed can be kept; far more can than counts in the end."""
    if not is_text(text):
        return Denied("not_text", "The text holds a character that is not text; delete it.")
    if len(text) > MAX_DRAFT_LENGTH:
        extra = _characters(len(text) - MAX_DRAFT_LENGTH)
        return Denied("too_long", f"Shorten it by {extra}; no more than that can be kept.")
    return Allowed()


def preview_acceptable(text: str, *, kind: str) -> Decision:
    """Whether a text can be shown as it will be read: no longer than it may be in the end."""
    limits = TEXT_LIMITS.get(kind)
    if limits is None:
        return _IS_FILE
    if not is_text(text):
        return Denied("not_text", "The text holds a character that is not text; delete it.")
    extra = len(as_typed(text).strip()) - limits.most
    if extra > 0:
        return Denied("too_long", _shorten(limits, extra))
    return Allowed()


def is_text(text: str) -> bool:
    """Say whether a text holds nothing that cannot be kept as text."""
    return not any(char == "\x00" or unicodedata.category(char) == "Cs" for char in text)


def counted_length(text: str, *, kind: str) -> int:
    """Return how many characters count towards the least."""
    own = _HEADING.sub("", text).strip() if kind == "summary" else text.strip()
    return sum(_is_visible(char) for char in own)


def _is_visible(char: str) -> bool:
    return char in "\t\n\r" or unicodedata.category(char) not in {"Cc", "Cf"}


def _shorten(limits: TextLimits, extra: int) -> str:
    return f"Shorten it by {_characters(extra)}; a {limits.word} has at most {limits.most:,}."


def _characters(count: int, more: str = "") -> str:
    return f"{count:,} {more}character{'' if count == 1 else 's'}"


def summary_template(sections: Iterable[str]) -> str:
    """Return what a written summary begins with: the course's sections as headings."""
    return "\n\n".join(f"## {section}\n" for section in sections)


def word_count(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))


def page_estimate(text: str) -> float:
    """Return about how many printed pages a text fills, to a tenth."""
    return round(word_count(text) / WORDS_A_PAGE, 1)
