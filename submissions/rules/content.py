"""What is refused at once, and what to change about it (domain.md §4).

Only what the first bytes tell is judged here; readability, pages and sections are checked later and
never un-count a version.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Final, assert_never

from courseapp.kernel.decisions import Allowed, Decision, Denied

MEBIBYTE: Final = 1024 * 1024
# In bytes; people read it as "200 MB".
MAX_FILE_SIZE: Final = 200 * MEBIBYTE
MAX_NAME_LENGTH: Final = 150
MAX_ENDING_LENGTH: Final = 10
# A PDF may begin with other bytes; readers look for its mark this far.
PDF_MARK_WITHIN: Final = 1024
PDF_MARK: Final = b"%PDF-"
ZIP_MARK: Final = b"PK\x03\x04"
OLE_MARK: Final = bytes.fromhex("D0CF11E0A1B11AE1")


class FileForm(StrEnum):
    """A kind of file, by the ending of its name."""

    PDF = ".pdf"
    PPTX = ".pptx"
    PPT = ".ppt"
    ZIP = ".zip"


# Keyed by the values of `submissions.deadlines.Kind`; rule modules do not import one another.
ACCEPTED: Final[Mapping[str, tuple[FileForm, ...]]] = {
    "question": (),
    "slides": (FileForm.PPTX, FileForm.PPT),
    "final_slides": (FileForm.PPTX, FileForm.PPT),
    "summary": (FileForm.PDF,),
    "proposal": (FileForm.PDF,),
    "midterm": (FileForm.PPTX, FileForm.PDF),
    "final": (FileForm.PDF, FileForm.PPTX),
    "report": (FileForm.PDF,),
    "code": (FileForm.ZIP,),
}


def file_acceptable(
    *, name: str, size: int, head: bytes, accepted: tuple[FileForm, ...]
) -> Decision:
    """Whether a file can be taken where some forms are; `accepted` as `Terms` holds it.

    `size` is in bytes; `head` holds the first 1,024 bytes (all of a shorter file). The ending of
    the name says what the file claims to be, the first bytes whether that is true.
    """
    announced = file_announceable(name=name, size=size, accepted=accepted)
    form = _form_of(display_name(name), accepted)
    if not announced or form is None:
        return announced
    return _signature_acceptable(form, head)


def file_announceable(*, name: str, size: int, accepted: tuple[FileForm, ...]) -> Decision:
    """Whether a file can be taken by what is known before its bytes: its name and size."""
    if size == 0:
        return Denied("empty", "The file is empty; choose it again, or save it anew first.")
    if size > MAX_FILE_SIZE:
        # Rounded up, so that no file is said to have just what is allowed.
        tenths = -(-size * 10 // MEBIBYTE)
        return _too_large(f"{tenths // 10}.{tenths % 10}")
    shown_name = display_name(name)
    if _form_of(shown_name, accepted) is None:
        return _wrong_ending(shown_name, accepted)
    return Allowed()


def _too_large(megabytes: str) -> Denied:
    return Denied(
        "too_large",
        f"The file has {megabytes} MB; at most 200 MB are taken."
        " Make its pictures or videos smaller.",
    )


def _form_of(name: str, forms: tuple[FileForm, ...]) -> FileForm | None:
    ending = PurePosixPath(name).suffix.casefold()
    return next((form for form in forms if form == ending), None)


def _wrong_ending(name: str, forms: tuple[FileForm, ...]) -> Denied:
    if not forms:
        return Denied("not_a_file", "This is written as text, not handed in as a file.")
    wanted = " or ".join(forms)
    return Denied("wrong_ending", f'Hand in a {wanted} file; the name "{name}" ends otherwise.')


def _signature_acceptable(form: FileForm, head: bytes) -> Decision:
    if _has_signature(form, head):
        return Allowed()
    if form is FileForm.PPTX and head.startswith(OLE_MARK):
        return Denied(
            "wrong_signature",
            "This .pptx is locked by a password, or is an older .ppt: save it as .pptx without a"
            " password.",
        )
    return Denied(
        "wrong_signature",
        f"The name ends in {form}, but what is inside is something else: export it as {form} anew.",
    )


def _has_signature(form: FileForm, head: bytes) -> bool:
    if form is FileForm.PDF:
        return PDF_MARK in head[:PDF_MARK_WITHIN]
    return head.startswith(_mark_of(form))


def _mark_of(form: FileForm) -> bytes:
    match form:
        case FileForm.PDF:
            return PDF_MARK
        case FileForm.PPT:
            return OLE_MARK
        case FileForm.PPTX | FileForm.ZIP:
            return ZIP_MARK
        case _:
            assert_never(form)


def checks_for_scripts(accepted: tuple[FileForm, ...]) -> dict[str, Any]:
    """What a page checks before anything is sent, by these rules and in their words.

    The page puts what it sees in place of `{name}` and `{megabytes}`. Marks are in hex; a mark may
    begin `within` so many bytes.
    """
    return {
        "maxSize": MAX_FILE_SIZE,
        "empty": _sentence(file_announceable(name="", size=0, accepted=accepted)),
        "tooLarge": _sentence(_too_large("{megabytes}")),
        "wrongEnding": _sentence(_wrong_ending("{name}", accepted)),
        "locked": _sentence(_signature_acceptable(FileForm.PPTX, OLE_MARK)),
        "lockedMark": OLE_MARK.hex(),
        "forms": {
            form.value: {
                "mark": _mark_of(form).hex(),
                "within": PDF_MARK_WITHIN if form is FileForm.PDF else len(_mark_of(form)),
                "wrong": _sentence(_signature_acceptable(form, b"")),
            }
            for form in accepted
        },
    }


def _sentence(decision: Decision) -> str:
    return decision.sentence if isinstance(decision, Denied) else ""


def display_name(raw: str) -> str:
    """The name under which an uploaded file is shown and offered; never a path on our side.

    Only what follows the last slash or backslash; without control characters and those that hide
    or turn text; at most 150 characters, the ending kept; `file` where nothing is left.
    """
    base = re.split(r"[/\\]", raw)[-1]
    seen = "".join(char for char in base if char.isspace() or not _is_hidden(char))
    shown = re.sub(r"\s+", " ", seen)
    shown = unicodedata.normalize("NFC", shown).strip()
    if shown.strip(".") == "":
        return "file"
    if len(shown) <= MAX_NAME_LENGTH:
        return shown
    ending = PurePosixPath(shown).suffix
    if len(ending) > MAX_ENDING_LENGTH:
        ending = ""
    return shown[: MAX_NAME_LENGTH - len(ending)].rstrip() + ending


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
