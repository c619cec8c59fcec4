"""What a look into a file can tell: a line with a code, a level and a sentence."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How much a finding matters; only `bad` is mailed, and none un-counts a version."""

    OK = "ok"
    NOTE = "note"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, in words that say what to change where something is wrong."""

    code: str
    level: Level
    sentence: str

    def as_plain(self) -> dict[str, str]:
        """Return it as JSON knows it."""
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Finding":
        """Return what `as_plain` gave."""
        return cls(str(plain["code"]), Level(plain["level"]), str(plain["sentence"]))


def well(code: str, sentence: str) -> Finding:
    """Say what is as it should be."""
    return Finding(code, Level.OK, sentence)


def note(code: str, sentence: str) -> Finding:
    """Say what is good to know."""
    return Finding(code, Level.NOTE, sentence)


def warn(code: str, sentence: str) -> Finding:
    """Say what should be changed."""
    return Finding(code, Level.WARN, sentence)


def bad(code: str, sentence: str) -> Finding:
    """Say what must be changed, as nobody can use the file, or safely open it."""
    return Finding(code, Level.BAD, sentence)


def count_of(number: int, word: str, plural: str = "") -> str:
    """Return a number with its noun ("1 page", "2,000 files")."""
    return f"{number:,} {word if number == 1 else plural or word + 's'}"
