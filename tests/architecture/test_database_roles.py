"""The database insists: what the application's role may do, and what not even SQL gets past."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import audit, history
from courseapp.kernel.models import OutboxMail
from grading.models import Component, Grade, Part
from groups.models import Membership, SizeWaiver
from schedule.models import Lecture
from submissions.deadlines import Kind
from tests.conftest import APPLICATION_ROLE
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

INSUFFICIENT_PRIVILEGE = "42501"
LATER = START + timedelta(days=30)

# What the application may do with each table: S(elect), I(nsert), U(pdate), D(elete), T(runcate),
# R(eferences), G (triggers); "+column" may be set later though the table is history.
RIGHTS = {
    "account_emailaddress": "SIUD",
    "account_emailconfirmation": "SIUD",
    "accounts_user": "SIU",
    "accounts_user_groups": "SIUD",
    "accounts_user_user_permissions": "SIUD",
    "auth_group": "SIU",
    "auth_group_permissions": "SIU",
    "auth_permission": "SIU",
    "course_course": "SIU",
    "course_courseevent": "SI",
    "course_enrollment": "SIU",
    "course_enrollmentevent": "SI",
    "django_admin_log": "SIU",
    "django_content_type": "SIU",
    "django_migrations": "S",
    "django_session": "SIUD",
    "grading_absence": "SIU",
    "grading_absenceevent": "SI",
    "grading_component": "SIU",
    "grading_componentevent": "SI",
    "grading_exemption": "SI",
    "grading_grade": "SI",
    "grading_part": "SIU",
    "grading_partevent": "SI",
    "grading_release": "SI+taken_back_at+taken_back_by_id",
    "grading_roll": "SI",
    "groups_group": "SIU",
    "groups_groupevent": "SI",
    "groups_membership": "SI+end_reason+ended_by_id+ends_at",
    "groups_membershipevent": "SI",
    "groups_sizewaiver": "SI",
    "kernel_outboxmail": "SIU",
    "pghistory_context": "SI",
    "schedule_lecture": "SIU",
    "schedule_lectureevent": "SI",
    "schedule_milestone": "SIU",
    "schedule_milestoneevent": "SI",
    "schedule_otherpresenter": "SIU",
    "schedule_otherpresenterevent": "SI",
    "schedule_paper": "SIU",
    "schedule_reading": "SIU",
    "schedule_readingevent": "SI",
    "schedule_roleassignment": "SIU",
    "schedule_roleassignmentevent": "SI",
    "submissions_deliverable": "SIU",
    "submissions_deliverableevent": "SI",
    "submissions_extension": "SI",
    "submissions_proposalagreement": "SI",
    "submissions_proposaldecision": "SI",
    "submissions_reminder": "SI",
    "submissions_submission": "SI+locked_at",
    "submissions_submissionversion": "SI",
    "submissions_versionmember": "SI",
}
HISTORY = sorted(table for table, rights in RIGHTS.items() if "U" not in rights)

_TABLE_RIGHTS = """
SELECT c.relname, concat(
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'SELECT') THEN 'S' END,
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'INSERT') THEN 'I' END,
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'UPDATE') THEN 'U' END,
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'DELETE') THEN 'D' END,
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'TRUNCATE') THEN 'T' END,
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'REFERENCES') THEN 'R' END,
    CASE WHEN has_table_privilege(%(role)s, c.oid, 'TRIGGER') THEN 'G' END,
    CASE WHEN NOT has_table_privilege(%(role)s, c.oid, 'UPDATE') THEN (
      SELECT string_agg('+' || a.attname, '' ORDER BY a.attname) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE')) END)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""


def rights_in_the_database() -> dict[str, str]:
    """Return what the application's role may do with each table, in the words of `RIGHTS`."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE_RIGHTS, {"role": APPLICATION_ROLE})
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_the_application_has_the_listed_rights_on_every_table_and_no_others():
    assert rights_in_the_database() == RIGHTS


def test_every_table_of_the_product_is_listed():
    assert set(history.tables()) | {"django_migrations"} == set(RIGHTS)


@pytest.mark.django_db
def test_the_tests_act_as_the_application_which_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls,"
            " has_schema_privilege(current_user, 'public', 'CREATE'),"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (APPLICATION_ROLE, False, False, False, False, False, 0)


def test_the_driver_that_django_would_prefer_is_not_installed():
    # pghistory's multi-statements and our column grants are tried with psycopg2 only.
    assert find_spec("psycopg") is None
    assert find_spec("psycopg2") is not None


def refusal_of(change: Callable[[], object]) -> str:
    """Return the database's code for a change that it refuses."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        change()
    return str(caught.value.__cause__.pgcode)  # type: ignore[union-attr]


def run(statement: str) -> None:
    """Run one statement of SQL."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("table", HISTORY)
def test_history_is_neither_updated_nor_deleted_nor_emptied(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
        )
        (column,) = cursor.fetchone() or ("",)
    changes = (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TABLE {table} CASCADE",
    )
    codes = [refusal_of(partial(run, statement)) for statement in changes]
    assert codes == [INSUFFICIENT_PRIVILEGE] * 5


@pytest.fixture
def grade(db: None) -> Grade:
    """Give a grade that stands."""
    course = make_course()
    student, grader = enroll(course), enroll(course, Role.TA)
    plan(course)
    return Grade.objects.create(
        part=part(course, "Participation", "contribution"),
        enrollment=student,
        points=Decimal(7),
        awarded_by=grader,
        awarded_at=START,
    )


def test_a_grade_cannot_be_changed_by_any_way_of_the_orm(grade: Grade) -> None:
    grade.points = Decimal(9)
    changes: list[Callable[[], object]] = [
        grade.save,
        lambda: grade.save(update_fields=["points"]),
        lambda: Grade.objects.filter(pk=grade.pk).update(points=9),
        lambda: Grade.objects.bulk_update([grade], ["points"]),
        lambda: Grade.objects.update_or_create(pk=grade.pk, defaults={"points": 9}),
        lambda: Grade.objects.bulk_create(
            [grade], update_conflicts=True, unique_fields=["pk"], update_fields=["points"]
        ),
        grade.delete,
        Grade.objects.filter(pk=grade.pk).delete,
        lambda: Grade.objects.filter(pk=grade.pk)._raw_delete("default"),
    ]
    assert [refusal_of(change) for change in changes] == [INSUFFICIENT_PRIVILEGE] * len(changes)
    assert Grade.objects.get(pk=grade.pk).points == Decimal(7)


@pytest.mark.django_db
def test_of_a_membership_only_the_end_can_be_set():
    course = make_course()
    make_group(course, [enroll(course)])
    membership = Membership.objects.get()
    for column, value in (("seat", 2), ("starts_at", LATER), ("start_reason", "other")):
        change = {column: value}
        code = refusal_of(partial(Membership.objects.update, **change))
        assert code == INSUFFICIENT_PRIVILEGE

    Membership.objects.filter(pk=membership.pk).update(ends_at=LATER, end_reason="left the course")

    membership.refresh_from_db()
    assert (membership.ends_at, membership.end_reason) == (LATER, "left the course")


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Course, Enrollment, Lecture, Component, Part, OutboxMail])
def test_no_record_of_the_course_is_deleted(model: type[models.Model]) -> None:
    assert refusal_of(lambda: run(f"DELETE FROM {model._meta.db_table}")) == INSUFFICIENT_PRIVILEGE


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
def test_raw_sql_leaves_history_too():
    lecture = make_lecture(make_course(), topic="Before")
    run(f"UPDATE schedule_lecture SET topic = 'After' WHERE id = {lecture.pk}")
    assert past_of(lecture) == [("insert", "Before", None), ("update", "After", None)]


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_a_recorded_waiver_stays():
    group = make_group(make_course())
    waiver = SizeWaiver.objects.create(group=group, size=3, reason="Two left.", granted_at=START)
    waiver.size = 4
    assert refusal_of(waiver.save) == INSUFFICIENT_PRIVILEGE
