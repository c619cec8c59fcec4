"""Where a roster or a schedule is brought in by a page: what the file changes, and what of it is let."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.datastructures import MultiValueDict
from typing_extensions import override

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.course.selectors import course_of_member
from courseapp.kernel.decisions import Decision
from courseapp.kernel.sent import row_id
from courseapp.term.acts import policies
from courseapp.term.acts.action import Action
from courseapp.term.formats import Problem
from courseapp.term.formats.roster import Difference
from courseapp.term.forms.importing import ImportForm, RosterForm, ScheduleForm
from courseapp.term.rosters.bringing_in import ImportRoster
from courseapp.term.rosters.differences import Confirmed, key_of
from courseapp.term.rosters.differences import confirmed_action as confirmed_roster
from courseapp.term.rosters.differences import read_over as read_roster_over
from courseapp.term.schedules.bringing_in import ImportSchedule
from courseapp.term.schedules.confirming import FIELD_WORDS, difference_document, gone_rows
from courseapp.term.schedules.confirming import confirmed_action as confirmed_schedule
from courseapp.term.schedules.differences import read_over as read_schedule_over

Ticked = MultiValueDict[str, str]


@dataclass(frozen=True)
class Found:
    """What a file says otherwise, None where it has errors, and every problem."""

    difference: Any
    problems: list[Problem]


@dataclass(frozen=True)
class ImportDesk(ABC):
    """The place for one kind of file."""

    course: Course

    makes: ClassVar[type[Action]]
    form_class: ClassVar[type[ImportForm]]
    template: ClassVar[str]
    notes: ClassVar[str]
    can_be_drafted: ClassVar[bool] = False

    @property
    def words(self) -> str:
        """Name what is done here."""
        return self.makes.words

    @abstractmethod
    def read(self, form: Any) -> Found:
        """Read the file and compare it with the course."""

    @abstractmethod
    def action(self, form: Any, found: Found, ticked: Ticked) -> Action:
        """Return what was confirmed; raises `Refused` where that is not there any more."""

    def shown(self, found: Found) -> dict[str, Any]:
        """Return what the page shows of the difference."""
        return {"difference": found.difference}


class RosterDesk(ImportDesk):
    makes = ImportRoster
    form_class = RosterForm
    template = "term/roster_difference.html"
    notes = (
        "Our own roster.csv, or an export of Canvas or Banner. Nothing happens yet: the next page shows"
        " who is new, who is missing, and who is written otherwise."
    )

    @override
    def read(self, form: RosterForm) -> Found:
        reading = read_roster_over(self.course, form.roster())
        return Found(reading.difference, reading.problems)

    @override
    def action(self, form: RosterForm, found: Found, ticked: Ticked) -> ImportRoster:
        difference: Difference = found.difference
        newcomers = set(ticked.getlist("newcomer"))
        if "all_newcomers" in ticked:
            newcomers |= {key_of(one) for one in difference.newcomers if not one.hint}
        drops = _ids(ticked, "drop")
        if "all_missing" in ticked:
            drops |= {person.key for person in difference.missing}
        confirmed = Confirmed(newcomers, sorted(drops))
        return confirmed_roster(form.roster().name, difference, confirmed)

    @override
    def shown(self, found: Found) -> dict[str, Any]:
        difference: Difference = found.difference
        newcomers = [(key_of(one), one) for one in difference.newcomers]
        return {
            "difference": difference,
            "plain": [pair for pair in newcomers if not pair[1].hint],
            "doubtful": [pair for pair in newcomers if pair[1].hint],
            "returning": [(key_of(one), one) for one in difference.returning],
        }


def _ids(ticked: Ticked, name: str) -> set[int]:
    return {found for found in map(row_id, ticked.getlist(name)) if found is not None}


class ScheduleDesk(ImportDesk):
    makes = ImportSchedule
    form_class = ScheduleForm
    template = "term/schedule_difference.html"
    notes = (
        "A page with the schedule as a Markdown table, or files of the CSV folder. Nothing happens yet:"
        " the next page shows row by row what would change."
    )

    @override
    def read(self, form: ScheduleForm) -> Found:
        reading = read_schedule_over(self.course, form.schedule())
        return Found(reading.difference, reading.problems)

    @override
    def action(self, form: ScheduleForm, found: Found, ticked: Ticked) -> ImportSchedule:
        drops = _ids(ticked, "drop")
        return confirmed_schedule(form.schedule().name, found.difference, drops=drops)

    @override
    def shown(self, found: Found) -> dict[str, Any]:
        return {
            "difference": found.difference,
            "document": difference_document(found.difference, words=FIELD_WORDS),
            "gone": gone_rows(found.difference),
        }


def roster_desk(actor: Actor, *, now: datetime) -> RosterDesk | None:
    """Return the desk for rosters, for the course's members."""
    course = course_of_member(actor, now=now)
    return None if course is None else RosterDesk(course)


def schedule_desk(actor: Actor, *, now: datetime) -> ScheduleDesk | None:
    """Return the desk for schedules, for the course's members."""
    course = course_of_member(actor, now=now)
    return None if course is None else ScheduleDesk(course)


def use_desk(actor: Actor, desk: ImportDesk, *, now: datetime) -> Decision:
    """Whoever may do singly what a file does at once brings it in."""
    return policies.permitted(actor, desk.makes)
