"""Rows for tests: a small course, and the people in it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count

from allauth.account.models import EmailAddress

from courseapp.accounts.models import User
from courseapp.course.actors import Actor, actor_of
from courseapp.course.models import Course, CourseState, Enrollment, Role
from grading.models import Part
from grading.services.planning import plan_components
from groups.models import Group, Membership
from schedule.models import (
    GroupRole,
    Lecture,
    LectureKind,
    Milestone,
    MilestoneKind,
    OtherPresenter,
    Paper,
    Reading,
    RoleAssignment,
)
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.services.deriving import derive_deliverables

# A Wednesday in the middle of a term; every factory counts from here.
START = datetime(2025, 1, 20, 6, 0, tzinfo=UTC)
LECTURE_AT = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"

_numbers = count(1)


def make_course(
    *, slug: str = "", state: str = CourseState.PUBLISHED, published_at: datetime = START
) -> Course:
    """Make a published course in Chicago without people."""
    number = next(_numbers)
    return Course.objects.create(
        slug=slug or f"course-{number}",
        code="CS 598",
        title="Systems for Generative AI",
        term="Spring 2025",
        timezone="America/Chicago",
        begins_at=START,
        state=state,
        published_at=None if state == CourseState.DRAFT else published_at,
    )


def enroll(
    course: Course, role: str = Role.STUDENT, *, name: str = "", signs_in: bool = True
) -> Enrollment:
    """Enroll a new person; with `signs_in` they have a proved account."""
    number = next(_numbers)
    email = f"person{number}@example.edu"
    user = make_user(email) if signs_in else None
    return Enrollment.objects.create(
        course=course,
        user=user,
        role=role,
        email=email,
        name=name or f"Person {number}",
        student_id=f"s{number:05}" if role == Role.STUDENT else "",
        position=number,
        enrolled_at=START,
    )


def make_user(email: str) -> User:
    """Make a person with a password and a proved address."""
    user = User.objects.create_user(email, PASSWORD, name=email.split("@", maxsplit=1)[0])
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def actor(enrollment: Enrollment) -> Actor:
    """Return the actor that an enrollment makes."""
    return actor_of(Enrollment.objects.select_related("course").get(pk=enrollment.pk))


def make_group(course: Course, members: Iterable[Enrollment] = (), *, name: str = "") -> Group:
    """Form a group from the course's start."""
    number = next(_numbers)
    group = Group.objects.create(
        course=course, name=name or f"G{number}", position=number, formed_at=START
    )
    for seat, member in enumerate(members, start=1):
        Membership.objects.create(group=group, enrollment=member, seat=seat, starts_at=START)
    return group


def make_lecture(
    course: Course,
    *,
    starts_at: datetime | None = LECTURE_AT,
    kind: str = LectureKind.LECTURE,
    topic: str = "",
    required_count: int = 1,
    optional_count: int = 0,
) -> Lecture:
    """Make a lecture of 75 minutes with readings."""
    number = next(_numbers)
    lecture = Lecture.objects.create(
        course=course,
        position=number,
        kind=kind,
        topic=topic or f"Topic {number}",
        timezone=course.timezone,
        starts_on=starts_at.date() if starts_at else date(2025, 2, 12),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=75) if starts_at else None,
    )
    for position in range(1, required_count + optional_count + 1):
        add_reading(lecture, position=position, is_required=position <= required_count)
    return lecture


def add_reading(lecture: Lecture, *, position: int = 1, is_required: bool = True) -> Reading:
    """Add a reading with a paper of its own."""
    number = next(_numbers)
    paper = Paper.objects.create(
        course=lecture.course, title=f"Paper {number}", url=f"https://example.org/{number}"
    )
    return Reading.objects.create(
        lecture=lecture, paper=paper, position=position, is_required=is_required
    )


def assign(lecture: Lecture, group: Group, role: str = GroupRole.PRESENTER) -> RoleAssignment:
    """Give a group a part in a lecture from the course's start."""
    return RoleAssignment.objects.create(
        lecture=lecture, group=group, role=role, assigned_at=START, position=next(_numbers)
    )


def make_staff_lecture(course: Course, **options: object) -> Lecture:
    """Make a lecture that staff present."""
    lecture = make_lecture(course, **options)  # type: ignore[arg-type]
    OtherPresenter.objects.create(lecture=lecture, kind="staff", name="Ines Haugen")
    return lecture


def make_milestone(
    course: Course, kind: str = MilestoneKind.PROPOSAL, *, due_at: datetime
) -> Milestone:
    """Make a milestone at an instant."""
    return Milestone.objects.create(
        course=course,
        position=next(_numbers),
        kind=kind,
        title=MilestoneKind(kind).label,
        timezone=course.timezone,
        on_date=due_at.date(),
        due_at=due_at,
    )


def derive(course: Course) -> None:
    """Make the deliverables that the course's schedule asks for."""
    derive_deliverables(course=course, now=START)


def deliverable(course: Course, kind: Kind) -> Deliverable:
    """Return the course's only standing deliverable of a kind."""
    return Deliverable.objects.get(course=course, kind=kind.value, withdrawn_at__isnull=True)


def plan(course: Course) -> None:
    """Give the course the components and parts of domain.md §2."""
    plan_components(course=course, weights=None)


def part(course: Course, component: str, name: str) -> Part:
    """Return a part by its names."""
    return Part.objects.get(component__course=course, component__name=component, name=name)
