"""What is odd about readings and links."""

from courseapp.term.formats.cells import INVISIBLE, is_link
from courseapp.term.formats.problems import quoted
from courseapp.term.lint.snapshot import Findings, Snapshot, warning
from schedule.models import Lecture, LectureKind, OtherPresenter, Reading, RoleAssignment

COLUMN = "Readings"


def empty_and_malformed_links(snapshot: Snapshot) -> Findings:
    """Tell readings whose link is missing or leads nowhere, and titles that hide characters."""
    for lecture, reading in _readings(snapshot):
        name, row = quoted(reading.title), lecture.position
        if not reading.url:
            message = f"{name} ({lecture.starts_on}) has no link."
            yield warning("empty_link", message, row=row, column=COLUMN, found=reading.title)
        elif not is_link(reading.url, may_be_relative=False):
            message = f"{quoted(reading.url)}, the link of {name}, leads nowhere."
            yield warning("malformed_link", message, row=row, column=COLUMN, found=reading.url)
        if INVISIBLE.search(reading.title):
            message = f"The title {reading.title!a} holds characters that cannot be seen."
            yield warning(
                "invisible_characters", message, row=row, column=COLUMN, found=reading.title
            )


def malformed_materials(snapshot: Snapshot) -> Findings:
    """Tell links to slides that lead nowhere."""
    holders: list[RoleAssignment | OtherPresenter] = [*snapshot.assignments, *snapshot.others]
    for holder in holders:
        if holder.material and not is_link(holder.material, may_be_relative=True):
            yield warning(
                "malformed_link",
                f"{quoted(holder.material)}, the {holder.role}'s material, leads nowhere.",
                row=holder.lecture.position,
                column=holder.role,
                found=holder.material,
            )


def repeated_links(snapshot: Snapshot) -> Findings:
    """Tell a link that comes twice; the same paper may come back with other sections (§1)."""
    first: dict[str, tuple[Lecture, Reading]] = {}
    for lecture, reading in _readings(snapshot):
        if not reading.url:
            continue
        before, other = first.setdefault(reading.url, (lecture, reading))
        if other is reading:
            continue
        is_same_paper = other.title == reading.title
        if is_same_paper and other.sections != reading.sections:
            continue
        beside = "" if is_same_paper else f" under the title {quoted(other.title)}"
        message = (
            f"{quoted(reading.title)} has the link of a reading of {before.starts_on}{beside}."
        )
        yield warning(
            "repeated_link", message, row=lecture.position, column=COLUMN, found=reading.url
        )


def missing_required(snapshot: Snapshot) -> Findings:
    """Tell lectures about which nobody can ask, as no reading is required."""
    for lecture in snapshot.lectures:
        if lecture.kind != LectureKind.LECTURE or not lecture.asks_questions:
            continue
        if not any(reading.is_required for reading in lecture.readings.all()):
            message = f"{lecture.title} ({lecture.starts_on}) has no required reading."
            yield warning("no_required_reading", message, row=lecture.position, column=COLUMN)


def _readings(snapshot: Snapshot) -> list[tuple[Lecture, Reading]]:
    return [
        (lecture, reading) for lecture in snapshot.lectures for reading in lecture.readings.all()
    ]
