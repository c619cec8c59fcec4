"""What the matrix asks about the plan of roles, rankings and slots."""

from datetime import datetime
from typing import Any

from courseapp.course.models import Enrollment
from groups.models import Group
from schedule.models import Lecture, PlanDraft, PlannedCell, PlanSolve
from schedule.selectors.changes import preview_of
from tests.factories import actor


def furnish_plan(
    person: Enrollment, group: Group, lecture: Lecture, *, at: datetime, now: datetime
) -> dict[str, dict[str, Any]]:
    """Make a draft of the plan, a search for another, and a cell that is settled."""
    course = person.course
    # Numbered so that no other course has a draft of that number.
    draft = PlanDraft.objects.create(
        course=course,
        number=course.pk,
        cells=[[lecture.pk, "presenter", group.pk], [lecture.pk, "reviewers", group.pk]],
        change="Made by hand.",
        made_by=person,
        made_at=at,
    )
    solve = PlanSolve.objects.create(
        course=course,
        state="running",
        time_limit=60,
        asked_by=person,
        asked_at=at,
        started_at=at,
        told_at=now,
    )
    PlannedCell.objects.create(
        group=group, lecture=lecture, role="authors", rule="forbidden", set_at=at
    )
    number = {"number": draft.number}
    return {
        "plan_draft": number,
        "plan_drafts": {**number, "other_number": draft.number},
        "plan_cell": {**number, "group_id": group.pk, "lecture_id": lecture.pk},
        "search": {"solve_id": solve.pk},
        "talks": {"kind": "midterm"},
        "talk_of": {"kind": "midterm", "group_id": group.pk},
    }


def plan_forms(course: Any, *, now: datetime) -> dict[str, dict[str, Any]]:
    """Return what a person of good will would send to the pages of the plan."""
    settled = PlannedCell.objects.filter(group__course=course.course).order_by("pk")[0]
    lecture = course.targets["lecture"]["lecture_id"]
    instructor = actor(course.people["instructor"])
    number = course.targets["plan_draft"]["number"]
    preview = preview_of(instructor, now=now, number=number)
    assert preview is not None
    return {
        "plan-cell": {"role": "authors", "replaces": "on"},
        "plan-settle": {"rule": "blackout:", "reason": "A conference."},
        "plan-lift": {"settled": settled.pk},
        "plan-solve": {"seconds": "60"},
        "publish-plan": {
            "seen": preview.token,
            **{choice.field: "So agreed." for choice in preview.broken},
        },
        "ranking": {f"rank-{lecture}": "1"},
        "group-ranking": {f"rank-{lecture}": "1"},
        "open-slots": {"length": "15", "capacity": "1"},
    }
