"""Groups that end, join and part: the actions on them, and what is asked of them afterwards."""

from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from courseapp.course.models import Enrollment
from courseapp.term.acts.groups import (
    DissolveGroup,
    MergeGroups,
    SplitGroup,
)
from courseapp.term.acts.parts import open_parts
from groups.models import Group
from schedule.models import MilestoneKind, RoleAssignment
from submissions.models import Deliverable
from submissions.services.deriving import derive_deliverables
from submissions.services.handing_in import hand_in_file
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    make_milestone,
)
from tests.term.acts.scenes import NOW, Term, make_term


def make_term_with_proposals() -> Term:
    """Make the usual term, with a proposal that every group owes."""
    made = make_term()
    make_milestone(made.course, MilestoneKind.PROPOSAL, due_at=LECTURE_AT + timedelta(days=14))
    derive_deliverables(course=made.course, now=START)
    return made


def parts_of(term: Term, group: Group, *, now: datetime = NOW) -> list[int]:
    """Return the parts of a group that are still open."""
    return [part.pk for part in open_parts(term.course, [group.pk], now=now)]


def dissolving(
    term: Term,
    group: Group,
    *,
    goes_to: Group | None = None,
    taker: Group | None = None,
    now: datetime = NOW,
) -> DissolveGroup:
    """Return the action that ends a group, all members and parts going one way."""
    members, parts = term.members(group), parts_of(term, group, now=now)
    return DissolveGroup(
        group_id=group.pk,
        members=tuple(one.pk for one in members),
        goes_to=tuple(0 if goes_to is None else goes_to.pk for _ in members),
        parts=tuple(parts),
        takers=tuple(0 if taker is None else taker.pk for _ in parts),
    )


def merging(term: Term, group: Group, into: Group, *, now: datetime = NOW) -> MergeGroups:
    """Return the action that lets a group join another with all its parts."""
    parts = tuple(parts_of(term, group, now=now))
    return MergeGroups(group.pk, into.pk, parts, (into.pk,) * len(parts))


def plays(group: Group) -> set[tuple[str, str]]:
    """Return which parts a group plays where."""
    held = RoleAssignment.objects.current().filter(group=group).select_related("lecture")
    return {(one.role, one.lecture.topic) for one in held}


def said(carried: object) -> list[str]:
    """Return what a preview says beside the duties."""
    return carried.act.consequences["said"]  # type: ignore[attr-defined,no-any-return]


def hand_in(group: Group, deliverable: Deliverable, member: Enrollment, *, at: datetime) -> None:
    """Hand in a PDF for a group."""
    hand_in_file(
        actor=actor(member),
        deliverable_id=deliverable.pk,
        upload=ContentFile(b"%PDF-1.4\n", name="plan.pdf"),
        received_at=at,
        idempotency_key="",
    )


def splitting(
    term: Term, group: Group, count: int, *, parts: int = 0, name: str = ""
) -> SplitGroup:
    """Return the action by which the first members leave with the first parts."""
    leaving = tuple(person.pk for person in term.members(group)[:count])
    return SplitGroup(group.pk, leaving, name, tuple(parts_of(term, group)[:parts]))
