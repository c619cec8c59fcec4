"""Plain values from what a browser sent, which may be anything."""

from typing import Final

from courseapp.kernel.decisions import Denied, Refused

# No table of ours counts further; longer digits are nobody's id.
MAX_ID_DIGITS: Final = 18
MAX_REASON_LENGTH: Final = 500


def row_id(text: object) -> int | None:
    """Return the id that a text holds; None where it holds none that a row could have."""
    digits = str(text or "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > MAX_ID_DIGITS:
        return None
    return int(digits)


def reason_of(text: str) -> str:
    """Return the reason that was written. Raises `Refused` where it cannot be kept."""
    reason = text.strip()
    if "\x00" in reason:
        raise Refused(Denied("not_text", "The reason holds a character that is not text."))
    if len(reason) > MAX_REASON_LENGTH:
        extra = len(reason) - MAX_REASON_LENGTH
        sentence = f"Shorten the reason by {extra:,} characters; it has at most 500."
        raise Refused(Denied("reason_too_long", sentence))
    return reason
