"""The pace of a body: who sends too slowly is hung up on, and what came is kept (docs/adr/0018)."""

import socket
import threading
from contextlib import suppress
from typing import Final

from courseapp.kernel.whole import WholeInput

# In each so many seconds so much has to come, or the end of the body: progress, not a promise.
WINDOW_S: Final = 15.0
LEAST_BYTES: Final = 15 * 32 * 1024
# A sender who is silent for so long has lost the connection, and may come back on another.
SILENCE_S: Final = 10.0


class Watch:
    """Watches a body while it is read; `end` it before the connection serves anything else."""

    def __init__(self, connection: socket.socket, body: WholeInput) -> None:
        self._connection, self._body = connection, body
        self._seen = 0
        self._is_over = False
        self._changing = threading.Lock()
        connection.settimeout(SILENCE_S)
        self._arm()

    def end(self) -> None:
        """Watch no more."""
        with self._changing:
            self._is_over = True
            self._timer.cancel()

    def look(self) -> None:
        """Hang up where too little came since the last look while somebody waited for it."""
        with self._changing:
            if self._is_over or self._body.left == 0:
                return
            came = self._body.came - self._seen
            # While nobody reads it is not the sender who is slow.
            if self._body.is_waiting and came < LEAST_BYTES:
                hang_up(self._connection)
                return
            self._seen = self._body.came
            self._arm()

    def _arm(self) -> None:
        self._timer = threading.Timer(WINDOW_S, self.look)
        self._timer.daemon = True
        self._timer.start()


def hang_up(connection: object) -> None:
    """Read nothing more: what has come is given to whoever reads, and an answer can still be sent."""
    if not isinstance(connection, socket.socket):
        return
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
