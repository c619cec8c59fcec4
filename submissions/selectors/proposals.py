"""Proposals: every version and decision, and where each stands (domain.md §9)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment
from groups.models import Group, Membership
from groups.selectors import group_of, groups_of
from submissions.deadlines import Kind
from submissions.models import (
    Deliverable,
    ProposalAgreement,
    ProposalDecision,
    Submission,
    SubmissionVersion,
)
from submissions.rules import (
    Agreed,
    Decided,
    ProposalLife,
    ProposalState,
    proposal_life,
    round_due_at,
)
from submissions.selectors.places import decided_of

STATE_WORDS = {
    ProposalState.DRAFT: ("Nothing handed in yet", ""),
    ProposalState.SUBMITTED: ("Waits for a decision", "draft"),
    ProposalState.CHANGES_REQUESTED: ("Changes requested", "warn"),
    ProposalState.SUBMITTED_AGAIN: ("Handed in again, waits for a decision", "draft"),
    ProposalState.APPROVED: ("Approved, waits for the members", "ok"),
    ProposalState.IN_FORCE: ("In force", "ok"),
    ProposalState.REJECTED: ("Rejected", "bad"),
}
WAITING_STATES = frozenset({ProposalState.SUBMITTED, ProposalState.SUBMITTED_AGAIN})


@dataclass(frozen=True)
class Round:
    """One version with what was decided on it. Late is against its own round's due instant."""

    version: SubmissionVersion
    decision: ProposalDecision | None
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class ProposalCase:
    """One group's proposal; `rounds` with the newest version first."""

    course: Course
    group: Group
    deliverable: Deliverable | None
    members: list[Enrollment]
    rounds: list[Round]
    life: ProposalLife
    agreed_ids: frozenset[int]

    @property
    def member_ids(self) -> frozenset[int]:
        """Return the enrollments of the current members."""
        return frozenset(member.pk for member in self.members)

    @property
    def latest(self) -> SubmissionVersion | None:
        """Return the newest version."""
        return self.rounds[0].version if self.rounds else None

    @property
    def decision_on_latest(self) -> ProposalDecision | None:
        """Return what was decided on the newest version."""
        return self.rounds[0].decision if self.rounds else None

    @property
    def awaits_agreement(self) -> bool:
        """Say whether an approval waits for its members."""
        return self.life.state is ProposalState.APPROVED

    @property
    def waits_for_decision(self) -> bool:
        """Say whether the instructor is next."""
        return self.life.undecided_number is not None

    @property
    def state_word(self) -> str:
        """Name the state as pages print it."""
        return STATE_WORDS[self.life.state][0]

    @property
    def state_tone(self) -> str:
        """Return the mark beside the state."""
        return STATE_WORDS[self.life.state][1]

    @property
    def awaited(self) -> list[Enrollment]:
        """Return who still has to agree."""
        return [member for member in self.members if member.pk in self.life.awaited_member_ids]


def own_case(actor: Actor, *, now: datetime) -> ProposalCase | None:
    """Return the proposal of the actor's own group; None for those without one."""
    group = group_of(actor)
    if actor.course is None or group is None:
        return None
    return _cases(actor.course, [group])[0]


def case_visible_to(actor: Actor, *, now: datetime, group_id: int) -> ProposalCase | None:
    """Return one group's proposal, for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    groups = list(groups_of(actor.course).filter(pk=group_id))
    return _cases(actor.course, groups)[0] if groups else None


def all_cases(actor: Actor, *, now: datetime) -> list[ProposalCase] | None:
    """Return every group's proposal, those that wait for a decision first; for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    found = _cases(actor.course, list(groups_of(actor.course)))
    return sorted(found, key=lambda case: (not case.waits_for_decision, case.group.position))


def waiting_proposal_count(course: Course) -> int:
    """Return how many groups' newest versions nobody has decided on."""
    proposals = Submission.objects.filter(
        deliverable__course=course,
        deliverable__kind=Kind.PROPOSAL.value,
        deliverable__withdrawn_at__isnull=True,
    )
    newest = SubmissionVersion.objects.filter(submission=OuterRef("pk")).order_by("-number")
    decided = ProposalDecision.objects.filter(version=OuterRef("newest"))
    waiting = proposals.annotate(newest=Subquery(newest.values("pk")[:1]))
    return waiting.exclude(newest=None).filter(~Exists(decided)).count()


