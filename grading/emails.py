"""Mails about grades; none of them carries a grade."""

from courseapp.course.emails import letters_to
from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter
from grading.models import Part, Release


def released(*, release: Release, part: Part, students: list[Enrollment]) -> list[Letter]:
    """Tell students that a part has been graded."""
    return letters_to(
        students,
        kind="grading/released",
        course=part.component.course,
        key=f"released/{release.pk}",
        context={"part": part},
    )
