"""A lookup reads what its queryset would, without compiling it again."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet, Value
from django.test.utils import CaptureQueriesContext

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.lookup import Lookup
from tests.factories import enroll, make_course

pytestmark = pytest.mark.django_db


def by_course(*, slug: str, email: str) -> QuerySet[Enrollment]:
    people = Enrollment.objects.active().select_related("course").annotate(mark=Value("m"))
    return people.filter(course__slug=slug, email=email)


def test_it_reads_the_row_with_what_belongs_to_it_in_one_query():
    person = enroll(make_course())
    lookup = Lookup(by_course, slug="a-slug", email="an-address")
    first, again = (read_once(lookup, person) for _ in range(2))
    expected: Any = by_course(slug=person.course.slug, email=person.email).get()
    for found in (first, again):
        assert columns(found) == columns(expected)
        assert columns(found.course) == columns(expected.course)
        assert found.mark == "m"


def read_once(lookup: Lookup[Enrollment], person: Enrollment) -> Any:
    with CaptureQueriesContext(connection) as queries:
        found = lookup.first(slug=person.course.slug, email=person.email)
        assert found is not None
        assert found.course.slug == person.course.slug
    assert len(queries) == 1
    return found


def test_nothing_is_found_where_the_queryset_finds_nothing():
    lookup = Lookup(by_course, slug="a-slug", email="an-address")
    assert lookup.first(slug=make_course().slug, email="nobody@example.edu") is None


def test_a_number_that_no_column_holds_is_found_nowhere():
    lookup = Lookup(lambda *, key: Course.objects.filter(pk=key), key=-1)
    make_course()
    assert lookup.all(key=2**63) == []


def test_all_rows_come_in_the_querysets_order():
    course = make_course()
    people = [enroll(course) for _ in range(3)]
    lookup = Lookup(in_course, course=-1)
    for _ in range(2):
        assert lookup.all(course=course.pk) == people[::-1]


def in_course(*, course: int) -> QuerySet[Enrollment]:
    return Enrollment.objects.filter(course=course).order_by("-pk")


def test_it_reads_the_same_where_no_plan_may_be_kept(settings):
    settings.DATABASE_KEEPS_PLANS = False
    person = enroll(make_course())
    lookup = Lookup(by_course, slug="a-slug", email="an-address")
    assert columns(read_once(lookup, person)) == columns(person)


def test_it_refuses_an_example_that_the_query_does_not_ask_for():
    lookup = Lookup(lambda **_: Course.objects.all(), slug="a-slug")
    with pytest.raises(LookupError, match="slug"):
        lookup.first(slug="x")


def columns(found: Any) -> dict[str, Any]:
    return {field.attname: getattr(found, field.attname) for field in found._meta.concrete_fields}
