"""Publishing a plan of roles: who plays which part from now on (domain.md §7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from schedule.models import PlanPublication, RoleAssignment
from schedule.planning import Cell, GroupChange, Role, broken_sentence
from schedule.selectors.changes import changes_of, members_of, parts_of, token_of
from schedule.selectors.drafts import Sheet, sheet
from submissions import emails, policies
from submissions.services.deriving import derive_deliverables


@dataclass(frozen=True)
class PublishedPlan:
    """How many assignments a published plan withdrew and added, and how many people are told."""

    withdrawn_count: int
    assigned_count: int
    told_count: int = 0


@dataclass(frozen=True)
class Consent:
    """What whoever publishes has seen and answers for.

    `kept_broken` holds the reason for each broken rule that is kept, by its key; `seen` is the token
    of the changes that were shown (empty where none were).
    """

    kept_broken: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""


@transaction.atomic
def publish_plan(
    *, actor: Actor, plan: Collection[Cell], now: datetime, consent: Consent | None = None
) -> PublishedPlan:
    """Let a whole plan stand from now on; an assignment that it repeats goes on as it is.

    Lectures that have begun keep what they have: a plan that says otherwise breaks a rule, also when
    it was made before they began. A withdrawn assignment stays, so what was owed can be told (§4).
    """
    found = _standing(actor, now=now)
    planning = found.planning
    if any(
        cell.group not in planning.groups or cell.lecture not in planning.lectures for cell in plan
    ):
        raise Refused(Denied("not_found", "The plan names a group or a lecture that is gone."))
    return _publish(actor, replace(found, draft=None, cells=frozenset(plan)), consent, now=now)


@transaction.atomic
def publish_draft(*, actor: Actor, number: int, consent: Consent, now: datetime) -> PublishedPlan:
    """Let a draft stand from now on, as far as it still applies, and tell those concerned."""
    course = _standing(actor, now=now).course
    found = sheet(course, now=now, number=number)
    if found is None:
        raise Refused(Denied("not_found", "There is no such draft."))
    return _publish(actor, found, consent, now=now)


def _standing(actor: Actor, *, now: datetime) -> Sheet:
    """Return the plan that is published, with the course locked."""
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    course = Course.objects.select_for_update().get(pk=actor.course.pk)
    found = sheet(course, now=now, number=0)
    assert found is not None
    return found


def _publish(
    actor: Actor, wanted: Sheet, consent: Consent | None, *, now: datetime
) -> PublishedPlan:
    consent = consent or Consent()
    problem = wanted.planning.problem
    reasons = {key: reason.strip() for key, reason in consent.kept_broken.items()}
    unanswered = [one for one in wanted.broken if not reasons.get(one.key)]
    sentences = [broken_sentence(problem, one) for one in unanswered]
    require(policies.publish_plan(actor, sentences, now=now))
    changes = changes_of(wanted)
    if consent.seen and consent.seen != token_of(changes):
        raise Refused(
            Denied(
                "changed_since",
                "The course has changed since you looked; nothing was published. Look again at who"
                " is told what.",
            )
        )
    with audit.acting(user_id=actor.user_id, action="publish_plan"):
        ended_count, begun_count = _let_stand(changes, now=now)
        derive_deliverables(course=wanted.course, now=now)
    publication = PlanPublication.objects.create(
        course=wanted.course,
        draft=wanted.draft,
        kept_broken=[
            {
                "key": one.key,
                "sentence": broken_sentence(problem, one),
                "reason": reasons[one.key],
            }
            for one in wanted.broken
        ],
        explanations={str(group): words for group, words in wanted.explanations.items()},
        assigned_count=begun_count,
        withdrawn_count=ended_count,
        published_by=actor.enrollment,
        published_at=now,
    )
    told = _tell(wanted, changes, publication, now=now)
    return PublishedPlan(ended_count, begun_count, told)


def _let_stand(changes: list[GroupChange], *, now: datetime) -> tuple[int, int]:
    """End the assignments that are gone, begin the new ones; return how many of each."""
    gone = {cell for change in changes for cell in change.gone}
    new = sorted(cell for change in changes for cell in change.new)
    standing = RoleAssignment.objects.current().filter(lecture__in={one.lecture for one in gone})
    ended = [
        found.pk
        for found in standing
        if Cell(found.lecture_id, Role(found.role), found.group_id) in gone
    ]
    # An import may date an assignment ahead; none ends before it began.
    RoleAssignment.objects.filter(pk__in=ended).update(
        withdrawn_at=Greatest("assigned_at", Value(now))
    )
    RoleAssignment.objects.bulk_create([_assignment(cell, now=now) for cell in new])
    return len(ended), len(new)


def _tell(
    wanted: Sheet, changes: list[GroupChange], publication: PlanPublication, *, now: datetime
) -> int:
    """Write to the members of the groups whose parts changed; return how many they are."""
    if not wanted.course.mails:
        return 0
    members = members_of(wanted.planning.groups.keys() & {change.group for change in changes})
    letters = [
        letter
        for change in changes
        if change.group in members
        for letter in emails.plan_published(
            publication=publication,
            group=wanted.planning.groups[change.group],
            parts=emails.ChangedParts(
                gone=parts_of(wanted, change.gone), new=parts_of(wanted, change.new)
            ),
            members=members[change.group],
        )
    ]
    mail.queue(letters, now=now)
    return len(letters)


def _assignment(cell: Cell, *, now: datetime) -> RoleAssignment:
    return RoleAssignment(
        lecture_id=cell.lecture,
        group_id=cell.group,
        role=cell.role.value,
        position=list(Role).index(cell.role) + 1,
        assigned_at=now,
    )
