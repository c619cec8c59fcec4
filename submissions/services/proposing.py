"""The life of a proposal: the instructor decides, the members agree (domain.md §9)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from groups.models import Group
from submissions import emails, policies
from submissions.deadlines import proposal_round_due_at
from submissions.models import ProposalAgreement, ProposalDecision
from submissions.rules import ProposalVerdict
from submissions.selectors.proposals import ProposalCase, case_of_group


@dataclass(frozen=True)
class Wish:
    """A decision as the instructor entered it; `days` is the length of the round asked for.

    `version_number` is the version that was read; None stands for the newest, whichever it is.
    """

    verdict: ProposalVerdict
    comment: str
    conditions: str
    days: int
    version_number: int | None = None


@transaction.atomic
def decide(*, actor: Actor, group_id: int, wish: Wish, now: datetime) -> ProposalDecision:
    """Decide on the group's newest version, if it is the one that was read, and tell its members."""
    case = _locked_case(actor, group_id)
    require(policies.decide_proposal(actor, case, now=now))
    assert case.latest is not None
    if wish.version_number not in {None, case.latest.number}:
        raise Refused(_came_meanwhile(case.latest.number))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="decide_proposal"):
        decision = ProposalDecision.objects.create(
            version=case.latest,
            verdict=wish.verdict.value,
            comment=wish.comment,
            conditions=wish.conditions if wish.verdict is ProposalVerdict.APPROVED else "",
            next_due_at=_next_due_at(case.course, wish, now=now),
            decided_by=actor.enrollment,
            decided_at=now,
        )
    if case.course.mails:
        letters = emails.proposal_decided(
            course=case.course, decision=decision, members=case.members
        )
        mail.queue(letters, now=now)
    return decision


def _came_meanwhile(number: int) -> Denied:
    return Denied(
        "newer_version", f"Version {number} has come in meanwhile: read it, then decide on it."
    )


def _next_due_at(course: Course, wish: Wish, *, now: datetime) -> datetime | None:
    if wish.verdict is not ProposalVerdict.CHANGES_REQUESTED:
        return None
    return proposal_round_due_at(decided_at=now, zone=ZoneInfo(course.timezone), days=wish.days)


@transaction.atomic
def agree(
    *, actor: Actor, group_id: int, now: datetime, decision_id: int | None = None
) -> ProposalAgreement:
    """Note that a member agrees to the approved proposal.

    `decision_id` is the approval that the member read; raises `Refused` where a newer one holds.
    """
    case = _locked_case(actor, group_id)
    require(policies.agree_to_proposal(actor, case, now=now))
    assert case.life.decision is not None
    assert actor.enrollment is not None
    if decision_id not in (None, case.life.decision.decision_id):
        raise Refused(Denied("newer_decision", "There is a newer decision; read it, then agree."))
    with audit.acting(user_id=actor.user_id, action="agree"):
        return ProposalAgreement.objects.create(
            decision_id=case.life.decision.decision_id, enrollment=actor.enrollment, agreed_at=now
        )


def _locked_case(actor: Actor, group_id: int) -> ProposalCase:
    """Lock the group, whose proposal moves one step at a time, and read the case again."""
    locked = Group.objects.select_for_update().filter(pk=group_id, course=actor.course).first()
    if locked is None or actor.course is None:
        raise Refused(Denied("not_found", "There is no such group in this course."))
    return case_of_group(actor.course, group_id)
