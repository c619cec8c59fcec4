"""Characters of a Markdown cell: what is written, what is meant, and how we write it ourselves."""

import re
from dataclasses import dataclass
from typing import Final

from courseapp.term.formats.cells import INVISIBLE

BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
# Escaped characters wait in the private area, where no mark and no bracket is looked for.
SHIELD: Final = 0xE000
SHIELDED: Final = re.compile("[\ue000-\ue07f]")
PRIVATE: Final = re.compile("[\ue000-\uf8ff]")
LINK_START: Final = re.compile(r"\[")
BAD_IN_LINKS: Final = re.compile(r"[\s\\<>|\"]")


def is_invisible(text: str) -> bool:
    """Whether a text holds characters that cannot be seen."""
    return INVISIBLE.search(text) is not None


def cleaned(text: str) -> str:
    """A text without invisible characters, tabs and doubled spaces."""
    return " ".join(PRIVATE.sub("", INVISIBLE.sub("", text)).split())


def shielded(text: str) -> str:
    """A text whose escaped characters are out of every pattern's reach."""
    return ESCAPE.sub(lambda found: chr(SHIELD + ord(found[1])), text)


def meant(text: str) -> str:
    """What a shielded text says."""
    return cleaned(SHIELDED.sub(lambda found: chr(ord(found[0]) - SHIELD), text))


def escaped(text: str, characters: str = "\\[]*|<") -> str:
    """A text of ours as a cell holds it: what would be read as a mark stands behind a backslash."""
    return "".join(f"\\{char}" if char in characters else char for char in cleaned(text))


def written_link(url: str) -> str:
    """An address as it stands between the round brackets of a link."""
    found = BAD_IN_LINKS.sub(lambda bad: f"%{ord(bad[0]):02X}", cleaned(url))
    if _is_balanced(found):
        return found
    return found.replace("(", "%28").replace(")", "%29")


def _is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a cell: plain text (`url` is None), or a link that may have lost its end."""

    text: str
    url: str | None = None
    is_whole: bool = True


def segments(text: str) -> list[Segment]:
    """Cut a shielded text into links and what stands between them."""
    found: list[Segment] = []
    at = 0
    while opening := LINK_START.search(text, at):
        end = _closing(text, opening.start(), "[]")
        if end is None or not text.startswith("(", end + 1):
            # Square brackets that lead nowhere are text.
            stop = opening.end() if end is None else end + 1
            found.append(Segment(text[at:stop]))
            at = stop
            continue
        if text[at : opening.start()]:
            found.append(Segment(text[at : opening.start()]))
        link, at = _link(text, opening.end(), end)
        found.append(link)
    return [*found, Segment(text[at:])] if text[at:] else found


def _link(text: str, start: int, end: int) -> tuple[Segment, int]:
    close = _closing(text, end + 1, "()")
    if close is not None:
        return Segment(text[start:end], meant(text[end + 2 : close])), close + 1
    url = re.match(r"[^\s]*", text[end + 2 :])
    length = url.end() if url else 0
    return Segment(text[start:end], text[end + 2 : end + 2 + length], is_whole=False), (
        end + 2 + length
    )


def _closing(text: str, start: int, pair: str) -> int | None:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] == pair[0]) - (text[at] == pair[1])
        if depth == 0:
            return at
    return None
