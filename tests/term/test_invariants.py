"""The invariants: whole data breaks none, and each is found out when something breaks it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from courseapp.kernel import clock
from courseapp.term.invariants import all_invariants, broken_invariants
from courseapp.term.invariants.belonging import code_of, keys_to_watch
from tests.term.breaks import BREAKS, Break
from tests.term.everything import furnish_everything

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_invariants]

OF_CODE = {invariant.code: invariant for invariant in all_invariants()}


@pytest.fixture(scope="module")
def two_courses(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Two courses with a row in every table, made once for all tests of the module."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(settings, "FILES_ROOT", Path(tmp_path_factory.mktemp("files")))
        with transaction.atomic():
            furnish_everything()
            furnish_everything()
            # Also what a commit would ask, after which the tables may be altered.
            connection.check_constraints()
            yield
            transaction.set_rollback(True)


@pytest.fixture
def as_owner(two_courses: None, db: None) -> None:
    """Let a test do what the application's role cannot; what it did is taken back with its role."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")


def broken_codes(*codes: str) -> set[str]:
    asked = [OF_CODE[code] for code in codes] if codes else None
    return {found.code for found in broken_invariants(now=clock.now(), asked=asked)}


def lay_bare(table: str) -> None:
    """Take a table's constraints, unique indexes and triggers away; keys to other tables stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('c', 'u', 'x')",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.mark.usefixtures("two_courses")
def test_whole_data_breaks_none():
    assert broken_codes() == set()


def test_every_invariant_is_broken_by_a_test_and_has_a_code_of_its_own():
    tried = [each.code for each in BREAKS] + [code_of(key) for _, key in keys_to_watch()]
    assert sorted(tried) == sorted(invariant.code for invariant in all_invariants())
    assert len(OF_CODE) == len(all_invariants()) >= 25


@pytest.mark.usefixtures("as_owner")
@pytest.mark.parametrize("each", BREAKS, ids=lambda each: each.code)
def test_what_breaks_it_is_found(each: Break) -> None:
    for table in each.tables:
        lay_bare(table)
    with connection.cursor() as cursor:
        cursor.execute(each.statement)
    assert broken_codes(each.code) == {each.code}


KEYS = {code_of(key): key for _, key in keys_to_watch()}


@pytest.mark.usefixtures("as_owner")
@pytest.mark.parametrize("code", KEYS)
def test_what_points_into_another_course_is_found(code: str) -> None:
    key = KEYS[code]
    table, column = key.model._meta.db_table, key.column
    lay_bare(table)
    with connection.cursor() as cursor:
        # The first course was made before the second.
        cursor.execute(
            f"UPDATE {table} SET {column} = (SELECT {column} FROM {table}"
            f" WHERE id = (SELECT max(id) FROM {table} WHERE {column} IS NOT NULL))"
            f" WHERE id = (SELECT min(id) FROM {table} WHERE {column} IS NOT NULL)"
        )
    assert broken_codes(code) == {code}
