"""What the database writes down and what it refuses, whoever asks and however."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from courseapp.course.models import Enrollment, Role
from courseapp.kernel import audit
from grading.models import Component, Grade, Part
from groups.models import Membership
from schedule.models import Lecture
from submissions.deadlines import Kind
from tests.factories import (
    START,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    part,
    plan,
)

LATER = START + timedelta(days=30)


def past_of(lecture: Lecture) -> list[tuple[Any, ...]]:
    """Return a lecture's history: what it was about, who wrote that, and why."""
    events = lecture.events.order_by("pgh_id")  # type: ignore[attr-defined]
    return [
        (
            event.pgh_label,
            event.topic,
            event.pgh_context and event.pgh_context.metadata,
        )
        for event in events.select_related("pgh_context")
    ]


@pytest.mark.django_db
@pytest.mark.breaks_invariants("deliverable_stands")
def test_a_bulk_update_leaves_history_with_the_person_and_the_reason():
    course = make_course()
    person = enroll(course, Role.INSTRUCTOR)
    lectures = [make_lecture(course, topic=f"Before {n}", required_count=0) for n in (1, 2)]

    with audit.acting(user_id=person.user_id, action="rename", reason="the speaker asked"):
        Lecture.objects.filter(course=course).update(topic="After")

    who = {"user": person.user_id, "action": "rename", "reason": "the speaker asked"}
    assert [past_of(lecture) for lecture in lectures] == [
        [("insert", f"Before {n}", None), ("update", "After", who)] for n in (1, 2)
    ]


@pytest.mark.django_db
@pytest.mark.breaks_invariants("deliverable_stands")
def test_raw_sql_leaves_history_too():
    lecture = make_lecture(make_course(), topic="Before")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE schedule_lecture SET topic = 'After' WHERE id = %s", [lecture.pk])
    assert past_of(lecture) == [("insert", "Before", None), ("update", "After", None)]


@pytest.mark.django_db
@pytest.mark.breaks_invariants("deliverable_stands")
def test_the_next_act_in_one_transaction_has_its_own_person_and_reason():
    lecture = make_lecture(make_course(), topic="Before")
    for user_id, reason in ((1, "first"), (2, "second")):
        with audit.acting(user_id=user_id, reason=reason):
            Lecture.objects.filter(pk=lecture.pk).update(topic=reason)
    assert [context for _, _, context in past_of(lecture)[1:]] == [
        {"user": 1, "action": "", "reason": "first"},
        {"user": 2, "action": "", "reason": "second"},
    ]


@pytest.mark.django_db
@pytest.mark.breaks_invariants("deliverable_stands")
def test_what_is_done_inside_an_act_is_part_of_it():
    lecture = make_lecture(make_course(), topic="Before")
    with audit.acting(user_id=1, reason="first"):
        Lecture.objects.filter(pk=lecture.pk).update(topic="Earlier")
        with audit.acting(user_id=2, reason="second"):
            Lecture.objects.filter(pk=lecture.pk).update(topic="Within")
        Lecture.objects.filter(pk=lecture.pk).update(topic="Later")
    first = {"user": 1, "action": "", "reason": "first"}
    assert [context for _, _, context in past_of(lecture)[1:]] == [first, first, first]


@pytest.mark.django_db
@pytest.mark.breaks_invariants("deliverable_stands")
def test_what_follows_an_act_in_one_transaction_is_not_put_down_to_it():
    lecture = make_lecture(make_course(), topic="Before")
    with audit.acting(user_id=1, reason="first"):
        Lecture.objects.filter(pk=lecture.pk).update(topic="Within")
    Lecture.objects.filter(pk=lecture.pk).update(topic="After")
    assert past_of(lecture)[-1] == ("update", "After", None)


