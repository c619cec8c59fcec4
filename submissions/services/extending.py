"""Extensions: a later due instant for one owner, by an instructor, with a reason (domain.md §5)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Denied, Refused, require
from groups.models import Group
from groups.selectors import members_at
from submissions import emails, policies
from submissions.models import Deliverable, Extension


@transaction.atomic
def extend(
    *,
    actor: Actor,
    deliverable_id: int,
    owner: Enrollment | Group,
    due_at: datetime,
    reason: str,
    now: datetime,
) -> Extension:
    """Give one owner until `due_at`, also after the deadline, and tell them; the newest row holds.

    It adds and removes nobody: credited are the members at the due instant without it (§6).
    """
    deliverable = Deliverable.objects.select_for_update().filter(
        pk=deliverable_id, course=actor.course, withdrawn_at__isnull=True
    )
    found = deliverable.first()
    if found is None or found.due_at is None or owner.course_id != found.course_id:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    require(policies.extend(actor, found, due_at=due_at, reason=reason, now=now))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="extend", reason=reason):
        extension = Extension.objects.create(
            deliverable=found,
            enrollment=owner if isinstance(owner, Enrollment) else None,
            group=owner if isinstance(owner, Group) else None,
            due_at=due_at,
            reason=reason,
            granted_by=actor.enrollment,
            granted_at=now,
        )
    if found.course.mails:
        told = [owner] if isinstance(owner, Enrollment) else members_at(owner.pk, instant=now)
        mail.queue(emails.extended(extension=extension, people=told), now=now)
    return extension
