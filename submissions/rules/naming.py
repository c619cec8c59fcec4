"""Names of files and folders that every system takes: short, unique, and still readable."""

import re
import unicodedata
from datetime import date
from typing import Final

MAX_LENGTH: Final = 100
# Most file systems count the bytes of a name, and take 255.
MAX_BYTES: Final = 240
# What some system does not take in a name, and what leads to another folder.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_SPACES: Final = re.compile(r"\s+")
# Names that Windows keeps for devices, whatever ending follows.
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_ENDING: Final = re.compile(r"\.[a-z0-9]{1,8}")
NAMELESS: Final = "without a name"
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def safe_name(text: str, *, limit: int = MAX_LENGTH) -> str:
    """Return the text as one name: no way out of its folder, nothing that a system refuses.

    Letters of any language stay, in one form (NFC). Signs that turn the direction of writing and other
    unseen ones go, as they let a name look like another.
    """
    composed = unicodedata.normalize("NFC", text)
    spaced = _SPACES.sub(" ", _FORBIDDEN.sub(" ", composed))
    seen = "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C")
    name = _cut(_SPACES.sub(" ", seen).strip(" ."), limit)
    return _cut(f"_{name}", limit) if _DEVICES.fullmatch(name) else name or NAMELESS


def file_name(stem: str, ending: str) -> str:
    """Return a file's name with an ending (".pptx"); one that is no ending is left out."""
    ending = ending.lower() if _ENDING.fullmatch(ending.lower()) else ""
    return safe_name(stem, limit=MAX_LENGTH - len(ending)) + ending


def folder_name(title: str, on: date | None) -> str:
    """Return the folder of a lecture ("02-12 Attention is all you need"), or of what has no day."""
    return safe_name(f"{on:%m-%d} {title}" if on else title)


def harmless_cell(cell: object) -> object:
    """Return a cell of a table so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


class Names:
    """The names that one folder holds already; systems that ignore case see them as we do."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, name: str) -> str:
        """Return the name, or where it is taken the first free one with a number before its ending."""
        stem, dot, ending = name.rpartition(".")
        if not stem:
            stem, dot, ending = name, "", ""
        number, found = 1, name
        while found.casefold() in self._taken:
            number += 1
            sign = f" ({number})"
            found = f"{_cut(stem, MAX_LENGTH - len(sign + dot + ending))}{sign}{dot}{ending}"
        self._taken.add(found.casefold())
        return found


def _cut(name: str, limit: int) -> str:
    short = name[:limit].encode()[: MAX_BYTES - (MAX_LENGTH - limit)]
    return short.decode(errors="ignore").rstrip(" .")
