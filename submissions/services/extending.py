"""Extensions: a later due instant for one owner or for all, with a reason (domain.md §5)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from groups.models import Group
from submissions import policies
from submissions.models import Deliverable, Extension
from submissions.selectors.extensions import base_due_at_of, extension_of, owner_ids


@transaction.atomic
def extend(
    *,
    actor: Actor,
    deliverable_id: int,
    owner: Enrollment | Group | None,
    due_at: datetime | None,
    reason: str,
    now: datetime,
) -> Extension:
    """Give one owner, or all without one, until `due_at`, also after the deadline; the newest holds.

    Without `due_at` what was given before is taken back. It adds and removes nobody: credited are
    the members at the due instant without it (§6). Telling people is the act's, which calls this.
    """
    deliverable = Deliverable.objects.select_for_update().filter(
        pk=deliverable_id, course=actor.course, withdrawn_at__isnull=True
    )
    found = deliverable.first()
    is_elsewhere = owner is not None and found is not None and owner.course_id != found.course_id
    if found is None or found.due_at is None or is_elsewhere:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    wish = policies.MoreTime(
        deliverable=found,
        owner_ids=owner_ids(owner, now=now),
        due_at=due_at,
        base_due_at=base_due_at_of(found, owner),
        standing=extension_of(found, owner),
    )
    require(policies.extend(actor, wish, reason=reason, now=now))
    assert actor.enrollment is not None
    with audit.acting(user_id=actor.user_id, action="extend", reason=reason):
        return Extension.objects.create(
            deliverable=found,
            enrollment=owner if isinstance(owner, Enrollment) else None,
            group=owner if isinstance(owner, Group) else None,
            due_at=due_at,
            reason=reason,
            granted_by=actor.enrollment,
            granted_at=now,
        )
