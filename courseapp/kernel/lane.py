"""The lane of those who send files at this moment: few at once, and few of one sender."""

import threading
from collections import Counter
from typing import Final

# Of sixteen threads so many may read files; the others are for pages.
LANE_SIZE: Final = 8
# One sender has no need of more, and leaves room for others.
EACH_SENDER: Final = 3


class Lane:
    """Who is sending files at this moment; safe between threads."""

    def __init__(self) -> None:
        self._changing = threading.Condition()
        self.senders: Counter[str] = Counter()

    def enter(self, sender: str, *, patience_s: float = 0.0) -> bool:
        """Take a place, where the lane has one in time and the sender not too many."""
        with self._changing:
            has_room = self._changing.wait_for(lambda: self._has_room(sender), timeout=patience_s)
            if has_room:
                self.senders[sender] += 1
            return has_room

    def leave(self, sender: str) -> None:
        """Give the place back."""
        with self._changing:
            self.senders[sender] -= 1
            self.senders += Counter()  # forgets who has no place any more
            self._changing.notify_all()

    def _has_room(self, sender: str) -> bool:
        return self.senders.total() < LANE_SIZE and self.senders[sender] < EACH_SENDER
