"""After the rush: is everything there that was acknowledged, and does everyone say the same of it?"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http.client import OK, HTTPConnection
from typing import Final

import psycopg2  # type: ignore[import-untyped]

from bench.torture.reckoning import Figures, invariants_of, wait_for_mails
from bench.torture.rush_plan import RushSize
from bench.torture.rush_sending import Pressed, verdict_in
from tests.bin.running import Site

ROWS: Final = """
SELECT ARRAY[s.deliverable_id, s.enrollment_id, s.group_id], v.sha256, v.size, v.file_key, v.text,
  v.received_at, d.due_at, v.receipt_code, v.door
FROM submissions_submissionversion v JOIN submissions_submission s ON s.id = v.submission_id
  JOIN submissions_deliverable d ON d.id = s.deliverable_id
  JOIN course_course c ON c.id = d.course_id
WHERE c.slug LIKE 'rush-%'
"""
MAILS: Final = "SELECT text FROM kernel_outboxmail WHERE kind = 'submissions/receipt'"
MAIL_VERDICT: Final = re.compile(r"^Verdict +(on time|late)", re.MULTILINE)
MAIL_CODE: Final = re.compile(r"/receipts/([0-9a-f]+)/")
READERS: Final = 4
SHOWN: Final = 8
# The database gives instants to the microsecond; a float of seconds since 1970 is as fine.
GRAIN_S: Final = 2e-6
# What the kernel's ticks and the answers of the clock may cost.
NO_TIME_S: Final = 0.1
TO_SPARE_S: Final = 1.0


@dataclass(frozen=True)
class Rush:
    """What a rush leaves behind."""

    site: Site
    size: RushSize
    due_at: datetime
    pressed: Sequence[Pressed]


@dataclass(frozen=True)
class Row:
    """A version as it is in the database, and when it was due."""

    place: tuple[int, int | None, int | None]
    sha256: str
    size: int
    file_key: str
    text: str
    received_at: datetime
    due_at: datetime
    code: str
    door: str

    @property
    def verdict(self) -> str:
        """Return what everyone must say: on time is at or before the due instant."""
        return "on time" if self.received_at <= self.due_at else "late"


def reckon(rush: Rush) -> Figures:
    """Compare what was answered with rows, bytes, pages, receipts and mails."""
    mails = wait_for_mails(rush.site)
    rows = _rows(rush.site)
    by_hash = {(row.place, row.sha256): row for row in rows}
    taken = [one for one in rush.pressed if one.is_taken]
    kept = [(one, row) for one in taken if (row := by_hash.get(_hash(one))) is not None]
    broken = invariants_of(rush.site)["broken"]
    return Figures(
        told=(*_told(rush, kept), ("mails", f"{mails}")),
        faults=(
            *faults_of(rush, rows, kept),
            ("bytes that are not those handed in", sum(_is_rotten(rush.site, row) for row in rows)),
            ("receipts on the other side", _wrong_receipts(rush.site, rows)),
            ("mails on the other side, or missing", _wrong_mails(rush.site, rows)),
            ("mails that still wait", mails.get("queued", 0)),
            ("invariants broken", len(broken)),
        ),
        sentences=(*_refusals(rush), *(json.dumps(found) for found in broken)),
    )


def faults_of(
    rush: Rush, rows: Sequence[Row], kept: Sequence[tuple[Pressed, Row]]
) -> tuple[tuple[str, int], ...]:
    """Count what must not be, as far as answers and rows tell."""
    counts = Counter((row.place, row.sha256) for row in rows)
    taken = sum(one.is_taken for one in rush.pressed)
    sent = {_hash(one) for one in rush.pressed}
    return (
        ("acknowledged and lost", taken - len(kept)),
        ("twice", sum(count - 1 for count in counts.values())),
        ("that nobody sent", len(counts.keys() - sent)),
        ("received before it had left", sum(_is_before(one, row) for one, row in kept)),
        ("received after it was answered", sum(_is_after(one, row) for one, row in kept)),
        ("texts made late by waiting here", _made_late(rush, kept)),
        ("pressed in time, and late", sum(_is_late_through_us(rush, *each) for each in kept)),
        ("made late by finding no room", sum(_found_no_room(rush, one, row) for one, row in kept)),
        ("due at another instant", sum(row.due_at != rush.due_at for row in rows)),
        ("pages on the other side", sum(one.says != row.verdict for one, row in kept)),
        ("answers of 500 and more", sum(one.answer.status >= 500 for one in rush.pressed)),
        ("pages afterwards that failed", sum(one.page_status != OK for one in rush.pressed)),
        ("no answer", sum(not one.answer.status for one in rush.pressed)),
        ("refused", len(rush.pressed) - taken),
    )


def _hash(one: Pressed) -> tuple[tuple[int, int | None, int | None], str]:
    place = one.press.place
    return (place["deliverable"], place["enrollment"], place["group"]), one.press.sha256


def _is_before(one: Pressed, row: Row) -> bool:
    return row.received_at.timestamp() < one.answer.last_left_at - GRAIN_S


def _is_after(one: Pressed, row: Row) -> bool:
    return row.received_at.timestamp() > one.answer.came_at + GRAIN_S


def _rows(site: Site) -> list[Row]:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute(ROWS)
        return [Row(tuple(place), *rest) for place, *rest in cursor.fetchall()]


def _is_rotten(site: Site, row: Row) -> bool:
    content = row.text.encode()
    if row.file_key:
        path = site.state / "files" / row.file_key
        content = path.read_bytes() if path.is_file() else b""
    return (len(content), sha256(content).hexdigest()) != (row.size, row.sha256)


def _wrong_receipts(site: Site, rows: Sequence[Row]) -> int:
    """Ask each receipt's own page, as whoever was given its number would."""
    with ThreadPoolExecutor(READERS) as pool:
        said = pool.map(lambda row: _receipt(site.port, row.code), rows)
        return sum(words != row.verdict for words, row in zip(said, rows, strict=True))


