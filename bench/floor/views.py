"""F, Fp and J(N): a page for someone signed in, a text that comes in, a table of N students."""

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from bench.floor.models import Entry

TABLE = """
SELECT name, array_agg(points ORDER BY position) FROM floor_cell
WHERE "table" = %s GROUP BY student, name ORDER BY student
"""


def page(request: HttpRequest) -> HttpResponse:
    """Show a page of 4.3 KB after three SELECTs: session, person, text."""
    entry = Entry.objects.get(pk=1)
    return render(request, "floor/page.html", {"entry": entry})


def entry(request: HttpRequest) -> HttpResponse:
    """Take a text in: one INSERT in a transaction."""
    with transaction.atomic():
        Entry.objects.create(text=request.POST["text"])
    return HttpResponseRedirect("/page/")


def table(request: HttpRequest, size: int) -> HttpResponse:
    """Show a table of students by one query and a join in Python."""
    with connection.cursor() as cursor:
        cursor.execute(TABLE, [size])
        rows = "".join(_row(name, points) for name, points in cursor.fetchall())
    return HttpResponse(f"<table>{rows}</table>")


def _row(name: str, points: list[object]) -> str:
    return f"<tr><th>{name}</th><td>{'</td><td>'.join(map(str, points))}</td></tr>"
