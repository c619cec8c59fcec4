"""Mails about what was done to a course."""

from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter
from courseapp.term.acts.standing import Line
from courseapp.term.models import Act


def changed(
    *, act: Act, people: list[Enrollment], of_person: dict[int, list[Line]]
) -> list[Letter]:
    """Tell each person what was changed, and what it means for their own duties."""
    return [
        Letter(
            kind="term/changed",
            recipient=person.email,
            course_id=act.course_id,
            dedupe_key=f"act/{act.pk}/{person.pk}",
            context={
                "act": act,
                "course": act.course,
                "lines": of_person.get(person.pk, []),
            },
        )
        for person in people
    ]
