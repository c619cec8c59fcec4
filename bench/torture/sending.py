"""Hand in by HTTP until it is acknowledged, as often as it takes, always under the same key."""

import contextlib
import http.client
import re
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from bench.torture.plan import HandIn

TIMEOUT_S = 60
PAUSE_S = 0.3
GIVE_UP_AFTER_S = 600
BOUNDARY = "----a-boundary-that-no-file-holds-7f3a"
A_CODE = re.compile(r"\b[0-9a-f]{24}\b")


class Sent(Protocol):
    """What is handed in by a form."""

    @property
    def deliverable_id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    def content(self) -> bytes: ...


class Refusal(Exception):  # noqa: N818 - the product's answer, not an error of ours
    """The product said no where it had to say yes."""


@dataclass(frozen=True)
class Answer:
    """A status and where it leads, or the page."""

    status: int
    location: str
    page: str


@dataclass(frozen=True)
class Acknowledged:
    """One hand-in that the product took, after how many attempts; the receipt as the page shows it."""

    hand_in: HandIn
    receipt: str
    attempts: int
    seconds: float


class Sender:
    """Sends hand-ins to one address."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._counting = threading.Lock()
        self.sent_count = 0
        self.status_counts: dict[str, int] = {}

    def hand_in(self, hand_in: HandIn) -> Acknowledged:
        """Send until the answer says that it is in, then read the receipt."""
        begun = time.monotonic()
        attempts = 0
        while True:
            attempts += 1
            if self._is_taken(hand_in):
                break
            if time.monotonic() > begun + GIVE_UP_AFTER_S:
                raise Refusal(f"hand-in {hand_in.number} was not taken for {GIVE_UP_AFTER_S} s")
            time.sleep(PAUSE_S)
        seconds = time.monotonic() - begun
        return Acknowledged(hand_in, self._receipt(hand_in), attempts, seconds)

    def _is_taken(self, hand_in: HandIn) -> bool:
        if not hand_in.is_double:
            return self._post(hand_in)
        with ThreadPoolExecutor(2) as pool:
            return any([*pool.map(self._post, [hand_in, hand_in])])

    def _post(self, hand_in: HandIn) -> bool:
        headers = {"Cookie": hand_in.cookie, "X-CSRFToken": hand_in.token}
        body, headers["Content-Type"] = (
            text_form(hand_in) if hand_in.is_text else file_form(hand_in)
        )
        answer = self._ask("POST", hand_in.path, headers, body)
        if answer is None or answer.status >= 500:
            return False
        if answer.status == http.client.FOUND and answer.location.endswith(hand_in.path):
            return True
        raise Refusal(
            f"hand-in {hand_in.number}: {answer.status} {answer.location}{_words(answer)}"
        )

    def _receipt(self, hand_in: HandIn) -> str:
        """Return the number of the receipt on the page; of a text only its newest has one."""
        deadline = time.monotonic() + GIVE_UP_AFTER_S
        while time.monotonic() < deadline:
            answer = self._ask("GET", hand_in.path, {"Cookie": hand_in.cookie})
            if answer is not None and answer.status == http.client.OK:
                return _receipt_on(answer.page, hand_in)
            time.sleep(PAUSE_S)
        return ""

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer | None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        if body is not None:
            with self._counting:
                self.sent_count += 1
        answer = None
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request(method, path, body, dict(headers))
            got = connection.getresponse()
            page = got.read().decode(errors="replace")
            answer = Answer(got.status, got.headers.get("Location", ""), page)
        self._count("none" if answer is None else str(answer.status))
        return answer

    def _count(self, status: str) -> None:
        with self._counting:
            self.status_counts[status] = self.status_counts.get(status, 0) + 1


def text_form(hand_in: Sent) -> tuple[bytes, str]:
    """Return the body in which a question is asked, and its type."""
    form = {f"q{hand_in.deliverable_id}": hand_in.content().decode()}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def file_form(hand_in: Sent) -> tuple[bytes, str]:
    """Return the body in which a file is handed in, and its type."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{hand_in.key}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{hand_in.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + hand_in.content() + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, f"multipart/form-data; boundary={BOUNDARY}"


def _receipt_on(page: str, hand_in: HandIn) -> str:
    """Find the receipt: of a file it stands before its hash, of a text after its field's name."""
    if hand_in.is_text:
        _, _, behind = page.partition(f'id="q{hand_in.deliverable_id}-note"')
        found = A_CODE.search(behind)
        return found[0] if found else ""
    before, hash_of_it, _ = page.partition(hand_in.sha256)
    codes = A_CODE.findall(before) if hash_of_it else []
    return codes[-1] if codes else ""


def _words(answer: Answer) -> str:
    """Return the sentences of a page that explain a refusal."""
    told = re.findall(r'role="alert">([^<]+)<', answer.page)
    return f" {told or re.findall(r'<title>([^<]*)', answer.page)}"
