"""Students who leave, come and move: a term in which everyone owes a question, and what is asked of it."""

from datetime import timedelta

from courseapp.course.models import Enrollment
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import Duty, duties
from submissions.services.deriving import derive_deliverables
from tests.factories import (
    LECTURE_AT,
    START,
    make_staff_lecture,
)
from tests.term.acts.scenes import NOW, Term, make_term

TEXT = "Which assumption of the evaluation would break first?"


def make_term_with_questions() -> Term:
    """Make a term with a lecture that staff give, for which everyone owes a question."""
    made = make_term()
    make_staff_lecture(made.course, starts_at=LECTURE_AT + timedelta(days=1), topic="Energy")
    derive_deliverables(course=made.course, now=START)
    return made


def owed_by(person: Enrollment, *, now: object = NOW) -> list[Duty]:
    """Return what a person owes alone."""
    found = duties(course=person.course, now=now, person=person.pk)  # type: ignore[arg-type]
    return [duty for duty in found if duty.enrollment_id == person.pk]


def question(term: Term) -> Deliverable:
    """Return the question on the lecture that staff give."""
    return Deliverable.objects.get(kind=Kind.QUESTION.value, lecture__topic="Energy")


def current(person: Enrollment) -> Membership | None:
    """Return where a person is now."""
    return Membership.objects.current().filter(enrollment=person).first()
