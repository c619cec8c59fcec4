"""`python -m bench.product.filling measured STUDENTS` or `… others COURSES`, as the server's administrator."""

import sys

import django
from django.db import connection, transaction

# The same statements have made a small course with every trigger on: they are known to be right.
TRUSTED_FROM = 500


def main(which: str, count: int) -> None:
    """Fill the database and let it look at what it holds."""
    from bench.product.filling import courses  # noqa: PLC0415 - after django.setup()

    with transaction.atomic():
        if count > TRUSTED_FROM:
            _trust_the_statements()
        if which == "measured":
            courses.add_measured(students=count)
        else:
            courses.add_others(count=count)
    with connection.cursor() as cursor:
        # Else autovacuum would do it while pages are measured.
        cursor.execute("VACUUM (FREEZE, ANALYZE)")


def _trust_the_statements() -> None:
    """Leave out foreign keys and history: their triggers run for each row."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
