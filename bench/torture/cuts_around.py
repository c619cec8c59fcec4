"""Who is there besides: people who send a byte a second, and people who only want to read a page."""

import contextlib
import http.client
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Final

from bench.torture.cuts_plan import Sending
from bench.torture.cuts_sending import BYTES, SPEAKS

EVERY_S: Final = 0.25
TRICKLE_S: Final = 1.0
LENGTH: Final = 1_000_000
PAGE: Final = "/c/demo/"


class Readers:
    """Ask for a page again and again, and note how long the answer took."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = cookie
        self._over = threading.Event()
        self.waits: list[float] = []
        self.failed_count = 0

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Read for as long as the block lasts."""
        thread = threading.Thread(target=self._read_on)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _read_on(self) -> None:
        while not self._over.wait(EVERY_S):
            begun = time.monotonic()
            if self._is_answered():
                self.waits.append(time.monotonic() - begun)
            else:
                self.failed_count += 1

    def _is_answered(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", PAGE, headers={"Cookie": self._cookie})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return answer.status == http.client.OK


class Tricklers:
    """Hold connections with bodies of which a byte comes each second, and come back when dropped."""

    def __init__(self, port: int, sendings: Sequence[Sending]) -> None:
        self._port = port
        self._sendings = sendings
        self._over = threading.Event()

    @contextlib.contextmanager
    def trickling(self) -> Iterator[None]:
        """Trickle for as long as the block lasts."""
        threads = [threading.Thread(target=self._trickle_on, args=[who]) for who in self._sendings]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _trickle_on(self, who: Sending) -> None:
        while not self._over.wait(TRICKLE_S):
            with contextlib.suppress(OSError), self._connect(who) as connection:
                while not self._over.wait(TRICKLE_S):
                    connection.sendall(b"x")

    def _connect(self, who: Sending) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        headers = {
            "Cookie": who.cookie,
            "X-CSRFToken": who.token,
            **SPEAKS,
            **BYTES,
            "Upload-Length": LENGTH,
            "Upload-Metadata": f"filename {b64encode(who.name.encode()).decode()}",
            "Content-Length": LENGTH,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        path = f"{who.path}uploads/"
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode())
        return connection
