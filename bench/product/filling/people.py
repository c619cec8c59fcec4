"""Courses and the people in them."""

from dataclasses import dataclass

from bench.product.rows import insert
from courseapp.accounts.models import User
from courseapp.course.models import Course, Enrollment
from groups.models import Group, Membership

MEASURED = "measured"
OTHER = "other"
# As in a real course of 92: twenty groups of four or five.
STUDENTS_IN_TWENTY_GROUPS = 92


@dataclass(frozen=True)
class Extent:
    """How large each of some courses is."""

    students: int
    staff: int
    lectures: int

    @property
    def groups(self) -> int:
        """Return how many groups of four or five that makes."""
        return max(3, self.students * 20 // STUDENTS_IN_TWENTY_GROUPS)


def add_courses(*, slugs: str, count: int) -> None:
    """Add published courses that are in their fifth week."""
    insert(
        Course,
        {
            "slug": f"'{slugs}-' || n",
            "code": "'CS ' || 500 + n",
            "title": "'A seminar on reading papers, number ' || n",
            "term": "'this term'",
            "institution": "'University'",
            "timezone": "'America/Chicago'",
            "room": "'Room 2'",
            "begins_at": "date_trunc('day', now()) - interval '36 days'",
            "published_at": "date_trunc('day', now()) - interval '36 days'",
            "state": "'published'",
            "description": "repeat('What the course is about, in some sentences. ', 8)",
            "policies": "repeat('- Late work gets no credit.\n', 6)",
        },
        f"FROM generate_series(1, {count}) n",
    )


def add_people(*, slugs: str, extent: Extent) -> None:
    """Add students and staff, each with an account of their own."""
    courses = (
        f"FROM course_course c CROSS JOIN generate_series(1, {extent.students + extent.staff}) s"
    )
    of_slugs = f"WHERE c.slug LIKE '{slugs}-%' ORDER BY c.id, s"
    email = "'p' || s || '@' || c.slug || '.example'"
    insert(
        User,
        {"email": email, "name": "'Person ' || s", "password": "'!'"},
        f"{courses} {of_slugs}",
    )
    insert(
        Enrollment,
        {
            "course_id": "c.id",
            "user_id": "u.id",
            "role": f"""CASE WHEN s <= {extent.students} THEN 'student'
              WHEN s = {extent.students} + 1 THEN 'instructor' ELSE 'ta' END""",
            "email": "u.email",
            "name": "u.name",
            "student_id": f"CASE WHEN s <= {extent.students} THEN 'id' || s ELSE '' END",
            "position": "s",
            "enrolled_at": "c.begins_at",
            "claimed_at": "c.begins_at",
        },
        f"{courses} JOIN accounts_user u ON u.email = {email} {of_slugs}",
    )


def add_groups(*, slugs: str, extent: Extent) -> None:
    """Put the students into groups of four and five."""
    insert(
        Group,
        {
            "course_id": "c.id",
            "name": "'Group ' || n",
            "position": "n",
            "formed_at": "c.begins_at",
        },
        f"""FROM course_course c CROSS JOIN generate_series(1, {extent.groups}) n
          WHERE c.slug LIKE '{slugs}-%' ORDER BY c.id, n""",
    )
    insert(
        Membership,
        {
            "group_id": "g.id",
            "enrollment_id": "e.id",
            "seat": f"(e.position - 1) / {extent.groups} + 1",
            "starts_at": "c.begins_at",
        },
        f"""FROM course_course c
          JOIN course_enrollment e ON e.course_id = c.id AND e.role = 'student'
          JOIN groups_group g ON g.course_id = c.id
            AND g.position = (e.position - 1) % {extent.groups} + 1
          WHERE c.slug LIKE '{slugs}-%'""",
    )


def measured_course() -> Course:
    """Return the course that is measured."""
    return Course.objects.get(slug=f"{MEASURED}-1")
