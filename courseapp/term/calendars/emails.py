"""The mail that carries a calendar's secret link."""

from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter


def calendar_link(*, person: Enrollment, secret: str) -> Letter:
    """Send the link to its owner; the outbox keeps no copy once it is out (domain.md §11)."""
    return Letter(
        kind="term/calendar_link",
        recipient=person.email,
        course_id=person.course_id,
        context={"course": person.course, "secret": secret},
        is_secret=True,
    )
