"""A schedule from a file as one act: rows, readings, parts and milestones together (§12, §13)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.milestones import AddMilestone, ChangeMilestone
from courseapp.term.acts.playing import broken_by_key, newly_broken
from courseapp.term.acts.rows import lecture_of
from courseapp.term.acts.sliding import DropLecture, InsertDay
from courseapp.term.schedules.casting import cast_role
from courseapp.term.schedules.steps import Step, added
from groups.models import Group, Membership
from groups.services import form_groups
from schedule.models import Lecture

# More sentences than this are counted for the readers of the schedule, not told one by one.
TOLD_SENTENCES = 4


@dataclass(frozen=True)
class ImportSchedule(Action):
    """What was confirmed of a file's difference; `groups` are those that the table forms."""

    kind: ClassVar[str] = "import_schedule"
    words: ClassVar[str] = "Bring in a schedule"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE

    file: str
    steps: tuple[Step, ...]
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @override
    def permissions(self) -> frozenset[Permission]:
        wanted = {self.permission}
        if any(step.casts for step in self.steps):
            wanted.add(Permission.CHANGE_PLAN)
        if self.groups:
            wanted.add(Permission.CHANGE_GROUPS)
        return frozenset(wanted)

    @override
    def parameters(self) -> dict[str, Any]:
        """Return what was carried out, as JSON can keep it."""
        return {
            "file": self.file,
            "steps": [
                {"kind": step.action.kind, "parameters": step.action.parameters()}
                for step in self.steps
                if step.action is not None
            ],
        }

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        if not self.steps:
            raise Refused(Denied("unchanged", "The schedule is as the file has it already."))
        self._form_groups(scene)
        has_casts = any(step.casts for step in self.steps)
        before = broken_by_key(scene.course, now=scene.now) if has_casts else {}
        outcomes = [found for step in self.steps for found in self._done(scene, step)]
        broken = newly_broken(scene, before) if has_casts else ()
        public = [found.public_sentence for found in outcomes if found.public_sentence]
        return Outcome(
            sentence=f"The schedule {self.file} came in: {self._counted()}.",
            public_sentence=_public_words(public),
            concerned=frozenset().union(*(found.concerned for found in outcomes)),
            class_concerned=any(found.class_concerned for found in outcomes),
            lines=(*(found.sentence for found in outcomes), *broken),
        )

    def _done(self, scene: Scene, step: Step) -> list[Outcome]:
        """Carry one step out, with all that hangs on the row that it makes."""
        outcomes = [] if step.action is None else [step.action.carry_out(scene)]
        made = None
        if isinstance(step.action, InsertDay):
            # The course is under lock: the newest row is the one just made.
            made = Lecture.objects.filter(course=scene.course).latest("pk")
            for place, entry in enumerate(step.readings, start=1):
                added(made.pk, entry, place=place).carry_out(scene)
        for cast in step.casts:
            lecture = made or lecture_of(scene, cast.lecture_id or 0)
            said = cast_role(scene, lecture, cast, is_new=made is not None)
            if made is None:
                outcomes.append(said)
        return outcomes

    def _counted(self) -> str:
        counts = Counter(_what(step) for step in self.steps)
        return ", ".join(f"{count} {words}" for words, count in counts.items())

    def _form_groups(self, scene: Scene) -> None:
        ids = {one for students in self.groups.values() for one in students}
        people = (
            Enrollment.objects.active().students().filter(course=scene.course, student_id__in=ids)
        )
        by_id = {person.student_id: person for person in people}
        form_groups(
            course=scene.course,
            members={
                name: [
                    Membership(
                        group=Group(name=name),
                        enrollment=by_id[student],
                        seat=seat,
                        starts_at=scene.now,
                        start_reason="Came so with the schedule.",
                    )
                    for seat, student in enumerate(
                        (one for one in students if one in by_id), start=1
                    )
                ]
                for name, students in self.groups.items()
            },
            formed_at=scene.now,
            now=scene.now,
        )


def _what(step: Step) -> str:
    """Name a step as it is counted."""
    if isinstance(step.action, InsertDay):
        return "new in the schedule"
    if isinstance(step.action, DropLecture):
        return "taken out"
    if isinstance(step.action, AddMilestone | ChangeMilestone):
        return "about milestones"
    return "changes" if step.action is not None else "about parts"


def _public_words(said: list[str]) -> str:
    if len(said) <= TOLD_SENTENCES:
        return " ".join(said)
    return f"The schedule changed in {len(said)} places: look at the course page."


register(ImportSchedule)