def _receipt(port: int, code: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request("GET", f"/receipts/{code}/")
        return verdict_in(connection.getresponse().read().decode())


def _wrong_mails(site: Site, rows: Sequence[Row]) -> int:
    """Count versions of which a mail says something else, or none says anything."""
    said: dict[str, set[str]] = defaultdict(set)
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute(MAILS)
        for (text,) in cursor.fetchall():
            said[MAIL_CODE.findall(text)[0]].update(MAIL_VERDICT.findall(text))
    return sum(said[row.code] != {row.verdict} for row in rows)


def _told(rush: Rush, kept: Sequence[tuple[Pressed, Row]]) -> tuple[tuple[str, str], ...]:
    waits = sorted(one.seconds for one in rush.pressed if one.is_taken)
    planned = Counter(one.press.way for one in rush.pressed)
    taken = Counter(one.press.way for one, _ in kept)
    verdicts = Counter(row.verdict for _, row in kept)
    statuses = sorted(Counter(one.answer.status for one in rush.pressed).items())
    span = rush.size.window_s + 3
    straddling = sum(one.press.is_straddling for one in rush.pressed)
    return (
        ("acknowledged", ", ".join(f"{way} {taken[way]} of {planned[way]}" for way in planned)),
        ("on time, late", f"{verdicts['on time']}, {verdicts['late']}"),
        ("begun before and ended after the instant", str(straddling)),
        ("left before it, received after it", _held_up_words(rush, kept)),
        ("found no room at first, tries at most", _no_room_words(rush)),
        ("answers", ", ".join(f"{status} {count}" for status, count in statuses)),
        ("until answered: p50, p99, longest", _spread(waits)),
        ("hand-ins a second, over the whole rush", f"{len(rush.pressed) / span:.1f}"),
        ("hand-ins a second, in the busiest second", str(_busiest(rush.pressed))),
    )


def _held_up(rush: Rush, kept: Sequence[tuple[Pressed, Row]]) -> list[tuple[Pressed, float]]:
    """Return who had given all away before the instant and was received after it, by how much."""
    due_at = rush.due_at.timestamp()
    return [
        (one, row.received_at.timestamp() - one.answer.left_at)
        for one, row in kept
        if one.answer.left_at <= due_at < row.received_at.timestamp()
    ]


def _found_no_room(rush: Rush, one: Pressed, row: Row) -> bool:
    """Say whether somebody who had time was turned away, and was late when there was room."""
    return one.attempts > 1 and one.press.at < 0 and row.received_at > rush.due_at


def _is_late_through_us(rush: Rush, one: Pressed, row: Row) -> bool:
    """Say whether somebody pressed with a second to spare, which is enough for a megabyte, and was late."""
    return one.press.at < -TO_SPARE_S and row.received_at > rush.due_at


def _made_late(rush: Rush, kept: Sequence[tuple[Pressed, Row]]) -> int:
    """Count texts that were here, whole, and were stamped later; a file is here once it is read."""
    held_up = _held_up(rush, kept)
    return sum(one.press.is_text and seconds > NO_TIME_S for one, seconds in held_up)


def _held_up_words(rush: Rush, kept: Sequence[tuple[Pressed, Row]]) -> str:
    seconds = [seconds for _, seconds in _held_up(rush, kept)]
    return f"{len(seconds)}, at most {max(seconds) * 1e3:.0f} ms" if seconds else "0"


def _no_room_words(rush: Rush) -> str:
    attempts = [one.attempts for one in rush.pressed]
    return f"{sum(count > 1 for count in attempts)}, {max(attempts, default=0)}"


def _busiest(pressed: Sequence[Pressed]) -> int:
    seconds = Counter(int(one.answer.came_at) for one in pressed if one.answer.status)
    return max(seconds.values(), default=0)


def _spread(waits: Sequence[float]) -> str:
    if not waits:
        return "none"
    places = (len(waits) // 2, min(len(waits) - 1, len(waits) * 99 // 100), -1)
    return ", ".join(f"{waits[place] * 1e3:.0f} ms" for place in places)


def _refusals(rush: Rush) -> list[str]:
    """Return the first of what was said to those who were not taken."""
    refused = [one for one in rush.pressed if not one.is_taken]
    return [
        f"  {one.press.way} {one.press.number}: {one.answer.status} {_words(one.answer.page)}"
        for one in refused[:SHOWN]
    ]


def _words(page: str) -> str:
    found = re.findall(r'(?:role="alert">|<title>)([^<]+)<', page)
    return " ".join(found) or page[:200]
