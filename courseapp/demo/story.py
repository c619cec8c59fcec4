"""A course to look at: invented people around a real reading list, today in its fifth week.

Everything is made by calling the services, at the instants at which it would have happened.
"""

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from courseapp.course.models import Course
from courseapp.course.services import open_course
from courseapp.demo.scenes import play
from courseapp.term.importing import import_course

FOLDER: Final = Path(__file__).parent / "course"
SLUG: Final = "demo"
# The fifth week of the term that the folder's dates come from.
FIFTH_WEEK: Final = date(2025, 2, 17)
DATE_COLUMNS: Final = ("date", "end_date", "lecture_date")


def tell(*, now: datetime) -> Course:
    """Bring the sample course in, as it stands in its fifth week, and return it."""
    files = {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
    shift = whole_weeks_since_then(now.date())
    course, _warnings = import_course(
        files={name: shifted(content, by=shift) for name, content in files.items()},
        slug=SLUG,
        mail_domain=None,
        now=now,
    )
    open_course(course=course, now=course.begins_at)
    play(course, now=now)
    return course


def whole_weeks_since_then(today: date) -> timedelta:
    """Return by how many whole weeks the folder's dates move, so that week five is this week."""
    return timedelta(days=(today - FIFTH_WEEK).days // 7 * 7)


def shifted(content: bytes, *, by: timedelta) -> bytes:
    """Return a file of the folder with its dates moved."""
    reader = csv.DictReader(io.StringIO(content.decode(), newline=""))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, reader.fieldnames or [], lineterminator="\n")
    writer.writeheader()
    for row in reader:
        moved = {
            column: (date.fromisoformat(row[column]) + by).isoformat()
            for column in DATE_COLUMNS
            if row.get(column)
        }
        writer.writerow({**row, **moved})
    return out.getvalue().encode()
