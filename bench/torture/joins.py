"""The storm `joins`: all who want the last seats press at one moment, by every way in."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from support.speech import say, timed

from bench.torture.joins_plan import JoinsSize, moves
from bench.torture.joins_reckoning import Round, reckon
from bench.torture.joins_sending import press_all
from bench.torture.reckoning import Figures
from bench.torture.storm import serving
from tests.bin.running import Site, free_port

TELL_EVERY = 10


def join(size: JoinsSize, folder: Path) -> Figures:
    """Start a product of its own, let the storm loose, and reckon."""
    site = Site(folder / "state", free_port())
    with serving(site):
        return join_on(site, size)


def join_on(site: Site, size: JoinsSize) -> Figures:
    """Let the storm loose on a site that runs, and reckon."""
    with timed("people and groups"):
        cast = _cast(site, size)
    return reckon(site, _rounds(site, cast, size))


def _rounds(site: Site, cast: dict[str, Any], size: JoinsSize) -> Sequence[Round]:
    played = []
    for number, scene in enumerate(cast["rounds"], start=1):
        planned = moves(scene, size.requests, seed=size.seed * 1_000_003 + number)
        begun = time.monotonic()
        heard = press_all(site.port, cast, planned)
        played.append(Round(scene, heard, seconds=time.monotonic() - begun))
        if number % TELL_EVERY == 0:
            say(f"  {number} of {size.rounds} rounds")
    return played


def _cast(site: Site, size: JoinsSize) -> dict[str, Any]:
    code = f"from bench.torture import joins_cast; joins_cast.main({size.rounds}, {size.seed})"
    done = site.manage("shell", "--no-imports", "-c", code)
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}The people could not be made.")
    cast: dict[str, Any] = json.loads(done.stdout)
    return cast
