"""Who may rank lectures, and which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Allowed, Decision, Denied


@dataclass(frozen=True)
class Ranking:
    """Lectures in a group's order, with what decides whether they may be ranked."""

    members: Sequence[Enrollment]
    lecture_ids: Sequence[int]
    student_lecture_ids: frozenset[int]


def rank_lectures(actor: Actor, ranking: Ranking, *, now: datetime) -> Decision:
    """A group's members rank lectures that groups present, each once; so does staff for them (§7)."""
    is_member = actor.enrollment is not None and actor.enrollment in ranking.members
    if not is_member and not actor.may(Permission.CHANGE_GROUPS):
        return Denied("not_yours", "Only a group's members, or an instructor, rank its lectures.")
    if any(count > 1 for count in Counter(ranking.lecture_ids).values()):
        return Denied("ranked_twice", "A lecture is ranked twice; give each lecture one rank.")
    if not ranking.student_lecture_ids.issuperset(ranking.lecture_ids):
        return Denied(
            "not_presented_by_groups",
            "Only lectures of this course that groups present can be ranked; staff present another.",
        )
    return Allowed()
