"""course.csv, lectures.csv, readings.csv and milestones.csv: what happens when."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from courseapp.term.formats.cells import UNKNOWN_DATE, Cells
from courseapp.term.formats.names import LectureKind, MilestoneKind
from courseapp.term.formats.problems import Severity
from courseapp.term.formats.repeats import Repeats
from courseapp.term.formats.rows import CourseRow, LectureRow, MilestoneRow, ReadingRow
from courseapp.term.formats.sources import Sources
from submissions import deadlines

DEFAULT_GROUP_SIZES = (4, 5)
# Which rows of the schedule a milestone of a kind falls on.
MEETINGS = {
    MilestoneKind.MIDTERM: LectureKind.MIDTERM,
    MilestoneKind.FINAL: LectureKind.FINAL,
    MilestoneKind.REPORT: LectureKind.DEADLINE,
}


def read_course(sources: Sources) -> CourseRow | None:
    """The one row of course.csv; also tells `sources` the zone that all other rows are read in."""
    rows = list(sources.rows("course.csv"))
    if not rows and sources.is_whole("course.csv"):
        message = "Expected one row that describes the course; found none."
        sources.report_file(
            "course.csv", code="no_course", message=message, severity=Severity.ERROR
        )
    for extra in rows[1:]:
        extra.error("code", "many_courses", "Expected one row; a folder holds one course.")
    courses = [_course(row) for row in rows[:1]]
    for course in courses:
        sources.zone = course.zone
    return next(iter(courses), None)


def _course(row: Cells) -> CourseRow:
    smallest = row.optional_whole_number("group_size_min") or DEFAULT_GROUP_SIZES[0]
    largest = row.optional_whole_number("group_size_max") or max(smallest, DEFAULT_GROUP_SIZES[1])
    if smallest > largest and row.is_read("group_size_min", "group_size_max"):
        message = f"The largest group ({largest}) is smaller than the smallest ({smallest})."
        row.error("group_size_max", "contradictory_sizes", message)
    start, end = row.optional_time("start"), row.optional_time("end")
    _check_both_or_neither(row, start=start, end=end)
    if start is not None and end is not None and end <= start:
        row.error("end", "end_before_start", f"The end {end:%H:%M} is not after {start:%H:%M}.")
    return CourseRow(
        line=row.line,
        cells=row.cells,
        code=row.required_text("code"),
        section=row.text("section"),
        title=row.required_text("title"),
        term=row.required_text("term"),
        institution=row.text("institution"),
        zone=row.zone("tz"),
        days=row.text("days"),
        start=start,
        end=end,
        room=row.text("room"),
        group_size_min=smallest,
        group_size_max=largest,
        source=row.text("source"),
    )


def _check_both_or_neither(row: Cells, *, start: time | None, end: time | None) -> None:
    if row.is_read("start", "end") and (start is None) != (end is None):
        column = "start" if start is None else "end"
        row.error(column, "half_a_time", "Give both start and end, or neither.")


def read_lectures(sources: Sources) -> tuple[LectureRow, ...]:
    """The schedule, in the order of the file; positions are unique."""
    repeats = Repeats()
    lectures: list[LectureRow] = []
    for row in sources.rows("lectures.csv"):
        lecture = _lecture(row, sources)
        first = repeats.seen(row, lecture.position) if row.is_read("position") else None
        if first is not None:
            message = f"Position {lecture.position} is already taken in row {first}."
            row.error("position", "duplicate_position", message)
        if lectures and row.is_read("date") and lecture.held_on < lectures[-1].held_on:
            message = f"{lecture.held_on} stands after {lectures[-1].held_on}; is the date right?"
            row.warn("date", "date_order", message)
        lectures.append(lecture)
    if not lectures and sources.is_whole("lectures.csv"):
        message = "Expected a row for each lecture; found none."
        sources.report_file(
            "lectures.csv", code="no_lectures", message=message, severity=Severity.ERROR
        )
    return tuple(lectures)


def _lecture(row: Cells, sources: Sources) -> LectureRow:
    held_on, ends_on = row.required_date("date"), row.optional_date("end_date")
    zone = row.zone_or("tz", sources.zone)
    starts_at, ends_at = _bounds(row, days=(held_on, ends_on or held_on), zone=zone)
    return LectureRow(
        line=row.line,
        cells=row.cells,
        held_on=held_on,
        position=row.whole_number("position"),
        ends_on=ends_on,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        topic=row.text("topic"),
        kind=row.name("kind", sources.names.lecture_kinds, stand_in=LectureKind.OTHER),
        module=row.text("module"),
        label=row.text("label"),
        note=row.text("note"),
    )


def _bounds(
    row: Cells, *, days: tuple[date, date], zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """Start and end in UTC; both None for a row with dates only, and where they cannot be read."""
    start, end = row.optional_time("start"), row.optional_time("end")
    if not row.is_read("date", "end_date"):
        return None, None
    if days[1] < days[0]:
        message = f"The end {days[1]} is before the start {days[0]}."
        row.error("end_date", "end_before_start", message)
        return None, None
    _check_both_or_neither(row, start=start, end=end)
    if start is None or end is None:
        return None, None
    starts_at = deadlines.local_instant(day=days[0], at=start, zone=zone)
    ends_at = deadlines.local_instant(day=days[1], at=end, zone=zone)
    if ends_at <= starts_at:
        begins = f"{starts_at.astimezone(zone):%H:%M}"
        row.error("end", "end_before_start", f"The end {end:%H:%M} is not after {begins}.")
    return starts_at, ends_at


def read_readings(sources: Sources) -> tuple[ReadingRow, ...]:
    """The papers of each lecture; the same paper may come back in another lecture."""
    orders, links, titles = Repeats(), Repeats(), Repeats()
    readings: list[ReadingRow] = []
    for row in sources.rows("readings.csv"):
        reading = _reading(row, sources)
        readings.append(reading)
        place = (reading.lecture_on, reading.lecture_position)
        if row.is_read("order") and (first := orders.seen(row, (*place, reading.order))):
            message = f"Number {reading.order} of this lecture is already taken in row {first}."
            row.error("order", "duplicate_order", message)
        if reading.url and (first := links.seen(row, (*place, reading.url))):
            row.warn("url", "repeated_link", f"The same link as in row {first}.")
        if reading.title and (first := titles.seen(row, (*place, reading.title.casefold()))):
            row.warn("title", "repeated_title", f"The same title as in row {first}.")
    return tuple(readings)


def _reading(row: Cells, sources: Sources) -> ReadingRow:
    lecture_on, position = sources.lecture(row)
    url = row.link("url")
    if not url and row.is_read("url"):
        row.warn("url", "empty_link", "The reading has no link.")
    return ReadingRow(
        line=row.line,
        cells=row.cells,
        lecture_on=lecture_on,
        lecture_position=position,
        order=row.whole_number("order"),
        title=row.required_text("title"),
        url=url,
        is_required=row.boolean("required"),
        mark=row.text("mark"),
        sections=row.text("sections"),
        note=row.text("note"),
    )


def read_milestones(sources: Sources) -> tuple[MilestoneRow, ...]:
    """The dated steps of the course; several rows of a kind are its meetings."""
    return tuple(_milestone(row, sources) for row in sources.rows("milestones.csv"))


def _milestone(row: Cells, sources: Sources) -> MilestoneRow:
    name = row.required_text("milestone")
    kind = sources.names.milestones.find_leading(name)
    if name and kind is None:
        row.unknown_name("milestone", sources.names.milestones)
    due_on, due_time = row.required_date("date"), row.optional_time("time")
    zone = row.zone_or("tz", sources.zone)
    return MilestoneRow(
        line=row.line,
        cells=row.cells,
        name=name,
        kind=kind or MilestoneKind.FORM_GROUPS,
        due_on=due_on,
        due_time=due_time,
        zone=zone,
        due_at=deadlines.milestone_instant(day=due_on, at=due_time, zone=zone),
        source=row.text("source"),
    )


def compare_calendars(
    sources: Sources, *, lectures: Iterable[LectureRow], milestones: Iterable[MilestoneRow]
) -> None:
    """Warn where schedule and milestones disagree about a meeting of the same kind."""
    meetings = [lecture for lecture in lectures if lecture.held_on != UNKNOWN_DATE]
    stated = [milestone for milestone in milestones if milestone.due_on != UNKNOWN_DATE]
    for milestone in stated:
        kind = MEETINGS.get(milestone.kind)
        days = [lecture.held_on for lecture in meetings if lecture.kind is kind]
        if days and milestone.due_on not in days:
            message = f"No row of kind {kind} in lectures.csv is on {milestone.due_on}."
            sources.warn(
                "milestones.csv", milestone, column="date", message=message, code="contradiction"
            )
    for lecture in meetings:
        days = [step.due_on for step in stated if MEETINGS.get(step.kind) is lecture.kind]
        if days and lecture.held_on not in days:
            message = f"No such milestone in milestones.csv is on {lecture.held_on}."
            sources.warn(
                "lectures.csv", lecture, column="date", message=message, code="contradiction"
            )
