"""Meetings: one is moved or changed without losing what hangs on it (domain.md §13.4)."""

from dataclasses import dataclass
from datetime import date, time
from typing import ClassVar
from zoneinfo import ZoneInfo

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.templatetags.times import day_in_zone
from courseapp.term.acts.action import Action, Outcome, Scene, register
from schedule.models import Lecture
from schedule.services.ordering import settle_positions
from submissions.deadlines import local_instant


def lecture_of(scene: Scene, lecture_id: int) -> Lecture:
    """Return a standing row of the course under lock; raise `Refused` where there is none."""
    found = Lecture.objects.select_for_update().filter(course=scene.course, pk=lecture_id).first()
    if found is None:
        raise Refused(Denied("not_found", "This row is not in the schedule (any more)."))
    return found


@dataclass(frozen=True)
class ChangeMeeting(Action):
    """Change one meeting's date, times, room or kind; its readings and roles stay with it.

    Without times the row has dates only, and nothing is due from it.
    """

    kind: ClassVar[str] = "change_meeting"
    words: ClassVar[str] = "Change a meeting"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    starts_on: date
    starts_from: time | None
    ends_by: time | None
    room: str
    lecture_kind: str

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        was = _when(lecture)
        zone = ZoneInfo(lecture.timezone)
        lecture.starts_on, lecture.ends_on = self.starts_on, None
        lecture.starts_at = lecture.ends_at = None
        if self.starts_from is not None and self.ends_by is not None:
            lecture.starts_at = local_instant(day=self.starts_on, at=self.starts_from, zone=zone)
            lecture.ends_at = local_instant(day=self.starts_on, at=self.ends_by, zone=zone)
        lecture.room, lecture.kind = self.room, self.lecture_kind
        lecture.printed = {}
        lecture.save()
        settle_positions(course=scene.course, lecture_ids=[lecture.pk])
        sentence = f"{lecture.title}: {was} is now {_when(lecture)}."
        return Outcome(sentence=sentence, public_sentence=sentence, class_concerned=True)


def _when(lecture: Lecture) -> str:
    if lecture.starts_at is None:
        return f"{lecture.starts_on:%a %b} {lecture.starts_on.day}"
    return day_in_zone(lecture.starts_at, lecture.timezone)


register(ChangeMeeting)
