"""What came in for one deliverable: who has and who has not, what matters first.

Counted and cut into pages by the database, so that ten thousand owners cost no more than a hundred.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db import connection

from courseapp.course.actors import Actor, Permission
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.inspection import Level
from submissions.models import Deliverable, SlidesHold
from submissions.selectors.checks import Checked, checks_of
from submissions.selectors.owed import KIND_WORDS, OWED, owed_parameters
from submissions.selectors.rounds import ROUND_DUE_AT

PAGE_LENGTH: Final = 100

# `owner` is one number for both sorts of owners: a student's id, or a group's id below zero. What is
# joined names the one deliverable again, so that no other's rows are looked at. On its way is that of
# which something came within ten minutes: what was left lying is kept for a day.
_SHEET = f"""
WITH {OWED}, given AS MATERIALIZED (
  SELECT DISTINCT ON (x.enrollment_id, x.group_id)
    COALESCE(x.enrollment_id, -x.group_id) AS owner, x.due_at
  FROM submissions_extension x WHERE x.deliverable_id = ANY (%(deliverables)s)
  ORDER BY x.enrollment_id, x.group_id, x.id DESC
), owners AS MATERIALIZED (
  SELECT COALESCE(o.enrollment_id, -o.group_id) AS owner, o.enrollment_id, o.group_id, o.role,
    o.due_at AS base_due_at, GREATEST(o.due_at, own.due_at, everyone.due_at) AS due_at,
    COALESCE(e.name, g.name) AS name, COALESCE(g.position, 0) AS place, s.id AS submission_id
  FROM owed o
  LEFT JOIN course_enrollment e ON e.id = o.enrollment_id
  LEFT JOIN groups_group g ON g.id = o.group_id
  LEFT JOIN given own ON own.owner = COALESCE(o.enrollment_id, -o.group_id)
  LEFT JOIN given everyone ON everyone.owner IS NULL
  LEFT JOIN submissions_submission s ON s.deliverable_id = ANY (%(deliverables)s)
    AND COALESCE(s.enrollment_id, -s.group_id) = COALESCE(o.enrollment_id, -o.group_id)
), came AS (
  SELECT w.owner, max(v.number) AS latest_number,
    max(v.number) FILTER (WHERE v.received_at <= w.due_at) AS counted_number
  FROM submissions_submission s
  JOIN submissions_submissionversion v ON v.submission_id = s.id
  JOIN owners w ON w.submission_id = s.id
  WHERE s.deliverable_id = ANY (%(deliverables)s)
  GROUP BY w.owner
), written AS (
  SELECT w.owner FROM owners w
  JOIN submissions_textdraft t ON t.submission_id = w.submission_id AND t.settled_at IS NULL
), sent AS (
  SELECT DISTINCT ON (owner) COALESCE(-m.group_id, u.begun_by_id) AS owner,
    (100 * u.offset / u.length)::int AS percent
  FROM submissions_upload u
  LEFT JOIN groups_membership m ON m.enrollment_id = u.begun_by_id AND m.ends_at IS NULL
  WHERE u.deliverable_id = ANY (%(deliverables)s) AND u.ended_at IS NULL
    AND u.last_received_at > %(now)s - interval '10 minutes'
  ORDER BY owner, u.id DESC
), sheet AS MATERIALIZED (
  SELECT w.*, c.latest_number, c.counted_number, t.owner IS NOT NULL AS is_writing, u.percent,
    w.due_at > w.base_due_at AS has_more_time,
    CASE WHEN c.counted_number IS NOT NULL THEN 'in'
         WHEN c.latest_number IS NOT NULL THEN 'late'
         WHEN w.due_at < %(now)s THEN 'missing' ELSE 'open' END AS state
  FROM owners w
  LEFT JOIN came c USING (owner) LEFT JOIN written t USING (owner) LEFT JOIN sent u USING (owner)
)
"""  # noqa: S608 - literals of this module; what varies are parameters

_COUNTS = f"""{_SHEET}
SELECT state, count(*), count(*) FILTER (WHERE is_writing), count(*) FILTER (WHERE percent >= 0),
  count(*) FILTER (WHERE has_more_time), count(*) FILTER (WHERE {{matches}})
FROM sheet w GROUP BY state"""  # noqa: S608

_LINES = f"""{_SHEET}, page AS (
  SELECT w.*, array_position(ARRAY['missing', 'late', 'open', 'in'], state) AS rank
  FROM sheet w WHERE {{matches}}
  ORDER BY rank, place, lower(name), owner LIMIT %(limit)s OFFSET %(offset)s
)
SELECT p.enrollment_id, p.group_id, p.role, p.name, p.base_due_at, p.due_at, p.state,
  p.latest_number, p.counted_number, p.is_writing, p.percent, p.submission_id, v.id, v.number,
  v.received_at, COALESCE(v.file_name, ''), COALESCE(v.receipt_code, ''), latest.is_in_round
