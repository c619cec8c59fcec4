"""A receipt: facts that never change, written the same way each time, so that one signature holds.

Whose work it is does not stand in it: it can be shown to anyone. On time or late does not either: an
extension may change that, so it is derived whenever it is asked.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

FORMAT: Final = "course receipt 1"
CODE: Final = re.compile("[0-9a-f]{24}")
# Far more than a receipt, or a mail with one in it.
LONGEST: Final = 50_000
_QUOTE: Final = "> \t"


@dataclass(frozen=True)
class Facts:
    """What a receipt vouches for. `received_at` is what counts; of a pledge, its bytes were in later."""

    code: str
    course: str
    deliverable: str
    version: int
    size: int
    sha256: str
    received_at: datetime
    bytes_in_at: datetime | None = None


@dataclass(frozen=True)
class Presented:
    """A receipt as somebody shows it: not yet believed."""

    facts: Mapping[str, Any]
    key: str
    signature: str

    @property
    def code(self) -> str:
        """Return the code that it names; "" where that is none."""
        code = self.facts.get("code")
        return code if isinstance(code, str) and CODE.fullmatch(code) else ""


class Answer(Enum):
    """What is said of a receipt that somebody shows."""

    GENUINE = "genuine"
    CHANGED = "changed"
    LOST = "lost"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"


def stated(facts: Facts) -> dict[str, Any]:
    """Return the facts as a receipt states them; instants in UTC, to the microsecond."""
    statement = {
        "format": FORMAT,
        "code": facts.code,
        "course": facts.course,
        "deliverable": facts.deliverable,
        "version": facts.version,
        "size": facts.size,
        "sha256": facts.sha256,
        "received_at": _instant(facts.received_at),
    }
    if facts.bytes_in_at is not None:
        statement["bytes_in_at"] = _instant(facts.bytes_in_at)
    return statement


def message(statement: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: JSON with sorted names, no blanks, nothing but ASCII."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":")).encode("ascii")


def written(facts: Facts, *, key: str, signature: str) -> str:
    """Return a receipt as its holder keeps it: a small file of JSON, to be read by people too."""
    document = {"receipt": stated(facts), "key": key, "signature": signature}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read(text: str) -> Presented | None:
    """Read a receipt out of a text, also out of a whole or quoted mail; None where there is none."""
    lines = [line.lstrip(_QUOTE) for line in text[:LONGEST].splitlines()]
    # A mail program may have broken a line in two: without line breaks, it is whole again.
    return _read("\n".join(lines)) or _read("".join(lines))


def _read(text: str) -> Presented | None:
    begin, end = text.find("{"), text.rfind("}")
    try:
        document = json.loads(text[begin : end + 1])
        facts, key, signature = document["receipt"], document["key"], document["signature"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(facts, dict) or not isinstance(key, str) or not isinstance(signature, str):
        return None
    return Presented(facts=facts, key=key, signature=signature)


def judged(presented: Presented, *, facts: Facts | None, is_signed: bool) -> Answer:
    """Say what a receipt is worth, beside the facts that its code leads to and its signature."""
    if facts is None:
        return Answer.LOST if is_signed else Answer.UNKNOWN
    return Answer.GENUINE if is_signed and not differing(presented, facts) else Answer.CHANGED


def differing(presented: Presented, facts: Facts) -> tuple[str, ...]:
    """Name what a receipt states otherwise than the records, or leaves out, or adds."""
    true, shown = stated(facts), presented.facts
    names = sorted(true.keys() | shown.keys())
    return tuple(name for name in names if _differ(true, shown, name))


def _differ(true: Mapping[str, Any], shown: Mapping[str, Any], name: str) -> bool:
    if name not in true or name not in shown:
        return True
    # True equals 1, and 1.0 does; their text does not.
    return json.dumps(true[name]) != json.dumps(shown[name])


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
