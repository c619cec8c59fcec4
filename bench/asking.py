"""A request as the load generator sends it, and what one case asks for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request; something new is appended to a body each time it is sent."""

    path: str
    cookie: str = ""
    token: str = ""
    body: str = ""

    @property
    def method(self) -> str:
        """Return POST where there is something to send."""
        return "POST" if self.body else "GET"

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of a browser that is signed in."""
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if self.body:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": self.token,
            }
        return headers


@dataclass(frozen=True)
class Case:
    """One kind of page: who asks for what, and how many statements and bytes one answer takes.

    `gives_up` where there was no answer in the time that the bench waits; it is not measured then.
    """

    name: str
    requests: tuple[Request, ...]
    query_count: int = 0
    byte_count: int = 0
    gives_up: bool = False

    @property
    def writes(self) -> bool:
        """Say whether something is handed in."""
        return any(request.body for request in self.requests)

    def as_json(self) -> dict[str, Any]:
        """Return what a file can hold."""
        return asdict(self)


def case_of(stored: Mapping[str, Any]) -> Case:
    """Read back what `as_json` gave."""
    requests = tuple(Request(**request) for request in stored["requests"])
    return Case(**{**stored, "requests": requests})
