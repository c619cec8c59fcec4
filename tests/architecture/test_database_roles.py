"""The database insists: what the application's role may do, and what not even SQL gets past."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from importlib.util import find_spec

import pytest
from django.db import DatabaseError, connection, models, transaction

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import history
from courseapp.kernel.models import OutboxMail
from grading.models import Component, Grade, Part
from groups.models import Membership, SizeWaiver
from schedule.models import Lecture
from tests.emptying import APPLICATION_ROLE
from tests.factories import (
    START,
    enroll,
    make_course,
    make_group,
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
    "course_rulechange": "SI+withdrawn_at",
    "course_rulechangeevent": "SI",
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
    "groups_interestsline": "SIU",
    "groups_interestslineevent": "SI",
    "groups_invitation": "SI+ended_at+ended_by_id+outcome",
    "groups_joinlink": "SI+ended_at+ended_by_id",
    "groups_joinrequest": "SI+ended_at+ended_by_id+outcome",
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
    "schedule_paperevent": "SI",
    "schedule_plandraft": "SI",
    "schedule_plannedcell": "SI+withdrawn_at+withdrawn_by_id",
    "schedule_plannedcellevent": "SI",
    "schedule_planpublication": "SI",
    "schedule_plansolve": "SIU",
    "schedule_preference": "SIU",
    "schedule_preferenceevent": "SI",
    "schedule_presentationslot": "SIU",
    "schedule_presentationslotevent": "SI",
    "schedule_reading": "SIU",
    "schedule_readingevent": "SI",
    "schedule_replacedpaper": "SIU",
    "schedule_replacedpaperevent": "SI",
    "schedule_roleassignment": "SIU",
    "schedule_roleassignmentevent": "SI",
    "schedule_slotdraft": "SI",
    "schedule_slotplacement": "SIU",
    "schedule_slotplacementevent": "SI",
    "schedule_slotpreference": "SIU",
    "schedule_slotpreferenceevent": "SI",
    "submissions_archive": "SIU",
    "submissions_deliverable": "SIU",
    "submissions_deliverableevent": "SI",
    "submissions_extension": "SI",
    "submissions_extensionevent": "SI",
    "submissions_kindsettings": "SIU",
    "submissions_kindsettingsevent": "SI",
    "submissions_outage": "SI",
    "submissions_outageanswer": "SI+withdrawn_at",
    "submissions_outageanswerevent": "SI",
    "submissions_proposalagreement": "SI",
    "submissions_proposaldecision": "SI",
    "submissions_pulse": "SIU",
    "submissions_reminder": "SI",
    "submissions_slideshold": "SI+lifted_at+lifted_by_id",
    "submissions_submission": "SI+locked_at",
    "submissions_submissionversion": "SI",
    "submissions_textdraft": "SIU",
    "submissions_upload": "SIU",
    "submissions_versioncheck": "SIU",
    "submissions_versionmember": "SI",
    "term_act": "SI",
    "term_calendarsecret": "SI+revoked_at",
    "term_plannedact": "SIU",
    "term_plannedactevent": "SI",
    "term_roleswap": "SI+accepted_at+accepted_by_id+act_id+answer+ended_at+ended_by_id+outcome",
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


@pytest.mark.django_db
def test_a_recorded_waiver_stays():
    group = make_group(make_course())
    waiver = SizeWaiver.objects.create(group=group, size=3, reason="Two left.", granted_at=START)
    waiver.size = 4
    assert refusal_of(waiver.save) == INSUFFICIENT_PRIVILEGE
