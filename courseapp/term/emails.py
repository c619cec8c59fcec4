"""Mails about what was done to a course."""

from collections.abc import Mapping
from typing import Any

from courseapp.course.actors import ROLE_PERMISSIONS, Permission
from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter
from courseapp.term.acts.standing import Line
from courseapp.term.models import Act


def changed(
    *,
    act: Act,
    people: list[Enrollment],
    of_person: Mapping[int, list[Line]],
    told_of: Mapping[int, tuple[str, ...]],
) -> list[Letter]:
    """Tell each person what was changed, and what it means for their own duties.

    `told_of` holds what is said to one person in place of the act's sentence.
    """
    return [
        Letter(
            kind="term/changed",
            recipient=person.email,
            course_id=act.course_id,
            dedupe_key=f"act/{act.pk}/{person.pk}",
            context={
                "course": act.course,
                "lines": of_person.get(person.pk, []),
                **_said(act, person, told_of),
            },
        )
        for person in people
    ]


def _said(act: Act, person: Enrollment, told_of: Mapping[int, tuple[str, ...]]) -> dict[str, Any]:
    """Return the sentence and the reason; who reads no names gets what the public reads."""
    if Permission.READ_NAMES not in ROLE_PERMISSIONS[person.role]:
        return {"sentence": act.public_sentence, "reason": ""}
    own = " ".join(told_of.get(person.pk, ()))
    return {"sentence": own or act.sentence, "reason": act.reason}
