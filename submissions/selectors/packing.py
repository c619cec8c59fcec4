"""What goes into an archive of what came in, deliverable by deliverable (domain.md §5)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from django.db import connection

from courseapp.course.models import Course
from schedule.models import Lecture
from submissions.deadlines import Kind
from submissions.models import Deliverable, ProposalDecision, SubmissionVersion
from submissions.rules import Decided, round_due_at
from submissions.selectors.places import decided_of
from submissions.selectors.until import UNTIL

TEXTS_AT_ONCE: Final = 200
# What folders of an archive are called, and its kinds within a sentence.
KINDS: Final = {
    Kind.QUESTION: "questions",
    Kind.SLIDES: "slides",
    Kind.FINAL_SLIDES: "final slides",
    Kind.SUMMARY: "summaries",
    Kind.PROPOSAL: "project proposals",
    Kind.MIDTERM: "mid-semester presentations",
    Kind.FINAL: "final presentations",
    Kind.REPORT: "final reports",
    Kind.CODE: "code",
}

_FROM = f"""
FROM submissions_deliverable d
JOIN submissions_submission s ON s.deliverable_id = d.id
LEFT JOIN groups_group g ON g.id = s.group_id
LEFT JOIN course_enrollment e ON e.id = s.enrollment_id
{UNTIL}
JOIN submissions_submissionversion v ON v.submission_id = s.id
WHERE d.id = ANY (%(deliverables)s)
"""

_WORKS = f"""
SELECT s.id, v.id, v.number, COALESCE(g.name, e.name), COALESCE((
    SELECT min(a.role) FROM schedule_roleassignment a
    WHERE a.lecture_id = d.lecture_id AND a.group_id = s.group_id
      AND (d.kind = 'summary') = (a.role <> 'presenter')
      AND a.assigned_at <= LEAST(d.due_at, %(now)s)
      AND (a.withdrawn_at IS NULL OR a.withdrawn_at > LEAST(d.due_at, %(now)s))), ''),
  v.received_at, until.due_at, v.medium = 'text', v.file_key, v.file_name, v.size, v.sha256,
  v.receipt_code
{_FROM} ORDER BY COALESCE(g.position, 0), lower(COALESCE(g.name, e.name)), s.id, v.number
"""  # noqa: S608 - literals of this module; what varies are parameters

_TOTALS = f"""
SELECT count(*), count(DISTINCT s.id) FILTER (WHERE v.received_at <= until.due_at) {_FROM}
"""


@dataclass(frozen=True)
class Scope:
    """What an archive is of: a course, one lecture of it, one kind, or both."""

    course: Course
    lecture: Lecture | None = None
    kind: Kind | None = None
    holds_all_versions: bool = False

    @property
    def words(self) -> str:
        """Name it within a sentence."""
        if self.lecture is None:
            return KINDS[self.kind] if self.kind else "the course"
        return f"{KINDS[self.kind]} for {self.lecture.title}" if self.kind else self.lecture.title


@dataclass(frozen=True)
class Work:
    """One version, with what the list of an archive says about it."""

    submission_id: int
    version_id: int
    number: int
    owner: str
    role: str
    received_at: datetime
    due_at: datetime
    is_text: bool
    file_key: str
    file_name: str
    size: int
    sha256: str
    receipt_code: str
    counts: bool = False
    is_on_time: bool = False

    @property
    def verdict(self) -> str:
        """Say whether it counts, and why not."""
        if self.counts:
            return "counts"
        return "on time, replaced" if self.is_on_time else "late"


def deliverables_in(scope: Scope) -> list[Deliverable]:
    """Return what was due in a scope, in the order in which it fell due."""
    found = Deliverable.objects.filter(
        course=scope.course, withdrawn_at__isnull=True, due_at__isnull=False
    )
    if scope.lecture is not None:
        found = found.filter(lecture=scope.lecture)
    if scope.kind is not None:
        found = found.filter(kind=scope.kind.value)
    return list(found.select_related("lecture", "reading__paper").order_by("due_at", "pk"))


def total_of(scope: Scope) -> int:
    """Count the versions that an archive of a scope will hold."""
    ids = [deliverable.pk for deliverable in deliverables_in(scope)]
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"deliverables": ids})
        every, counting = cursor.fetchone()
    return int(every if scope.holds_all_versions else counting)


def works_of(deliverable: Deliverable, scope: Scope, *, now: datetime) -> list[Work]:
    """Return the versions of one deliverable that an archive holds, by owner and number."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKS, {"deliverables": [deliverable.pk], "now": now})
        every = [Work(*row) for row in cursor.fetchall()]
    decisions = _decisions(deliverable)
    judged = (
        work
        for submission_id, found in groupby(every, key=lambda work: work.submission_id)
        for work in _judged(list(found), decisions.get(submission_id, []))
    )
    return [work for work in judged if work.counts or scope.holds_all_versions]


def _judged(versions: list[Work], decisions: list[Decided]) -> list[Work]:
    """Say of one owner's versions which counts, and which came in time for their round (§5, §9)."""
    on_time = [work.number for work in versions if work.received_at <= work.due_at]
    counting = max(on_time, default=None)
    return [
        replace(work, counts=work.number == counting, is_on_time=_in_time(work, decisions))
        for work in versions
    ]


def _in_time(work: Work, decisions: list[Decided]) -> bool:
    due_at = round_due_at(received_at=work.received_at, decisions=decisions, due_at=work.due_at)
    return work.received_at <= due_at


def _decisions(deliverable: Deliverable) -> dict[int, list[Decided]]:
    """Return what was decided on proposals, by submission; nothing for other kinds."""
    if deliverable.kind != Kind.PROPOSAL.value:
        return {}
    found: dict[int, list[Decided]] = {}
    rows = ProposalDecision.objects.filter(version__submission__deliverable=deliverable)
    for decision in rows.select_related("version"):
        found.setdefault(decision.version.submission_id, []).append(decided_of(decision))
    return found


def with_texts(works: list[Work]) -> Iterator[tuple[Work, str]]:
    """Give each version with its text, a few hundred texts at a time."""
    for begin in range(0, len(works), TEXTS_AT_ONCE):
        some = works[begin : begin + TEXTS_AT_ONCE]
        texts: dict[int, Any] = dict(
            SubmissionVersion.objects.filter(pk__in=[work.version_id for work in some]).values_list(
                "pk", "text"
            )
        )
        for work in some:
            yield work, texts[work.version_id]
