"""What is odd about dates: calendar and milestones that disagree, zones that do not fit."""

import re
from collections.abc import Iterator
from datetime import date, time
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from courseapp.term.formats.problems import quoted
from courseapp.term.lint.snapshot import Findings, Snapshot, warning
from schedule.models import Lecture, LectureKind, Milestone, MilestoneKind
from submissions.deadlines import local_instant

MEETINGS: Final = {
    MilestoneKind.MIDTERM: LectureKind.MIDTERM,
    MilestoneKind.FINAL: LectureKind.FINAL,
    MilestoneKind.REPORT: LectureKind.DEADLINE,
}
ABBREVIATION: Final = re.compile(
    r"\b(?:[ECMP][SD]T|AK[SD]T|HST|GMT|BST|IST|WES?T|CES?T|EES?T|AE[SD]T)\b"
)


def contradictory_dates(snapshot: Snapshot) -> Findings:
    """Tell a milestone without its row, and a row without its milestone.

    A course that keeps no milestones of a kind, or no rows of it, contradicts nothing.
    """
    for milestone in snapshot.milestones:
        kind = MEETINGS.get(MilestoneKind(milestone.kind))
        days = {row.starts_on for row in snapshot.lectures if row.kind == kind}
        if days and milestone.on_date not in days:
            message = f"{milestone.title}: no row of the schedule is on {milestone.on_date}."
            found = milestone.on_date.isoformat()
            yield warning("contradictory_dates", message, column="milestone", found=found)
    for lecture in snapshot.lectures:
        days = _milestone_days(snapshot, lecture)
        if days and lecture.starts_on not in days:
            message = (
                f"{lecture.title}: the schedule has a row on {lecture.starts_on}, the milestones"
                f" have only {', '.join(day.isoformat() for day in sorted(days))}."
            )
            found = lecture.starts_on.isoformat()
            yield warning(
                "contradictory_dates", message, row=lecture.position, column="Date", found=found
            )


def _milestone_days(snapshot: Snapshot, lecture: Lecture) -> set[date]:
    """The days on which the milestones would have such a row; any step may fall on a deadline."""
    if lecture.kind == LectureKind.DEADLINE:
        return {milestone.on_date for milestone in snapshot.milestones}
    return {
        milestone.on_date
        for milestone in snapshot.milestones
        if MEETINGS.get(MilestoneKind(milestone.kind)) == lecture.kind
    }


def rows_out_of_order(snapshot: Snapshot) -> Findings:
    """Tell a row that stands after a later one."""
    for before, row in pairwise(snapshot.lectures):
        if row.starts_on < before.starts_on:
            message = f"{row.starts_on} stands after {before.starts_on}; is the date right?"
            yield warning(
                "date_order",
                message,
                row=row.position,
                column="Date",
                found=row.starts_on.isoformat(),
            )


def misfitting_zones(snapshot: Snapshot) -> Findings:
    """Tell a zone abbreviation that does not hold on its date ("6:00PM CST" in May is CDT)."""
    for milestone in snapshot.milestones:
        holds = milestone.due_at.astimezone(ZoneInfo(milestone.timezone))
        for text, said in _abbreviations(_texts_of_milestone(milestone)):
            if said != holds.tzname():
                yield warning(
                    "zone_abbreviation",
                    f"{milestone.title}: {quoted(text)} says {said}; on {milestone.on_date} it is"
                    f" {holds.tzname()} in {milestone.timezone}.",
                    column="milestone",
                    found=said,
                )
    for lecture in snapshot.lectures:
        zone = ZoneInfo(lecture.timezone)
        noon = local_instant(day=lecture.starts_on, at=time(12), zone=zone)
        holds = (lecture.starts_at or noon).astimezone(zone)
        for text, said in _abbreviations([lecture.topic, lecture.label, lecture.note]):
            if said != holds.tzname():
                yield warning(
                    "zone_abbreviation",
                    f"{quoted(text)} says {said}; on {lecture.starts_on} it is {holds.tzname()} in"
                    f" {lecture.timezone}.",
                    row=lecture.position,
                    column="Date",
                    found=said,
                )


def _texts_of_milestone(milestone: Milestone) -> list[str]:
    """Its title, and its file's own words (docs/adr/0004-export-equals-import.md)."""
    printed = milestone.printed.get("cells", {})
    return list(dict.fromkeys([milestone.title, *(text for _, text in printed.values())]))


def _abbreviations(texts: list[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        for said in dict.fromkeys(ABBREVIATION.findall(text)):
            yield text, said
