"""Mails about grades; none of them carries a grade."""

from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter
from grading.models import Part, Release


def released(*, release: Release, part: Part, students: list[Enrollment]) -> list[Letter]:
    """Tell students that a part has been graded."""
    course = part.component.course
    return [
        Letter(
            kind="grading/released",
            recipient=student.email,
            course_id=course.pk,
            dedupe_key=f"released/{release.pk}/{student.pk}",
            context={"course": course, "part": part},
        )
        for student in students
    ]
