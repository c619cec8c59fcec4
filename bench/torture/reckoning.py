"""After the storm: is everything there that was acknowledged, and nothing twice?"""

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2  # type: ignore[import-untyped]

from bench.torture.journal import Journal
from bench.torture.killing import Killer
from bench.torture.plan import HandIn
from bench.torture.sending import Sender
from tests.bin.running import Site

MAILS_PATIENCE_S = 300
MESSAGE_ID = re.compile(r"^Message-ID: (<outbox-\d+@[^>]+>)", re.MULTILINE)
VERSIONS = """
SELECT ARRAY[s.deliverable_id, s.enrollment_id, s.group_id],
  v.receipt_code, v.sha256, v.size, v.idempotency_key, v.file_key, v.text
FROM submissions_submissionversion v JOIN submissions_submission s ON s.id = v.submission_id
"""
# Two at once are numbered as their bytes were stored, which may not be as they were received.
CROSSED = """
SELECT count(*) FROM submissions_submissionversion v JOIN submissions_submissionversion o
  ON o.submission_id = v.submission_id AND o.number = v.number - 1
WHERE v.received_at < o.received_at
"""


@dataclass(frozen=True)
class Version:
    """A version as it is in the database."""

    place: tuple[int, int | None, int | None]
    receipt: str
    sha256: str
    size: int
    key: str
    file_key: str
    text: str


@dataclass(frozen=True)
class Figures:
    """What the storm did, and what came of it."""

    told: tuple[tuple[str, str], ...]
    faults: tuple[tuple[str, int], ...]
    sentences: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Say whether nothing was lost or doubled or is otherwise wrong."""
        return not any(count for _, count in self.faults)

    def lines(self) -> list[str]:
        """Return the figures as people read them."""
        rows = [*self.told, *((name, str(count)) for name, count in self.faults)]
        return [*(f"  {name:<46}{value}" for name, value in rows), *self.sentences]


def known_before(site: Site) -> frozenset[str]:
    """Return the receipts that were there before the storm."""
    return frozenset(version.receipt for version in _versions(site))


@dataclass(frozen=True)
class Storm:
    """What a storm leaves behind; `before` are the receipts that were there when it began."""

    site: Site
    journal: Journal
    planned: Sequence[HandIn]
    before: frozenset[str]
    sender: Sender
    killer: Killer
    refusals: Sequence[str]
    seconds: float


def reckon(storm: Storm) -> Figures:
    """Compare the journal with rows, files and mails, and ask every invariant."""
    site, journal, planned = storm.site, storm.journal, storm.planned
    sender, killer, refusals = storm.sender, storm.killer, storm.refusals
    mails = wait_for_mails(site)
    versions = [version for version in _versions(site) if version.receipt not in storm.before]
    report = invariants_of(site)
    by_content = Counter((version.place, version.sha256) for version in versions)
    by_key = Counter((version.place, version.key) for version in versions if version.key)
    wanted = {(hand_in.place, hand_in.sha256) for hand_in in planned}
    receipts = {version.receipt: version for version in versions}
    mailed = _mailed(site)
    acknowledged = journal.entries
    retried = [entry for entry in acknowledged if entry.attempts > 1]
    waits = sorted(entry.seconds for entry in acknowledged)
    return Figures(
        told=(
            ("kills", f"{sum(killer.counts.values())}: {_listed(killer.counts)}"),
            ("away after a kill, median and longest", _span(sorted(killer.away_s))),
            ("hand-ins acknowledged", f"{len(acknowledged)} of {len(planned)}"),
            ("of these texts and files", _media(planned)),
            (
                "of these sent more than once",
                f"{len(retried)}; requests in all {sender.sent_count}",
            ),
            ("answers", _listed(sender.status_counts)),
            ("until acknowledged, median and longest", _span(waits)),
            ("new versions", f"{len(versions)}; numbered across their receipt {_crossed(site)}"),
            ("receipts read off pages", str(sum(bool(entry.receipt) for entry in acknowledged))),
            ("mails", f"{_listed(mails)}; in the mail folder {sum(mailed.values())}"),
            ("files named, and others that nothing leads to", _files(report)),
            ("seconds", f"{storm.seconds:.0f}"),
        ),
        faults=(
            ("acknowledged and lost", _lost(journal, by_content)),
            ("acknowledged under another hash", _other_hash(journal, receipts)),
            ("bytes that are not those handed in", sum(_is_rotten(site, one) for one in versions)),
            ("twice by content", sum(count - 1 for count in by_content.values())),
            ("twice by key", sum(count - 1 for count in by_key.values())),
            ("that nobody sent", len(by_content.keys() - wanted)),
            ("refused or given up", len(refusals)),
            ("mails sent twice", sum(count - 1 for count in mailed.values())),
            ("mails that still wait", mails.get("queued", 0)),
            ("invariants broken", len(report["broken"])),
            ("bin/up gave up", len(killer.ends_by_itself)),
        ),
        sentences=(*refusals[:20], *(json.dumps(found) for found in report["broken"])),
    )


def _lost(journal: Journal, by_content: Counter[Any]) -> int:
    return sum(
        by_content[entry.hand_in.place, entry.hand_in.sha256] == 0 for entry in journal.entries
    )


def _other_hash(journal: Journal, receipts: dict[str, Version]) -> int:
    """Count receipts that were shown and are not there for what was handed in."""
    shown = [entry for entry in journal.entries if entry.receipt]
    return sum(
        entry.receipt not in receipts
        or receipts[entry.receipt].place != entry.hand_in.place
        or (not entry.hand_in.is_text and receipts[entry.receipt].sha256 != entry.hand_in.sha256)
        for entry in shown
    )


def _versions(site: Site) -> list[Version]:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute(VERSIONS)
        return [Version((*place,), *row) for place, *row in cursor.fetchall()]


def _crossed(site: Site) -> int:
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        cursor.execute(CROSSED)
        (count,) = cursor.fetchone()
        return int(count)


def _is_rotten(site: Site, version: Version) -> bool:
    content = version.text.encode()
    if version.file_key:
        path = site.state / "files" / version.file_key
        if not path.is_file():
            return True
        content = path.read_bytes()
    return (len(content), hashlib.sha256(content).hexdigest()) != (version.size, version.sha256)


def wait_for_mails(site: Site) -> dict[str, int]:
    """Return how many mails are in which state, once none waits any more or patience ends."""
    deadline = time.monotonic() + MAILS_PATIENCE_S
    while True:
        with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
            cursor = database.cursor()
            cursor.execute("SELECT state, count(*) FROM kernel_outboxmail GROUP BY state")
            counts = dict(cursor.fetchall())
        if "queued" not in counts or time.monotonic() > deadline:
            return counts
        time.sleep(1)


def _mailed(site: Site) -> Counter[str]:
    """Count how often each mail lies in the folder that stands for the mail server."""
    found: Counter[str] = Counter()
    for path in (site.state / "mail").iterdir():
        found.update(MESSAGE_ID.findall(path.read_text(errors="replace")))
    return found


def invariants_of(site: Site) -> dict[str, Any]:
    """Ask every invariant, also of the files; return the report."""
    done = site.manage("check_invariants", "--files", "--json")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _media(planned: Sequence[HandIn]) -> str:
    texts = sum(hand_in.is_text for hand_in in planned)
    return f"{texts} and {len(planned) - texts}"


def _span(seconds: Sequence[float]) -> str:
    return f"{seconds[len(seconds) // 2]:.1f} s, {seconds[-1]:.1f} s" if seconds else "none"


def _files(report: dict[str, Any]) -> str:
    return f"{report['files']['named']} and {report['files']['unnamed']}"
