"""A roster as one act: who comes, who is back, who leaves, and who is written otherwise (§12, §13)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment, EnrollmentState
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.memberships import left_by_drop
from courseapp.term.acts.people import AddStudent, ChangeStudent, DropStudent, ReinstateStudent
from groups.models import Membership

Entry = dict[str, Any]


@dataclass(frozen=True)
class ImportRoster(Action):
    """What was confirmed of a roster's difference; each part is the action that staff know singly.

    `adds` are entries (name, email, student_id, section), `changes` the same with an `enrollment_id`;
    `returns` and `drops` are enrollments. Told are those who come, go, or get another address.
    """

    kind: ClassVar[str] = "import_roster"
    words: ClassVar[str] = "Bring in a roster"
    permission: ClassVar[Permission] = Permission.CHANGE_ROSTER

    file: str
    adds: tuple[Entry, ...]
    returns: tuple[int, ...]
    drops: tuple[int, ...]
    changes: tuple[Entry, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        if not (self.adds or self.returns or self.drops or self.changes):
            raise Refused(
                Denied("unchanged", "Nothing was chosen; the course stays as it is. Tick someone.")
            )
        lines: list[str] = []
        told: dict[int, list[str]] = defaultdict(list)
        concerned: set[int] = set()
        away_since: list[datetime] = []
        readdressed = self._readdressed()
        for action in self._steps(scene):
            mates = _mates(action)
            outcome = action.carry_out(scene)
            lines.append(outcome.sentence)
            away_since += [outcome.away_since] if outcome.away_since else []
            if not isinstance(action, ChangeStudent) or action.enrollment_id in readdressed:
                concerned |= outcome.concerned
                mates |= outcome.concerned
            for person in mates:
                told[person].append(outcome.sentence)
        return Outcome(
            sentence=f"The roster {self.file} came in: {self._counted()}.",
            concerned=frozenset(concerned),
            lines=tuple(lines),
            told_of={person: tuple(said) for person, said in told.items()},
            away_since=min(away_since, default=None),
        )

    def _steps(self, scene: Scene) -> Iterator[Action]:
        """Those who go first, then what is corrected, so that ids and addresses are free for others."""
        for enrollment_id in self.drops:
            yield DropStudent(enrollment_id)
        for change in self.changes:
            yield ChangeStudent(**change)
        for enrollment_id in self.returns:
            yield ReinstateStudent(enrollment_id, _group_left(scene, enrollment_id))
        for entry in self.adds:
            yield AddStudent(**entry, group_id=None)

    def _readdressed(self) -> set[int]:
        """Those who get another address; a name or a section written otherwise needs no mail."""
        now = dict(
            Enrollment.objects.filter(
                pk__in=[change["enrollment_id"] for change in self.changes]
            ).values_list("pk", "email")
        )
        return {
            change["enrollment_id"]
            for change in self.changes
            if change["email"] != now.get(change["enrollment_id"])
        }

    def _counted(self) -> str:
        counts = (
            (len(self.adds), "new"),
            (len(self.returns), "back"),
            (len(self.drops), "dropped"),
            (len(self.changes), "written otherwise"),
        )
        return ", ".join(f"{count} {words}" for count, words in counts if count)


def _mates(action: Action) -> set[int]:
    """Return who shares a group with someone who leaves: they read who it is."""
    if not isinstance(action, DropStudent):
        return set()
    current = Membership.objects.current()
    own = current.filter(enrollment=action.enrollment_id).values("group")
    return set(current.filter(group__in=own).values_list("enrollment_id", flat=True))


def _group_left(scene: Scene, enrollment_id: int) -> int | None:
    """The group that someone left by being dropped, where it still stands and has a seat for them."""
    person = Enrollment.objects.filter(course=scene.course, pk=enrollment_id).first()
    if person is None or person.state != EnrollmentState.DROPPED:
        return None
    last = left_by_drop(person)
    if last is None or last.group.dissolved_at is not None:
        return None
    size = Membership.objects.current().filter(group=last.group_id).count()
    return last.group_id if size < scene.course.group_size_max else None


register(ImportRoster)
