"""What is prepared answers as the statement itself does, whatever is absent."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from courseapp.kernel.prepared import Prepared

pytestmark = pytest.mark.django_db


def numbers(name: str = "numbers") -> Prepared:
    return Prepared(
        name,
        """SELECT n, %(most)s, '100%%' FROM generate_series(1, 6) n
        WHERE (%(most)s IS NULL OR n <= %(most)s)
          AND (%(among)s IS NULL OR n = ANY (%(among)s)) ORDER BY n""",
        most="int",
        among="bigint[]",
    )


@pytest.fixture(params=[True, False], ids=["kept plans", "no plan kept"])
def found(request: Any, settings: Any) -> Callable[..., list[int]]:
    settings.DATABASE_KEEPS_PLANS = request.param
    prepared = numbers()

    def _found(**values: Any) -> list[int]:
        rows = prepared.rows(**values)
        assert {row[1:] for row in rows} <= {(values["most"], "100%")}
        return [row[0] for row in rows]

    return _found


def test_what_is_absent_narrows_nothing(found):
    for _ in range(2):
        assert found(most=None, among=None) == [1, 2, 3, 4, 5, 6]
        assert found(most=2, among=None) == [1, 2]
        assert found(most=None, among=[3, 5]) == [3, 5]
        assert found(most=4, among=[3, 5]) == [3]
        assert found(most=4, among=[]) == []


def test_it_is_one_query_each_time():
    prepared = numbers()
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            prepared.rows(most=1, among=None)
        assert len(queries) == 1


def test_a_connection_plans_it_once_and_for_any_values():
    prepared = numbers("planned_once")
    for most in (1, 2):
        assert len(prepared.rows(most=most, among=None)) == most
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name ~ '^planned_once'")
        assert cursor.fetchone() == (1,)
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("force_generic_plan",)


@pytest.mark.django_db(transaction=True)
def test_it_is_still_there_after_a_rollback_and_after_a_new_connection():
    prepared = numbers("rolled_back")
    with transaction.atomic():
        prepared.rows(most=2, among=None)
        transaction.set_rollback(True)
    assert len(prepared.rows(most=2, among=None)) == 2
    connection.close()
    assert len(prepared.rows(most=2, among=None)) == 2


def test_what_cannot_be_planned_is_an_error_of_the_database():
    wrong = Prepared("wrong", "SELECT %(n)s FROM nowhere", n="int")
    with pytest.raises(DatabaseError, match="nowhere"), transaction.atomic():
        wrong.rows(n=1)