def case_of_group(course: Course, group_id: int) -> ProposalCase:
    """Return one group's proposal, for services that hold the group's lock."""
    return _cases(course, [Group.objects.get(pk=group_id, course=course)])[0]


def _cases(course: Course, groups: list[Group]) -> list[ProposalCase]:
    deliverable = Deliverable.objects.filter(
        course=course, kind=Kind.PROPOSAL.value, withdrawn_at__isnull=True
    ).first()
    members = _members(groups)
    versions = _by_group(
        SubmissionVersion.objects.filter(
            submission__deliverable=deliverable, submission__group__in=groups
        )
        .select_related("handed_in_by", "submission")
        .order_by("number")
    )
    decisions = _by_group(
        ProposalDecision.objects.filter(
            version__submission__deliverable=deliverable, version__submission__group__in=groups
        ).select_related("version__submission", "decided_by")
    )
    agreements = _agreements(groups)
    return [
        _case(
            course,
            group,
            deliverable,
            _Parts(
                members[group.pk],
                versions[group.pk],
                decisions[group.pk],
                agreements[group.pk],
            ),
        )
        for group in groups
    ]


@dataclass(frozen=True)
class _Parts:
    members: list[Enrollment]
    versions: list[SubmissionVersion]
    decisions: list[ProposalDecision]
    agreements: list[ProposalAgreement]


def _case(
    course: Course, group: Group, deliverable: Deliverable | None, parts: _Parts
) -> ProposalCase:
    decided = [decided_of(decision) for decision in parts.decisions]
    life = proposal_life(
        version_numbers=[version.number for version in parts.versions],
        decisions=decided,
        agreements=[Agreed(found.enrollment_id, found.decision_id) for found in parts.agreements],
        member_ids=[member.pk for member in parts.members],
    )
    by_version = {decision.version_id: decision for decision in parts.decisions}
    return ProposalCase(
        course=course,
        group=group,
        deliverable=deliverable,
        members=parts.members,
        rounds=[
            _round(version, by_version.get(version.pk), decided, deliverable)
            for version in reversed(parts.versions)
        ],
        life=life,
        agreed_ids=_agreed_ids(life, parts.agreements),
    )


def _agreed_ids(life: ProposalLife, agreements: list[ProposalAgreement]) -> frozenset[int]:
    if life.decision is None:
        return frozenset()
    newest = life.decision.decision_id
    return frozenset(found.enrollment_id for found in agreements if found.decision_id == newest)


def _round(
    version: SubmissionVersion,
    decision: ProposalDecision | None,
    decided: list[Decided],
    deliverable: Deliverable | None,
) -> Round:
    assert deliverable is not None
    assert deliverable.due_at is not None
    due_at = round_due_at(
        received_at=version.received_at, decisions=decided, due_at=deliverable.due_at
    )
    return Round(
        version=version, decision=decision, due_at=due_at, is_late=version.received_at > due_at
    )


def _members(groups: list[Group]) -> dict[int, list[Enrollment]]:
    current = Membership.objects.current().filter(group__in=groups).select_related("enrollment")
    members: dict[int, list[Enrollment]] = defaultdict(list)
    for membership in current.order_by("seat"):
        members[membership.group_id].append(membership.enrollment)
    return members


def _by_group(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        submission = row.submission if hasattr(row, "submission") else row.version.submission
        found[submission.group_id].append(row)
    return found


def _agreements(groups: list[Group]) -> dict[int, list[ProposalAgreement]]:
    agreements = ProposalAgreement.objects.filter(
        decision__version__submission__group__in=groups
    ).select_related("decision__version__submission")
    found: dict[int, list[ProposalAgreement]] = defaultdict(list)
    for agreement in agreements:
        group_id = agreement.decision.version.submission.group_id
        if group_id is not None:
            found[group_id].append(agreement)
    return found
