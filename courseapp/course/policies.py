"""Who may do what with the course as such."""

from datetime import datetime

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, CourseState, Enrollment
from courseapp.kernel.decisions import Allowed, Decision, Denied


def read_page(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Anyone reads a published course page; a draft was not even found by others."""
    return Allowed()


def read_course(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Members read schedule and readings."""
    return require_permission(
        actor, Permission.READ_COURSE, sentence="This page is for members of the course."
    )


def require_permission(actor: Actor, permission: Permission, *, sentence: str) -> Decision:
    """Allow who holds the permission; else deny with the sentence that says who may."""
    if actor.may(permission):
        return Allowed()
    return Denied("not_permitted", sentence)


def read_as_staff(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Staff read all of the course."""
    return require_permission(
        actor, Permission.READ_ALL_WORK, sentence="This page is for the staff of the course."
    )


def publish(actor: Actor, course: Course, *, now: datetime) -> Decision:
    """An instructor publishes a draft, once."""
    if course.state != CourseState.DRAFT:
        return Denied("already_published", "This course is published already.")
    return require_permission(
        actor, Permission.CHANGE_SETTINGS, sentence="Only an instructor may publish the course."
    )


def edit_course(actor: Actor, course: object, *, now: datetime) -> Decision:
    """An instructor edits the course's texts and facts; a TA by an instructor's grant."""
    return require_permission(
        actor, Permission.CHANGE_SETTINGS, sentence="Only an instructor edits the course page."
    )


def set_office_hours(actor: Actor, person: Enrollment, *, now: datetime) -> Decision:
    """Staff set their own office hours, an instructor anyone's."""
    if actor.enrollment is not None and actor.enrollment.pk == person.pk:
        return Allowed()
    return require_permission(
        actor,
        Permission.CHANGE_SETTINGS,
        sentence="Only an instructor, or the person themselves, sets office hours.",
    )
