"""The storm `kill`: hand-ins by many people at once while parts of the product are killed."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from support.speech import say, timed
from support.state import open_state

from bench.torture.journal import Journal
from bench.torture.killing import Killer
from bench.torture.plan import HandIn, Size, hand_ins
from bench.torture.reckoning import Figures, Storm, known_before, reckon
from bench.torture.sending import Sender
from tests.bin.running import Site, free_port

SENDERS = 12
LONGEST_WAIT_S = 30
TELL_EVERY = 10


class Pace:
    """Lets the hand-ins and the kills go on side by side, so that each kill falls into hand-ins."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._changed = threading.Condition()
        self._kills = 0
        self._begun = 0

    def killed(self) -> None:
        """Note a kill: the next share of hand-ins may be sent."""
        with self._changed:
            self._kills += 1
            self._changed.notify_all()

    def begin(self, number: int) -> None:
        """Wait until a hand-in may be sent."""
        with self._changed:
            self._changed.wait_for(lambda: number <= self._allowed())
            self._begun += 1
            self._changed.notify_all()

    def wait_for_hand_ins(self, share: float) -> None:
        """Wait until a share of the hand-ins that go before the next kill have begun."""
        with self._changed:
            before = self._size.hand_ins * self._kills // self._size.kills
            wanted = before + int(share * (self._allowed() - before))
            self._changed.wait_for(lambda: self._begun >= wanted, timeout=LONGEST_WAIT_S)

    def _allowed(self) -> int:
        if self._kills >= self._size.kills:
            return self._size.hand_ins
        return -(-self._size.hand_ins * (self._kills + 1) // self._size.kills)


def kill(size: Size, folder: Path) -> Figures:
    """Start a product of its own, let the storm loose, and reckon."""
    site = Site(folder / "state", free_port())
    with serving(site):
        with timed("people and places"):
            cast = cast_of(site)
            before = known_before(site)
        state = open_state(site.state, holds_database=True)
        journal, sender, pace = Journal(folder / "journal"), Sender(site.port), Pace(size)
        killer = Killer(site, state, size.seed)
        begun = time.monotonic()
        planned = [*hand_ins(cast, size)]
        with ThreadPoolExecutor(SENDERS) as pool:
            turns = _Turns()
            sent = [pool.submit(_send, one, sender, journal, pace, turns) for one in planned]
            _kill_all_along(killer, pace, size)
            refusals = [str(error) for error in map(Future.exception, sent) if error is not None]
        seconds = time.monotonic() - begun
        killer.wait_until_well()
        storm = Storm(site, journal, planned, before, sender, killer, refusals, seconds)
        return reckon(storm)


@contextmanager
def serving(site: Site) -> Iterator[None]:
    """Start a site, and end it again whatever becomes of the storm."""
    with timed("bin/up"):
        site.start()
    try:
        yield
    finally:
        with suppress(Exception):
            site.stop()


def cast_of(site: Site) -> dict[str, Any]:
    """Make the sample course on a site, and return who may send what where."""
    code = "from bench.torture import cast; cast.main()"
    done = site.manage("shell", "--no-imports", "-c", code)
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}The people could not be made.")
    cast: dict[str, Any] = json.loads(done.stdout)
    return cast


class _Turns:
    """Whoever writes a text has one keyboard: a text is sent only when the one before is in."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._locks: dict[tuple[int, int | None, int | None], threading.Lock] = {}

    @contextmanager
    def turn(self, hand_in: HandIn) -> Iterator[None]:
        """Wait for one's turn, where there is one to wait for."""
        if not hand_in.is_text:
            yield
            return
        with self._making:
            lock = self._locks.setdefault(hand_in.place, threading.Lock())
        with lock:
            yield


def _send(hand_in: HandIn, sender: Sender, journal: Journal, pace: Pace, turns: _Turns) -> None:
    pace.begin(hand_in.number)
    with turns.turn(hand_in):
        journal.note(sender.hand_in(hand_in))


def _kill_all_along(killer: Killer, pace: Pace, size: Size) -> None:
    for number in range(1, size.kills + 1):
        pace.wait_for_hand_ins(killer.pause(1))
        time.sleep(killer.pause(0.2))
        killer.kill_one()
        pace.killed()
        if number % TELL_EVERY == 0:
            say(f"  {number} of {size.kills} kills: {killer.counts}")
