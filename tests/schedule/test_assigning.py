"""`assign_roles` and publishing a plan: from the course as it stands, all or nothing (domain.md §7)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.course.actors import Actor
from courseapp.course.models import Course, CourseState, Role
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from groups.models import Group
from schedule.models import Lecture, RoleAssignment
from schedule.planning import Cell, Plan, plan_roles
from schedule.planning import Role as Part
from schedule.selectors import student_lectures_of
from schedule.selectors.planning import role_planning
from schedule.services.ranking import rank_lectures
from submissions.models import Deliverable
from submissions.services.publishing import publish_plan
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
)
from tests.schedule.terms import is_judged_right
from tests.term.courses import came_in

pytestmark = pytest.mark.django_db
BEFORE = START - timedelta(days=1)
AFTER_TWO = LECTURE_AT + timedelta(days=8)


class Scene:
    """Four groups, and a lecture in each of four weeks."""

    def __init__(self) -> None:
        self.course = make_course()
        self.instructor = enroll(self.course, Role.INSTRUCTOR)
        self.student = enroll(self.course)
        self.groups = [make_group(self.course, [self.student])]
        self.groups += [make_group(self.course) for _ in range(3)]
        self.lectures = [
            make_lecture(self.course, starts_at=LECTURE_AT + timedelta(weeks=week))
            for week in range(4)
        ]
        derive(self.course)

    def rank(self, group: Group, *lectures: Lecture) -> None:
        """Rank lectures for a group."""
        rank_lectures(
            actor=actor(self.instructor),
            group_id=group.pk,
            lecture_ids=[lecture.pk for lecture in lectures],
            now=START,
        )

    def plan(self, *, now: datetime = BEFORE) -> Plan:
        """Plan the course as it stands."""
        return plan_roles(role_planning(self.course, now=now).problem)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def run(course: Course, *options: str, now: datetime = BEFORE) -> str:
    out = StringIO()
    with clock.standing_at(now):
        call_command("assign_roles", course.slug, *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def asked(course: Course, *options: str, now: datetime = BEFORE) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run(course, "--json", *options, now=now))
    return document


def standing(course: Course) -> set[tuple[int, str, int]]:
    current = RoleAssignment.objects.current().filter(lecture__course=course)
    return set(current.values_list("lecture", "role", "group"))


def test_the_command_prints_the_plan_with_its_proof_and_lets_it_stand(scene: Scene) -> None:
    scene.rank(scene.groups[0], scene.lectures[2], scene.lectures[1])
    scene.rank(scene.groups[1], scene.lectures[2])

    document = asked(scene.course)

    assert list(document) == [
        "status",
        "cost",
        "bound",
        "gap",
        "seconds",
        "assignments",
        "preferences",
        "conflicts",
    ]
    assert (document["status"], document["cost"], document["bound"]) == ("optimal", 1, 1)
    assert (document["gap"], document["conflicts"]) == (0, [])
    names = {group.name: group.pk for group in scene.groups}
    positions = {lecture.position: lecture for lecture in scene.lectures}
    assert standing(scene.course) == {
        (positions[row["lecture"]].pk, row["role"], names[row["group"]])
        for row in document["assignments"]
    }
    assert len(document["assignments"]) == 12
    assert {datetime.fromisoformat(row["starts_at"]) for row in document["assignments"]} == {
        lecture.starts_at for lecture in scene.lectures
    }
    assert document["preferences"][:2] == [
        {"group": scene.groups[0].name, "lecture": scene.lectures[2].position, "rank": 1},
        {"group": scene.groups[0].name, "lecture": scene.lectures[1].position, "rank": 2},
    ]


def test_a_dry_run_changes_nothing(scene: Scene) -> None:
    kept = assign(scene.lectures[0], scene.groups[0])
    assert len(asked(scene.course, "--dry-run")["assignments"]) == 12
    assert standing(scene.course) == {(kept.lecture_id, kept.role, kept.group_id)}


def test_a_second_plan_keeps_what_it_repeats_and_withdraws_what_differs(scene: Scene) -> None:
    run(scene.course)
    before = set(RoleAssignment.objects.values_list("pk", flat=True))
    run(scene.course)
    assert set(RoleAssignment.objects.values_list("pk", flat=True)) == before

    shown = dict(RoleAssignment.objects.filter(role="presenter").values_list("group", "lecture"))
    wished = [lecture for lecture in scene.lectures if lecture.pk != shown[scene.groups[0].pk]]
    scene.rank(scene.groups[0], wished[0])
    later = BEFORE + timedelta(hours=1)
    run(scene.course, now=later)

    ended = RoleAssignment.objects.filter(withdrawn_at__isnull=False)
    assert set(ended.values_list("withdrawn_at", flat=True)) == {later}
    assert (wished[0].pk, "presenter", scene.groups[0].pk) in standing(scene.course)
    assert len(standing(scene.course)) == 12


def test_lectures_that_are_over_keep_their_roles_and_take_no_more(scene: Scene) -> None:
    first, second = scene.lectures[:2]
    over = [assign(first, scene.groups[0]), assign(second, scene.groups[1], "authors")]
    odd = assign(second, scene.groups[1], "reviewers")

    document = asked(scene.course, now=AFTER_TWO)

    past = {row for row in standing(scene.course) if row[0] in (first.pk, second.pk)}
    assert past == {(one.lecture_id, one.role, one.group_id) for one in (*over, odd)}
    assert document["status"] == "optimal"
    by_group = [
        row["role"] for row in document["assignments"] if row["group"] == scene.groups[0].name
    ]
    assert by_group.count("presenter") == 1
    assert not RoleAssignment.objects.filter(withdrawn_at__isnull=False).exists()


def test_a_draft_plans_lectures_of_the_past_in_which_nobody_plays_a_part(scene: Scene) -> None:
    kept = assign(scene.lectures[1], scene.groups[0])
    Course.objects.update(state=CourseState.DRAFT, published_at=None)
    scene.course.refresh_from_db()
    closed = role_planning(scene.course, now=AFTER_TWO + timedelta(weeks=9)).problem.closed
    assert closed == {kept.lecture_id}


def test_a_course_of_the_past_is_planned_as_it_could_have_been_but_only_to_look_at(
    scene: Scene,
) -> None:
    afterwards = LECTURE_AT + timedelta(weeks=9)
    assert asked(scene.course, "--dry-run", now=afterwards)["assignments"] == []
    shown = asked(scene.course, "--dry-run", "--from", "2025-02-12", now=afterwards)
    assert len(shown["assignments"]) == 12
    later = asked(scene.course, "--dry-run", "--from", "2025-02-13", now=afterwards)
    assert len(later["assignments"]) == 9
    with pytest.raises(CommandError, match="only shows a plan"):
        run(scene.course, "--from", "2025-02-12")


def test_a_lecture_without_a_time_is_planned_until_its_day_is_over(scene: Scene) -> None:
    untimed = make_lecture(scene.course, starts_at=None)  # on 2025-02-12
    derive(scene.course)
    today = role_planning(scene.course, now=LECTURE_AT - timedelta(hours=1)).problem
    tomorrow = role_planning(scene.course, now=LECTURE_AT + timedelta(days=1)).problem
    assert untimed.pk not in today.closed
    assert untimed.pk in tomorrow.closed
    presented = {row["lecture"]: row["starts_at"] for row in asked(scene.course)["assignments"]}
    assert presented.get(untimed.position) is None


def test_an_impossible_plan_is_a_failure_with_its_reasons_and_changes_nothing() -> None:
    course = make_course()
    groups = [make_group(course), make_group(course)]
    lectures = [make_lecture(course, starts_at=LECTURE_AT + timedelta(days=n)) for n in (0, 2)]
    derive(course)
    assign(lectures[0], groups[0])
    before = standing(course)
    out = StringIO()
    with clock.standing_at(BEFORE), pytest.raises(CommandError, match="cannot all hold") as caught:
        call_command("assign_roles", course.slug, "--json", stdout=out)
    assert caught.value.returncode != 0
    document = json.loads(out.getvalue())
    assert (document["status"], document["cost"], document["assignments"]) == (
        "infeasible",
        None,
        [],
    )
    assert {"rule", "sentence"} == set(document["conflicts"][0])
    assert standing(course) == before


def test_what_there_is_not_is_said_in_a_sentence(scene: Scene) -> None:
    with pytest.raises(CommandError, match="There is no course nowhere"):
        call_command("assign_roles", "nowhere")
    with pytest.raises(CommandError, match="has no groups"):
        run(make_course())
    with pytest.raises(CommandError, match="allow more time"):
        run(scene.course, "--time-limit", "0")


def test_without_json_people_read_who_plays_what_and_why(scene: Scene) -> None:
    make_lecture(scene.course, starts_at=LECTURE_AT + timedelta(weeks=5), topic="Left over")
    derive(scene.course)
    scene.rank(scene.groups[0], scene.lectures[2])
    told = run(scene.course, "--dry-run")
    assert told.startswith("optimal: cost 0, bound 0")
    assert f"{scene.groups[0].name}: You got your first.\n" in told
    assert "Let staff" in told
    make_group(scene.course)
    make_group(scene.course)
    assert "Let two groups play this role in one lecture.\n" in run(scene.course, "--dry-run")


def test_a_published_plan_is_on_record_and_what_is_due_follows_the_schedule(scene: Scene) -> None:
    Deliverable.objects.filter(course=scene.course).update(withdrawn_at=BEFORE)

    published = publish_plan(
        actor=actor(scene.instructor), plan=scene.plan().assignments, now=BEFORE
    )

    assert (published.assigned_count, published.withdrawn_count) == (12, 0)
    assert Deliverable.objects.filter(course=scene.course, withdrawn_at=None).count() == 16
    event = RoleAssignment.objects.all()[0].events.get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["user"] == scene.instructor.user_id
    assert event.pgh_context.metadata["action"] == "publish_plan"


def refusal(scene: Scene, cells: Any, *, by: Actor | None = None, now: datetime = BEFORE) -> str:
    with pytest.raises(Refused) as caught:
        publish_plan(actor=by or actor(scene.instructor), plan=cells, now=now)
    return caught.value.denied.code


def test_only_whoever_changes_the_plan_publishes_one(scene: Scene) -> None:
    cells = scene.plan().assignments
    ta = enroll(scene.course, Role.TA)
    assert refusal(scene, cells, by=actor(scene.student)) == "not_permitted"
    assert refusal(scene, cells, by=actor(ta)) == "not_permitted"
    assert refusal(scene, cells, by=Actor(user_id=None)) == "not_found"
    assert standing(scene.course) == set()


def test_a_plan_that_breaks_a_rule_or_came_too_late_is_not_published(scene: Scene) -> None:
    cells = scene.plan().assignments
    assert refusal(scene, cells[1:]) == "broken_rules"
    moved = [replace(cells[0], group=cells[1].group), *cells[1:]]
    assert refusal(scene, moved) == "broken_rules"
    assert refusal(scene, [Cell(0, Part.AUTHORS, scene.groups[0].pk)]) == "not_found"
    # Since it was made, a lecture has begun in which another group presented.
    first = [cell for cell in cells if cell.lecture == scene.lectures[0].pk]
    presenting = next(cell for cell in first if cell.role == Part.PRESENTER)
    others = [group for group in scene.groups if group.pk != presenting.group]
    assign(scene.lectures[0], others[0])
    assert refusal(scene, cells, now=LECTURE_AT) == "broken_rules"
    assert len(standing(scene.course)) == 1


@pytest.mark.parametrize("dissolved_count", [0, 1])
def test_the_reference_course_is_planned_by_all_rules_and_proved_best(dissolved_count: int) -> None:
    course = came_in()
    lectures = sorted(student_lectures_of(course))
    groups = list(Group.objects.filter(course=course))
    for group in groups[:dissolved_count]:
        group.memberships.filter(ends_at=None).update(ends_at=course.begins_at + timedelta(days=1))
        group.dissolved_at = course.begins_at + timedelta(days=1)
        group.save(update_fields=["dissolved_at"])
    staff = Actor(None, course, permissions=frozenset({"change_groups"}))  # type: ignore[arg-type]
    for seed, group in enumerate(groups[dissolved_count:]):
        wishes = Random(seed).sample(lectures, 5)
        rank_lectures(actor=staff, group_id=group.pk, lecture_ids=wishes, now=BEFORE)

    problem = role_planning(course, now=BEFORE).problem
    plan = plan_roles(problem)

    assert plan.status == "optimal"
    assert is_judged_right(problem, plan)
    assert len(plan.assignments) == 3 * (19 - dissolved_count)
