"""Final slides kept off the schedule by staff, with a reason, and put back (domain.md §5)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import CourseState
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.kernel.sent import reason_of
from groups.selectors import members_at
from submissions import emails, policies
from submissions.models import SlidesHold, Submission
from submissions.selectors.final_slides import slides_submission


@transaction.atomic
def keep_off(*, actor: Actor, submission_id: int, reason: str, now: datetime) -> SlidesHold:
    """Take a group's final slides off the schedule at once and tell the group why."""
    submission = _locked(actor, submission_id, now=now)
    reason = reason_of(reason)
    if not reason:
        raise Refused(
            Denied("reason_missing", "Say why, as the group is told; nothing was changed.")
        )
    if SlidesHold.objects.filter(submission=submission, lifted_at__isnull=True).exists():
        raise Refused(Denied("kept_off", "These slides are kept off the schedule already."))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="keep_slides_off", reason=reason):
        hold = SlidesHold.objects.create(
            submission=submission, reason=reason, held_by=actor.enrollment, held_at=now
        )
    _tell(hold, submission, now=now)
    return hold


@transaction.atomic
def put_back(*, actor: Actor, submission_id: int, now: datetime) -> SlidesHold:
    """Let a group's final slides stand on the schedule again and tell the group."""
    submission = _locked(actor, submission_id, now=now)
    hold = SlidesHold.objects.filter(submission=submission, lifted_at__isnull=True).first()
    if hold is None:
        raise Refused(Denied("not_kept_off", "These slides stand on the schedule already."))
    hold.lifted_at, hold.lifted_by = now, actor.enrollment
    with audit.acting(user_id=actor.user_id, action="put_slides_back"):
        hold.save(update_fields=["lifted_at", "lifted_by"])
    _tell(hold, submission, now=now)
    return hold


def _locked(actor: Actor, submission_id: int, *, now: datetime) -> Submission:
    found = slides_submission(actor, now=now, submission_id=submission_id)
    require(policies.keep_off_schedule(actor, found, now=now))
    if found is None:
        raise Refused(Denied("not_found", "There are no such slides in your course."))
    Submission.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return found


def _tell(hold: SlidesHold, submission: Submission, *, now: datetime) -> None:
    """Tell the group; a course that is over mails nobody."""
    assert submission.group_id is not None
    if submission.deliverable.course.state != CourseState.PUBLISHED:
        return
    members = members_at(submission.group_id, instant=now)
    mail.queue(emails.slides_hold(hold=hold, submission=submission, members=members), now=now)