FROM page p
LEFT JOIN submissions_submissionversion v ON v.submission_id = p.submission_id
  AND v.number = COALESCE(p.counted_number, p.latest_number)
LEFT JOIN LATERAL (
  SELECT COALESCE(v.received_at <= {ROUND_DUE_AT}, false) AS is_in_round
  FROM submissions_submissionversion v
  WHERE v.submission_id = p.submission_id AND v.number = p.latest_number) latest ON true
ORDER BY p.rank, p.place, lower(p.name), p.owner"""  # noqa: S608

_MATCHES = """(%(state)s IS NULL OR w.state = ANY (%(state)s))
  AND (NOT %(more_time)s OR w.has_more_time)
  AND (%(words)s = '' OR position(lower(%(words)s) IN lower(w.name)) > 0 OR EXISTS (
    SELECT 1 FROM groups_membership m JOIN course_enrollment e ON e.id = m.enrollment_id
    WHERE m.group_id = w.group_id AND m.ends_at IS NULL
      AND position(lower(%(words)s) IN lower(e.name)) > 0))"""


class Show(StrEnum):
    """Which owners a reader wants to see."""

    ALL = "all"
    OWING = "owing"
    LATE = "late"
    IN = "in"
    MORE_TIME = "more_time"


STATES: dict[Show, list[str] | None] = {
    Show.ALL: None,
    Show.OWING: ["missing", "late", "open"],
    Show.LATE: ["late"],
    Show.IN: ["in"],
    Show.MORE_TIME: None,
}


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for; `page` as it was sent."""

    show: Show = Show.ALL
    words: str = ""
    page: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """Return what narrows the owners."""
        more_time = self.show == Show.MORE_TIME
        return {"state": STATES[self.show], "words": self.words, "more_time": more_time}


@dataclass(frozen=True)
class OwnerLine:
    """One owner: what is there, since when, and what is on its way.

    `version_id` and what follows is the version that counts, without one the newest. `percent` of a
    file that is on its way. `is_in_round`: whether the newest came in time for the changes that the
    instructor asked for, whatever the first due instant was. `holds`: when staff kept final slides off the schedule, the newest first.
    """

    enrollment_id: int | None
    group_id: int | None
    role: str | None
    name: str
    base_due_at: datetime
    due_at: datetime
    state: str
    latest_number: int | None
    counted_number: int | None
    is_writing: bool
    percent: int | None
    submission_id: int | None
    version_id: int | None
    version_number: int | None
    received_at: datetime | None
    file_name: str
    receipt_code: str
    is_in_round: bool | None = None
    members: tuple[str, ...] = ()
    check: Checked | None = None
    holds: tuple[SlidesHold, ...] = ()

    @property
    def key(self) -> str:
        """Name the owner within the page."""
        return f"g{self.group_id}" if self.group_id else f"s{self.enrollment_id}"

    @property
    def has_more_time(self) -> bool:
        """Say whether an extension holds for this owner."""
        return self.due_at > self.base_due_at

    @property
    def worst(self) -> str:
        """Return the worst level that the check of the file found; "" where all is well."""
        levels = [finding.level for finding in self.check.findings] if self.check else []
        return next((found.value for found in (Level.BAD, Level.WARN) if found in levels), "")

    @property
    def is_kept_off(self) -> bool:
        """Say whether staff keep these slides off the schedule now."""
        return bool(self.holds) and self.holds[0].lifted_at is None

    @property
    def has_later(self) -> bool:
        """Say whether something newer came in, too late for credit."""
        return self.counted_number is not None and self.latest_number != self.counted_number


@dataclass(frozen=True)
class Counts:
    """How many owners are in each state."""

    owed: int = 0
    in_time: int = 0
    late: int = 0
    missing: int = 0
    open: int = 0
    writing: int = 0
    sending: int = 0
    more_time: int = 0
    matching: int = 0

    @property
    def by_state(self) -> dict[str, int]:
        """Return how many owners there are in each state, by its name."""
        names = ("missing", "late", "open", "in")
        return dict(zip(names, (self.missing, self.late, self.open, self.in_time), strict=True))

    @property
    def owing(self) -> int:
        """Return how many have nothing that counts."""
        return self.owed - self.in_time

    @property
    def percent(self) -> int:
        """Return which share has something that counts, in per cent, rounded down."""
        return 100 * self.in_time // self.owed if self.owed else 0


def deliverable_of(actor: Actor, *, now: datetime, deliverable_id: int) -> Deliverable | None:
    """Return something that is due in the actor's course, for those who are in it."""
    if actor.course is None or not actor.may(Permission.READ_COURSE):
        return None
    due = Deliverable.objects.filter(course=actor.course, withdrawn_at__isnull=True)
    related = due.select_related("course", "lecture", "reading__paper", "milestone")
    return related.exclude(due_at=None).filter(pk=deliverable_id).first()


