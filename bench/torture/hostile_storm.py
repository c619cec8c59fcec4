"""The storm `hostile`: every hostile file handed in over HTTP, and what the product says of it."""

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psutil  # type: ignore[import-untyped]
import psycopg2  # type: ignore[import-untyped]
from support.speech import timed

from bench.torture.cuts_sending import BYTES, SPEAKS, TIMEOUT_S
from bench.torture.hostile.cases import Case
from bench.torture.hostile.corpus import hostile_corpus
from bench.torture.reckoning import Figures, invariants_of
from bench.torture.storm import cast_of, serving
from tests.bin.running import Site, free_port

PATIENCE_S: Final = 1800
EVERY_S: Final = 0.2
LONGEST_NAME: Final = 1000
MEBIBYTE: Final = 1024 * 1024
MEMORY_LIMIT: Final = 300 * MEBIBYTE
USUAL: Final = """
from submissions.models import Deliverable, KindSettings
KindSettings.objects.update(accepted=[])
Deliverable.objects.update(accepted=[])
"""
LOOKER: Final = "submissions.inspection.warm"
CSRF: Final = "0123456789abcdef" * 2
CHECKS: Final = """
SELECT u.idempotency_key, c.state, c.findings FROM submissions_upload u
JOIN submissions_versioncheck c ON c.version_id = u.version_id
"""


@dataclass(frozen=True)
class Answer:
    """What the product said at once to a case: a status, and the code where it refused."""

    case: Case
    key: str
    status: int
    code: str


def hostile(folder: Path) -> Figures:
    """Start a product of its own and hand everything in."""
    site = Site(folder / "state", free_port())
    with serving(site):
        with timed("people and places"):
            cast = cast_of(site)
            _take_what_is_usual(site)
        return hand_in_all(site, cast)


def _take_what_is_usual(site: Site) -> None:
    """Let every deliverable take the forms of file that the corpus is judged by."""
    done = site.manage("shell", "-c", USUAL)
    if done.returncode != 0:
        raise SystemExit(done.stderr)


def hand_in_all(site: Site, cast: Mapping[str, Any]) -> Figures:
    """Hand every case in, wait for its check, and compare the verdicts."""
    begun = time.monotonic()
    cases = hostile_corpus()
    answers = [_hand_in(site, cast, case) for case in cases]
    peak = _wait_for_checks(site)
    found = _found(site)
    wrong = [line for answer in answers if (line := _difference(answer, found))]
    refused = sum(bool(answer.code) for answer in answers)
    return Figures(
        told=(
            ("hostile and odd files handed in", str(len(answers))),
            ("refused at once, taken and looked into", f"{refused}, {len(answers) - refused}"),
            ("memory of the processes that look, at most", f"{peak / MEBIBYTE:.0f} MB"),
            ("seconds", f"{time.monotonic() - begun:.0f}"),
        ),
        faults=(
            ("verdicts other than the corpus says", len(wrong)),
            ("answers of 500 and more", sum(answer.status >= 500 for answer in answers)),
            ("more memory than 300 MB", int(peak > MEMORY_LIMIT)),
            ("invariants broken", len(invariants_of(site)["broken"])),
        ),
        sentences=tuple(wrong),
    )


def _hand_in(site: Site, cast: Mapping[str, Any], case: Case) -> Answer:
    (person, place), key = _who(cast, case), uuid4().hex
    content = b"" if case.size is not None else case.build()
    # As the page cuts it: the ending stays.
    name = case.file_name[-LONGEST_NAME:].encode(errors="replace")
    metadata = {"filename": name, "key": key.encode()}
    words = ",".join(f"{word} {b64encode(text).decode()}" for word, text in metadata.items())
    headers = {
        **SPEAKS,
        **BYTES,
        "Cookie": f"{cast['session_cookie']}={person['session']}; {cast['csrf_cookie']}={CSRF}",
        "X-CSRFToken": CSRF,
        "Upload-Length": str(len(content) if case.size is None else case.size),
        "Upload-Metadata": words,
    }
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=TIMEOUT_S)
    with closing(connection):
        connection.request("POST", f"{place['path']}uploads/", content, headers)
        answer = connection.getresponse()
        body = answer.read()
    code = "" if answer.status == http.client.CREATED else _code(body)
    return Answer(case, key, answer.status, code)


def _code(body: bytes) -> str:
    with suppress(ValueError):
        return str(json.loads(body)["code"])
    return "no JSON"


def _who(cast: Mapping[str, Any], case: Case) -> tuple[Any, Any]:
    return next(
        (person, place)
        for person in cast["people"]
        for place in person["places"]
        if place["kind"] == case.kind.value
    )


def _wait_for_checks(site: Site) -> int:
    """Wait until every file has been looked into; return the most memory that took, in bytes."""
    peak, until = 0, time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        peak = max(peak, _memory_of_lookers(site))
        if all(state in {"done", "failed"} for state, _ in _found(site).values()):
            return peak
        time.sleep(EVERY_S)
    raise SystemExit("The checks did not end.")


def _memory_of_lookers(site: Site) -> int:
    total = 0
    for process in site.processes():
        with suppress(psutil.NoSuchProcess):
            if LOOKER in process.cmdline():
                total += process.memory_info().rss
    return total


def _found(site: Site) -> dict[str, tuple[str, frozenset[str]]]:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as connection:
        cursor = connection.cursor()
        cursor.execute(CHECKS)
        return {key: (state, _bad(findings)) for key, state, findings in cursor.fetchall()}


def _bad(findings: Sequence[Mapping[str, str]]) -> frozenset[str]:
    return frozenset(f"bad {one['code']}" for one in findings if one["level"] == "bad")


def _difference(answer: Answer, found: Mapping[str, tuple[str, frozenset[str]]]) -> str:
    """Say where the product judges otherwise than the corpus; what only advises depends on the course."""
    case = answer.case
    if answer.code != case.refused:
        return f"{case.name}: refused as {answer.code!r}, not {case.refused!r}"
    if case.refused or case.size is not None:
        return ""
    expected = frozenset(one for one in case.found if one.startswith("bad "))
    state, bad = found.get(answer.key, ("", frozenset()))
    if (state, bad) == ("done", expected):
        return ""
    return f"{case.name}: {state} {sorted(bad)}, not {sorted(expected)}"
