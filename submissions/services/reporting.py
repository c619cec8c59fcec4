"""After each due instant, staff are told who handed in and who did not, once (domain.md §11)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.models import Course, CourseState, Enrollment
from courseapp.course.selectors import staff_of
from courseapp.kernel import mail
from courseapp.kernel.models import OutboxMail
from submissions import emails
from submissions.selectors.ended import Ended, ended_lately, report_of


def report(*, now: datetime) -> int:
    """Queue the reports of what fell due in every published course; return how many mails."""
    courses = Course.objects.filter(state=CourseState.PUBLISHED)
    return sum(_report_in(course, now=now) for course in courses)


def _report_in(course: Course, *, now: datetime) -> int:
    ended = ended_lately(course, now=now)
    if not ended:
        return 0
    staff = staff_of(course)
    return sum(_queue(course, one, staff, now=now) for one in ended)


@transaction.atomic
def _queue(course: Course, ended: Ended, staff: list[Enrollment], *, now: datetime) -> int:
    """Queue one mail to each of the staff who has not got it; a moved due instant is another one."""
    key = emails.key_of_report(course, ended)
    keys = {f"{key}/{person.pk}": person for person in staff}
    told = OutboxMail.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True)
    missing = [keys[name] for name in keys.keys() - set(told)]
    if not missing:
        return 0
    found = report_of(course, ended, now=now)
    if not found.outcomes:
        return 0
    mail.queue(emails.what_came_in(found, people=missing), now=now)
    return len(missing)