def words_of(deliverable: Deliverable) -> str:
    """Name what is due by its kind and its reading."""
    word = KIND_WORDS[Kind(deliverable.kind)]
    return word if deliverable.reading is None else f"{word} on {deliverable.reading}"


def counts_of(deliverable: Deliverable, *, now: datetime, wanted: Wanted) -> Counts:
    """Count the owners of a deliverable by what is there, in one query."""
    statement = _COUNTS.format(matches=_MATCHES)
    found: dict[str, tuple[int, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(deliverable, now=now) | wanted.parameters)
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    sums = [sum(column) for column in zip(*found.values(), strict=True)] or [0] * 5
    by_state = {state: found[state][0] for state in found}
    return Counts(
        owed=sums[0],
        in_time=by_state.get("in", 0),
        late=by_state.get("late", 0),
        missing=by_state.get("missing", 0),
        open=by_state.get("open", 0),
        writing=sums[1],
        sending=sums[2],
        more_time=sums[3],
        matching=sums[4],
    )


def page_of(
    deliverable: Deliverable, counts: Counts, *, now: datetime, wanted: Wanted
) -> Page[OwnerLine]:
    """Return a page of owners, those without anything first; a bad page number gives the nearest."""
    page: Page[Any] = Paginator(range(counts.matching), PAGE_LENGTH).get_page(wanted.page)
    offset = max(page.start_index() - 1, 0)
    found = _lines(deliverable, now=now, wanted=wanted, limit=PAGE_LENGTH, offset=offset)
    page.object_list = _with_checks(_with_members(found))
    return page


def all_lines(deliverable: Deliverable, *, now: datetime) -> list[OwnerLine]:
    """Return all owners, for a table that is taken along."""
    return _with_members(_lines(deliverable, now=now, wanted=Wanted(), limit=None, offset=0))


def _lines(
    deliverable: Deliverable, *, now: datetime, wanted: Wanted, limit: int | None, offset: int
) -> list[OwnerLine]:
    parameters = _parameters(deliverable, now=now) | wanted.parameters
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES.format(matches=_MATCHES), {**parameters, "limit": limit, "offset": offset}
        )
        return [OwnerLine(*row) for row in cursor.fetchall()]


def _parameters(deliverable: Deliverable, *, now: datetime) -> dict[str, Any]:
    return owed_parameters(deliverable.course, now=now, deliverables=[deliverable.pk])


def _with_members(lines: list[OwnerLine]) -> list[OwnerLine]:
    ids = {line.group_id for line in lines if line.group_id}
    if not ids:
        return lines
    names: dict[int, list[str]] = {}
    current = Membership.objects.current().filter(group__in=ids).order_by("seat")
    for group_id, name in current.values_list("group_id", "enrollment__name"):
        names.setdefault(group_id, []).append(name)
    return [replace(line, members=tuple(names.get(line.group_id or 0, ()))) for line in lines]


def _with_checks(lines: list[OwnerLine]) -> list[OwnerLine]:
    checks = checks_of(_files(lines))
    return [replace(line, check=checks.get(line.version_id or 0)) for line in lines]


def _files(lines: Iterable[OwnerLine]) -> list[int]:
    return [line.version_id for line in lines if line.version_id is not None and line.file_name]


_FINGERPRINT = """
SELECT concat_ws('/', d.due_at, came.state,
  (SELECT concat(count(*), '-', sum(20 * u.offset / u.length)) FROM submissions_upload u
    WHERE u.deliverable_id = d.id AND u.ended_at IS NULL),
  (SELECT max(x.id) FROM submissions_extension x WHERE x.deliverable_id = d.id),
  (SELECT max(r.id) FROM submissions_reminder r WHERE r.deliverable_id = d.id))
FROM submissions_deliverable d
CROSS JOIN LATERAL (
  SELECT concat(max(v.id), '-', count(v.id), '-', max(c.checked_at), '-', count(t.id), '-',
    max(h.id), '-', max(h.lifted_at)) AS state
  FROM submissions_submission s
  LEFT JOIN submissions_submissionversion v ON v.submission_id = s.id
  LEFT JOIN submissions_versioncheck c ON c.version_id = v.id
  LEFT JOIN submissions_textdraft t ON t.submission_id = s.id AND t.settled_at IS NULL
  LEFT JOIN submissions_slideshold h ON h.submission_id = s.id
  WHERE s.deliverable_id = d.id) came
WHERE d.id = %s
"""


def fingerprint_of(deliverable: Deliverable, *, now: datetime) -> str:
    """Return what changes whenever the page of a deliverable would show something else, in one query.

    What nobody handed in (a member who leaves, a role that changes hands) shows within the minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FINGERPRINT, [deliverable.pk])
        row: tuple[str] = cursor.fetchone()
    is_over = deliverable.due_at is not None and deliverable.due_at < now
    return f"{row[0]}|{is_over}|{now:%Y%m%d%H%M}"
