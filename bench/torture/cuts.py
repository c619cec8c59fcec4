"""The storm `cuts`: files in pieces over connections that break, beside senders that hardly send."""

import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import SERVICE_UNAVAILABLE
from pathlib import Path
from typing import Any, Final

import psycopg2  # type: ignore[import-untyped]
from support.speech import timed

from bench.torture.cuts_around import Readers, Tricklers
from bench.torture.cuts_plan import Break, CutsSize, sendings
from bench.torture.cuts_sending import Sent, Uploader
from bench.torture.reckoning import Figures, invariants_of
from bench.torture.storm import cast_of, serving
from tests.bin.running import Site, free_port

UPLOADERS: Final = 8
# Between the clock of the machine as Python and as Postgres read it.
CLOCK_S: Final = 0.005
VERSIONS: Final = """
SELECT v.sha256, v.idempotency_key, v.door, v.file_key, extract(epoch FROM v.received_at)
FROM submissions_submissionversion v WHERE v.door IN ('upload', 'pledge')
"""


def cut(size: CutsSize, folder: Path) -> Figures:
    """Start a product of its own, let the storm loose, and reckon."""
    site = Site(folder / "state", free_port())
    with serving(site):
        with timed("people and places"):
            cast = cast_of(site)
        return cut_on(site, size, cast)


def cut_on(site: Site, size: CutsSize, cast: dict[str, Any]) -> Figures:
    """Let the storm loose on a site that runs, and reckon."""
    everybody = sendings(cast, size)
    planned, slow = everybody[: size.uploads], everybody[size.uploads :]
    uploaders = [Uploader(site.port, sending) for sending in planned]
    readers = Readers(site.port, planned[0].cookie)
    begun = time.monotonic()
    with ExitStack() as around, ThreadPoolExecutor(UPLOADERS) as pool:
        around.enter_context(readers.reading())
        around.enter_context(Tricklers(site.port, slow).trickling())
        sending = [pool.submit(uploader.send) for uploader in uploaders]
        failures = [str(error) for error in map(Future.exception, sending) if error is not None]
    seconds = time.monotonic() - begun
    sent = [uploader.sent for uploader in uploaders]
    return _reckon(site, sent, readers, failures, seconds=seconds)


def _reckon(
    site: Site, sent: Sequence[Sent], readers: Readers, failures: Sequence[str], *, seconds: float
) -> Figures:
    wanted = {one.sending.key: one for one in sent}
    rows = [row for row in _rows(site) if row[1] in wanted]
    by_key = {row[1]: row for row in rows}
    report = invariants_of(site)
    breaks = Counter(way for one in sent for way in one.breaks)
    statuses = Counter(status for one in sent for status in one.statuses)
    return Figures(
        told=(
            ("uploads, each with its own bytes", str(len(sent))),
            ("bytes in all", f"{sum(len(one.sending.content) for one in sent):,}"),
            ("connections that broke", f"{breaks.total()}: {_listed(breaks)}"),
            ("of what was sent, kept right after a break", _kept(sent)),
            ("answers", _listed(statuses)),
            ("a page meanwhile: median, 95th, longest", _waits(readers.waits)),
            ("seconds", f"{seconds:.0f}"),
        ),
        faults=(
            ("uploads without a version", len(wanted.keys() - by_key.keys())),
            ("versions with another hash", sum(_is_other(row, wanted) for row in rows)),
            ("kept bytes that are not those sent", sum(_is_rotten(site, row) for row in rows)),
            ("there twice", len(rows) - len({row[0] for row in rows})),
            ("received at another instant than the last byte", _misdated(by_key, wanted)),
            ("given up", len(failures)),
            ("pages that were not answered", readers.failed_count),
            ("answers of 500 and more, but for 503", _broken(statuses)),
            ("invariants broken", len(report["broken"])),
        ),
        sentences=tuple(failures[:10]),
    )


def _rows(site: Site) -> list[Any]:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as connection:
        cursor = connection.cursor()
        cursor.execute(VERSIONS)
        return list(cursor.fetchall())


def _is_other(row: Any, wanted: dict[str, Sent]) -> bool:
    return bool(wanted[row[1]].sending.sha256 != row[0])


def _is_rotten(site: Site, row: Any) -> bool:
    path = site.state / "files" / row[3]
    with path.open("rb") as file:
        return bool(hashlib.file_digest(file, "sha256").hexdigest() != row[0])


def _misdated(by_key: dict[str, Any], wanted: dict[str, Sent]) -> int:
    """Count versions dated outside the request that brought their last byte."""
    return sum(
        not one.last_byte_from - CLOCK_S <= float(by_key[key][4]) <= one.last_byte_until + CLOCK_S
        for key, one in wanted.items()
        if key in by_key
    )


def _kept(sent: Sequence[Sent]) -> str:
    """Say which share of what was sent before a break counted, by how it broke."""
    kept, lost = Counter[Break](), Counter[Break]()
    for one in sent:
        kept += one.kept
        lost += one.lost
    return ", ".join(f"{way} {kept[way] / max(1, kept[way] + lost[way]):.1%}" for way in Break)


def _broken(statuses: Counter[int]) -> int:
    return sum(n for code, n in statuses.items() if code >= 500 and code != SERVICE_UNAVAILABLE)


def _waits(found: Sequence[float]) -> str:
    waits = sorted(found) or [0.0]
    at_95 = waits[int(len(waits) * 0.95)]
    spans = ", ".join(f"{span:.2f} s" for span in (statistics.median(waits), at_95, waits[-1]))
    return f"{spans} ({len(waits)} asked)"


def _listed(counts: Counter[Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
