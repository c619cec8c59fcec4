"""What was acknowledged, written down before the next is sent: it is all that can be held against the product."""

import json
import os
import threading
from pathlib import Path

from bench.torture.sending import Acknowledged


class Journal:
    """Acknowledged hand-ins, each a line on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.Lock()
        self.entries: list[Acknowledged] = []

    def note(self, acknowledged: Acknowledged) -> None:
        """Write one down and flush it."""
        hand_in = acknowledged.hand_in
        line = {
            "number": hand_in.number,
            "place": hand_in.place,
            "key": hand_in.key,
            "sha256": hand_in.sha256,
            "receipt": acknowledged.receipt,
            "attempts": acknowledged.attempts,
        }
        with self._writing, self._path.open("a") as file:
            file.write(f"{json.dumps(line)}\n")
            file.flush()
            os.fsync(file.fileno())
            self.entries.append(acknowledged)
