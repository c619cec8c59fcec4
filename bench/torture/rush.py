"""The storm `rush`: everything is due at one instant, and all hand in in the minute before it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from support.speech import say, timed

from bench.torture.reckoning import Figures
from bench.torture.rush_plan import RushSize, presses
from bench.torture.rush_reckoning import Rush, reckon
from bench.torture.rush_sending import press_all
from bench.torture.storm import serving
from tests.bin.running import Site, free_port

# From when the cast is made until the first presses: deriving what is due, and coming back here.
HEAD_START_S: Final = 15.0


def rush(size: RushSize, folder: Path) -> Figures:
    """Start a product of its own, let the storm loose, and reckon."""
    site = Site(folder / "state", free_port())
    with serving(site):
        return rush_on(site, size)


def rush_on(site: Site, size: RushSize) -> Figures:
    """Let the storm loose on a site that runs, and reckon."""
    with timed("people and what they owe"):
        cast = _cast(site, size)
    planned = [*presses(cast, size)]
    due_at = datetime.fromisoformat(cast["due_at"])
    say(f"  due {due_at:%H:%M:%S} UTC, {len(planned)} hand-ins")
    with timed("the rush"):
        pressed = press_all(site.port, planned, due_at=due_at.timestamp())
    with timed("reckoning"):
        return reckon(Rush(site, size, due_at, pressed))


def _cast(site: Site, size: RushSize) -> dict[str, Any]:
    people, lead_s = -(-size.hand_ins // 2), size.window_s + HEAD_START_S
    code = f"from bench.torture import rush_cast; rush_cast.main({people}, {lead_s})"
    done = site.manage("shell", "--no-imports", "-c", code)
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr}The people could not be made.")
    cast: dict[str, Any] = json.loads(done.stdout)
    return cast
