"""What the paper form of a written text shows."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.models import Course
from schedule.models import Reading
from submissions.models import Medium, SubmissionVersion
from submissions.rules.naming import file_name


@dataclass(frozen=True)
class WrittenWork:
    """One version of a text of several pages: whose it is, what it covers, what it says."""

    course: Course
    what: str
    number: int
    owner: str
    members: tuple[str, ...]
    readings: tuple[Reading, ...]
    received_at: datetime
    receipt_code: str
    text: str

    @property
    def file_name(self) -> str:
        """Name it as a file."""
        return file_name(f"{self.what} {self.owner} version {self.number}", ".pdf")


def written_work(version: SubmissionVersion) -> WrittenWork | None:
    """Return a group's text as it is printed; None for files and for questions."""
    submission = version.submission
    if version.medium != Medium.TEXT or submission.group is None:
        return None
    readings = Reading.objects.filter(lecture=submission.deliverable.lecture_id)
    named = version.members.select_related("enrollment").order_by("enrollment__name")
    return WrittenWork(
        course=submission.deliverable.course,
        what=version.what or str(submission.deliverable),
        number=version.number,
        owner=submission.group.name,
        members=tuple(member.enrollment.name for member in named),
        readings=tuple(readings.select_related("paper").order_by("position")),
        received_at=version.received_at,
        receipt_code=version.receipt_code,
        text=version.text,
    )
