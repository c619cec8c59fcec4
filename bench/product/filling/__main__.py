"""`python -m bench.product.filling measured STUDENTS` or `… others COURSES`, as the database's owner."""

import sys

import django
from django.db import connection, transaction


def main(which: str, count: int) -> None:
    """Fill the database and let it look at what it holds."""
    from bench.product.filling import courses  # noqa: PLC0415 - after django.setup()

    with transaction.atomic():
        if which == "measured":
            courses.add_measured(students=count)
        else:
            courses.add_others(count=count)
    with connection.cursor() as cursor:
        # Else autovacuum would do it while pages are measured.
        cursor.execute("VACUUM (FREEZE, ANALYZE)")


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
