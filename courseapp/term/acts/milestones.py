"""The dated steps of the term: one is added, one is changed; what is due by them follows."""

from dataclasses import dataclass
from datetime import date, time
from typing import ClassVar
from zoneinfo import ZoneInfo

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.templatetags.times import in_zone
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.rows import nothing_changed
from schedule.models import Milestone, MilestoneKind
from submissions.deadlines import milestone_instant


@dataclass(frozen=True)
class AddMilestone(Action):
    """Add a dated step; without a time it means the end of its day."""

    kind: ClassVar[str] = "add_milestone"
    words: ClassVar[str] = "Add a milestone"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    milestone_kind: str
    title: str
    on_date: date
    at_time: time | None = None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        if self.milestone_kind not in MilestoneKind.values:
            raise Refused(Denied("unknown_kind", "There is no such step; choose another."))
        standing = Milestone.objects.filter(course=scene.course)
        last = max(standing.values_list("position", flat=True), default=0)
        milestone = Milestone(
            course=scene.course,
            position=last + 1,
            kind=self.milestone_kind,
            timezone=scene.course.timezone,
        )
        _write(milestone, self)
        sentence = f"New step: {milestone.title}, by {_when(milestone)}."
        return Outcome(sentence=sentence, public_sentence=sentence, class_concerned=True)


@dataclass(frozen=True)
class ChangeMilestone(Action):
    """Change a dated step; what is due by it moves along."""

    kind: ClassVar[str] = "change_milestone"
    words: ClassVar[str] = "Change a milestone"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    milestone_id: int
    title: str
    on_date: date
    at_time: time | None = None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        standing = Milestone.objects.select_for_update().filter(course=scene.course)
        milestone = standing.filter(pk=self.milestone_id).first()
        if milestone is None:
            raise Refused(Denied("not_found", "This step is not in the schedule (any more)."))
        was = milestone.title, milestone.on_date, milestone.at_time
        if was == (self.title.strip(), self.on_date, self.at_time):
            raise nothing_changed(milestone.title)
        was_due, was_title = _when(milestone), milestone.title
        _write(milestone, self)
        said = [] if milestone.title == was_title else [f"{was_title} is now {milestone.title}."]
        if _when(milestone) != was_due:
            said.append(f"{milestone.title}: {was_due} is now {_when(milestone)}.")
        sentence = " ".join(said)
        is_moved = _when(milestone) != was_due
        return Outcome(sentence=sentence, public_sentence=sentence, class_concerned=is_moved)


def _write(milestone: Milestone, wanted: AddMilestone | ChangeMilestone) -> None:
    title = wanted.title.strip()
    if not title:
        raise Refused(Denied("no_title", "A step needs a title."))
    milestone.title, milestone.on_date, milestone.at_time = title, wanted.on_date, wanted.at_time
    milestone.due_at = milestone_instant(
        day=wanted.on_date, at=wanted.at_time, zone=ZoneInfo(milestone.timezone)
    )
    milestone.save()


def _when(milestone: Milestone) -> str:
    return in_zone(milestone.due_at, milestone.timezone)


register(AddMilestone, ChangeMilestone)
