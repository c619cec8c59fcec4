"""PDFs one at a time, each made once: printing one takes seconds of a processor and far more memory than a page.

Sixteen threads that printed at once, for as many readers or for the parts that one browser asks for, could
take all the memory there is. So a process prints one at a time; few wait for their turn, and who waits too
long is asked to try again, so that threads are left for pages.

What was printed is kept by what it says, in memory: it is small, can be made again at any time, changes with
the names that stand on it, and leaves nothing behind that somebody would have to sweep up. Each process
prints for itself; the bytes are the same.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.formulas import drawn
from courseapp.kernel.pdf import render_pdf

WAITING: Final = 3
WAIT_S: Final = 5.0
# In bytes, of all that is kept.
KEPT: Final = 8 * 1024**2
BUSY: Final = Denied(
    "printing_others",
    "Other papers are being printed at this moment. Yours is safe: try again in a few seconds.",
)


class Busy(Refused):
    """Others are served first: 503, to be asked again soon."""


class Press:
    """Prints pages, by `make`, one at a time; safe between threads."""

    def __init__(self, make: Callable[[str], bytes], *, wait_s: float = WAIT_S) -> None:
        self._make, self._wait_s = make, wait_s
        self._room = threading.BoundedSemaphore(1 + WAITING)
        self._turn = threading.Lock()
        self._changing = threading.Lock()
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    def printed(self, html: str) -> bytes:
        """Return a page as a PDF; raises `Busy` where too many others are printed first."""
        key = sha256(html.encode()).digest()
        found = self._found(key)
        return self._in_turn(key, html) if found is None else found

    def _in_turn(self, key: bytes, html: str) -> bytes:
        if not self._room.acquire(blocking=False):
            raise Busy(BUSY)
        try:
            if not self._turn.acquire(timeout=self._wait_s):
                raise Busy(BUSY)
            try:
                # Who had the turn before may have printed just this.
                found = self._found(key)
                return self._keep(key, self._make(html)) if found is None else found
            finally:
                self._turn.release()
        finally:
            self._room.release()

    def _found(self, key: bytes) -> bytes | None:
        with self._changing:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: bytes, content: bytes) -> bytes:
        with self._changing:
            self._kept[key] = content
            while sum(map(len, self._kept.values())) > KEPT:
                self._kept.popitem(last=False)
        return content


_press: Final = Press(lambda html: render_pdf(drawn(html)))


def printed(html: str) -> bytes:
    """Return our own page as a PDF with its formulas drawn; see `pdf.render_pdf` for what it may name."""
    return _press.printed(html)
