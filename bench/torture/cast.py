"""Who hands in: run inside the product, it makes the sample course and prints who may send what where."""

import json
import sys
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from bench.signing_in import session_of
from courseapp.accounts.models import User
from courseapp.course.models import Course, Enrollment
from courseapp.course.services import claim_enrollments
from courseapp.demo.story import tell
from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.selectors.owed import Duty, duties
from submissions.selectors.terms import terms_of


def main() -> None:
    """Print the cast as JSON."""
    now = clock.now()
    course = tell(now=now)
    students = Enrollment.objects.filter(course=course).students().active()
    people = [_person(course, student) for student in students.select_related("user")]
    cast = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "people": people,
    }
    sys.stdout.write(json.dumps(cast))


def _person(course: Course, student: Enrollment) -> dict[str, Any]:
    now = clock.now()
    user = student.user or User.objects.get(email=student.email)
    EmailAddress.objects.filter(user=user).update(verified=True)
    claim_enrollments(user=user, proved_addresses=[student.email], now=now)
    open_duties = [
        duty for duty in duties(course=course, now=now, person=student.pk) if duty.due_at > now
    ]
    return {
        "session": session_of(user),
        "places": [_place(course, duty) for duty in open_duties],
    }


def _place(course: Course, duty: Duty) -> dict[str, Any]:
    forms = terms_of([duty.deliverable_id])[duty.deliverable_id].accepted
    is_question = duty.kind == Kind.QUESTION
    path = (
        reverse("lecture", args=[course.slug, duty.lecture_id])
        if is_question
        else reverse("hand-in", args=[course.slug, duty.deliverable_id])
    )
    return {
        "deliverable": duty.deliverable_id,
        "enrollment": duty.enrollment_id,
        "group": duty.group_id,
        "kind": duty.kind.value,
        "path": path,
        "ending": forms[0].value if forms else "",
    }
