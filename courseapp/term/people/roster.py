"""The roster: the course's students, page by page, found by what the database can tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from courseapp.course.actors import Actor
from courseapp.course.models import Course, Enrollment, EnrollmentState
from courseapp.kernel.decisions import Decision
from courseapp.term.acts import policies
from courseapp.term.acts.people import DropStudent, MoveStudent
from groups.models import Group, Membership

PAGE_LENGTH = 50
ACTIVE = Q(state=EnrollmentState.ACTIVE)
DROPPED = Q(state=EnrollmentState.DROPPED)
CLAIMED = Q(user__isnull=False)


@dataclass(frozen=True)
class May:
    """What the reader may change about people, each with the reason where not."""

    change_roster: Decision
    change_groups: Decision


def may_change(actor: Actor) -> May:
    """Return what the actor may change about people."""
    return May(
        change_roster=policies.permitted(actor, DropStudent),
        change_groups=policies.permitted(actor, MoveStudent),
    )


@dataclass(frozen=True)
class RosterLine:
    """A student as the roster shows them; `group` is where they are now."""

    person: Enrollment
    group: Group | None

    @property
    def is_dropped(self) -> bool:
        """Say whether the student left the course."""
        return self.person.state == EnrollmentState.DROPPED

    @property
    def state_word(self) -> str:
        """Say whether the student can be reached and has come."""
        if self.person.user_id is not None:
            return "claimed"
        return "not claimed yet" if self.person.email else "no address"

    @property
    def state_tone(self) -> str:
        """Return the mark beside the state."""
        if self.person.user_id is not None:
            return "ok"
        return "" if self.person.email else "warn"


@dataclass(frozen=True)
class Figures:
    """The roster in numbers."""

    active_count: int
    dropped_count: int
    unclaimed_count: int
    without_group_count: int


@dataclass(frozen=True)
class Roster:
    """A page of the roster, and the whole of it in numbers."""

    course: Course
    figures: Figures
    sections: list[str]
    page: Page[Enrollment]
    lines: list[RosterLine]
    may: May


def roster_of(actor: Actor, *, now: datetime) -> Course | None:
    """Return the course whose roster is read, for those who are in it."""
    return actor.course if actor.is_member else None


def sections_of(course: Course) -> list[str]:
    """Return the course's sections in order; empty where nobody is in one."""
    students = Enrollment.objects.students().filter(course=course).exclude(section="")
    return list(students.order_by("section").values_list("section", flat=True).distinct())


def find_students(
    actor: Actor,
    course: Course,
    *,
    wanted: Mapping[str, str],
    sections: list[str],
    page: str | None,
) -> Roster:
    """Return a page of the students who are wanted; as many questions for ten as for ten thousand."""
    students = Enrollment.objects.students().filter(course=course)
    current = Membership.objects.current().select_related("group")
    found = _narrowed(students, wanted).prefetch_related(
        Prefetch("memberships", current, to_attr="present")
    )
    shown: Page[Any] = Paginator(found.order_by("name", "pk"), PAGE_LENGTH).get_page(page)
    return Roster(
        course=course,
        figures=_figures(students),
        sections=sections,
        page=shown,
        lines=[RosterLine(person, _present_group(person)) for person in shown],
        may=may_change(actor),
    )


def _present_group(person: Enrollment) -> Group | None:
    present: list[Membership] = getattr(person, "present")  # noqa: B009 - set by the prefetch
    return present[0].group if present else None


def _figures(students: QuerySet[Enrollment]) -> Figures:
    free = Q(ACTIVE, _is_without_group())
    counts: dict[str, int] = students.aggregate(
        active_count=Count("pk", filter=ACTIVE),
        dropped_count=Count("pk", filter=DROPPED),
        unclaimed_count=Count("pk", filter=ACTIVE & ~CLAIMED),
        without_group_count=Count("pk", filter=free),
    )
    return Figures(**counts)


def _is_without_group() -> Q:
    return Q(~Exists(Membership.objects.current().filter(enrollment=OuterRef("pk"))))


def _narrowed(students: QuerySet[Enrollment], wanted: Mapping[str, str]) -> QuerySet[Enrollment]:
    """Return those who answer to every word and every choice."""
    states = {"dropped": DROPPED, "all": Q()}
    students = students.filter(states.get(wanted.get("state", ""), ACTIVE))
    if wanted.get("section"):
        students = students.filter(section=wanted["section"])
    if wanted.get("place"):
        is_without = _is_without_group()
        students = students.filter(is_without if wanted["place"] == "without" else ~is_without)
    if wanted.get("claim"):
        students = students.filter(CLAIMED if wanted["claim"] == "yes" else ~CLAIMED)
    for word in wanted.get("words", "").split():
        students = students.filter(_says(word))
    return students


def _says(word: str) -> Q:
    """Match a word in the name, student id, address or the name of the present group."""
    seats = Membership.objects.current().filter(enrollment=OuterRef("pk"))
    own = Q(name__icontains=word) | Q(student_id__icontains=word) | Q(email__icontains=word)
    return own | Q(Exists(seats.filter(group__name__icontains=word)))
