"""A Chromium for the journeys: the system's, one from Debian's packages, or Playwright's own."""

import os
import shutil
import subprocess
from pathlib import Path

from support import debian
from support.environment import VENV
from support.speech import say

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def ensure() -> dict[str, str]:
    """Return the variable that names the browser; empty where Playwright knows its own."""
    if found := _find():
        return {VARIABLE: found}
    if debian.may_install() and debian.install("chromium") and (found := _find()):
        return {VARIABLE: found}
    done = subprocess.run(
        [VENV / "bin" / "playwright", "install", "chromium"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        line = debian.line_to_type("chromium")
        say(f"  There is no Chromium, so the journeys will fail. Type this: {line}")
    return {}


def _find() -> str | None:
    if named := os.environ.get(VARIABLE):
        return named
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    return str(ON_MACOS) if ON_MACOS.exists() else None