def broken_constraint(change: Callable[[], object]) -> str:
    """Return the name of the constraint that a change breaks."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


@pytest.mark.django_db
def test_nobody_grades_themselves():
    course = make_course()
    grader = enroll(course, Role.TA)
    plan(course)
    own = Grade(
        part=part(course, "Participation", "contribution"),
        enrollment=grader,
        points=Decimal(7),
        awarded_by=grader,
        awarded_at=START,
    )
    assert broken_constraint(own.save) == "grade_not_to_oneself"


@pytest.mark.django_db
@pytest.mark.breaks_invariants("grade_by_staff")
def test_nobody_grades_the_group_they_are_or_were_in():
    course = make_course()
    member, other = enroll(course), enroll(course)
    group = make_group(course, [member])
    plan(course)
    assign(make_lecture(course), group)
    derive(course)

    def award_by(grader: Enrollment) -> None:
        Grade.objects.create(
            part=part(course, "Paper presentation & discussion", "talk"),
            deliverable=deliverable(course, Kind.SLIDES),
            group=group,
            points=Decimal(90),
            awarded_by=grader,
            awarded_at=LATER,
        )

    assert broken_constraint(lambda: award_by(member)) == "grade_not_to_own_group"
    Membership.objects.update(ends_at=LATER)
    assert broken_constraint(lambda: award_by(member)) == "grade_not_to_own_group"
    award_by(other)
    assert Grade.objects.get().awarded_by == other


@pytest.mark.django_db(transaction=True)
def test_weights_of_a_course_that_do_not_add_up_are_refused_at_commit():
    course = make_course()
    plan(course)
    proposal = Component.objects.get(course=course, name="Project proposal")
    report = Component.objects.get(course=course, name="Final report")

    def weigh(component: Component, weight: str) -> None:
        Component.objects.filter(pk=component.pk).update(weight=Decimal(weight))

    assert broken_constraint(lambda: weigh(proposal, "5.001")) == "grading_component_weights_add_up"
    with transaction.atomic():
        weigh(proposal, "7.5")
        # In between, nothing is refused: only what is committed has to add up.
        weigh(report, "32.5")
    weights = Component.objects.filter(course=course).values_list("weight", flat=True)
    assert sorted(weights) == [Decimal(n) for n in ("7.5", "10", "10", "10", "15", "15", "32.5")]


@pytest.mark.django_db(transaction=True)
def test_weights_of_a_component_that_do_not_add_up_are_refused_at_commit():
    course = make_course()
    plan(course)
    talk = part(course, "Paper presentation & discussion", "talk")
    less = Part.objects.filter(pk=talk.pk)
    assert broken_constraint(lambda: less.update(weight=79)) == "grading_part_weights_add_up"
    assert less.get().weight == Decimal(80)


@pytest.mark.django_db(transaction=True)
def test_a_component_that_changes_its_course_leaves_no_course_short():
    course, other = make_course(), make_course()
    plan(course)
    moved = Component.objects.filter(course=course, name="Final report")
    # The other course would be whole with it; the one it left would not.
    assert broken_constraint(lambda: moved.update(course=other, weight=Decimal(100))) == (
        "grading_component_weights_add_up"
    )
    assert moved.get().weight == Decimal(35)


@pytest.mark.django_db
def test_nobody_is_in_two_groups_at_one_time():
    course = make_course()
    student = enroll(course)
    make_group(course, [student])
    second = make_group(course)
    also = Membership(group=second, enrollment=student, seat=1, starts_at=LATER)
    assert broken_constraint(also.save) == "membership_one_group_at_a_time"

    Membership.objects.update(ends_at=LATER)
    also.save()
    assert Membership.objects.current().get().group == second


@pytest.mark.django_db
def test_no_seat_holds_two_at_one_time():
    course = make_course()
    group = make_group(course, [enroll(course)])
    second = Membership(group=group, enrollment=enroll(course), seat=1, starts_at=LATER)
    assert broken_constraint(second.save) == "membership_one_person_a_seat"

    Membership.objects.update(ends_at=LATER)
    second.save()
    assert Membership.objects.current().get() == second
