"""What a row of the schedule is, told from its words (domain.md §1, §12)."""

import re
from collections.abc import Mapping
from typing import Final

from courseapp.term.formats.names import LectureKind

NO_CLASS: Final = re.compile(
    r"\bno[- ](?:lecture|class|meeting|session)(?:s|es)?\b|\bbreak\b|\bholiday\b|\brecess\b"
    r"|\bcancel(?:l?ed|ation)?\b|\bthanksgiving\b",
    re.IGNORECASE,
)
TALKS: Final = r"(?:\s+project)?\s+(?:presentation|poster|talk|demo|exam)s?\b"
FINAL: Final = re.compile(rf"\bfinal{TALKS}|\bfinals?$", re.IGNORECASE)
HALF: Final = r"\bmid[- ]?(?:semester|term)s?"
MIDTERM: Final = re.compile(rf"{HALF}{TALKS}", re.IGNORECASE)
DEADLINE: Final = re.compile(r"\bdeadline\b|\bdue\b|\bsubmission\b|\bsubmit\b", re.IGNORECASE)
BARE_MIDTERM: Final = re.compile(HALF, re.IGNORECASE)

# The words that a row gets on its way out when its own do not say what it is.
WORDS: Final[Mapping[LectureKind, str]] = {
    LectureKind.NO_CLASS: "No Lecture",
    LectureKind.MIDTERM: "Mid-Semester Presentations",
    LectureKind.FINAL: "Final Presentations",
    LectureKind.DEADLINE: "Deadline",
}


def says_no_class(text: str) -> bool:
    """Whether words say that nothing is held."""
    return NO_CLASS.search(text) is not None


def kind_of(*, label: str, topic: str, has_readings: bool, has_holders: bool) -> LectureKind:
    """The kind of a dated row; a topic speaks only where there is nothing to read and nobody speaks.

    "No Class: Prep for Final Presentation" is no class; "Final Report Submission Deadline" is a
    deadline; a row with readings that somebody presents is a lecture whatever is due on its day.
    """
    is_bare = not has_readings and not has_holders
    words = f"{label} {topic}".strip() if is_bare else label
    if says_no_class(words):
        return LectureKind.NO_CLASS
    if FINAL.search(words):
        return LectureKind.FINAL
    if MIDTERM.search(words):
        return LectureKind.MIDTERM
    if DEADLINE.search(words) and is_bare:
        return LectureKind.DEADLINE
    if BARE_MIDTERM.search(words) and is_bare:
        return LectureKind.MIDTERM
    return LectureKind.LECTURE if words or not is_bare else LectureKind.OTHER
