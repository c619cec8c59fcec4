"""What changes a course or who is in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from courseapp.accounts.models import User
from courseapp.course import policies
from courseapp.course.actors import Actor
from courseapp.course.models import Course, CourseState, Enrollment
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require


@transaction.atomic
def claim_enrollments(*, user: User, proved_addresses: list[str], now: datetime) -> int:
    """Give the person every unclaimed enrollment whose address they have proved; return how many.

    A course in which they are already someone is left alone, and of two addresses in one course the
    first is taken: they are joined by staff (domain.md §1).
    """
    unclaimed = (
        Enrollment.objects.select_for_update()
        .filter(user__isnull=True, email__in=[address.lower() for address in proved_addresses])
        .exclude(course__enrollments__user=user)
    )
    with audit.acting(user_id=user.pk, action="claim"):
        return Enrollment.objects.filter(pk__in=_one_a_course(unclaimed)).update(
            user=user, claimed_at=now
        )


def _one_a_course(unclaimed: Iterable[Enrollment]) -> list[int]:
    first: dict[int, int] = {}
    for enrollment in unclaimed:
        first.setdefault(enrollment.course_id, enrollment.pk)
    return list(first.values())


@transaction.atomic
def publish_course(*, actor: Actor, course: Course, now: datetime) -> None:
    """Open a draft course to its readers and let it mail and remind."""
    require(policies.publish(actor, course, now=now))
    with audit.acting(user_id=actor.user_id, action="publish"):
        open_course(course=course, now=now)


@transaction.atomic
def open_course(*, course: Course, now: datetime) -> None:
    """Publish a course on the server's own behalf; a published one stays as it is."""
    locked = Course.objects.select_for_update().get(pk=course.pk)
    if locked.state != CourseState.DRAFT:
        return
    locked.state = course.state = CourseState.PUBLISHED
    locked.published_at = course.published_at = now
    locked.save(update_fields=["state", "published_at"])


def fingerprint(course: Course, names: Iterable[str]) -> str:
    """Return a token of some fields as they stand, by which a later change shows."""
    values = "\x00".join(str(getattr(course, name)) for name in names)
    return sha256(values.encode()).hexdigest()


@transaction.atomic
def edit_course(
    *, actor: Actor, course: Course, changes: Mapping[str, object], seen: str, now: datetime
) -> None:
    """Set some of the course's texts and facts.

    `seen` is the fingerprint of these fields when the editor saw them; raises `Refused` where they
    have changed since, so that nobody's words are overwritten unseen.
    """
    locked = Course.objects.select_for_update().get(pk=course.pk)
    require(policies.edit_course(actor, locked, now=now))
    if fingerprint(locked, changes) != seen:
        raise Refused(
            Denied(
                "changed_since",
                "Someone changed this meanwhile. Your words are kept below: compare them with the "
                "page in another tab, then save again.",
            )
        )
    for name, value in changes.items():
        setattr(locked, name, value)
    with audit.acting(user_id=actor.user_id, action="edit_course"):
        locked.save(update_fields=list(changes))


@transaction.atomic
def set_office_hours(*, actor: Actor, person: Enrollment, office_hours: str, now: datetime) -> None:
    """Say when and where a member of the staff can be met."""
    locked = Enrollment.objects.select_for_update().get(pk=person.pk)
    require(policies.set_office_hours(actor, locked, now=now))
    locked.office_hours = office_hours
    with audit.acting(user_id=actor.user_id, action="set_office_hours"):
        locked.save(update_fields=["office_hours"])
