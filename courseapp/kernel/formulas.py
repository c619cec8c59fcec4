"""Formulas for paper: TeX drawn as SVG, in a process of its own, as TeX of people may never end.

`python -m courseapp.kernel.formulas` reads one JSON list of formulas (`tex`, `is_block`) and answers with
one JSON line for each in turn: the SVG with how far it hangs below the line, or null.
"""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
SECONDS: Final = 10.0
# In bytes, beyond what the libraries take.
MEMORY: Final = 400 * 1024**2
LONGEST: Final = 1_000
MOST: Final = 400
# In pixels of 1/96 inch; the page's text has 10.5 points.
SIZE: Final = 14
_FORMULA: Final = re.compile(
    r'<(?P<tag>span|div) class="math (?P<kind>inline|block)">(?P<tex>[^<]*)</(?P=tag)>'
)


def drawn(html: str, *, seconds: float = SECONDS) -> str:
    """Return cleaned HTML (`prose`) with its formulas as SVG.

    What cannot be drawn, or not within so many seconds for all of them, stays TeX.
    """
    found = list(_FORMULA.finditer(html))[:MOST]
    asked = [{"tex": unescape(one["tex"]), "is_block": one["kind"] == "block"} for one in found]
    answers = _answers(asked, seconds=seconds) if asked else []
    made = dict(zip((one.start() for one in found), answers, strict=False))
    return _FORMULA.sub(lambda one: _picture(one, made.get(one.start())), html)


def _picture(found: re.Match[str], answer: dict[str, Any] | None) -> str:
    if answer is None:
        return found[0]
    tag, kind = found["tag"], found["kind"]
    drop = f' style="vertical-align: {answer["drop"]:.2f}px"' if kind == "inline" else ""
    return f'<{tag} class="math {kind} drawn"{drop}>{answer["svg"]}</{tag}>'


def _answers(asked: list[dict[str, Any]], *, seconds: float) -> list[dict[str, Any] | None]:
    """Draw them; what has not been drawn when time or memory ends is left out."""
    process = subprocess.Popen(
        (sys.executable, "-E", "-s", "-m", "courseapp.kernel.formulas"),
        cwd=ROOT,
        # No secret of ours is in its environment.
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        said, _ = process.communicate(json.dumps(asked).encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    return [json.loads(line) for line in said.split(b"\n")[:-1]]


def main() -> None:
    """Draw what stands on the input, line by line."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
    for answer in _draw(json.loads(sys.stdin.read())):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _draw(asked: list[dict[str, Any]]) -> Iterator[dict[str, Any] | None]:
    # They take most of a second, which nobody else should wait for.
    from ziamath.config import config  # noqa: PLC0415
    from ziamath.zmath import Latex  # noqa: PLC0415

    config.svg2 = False
    for formula in asked:
        if len(formula["tex"]) > LONGEST:
            yield None
            continue
        try:
            picture = Latex(
                formula["tex"], size=SIZE, inline=not formula["is_block"], color="black"
            )
            yield {"svg": picture.svg(), "drop": picture.getyofst()}
        except Exception:  # noqa: BLE001 - the library raises anything at TeX that it does not know
            yield None


if __name__ == "__main__":
    main()
