"""A refusal is data: one code and one sentence that page, API and mail all show.

A policy or rule answers `Allowed()` or `Denied(code, sentence)`. It never raises; a service that
must not go on calls `require`, and the edge turns `Refused` into a page.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Allowed:
    """The answer yes; true in a condition."""

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """The answer no; false in a condition.

    `code` is snake_case and stable (tests and the API match on it); `sentence` is what the person
    reads: it says why, and what to do about it.
    """

    code: str
    sentence: str

    def __bool__(self) -> Literal[False]:
        return False


Decision: TypeAlias = Allowed | Denied


class Refused(Exception):  # noqa: N818 -- a refusal is an answer, not an error
    """Raised by `require`; carries the `Denied` that explains it."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.sentence)
        self.denied = denied


def require(decision: Decision) -> None:
    """Go on only when allowed. Raises `Refused` with the reason otherwise."""
    if isinstance(decision, Denied):
        raise Refused(decision)
