"""All checks of the lint, one after another."""

from collections.abc import Callable
from itertools import chain
from typing import Final

from courseapp.course.models import Course
from courseapp.term.formats import Problem
from courseapp.term.lint.calendar import contradictory_dates, misfitting_zones, rows_out_of_order
from courseapp.term.lint.duties import duties_too_close, sizes_out_of_range, unfilled_roles
from courseapp.term.lint.readings import (
    empty_and_malformed_links,
    malformed_materials,
    missing_required,
    repeated_links,
)
from courseapp.term.lint.snapshot import Findings, Snapshot, snapshot_of

CHECKS: Final[tuple[Callable[[Snapshot], Findings], ...]] = (
    empty_and_malformed_links,
    malformed_materials,
    repeated_links,
    missing_required,
    contradictory_dates,
    rows_out_of_order,
    misfitting_zones,
    unfilled_roles,
    duties_too_close,
    sizes_out_of_range,
)


def check_course(*, course: Course) -> list[Problem]:
    """Return what is odd about a course's schedule, in the order of its rows."""
    snapshot = snapshot_of(course)
    found = chain.from_iterable(check(snapshot) for check in CHECKS)
    return sorted(found, key=lambda problem: (problem.row is None, problem.row or 0))
