"""What the floor's database holds."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from bench.asking import Case, Request
from bench.floor.models import Entry
from bench.floor.names import ENTRY, PAGE, table_name
from bench.signing_in import session_of

TABLE = """
INSERT INTO floor_cell ("table", student, name, position, points)
SELECT {size}, s, 'Student ' || s, p, (s * 7 + p * 13) % 100
FROM generate_series(1, {size}) s, generate_series(1, 12) p
"""


def prepare(sizes: list[int]) -> list[Case]:
    """Make the tables, one person, one text and a table of each size; return what can be asked."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    Entry.objects.create(text="One row, read for each page.")
    with connection.cursor() as cursor:
        for size in sizes:
            cursor.execute(TABLE.format(size=size))
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
    user = User.objects.create(username="reader", password="!")  # noqa: S106 - nobody signs in
    session = f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"
    token = "b" * 32
    return [
        Case(PAGE, (Request("/page/", cookie=session),), query_count=3),
        Case(
            ENTRY,
            (
                Request(
                    "/entry/",
                    cookie=f"{settings.CSRF_COOKIE_NAME}={token}",
                    token=token,
                    body="text=A+text+as+long+as+the+question+of+a+student,+which+comes+in+",
                ),
            ),
            query_count=1,
        ),
        *(Case(table_name(size), (Request(f"/table/{size}/"),), query_count=1) for size in sizes),
    ]
