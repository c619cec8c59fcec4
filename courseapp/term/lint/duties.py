"""What is odd about groups and the parts they play (domain.md §6, §7)."""

from itertools import pairwise
from typing import Final

from courseapp.course.models import RuleName
from courseapp.term.lint.snapshot import Findings, Snapshot, warning
from schedule.models import GroupRole, RoleAssignment

# The distance that the planner keeps where the course has set no other (domain.md §7).
LEAST_DAYS_BETWEEN_DUTIES: Final = 6


def unfilled_roles(snapshot: Snapshot) -> Findings:
    """Tell the roles of student lectures that nobody holds."""
    filled = {(held.lecture_id, held.role) for held in snapshot.assignments}
    filled |= {(held.lecture_id, held.role) for held in snapshot.others}
    for lecture in snapshot.lectures:
        if lecture.pk not in snapshot.student_lectures:
            continue
        for role in GroupRole:
            if (lecture.pk, role.value) not in filled:
                message = f"{lecture.title} ({lecture.starts_on}) has nobody as {role.label}."
                yield warning("unfilled_role", message, row=lecture.position, column=role.value)


def duties_too_close(snapshot: Snapshot) -> Findings:
    """Tell two duties of one group within less than the least distance."""
    of_group: dict[str, list[RoleAssignment]] = {}
    for held in snapshot.assignments:
        of_group.setdefault(held.group.name, []).append(held)
    for group, duties in of_group.items():
        in_order = sorted(duties, key=lambda one: (one.lecture.starts_on, one.lecture.position))
        for earlier, later in pairwise(in_order):
            days = (later.lecture.starts_on - earlier.lecture.starts_on).days
            wanted = snapshot.rules.value(
                RuleName.DUTY_DISTANCE_DAYS,
                on=later.lecture.starts_on,
                default=LEAST_DAYS_BETWEEN_DUTIES,
            )
            if days < wanted:
                message = (
                    f"{group} is {earlier.role} on {earlier.lecture.starts_on} and {later.role} on"
                    f" {later.lecture.starts_on}: {days} day{'s' * (days != 1)} apart, at least"
                    f" {wanted} are wanted."
                )
                row = later.lecture.position
                yield warning("duties_too_close", message, row=row, column=later.role, found=group)


def sizes_out_of_range(snapshot: Snapshot) -> Findings:
    """Tell the groups that the course's sizes do not allow; they stand, with a waiver."""
    smallest, largest = snapshot.course.group_size_min, snapshot.course.group_size_max
    allowed = f"{smallest}" if smallest == largest else f"{smallest} to {largest}"
    for group, size in snapshot.sizes:
        if not smallest <= size <= largest:
            message = (
                f"{group} has {size} member{'s' * (size != 1)}, the course's groups have {allowed}."
            )
            yield warning("group_size", message, column="group", found=group)
