"""After the storm: is anyone in two groups, has a group one too many, and was everyone told the truth?"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import psycopg2  # type: ignore[import-untyped]

from bench.torture.joins_plan import WAYS_IN
from bench.torture.joins_sending import Heard
from bench.torture.reckoning import Figures
from tests.bin.running import Site

CURRENT: Final = """
FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
JOIN course_course c ON c.id = g.course_id
WHERE c.slug LIKE 'joins-%' AND m.ends_at IS NULL
"""
TOO_MANY: Final = f"""SELECT count(*) FROM (SELECT 1 {CURRENT}
GROUP BY g.id, c.group_size_max HAVING count(*) > c.group_size_max OR max(m.seat) > c.group_size_max) q"""  # noqa: S608
TWO_GROUPS: Final = f"""SELECT count(*) FROM (SELECT 1 {CURRENT}
GROUP BY m.enrollment_id HAVING count(DISTINCT g.id) > 1) q"""  # noqa: S608
TWICE: Final = f"""SELECT count(*) FROM (SELECT 1 {CURRENT}
GROUP BY m.enrollment_id, g.id HAVING count(*) > 1) q"""  # noqa: S608
# Those who sat there before the storm came in without a reason.
CAME_IN: Final = """SELECT m.enrollment_id FROM groups_membership m
JOIN groups_group g ON g.id = m.group_id JOIN course_course c ON c.id = g.course_id
WHERE c.slug LIKE 'joins-%' AND m.start_reason <> ''"""
LEFT: Final = """SELECT m.enrollment_id FROM groups_membership m
JOIN groups_group g ON g.id = m.group_id JOIN course_course c ON c.id = g.course_id
WHERE c.slug LIKE 'joins-%' AND m.ends_at IS NOT NULL"""
# Groups that were founded in the storm are called "Group 1" and so on.
FILLED: Final = f"SELECT count(*) {CURRENT} AND g.name NOT LIKE 'Group%'"
DEADLOCKS: Final = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
MAILS: Final = "SELECT count(*) FROM kernel_outboxmail WHERE kind LIKE 'groups/%'"
SHOWN: Final = 12


@dataclass(frozen=True)
class Round:
    """What was asked in one round, and what it answered."""

    scene: Mapping[str, Any]
    heard: Sequence[Heard]
    seconds: float


def reckon(site: Site, rounds: Sequence[Round]) -> Figures:
    """Compare what was answered with the rows, and ask every invariant."""
    heard = [one for each in rounds for one in each.heard]
    invariants = _invariants(site)
    with closing(psycopg2.connect(site.address("DATABASE_OWNER_URL"))) as database:
        cursor = database.cursor()
        return Figures(
            told=(*_told(rounds, heard), *_rows_told(cursor)),
            faults=(
                ("groups with a member too many", _number(cursor, TOO_MANY)),
                ("people in two groups", _number(cursor, TWO_GROUPS)),
                ("people twice in a group", _number(cursor, TWICE)),
                ("came in otherwise than was said", _unlike(rounds, WAYS_IN, cursor, CAME_IN)),
                ("left otherwise than was said", _unlike(rounds, {"leave"}, cursor, LEFT)),
                *faults_of(heard),
                ("deadlocks", _number(cursor, DEADLOCKS)),
                ("invariants broken", len(invariants["broken"])),
            ),
            sentences=(
                *(f"  {count:>6} times: {said}" for said, count in _refusals(heard)),
                *(json.dumps(found) for found in invariants["broken"]),
            ),
        )


def _invariants(site: Site) -> dict[str, Any]:
    done = site.manage("check_invariants", "--json")
    if not done.stdout:
        raise SystemExit(f"{done.stderr}The invariants could not be asked.")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def faults_of(heard: Sequence[Heard]) -> tuple[tuple[str, int], ...]:
    """Count the answers that no one should get."""
    return (
        ("answers of 500 and more", sum(one.status >= 500 for one in heard)),
        ("no answer", sum(not one.status for one in heard)),
        ("refused without a sentence", sum(not one.sentence for one in heard if one.status)),
    )


def unlike(said: Counter[int], rows: Counter[int]) -> int:
    """Count how often what was said and what is there differ, in either direction."""
    return ((said - rows) + (rows - said)).total()


def _unlike(
    rounds: Sequence[Round], ways: frozenset[str] | set[str], cursor: Any, rows: str
) -> int:
    said = Counter(
        each.scene["enrollments"][one.move.person]
        for each in rounds
        for one in each.heard
        if one.is_done and one.move.way in ways
    )
    cursor.execute(rows)
    return unlike(said, Counter(enrollment for (enrollment,) in cursor.fetchall()))


def _told(rounds: Sequence[Round], heard: Sequence[Heard]) -> tuple[tuple[str, str], ...]:
    done = Counter(one.move.way for one in heard if one.is_done)
    asked = Counter(one.move.way for one in heard)
    waits = sorted(one.seconds for one in heard)
    lengths = sorted(each.seconds for each in rounds)
    return (
        ("rounds, requests in each at one moment", f"{len(rounds)}, {len(rounds[0].heard)}"),
        ("of these done", ", ".join(f"{way} {done[way]} of {asked[way]}" for way in sorted(asked))),
        ("answers", ", ".join(f"{status} {n}" for status, n in _statuses(heard))),
        (
            "until answered, median and longest",
            f"{waits[len(waits) // 2]:.1f} s, {waits[-1]:.1f} s",
        ),
        ("a round, median and longest", f"{lengths[len(lengths) // 2]:.1f} s, {lengths[-1]:.1f} s"),
        ("seats that were free", str(sum(each.scene["seats"] for each in rounds))),
    )


def _rows_told(cursor: Any) -> tuple[tuple[str, str], ...]:
    return (
        ("seats of the first groups taken at the end", str(_number(cursor, FILLED))),
        ("mails about groups", str(_number(cursor, MAILS))),
    )


def _statuses(heard: Sequence[Heard]) -> list[tuple[int, int]]:
    return sorted(Counter(one.status for one in heard).items())


def _refusals(heard: Sequence[Heard]) -> list[tuple[str, int]]:
    """Return the commonest sentences by which people were refused, names and numbers left out."""
    said = Counter(_without_names(one.sentence) for one in heard if not one.is_done)
    return said.most_common(SHOWN)


def _without_names(sentence: str) -> str:
    words = sentence.replace("Group ", "G").split()
    plain = ["…" if word.strip(".,;:")[1:].isdigit() else word for word in words]
    return " ".join(plain).replace("Student …", "…").replace("Student", "…")


def _number(cursor: Any, question: str) -> int:
    cursor.execute(question)
    (count,) = cursor.fetchone()
    return int(count)
