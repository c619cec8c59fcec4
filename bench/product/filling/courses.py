"""The measured course, and the other courses of the same server."""

from django.db import connection

from bench.product.filling import people, schedules, work
from bench.product.filling.people import MEASURED, OTHER, Extent
from courseapp.kernel import clock
from grading.services.planning import plan_components
from submissions.services.deriving import derive_deliverables


def add_measured(*, students: int) -> None:
    """Add the course whose pages are measured; the product derives what is due in it."""
    extent = Extent(students=students, staff=4, lectures=30)
    people.add_courses(slugs=MEASURED, count=1)
    people.add_people(slugs=MEASURED, extent=extent)
    people.add_groups(slugs=MEASURED, extent=extent)
    schedules.add_schedule(slugs=MEASURED, extent=extent)
    course = people.measured_course()
    derive_deliverables(course=course, now=clock.now())
    plan_components(course=course, weights=None)
    _add_what_happened(slugs=MEASURED)


def add_others(*, count: int) -> None:
    """Add small courses beside it, filled the same way."""
    extent = Extent(students=12, staff=2, lectures=8)
    people.add_courses(slugs=OTHER, count=count)
    people.add_people(slugs=OTHER, extent=extent)
    people.add_groups(slugs=OTHER, extent=extent)
    schedules.add_schedule(slugs=OTHER, extent=extent)
    work.copy_deliverables(slugs=OTHER)
    work.copy_components(slugs=OTHER)
    _add_what_happened(slugs=OTHER)


def _add_what_happened(*, slugs: str) -> None:
    _analyse()
    work.add_work(slugs=slugs)
    _analyse()
    work.add_grades(slugs=slugs)
    work.add_attendance(slugs=slugs)
    work.add_extensions(slugs=slugs)


def _analyse() -> None:
    """Let the planner, and so the triggers, know how much there is by now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
