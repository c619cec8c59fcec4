"""Upload over connections that break: by bare sockets, so that they break where the plan says."""

import contextlib
import http.client
import socket
import struct
import time
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from bench.torture.cuts_plan import Break, Sending

TIMEOUT_S: Final = 60
PAUSE_S: Final = 0.2
GIVE_UP_AFTER_S: Final = 300
SPEAKS: Final = {"Tus-Resumable": "1.0.0"}
BYTES: Final = {"Content-Type": "application/offset+octet-stream"}
LAST: Final = 1000
# What a client tries again by itself.
PASSING: Final = (http.client.CONFLICT, http.client.LOCKED, http.client.SERVICE_UNAVAILABLE)


class GaveUp(Exception):  # noqa: N818 - an answer of the storm
    """The product said no where it had to say yes, or nothing at all."""


@dataclass
class Sent:
    """What an upload saw: its breaks, the answers, and between which instants its last bytes went."""

    sending: Sending
    breaks: list[Break] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    kept: Counter[Break] = field(default_factory=Counter)
    lost: Counter[Break] = field(default_factory=Counter)
    last_byte_from: float = 0.0
    last_byte_until: float = 0.0


class Uploader:
    """Sends one upload to its end, whatever breaks."""

    def __init__(self, port: int, sending: Sending) -> None:
        self._port = port
        self._sending = sending
        self._headers = {"Cookie": sending.cookie, "X-CSRFToken": sending.token, **SPEAKS}
        self.sent = Sent(sending)

    def send(self) -> Sent:
        """Begin, break as often as planned, and finish."""
        address = self._begin()
        for way, share in self._sending.breaks():
            offset = self._offset(address)
            left = len(self._sending.content) - offset
            count = int((left - LAST) * share)
            if count > 0:
                self._break_off(address, offset, count, way)
        self._finish(address)
        return self.sent

    def _begin(self) -> str:
        said = {"filename": self._sending.name, "key": self._sending.key}
        words = ",".join(
            f"{name} {b64encode(text.encode()).decode()}" for name, text in said.items()
        )
        length = str(len(self._sending.content))
        wanted = {"Upload-Length": length, "Upload-Metadata": words, "Content-Length": "0"}
        return self._until(
            http.client.CREATED, "POST", f"{self._sending.path}uploads/", wanted, header="Location"
        )

    def _offset(self, address: str) -> int:
        return int(self._until(http.client.OK, "HEAD", address, {}, header="Upload-Offset"))

    def _break_off(self, address: str, offset: int, count: int, way: Break) -> None:
        """Announce all that is left, send a part of it, and let the connection end."""
        content = self._sending.content
        connection = self._connect(address, offset, len(content) - offset)
        with contextlib.suppress(OSError):
            connection.sendall(content[offset : offset + count])
        self.sent.breaks.append(way)
        if way is Break.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if way is not Break.SILENT:
            connection.close()
        # A silent one lingers until the product gives up on it: meanwhile another asks to go on.
        self._until_free(address)
        connection.close()
        kept = self._offset(address) - offset
        self.sent.kept[way] += kept
        self.sent.lost[way] += count - kept

    def _until_free(self, address: str) -> None:
        begun = time.monotonic()
        while True:
            offset = self._offset(address)
            status, _ = self._ask("PATCH", address, {"Upload-Offset": str(offset), **BYTES}, b"")
            if status not in (0, http.client.LOCKED, http.client.SERVICE_UNAVAILABLE):
                return
            if time.monotonic() > begun + GIVE_UP_AFTER_S:
                raise GaveUp(f"upload {self._sending.number} stayed locked")
            time.sleep(PAUSE_S)

    def _finish(self, address: str) -> None:
        content = self._sending.content
        begun = time.monotonic()
        while time.monotonic() < begun + GIVE_UP_AFTER_S:
            offset = self._offset(address)
            if offset == len(content):
                return
            headers = {"Upload-Offset": str(offset), **BYTES}
            self.sent.last_byte_from = time.time()
            status, _ = self._ask("PATCH", address, headers, content[offset:])
            self.sent.last_byte_until = time.time()
            if status not in (0, http.client.NO_CONTENT, *PASSING):
                raise GaveUp(f"upload {self._sending.number}: {status}")
            time.sleep(PAUSE_S)
        raise GaveUp(f"upload {self._sending.number} never ended")

    def _connect(self, address: str, offset: int, length: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT_S)
        headers = {**self._headers, **BYTES, "Upload-Offset": offset, "Content-Length": length}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection.sendall(f"PATCH {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode())
        return connection

    def _until(
        self, wanted: int, method: str, path: str, headers: dict[str, str], *, header: str
    ) -> str:
        begun = time.monotonic()
        while time.monotonic() < begun + GIVE_UP_AFTER_S:
            status, found = self._ask(method, path, headers)
            if status == wanted:
                return found.get(header, "")
            if status not in (0, *PASSING):
                raise GaveUp(f"upload {self._sending.number}: {method} {status}")
            time.sleep(PAUSE_S)
        raise GaveUp(f"upload {self._sending.number}: {method} was never answered")

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, {**self._headers, **headers})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()
        self.sent.statuses.append(answer.status)
        return answer.status, dict(answer.getheaders())
