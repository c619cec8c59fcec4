"""The headings of a schedule table, as real courses word them (domain.md §12: one table of names)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from courseapp.term.formats.names import ROLES, Role, Vocabulary


class Column(StrEnum):
    """What a column holds."""

    DATE = "date"
    READINGS = "readings"
    TOPIC = "topic"
    PRESENTER = "presenter"
    AUTHORS = "authors"
    REVIEWERS = "reviewers"
    TIME = "time"
    # A column that a course names in order to leave it out.
    NOTHING = "nothing"


ROLE_OF: Final[Mapping[Column, Role]] = {
    Column.PRESENTER: Role.PRESENTER,
    Column.AUTHORS: Role.AUTHORS,
    Column.REVIEWERS: Role.REVIEWERS,
}

HEADINGS: Final = Vocabulary(
    {
        "Date": Column.DATE,
        "Day": Column.DATE,
        "When": Column.DATE,
        "Readings": Column.READINGS,
        "Reading": Column.READINGS,
        "Reading list": Column.READINGS,
        "Paper": Column.READINGS,
        "Papers": Column.READINGS,
        "Topic": Column.TOPIC,
        "Time": Column.TIME,
        "Class time": Column.TIME,
        "Title": Column.TOPIC,
        **{word: Column(role.value) for word, role in ROLES.words.items()},
        "Presenters": Column.PRESENTER,
        "Speaker": Column.PRESENTER,
        "Companions": Column.AUTHORS,
        "Author": Column.AUTHORS,
        "Summary": Column.AUTHORS,
        "Critic": Column.REVIEWERS,
        "Critics": Column.REVIEWERS,
        "Review": Column.REVIEWERS,
    }
)
MEANINGS: Final = HEADINGS.extended({"nothing": Column.NOTHING})


def extended_headings(pairs: Mapping[str, str]) -> Vocabulary[Column]:
    """The table with a course's own names: their heading to a known one.

    Raises `ValueError` with a sentence where the known one is not known.
    """
    extra: dict[str, Column] = {}
    for theirs, ours in pairs.items():
        column = MEANINGS.find(ours)
        if column is None:
            raise ValueError(
                f'"{theirs}={ours}" names no column of ours; known are '
                f"{', '.join(column.value for column in Column)}."
            )
        extra[theirs] = column
    # A course's own word is asked first, so that it can also rename one of ours.
    return Vocabulary({**extra, **HEADINGS.words})
