"""`bin/lock`: the pinned requirements, computed anew from pyproject.toml."""

import subprocess
from collections.abc import Sequence

from support.environment import CHECKOUT, find_uv

COMPILE = ("pip", "compile", "--quiet", "--universal", "--python-version", "3.11")
# Only names and versions: no index, no comment that differs from machine to machine.
BARE = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
FILES = (
    ("-o", "requirements.txt"),
    ("-c", "requirements.txt", "--group", "dev", "-o", "requirements-dev.txt"),
)


def main(arguments: Sequence[str]) -> int:
    """Write both files; further arguments (`--upgrade`) go to uv."""
    if not (uv := find_uv()):
        raise SystemExit("bin/lock needs uv: https://docs.astral.sh/uv/")
    for file in FILES:
        command = [uv, *COMPILE, *BARE, *arguments, "pyproject.toml", *file]
        done = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0
