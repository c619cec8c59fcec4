"""Papers and tables that are taken along."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from courseapp.kernel.pdf import STATIC_BASE
from courseapp.kernel.press import printed
from courseapp.kernel.templatetags.prose import prose
from submissions.rules.naming import file_name, harmless_cell
from submissions.selectors.came_in import OwnerLine
from submissions.selectors.printing import WrittenWork

CAME_IN_HEADINGS = (
    "owner",
    "role",
    "members",
    "state",
    "version",
    "received_at",
    "due_at",
    "has_more_time",
    "file",
    "receipt",
)


def as_attachment(stem: str, ending: str) -> str:
    """Return the header that names a file to be taken along."""
    named = content_disposition_header(as_attachment=True, filename=file_name(stem, ending))
    return named or "attachment"


def came_in_rows(lines: Iterable[OwnerLine], *, zone: str) -> Iterator[list[object]]:
    """Return who has handed in and who has not, with the headings; times in the course's zone."""
    yield list(CAME_IN_HEADINGS)
    for line in lines:
        row = [
            line.name,
            line.role or "",
            ", ".join(line.members),
            line.state,
            line.version_number or "",
            _local(line.received_at, zone),
            _local(line.due_at, zone),
            "yes" if line.has_more_time else "",
            line.file_name,
            line.receipt_code,
        ]
        yield [harmless_cell(cell) for cell in row]


def _local(instant: datetime | None, zone: str) -> str:
    return "" if instant is None else instant.astimezone(ZoneInfo(zone)).isoformat(sep=" ")


def written_work(work: WrittenWork) -> bytes:
    """Return a text that was written here as a PDF: whose it is, what it covers, its sections."""
    context = {
        "work": work,
        "course": work.course,
        "text": prose(work.text),
        "stylesheet": f"{STATIC_BASE}css/written.css",
    }
    return printed(render_to_string("submissions/written.html", context))
