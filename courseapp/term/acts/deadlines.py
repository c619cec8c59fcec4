"""Deadlines: more time for one owner or for all, also after it has passed (domain.md §13.8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment, ExtensionPolicy
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.templatetags.times import in_zone
from courseapp.term.acts.action import Action, Outcome, Scene, register
from groups.models import Group
from submissions.emails import duty_words
from submissions.selectors.owed import Duty, duties
from submissions.services.extending import extend

OVERRIDDEN = "This course gives no extensions: that it was done here is counted on its health page."


@dataclass(frozen=True)
class ExtendDeadline(Action):
    """Give one owner, or all, more time; without `due_at`, take it back."""

    kind: ClassVar[str] = "extend_deadline"
    words: ClassVar[str] = "Extend a deadline"
    permission: ClassVar[Permission] = Permission.EXTEND
    needs_reason: ClassVar[bool] = True

    deliverable_id: int
    due_at: datetime | None
    group_id: int | None = None
    enrollment_id: int | None = None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        owner = self._owner(scene)
        duty = self._duty(scene)
        extension = extend(
            actor=scene.actor,
            deliverable_id=self.deliverable_id,
            owner=owner,
            due_at=self.due_at,
            reason=scene.reason,
            now=scene.now,
        )
        whose = "everyone" if owner is None else str(owner)
        sentence = _sentence(duty_words(duty), whose, self.due_at, scene)
        return Outcome(
            sentence=sentence,
            public_sentence=sentence if owner is None else "",
            lines=_notes(duty, extension.due_at, scene),
        )

    def _owner(self, scene: Scene) -> Enrollment | Group | None:
        """Return whose more time it is; None for all."""
        if self.group_id is not None and self.enrollment_id is not None:
            raise Refused(Denied("two_owners", "Choose a group or a student, not both."))
        found: Enrollment | Group | None = None
        if self.group_id is not None:
            found = Group.objects.filter(course=scene.course, pk=self.group_id).first()
        if self.enrollment_id is not None:
            students = Enrollment.objects.students().filter(course=scene.course)
            found = students.filter(pk=self.enrollment_id).first()
        if found is None and (self.group_id or self.enrollment_id):
            raise Refused(Denied("no_such_owner", "Choose a group or a student of this course."))
        return found

    def _duty(self, scene: Scene) -> Duty:
        """Return the duty of the owner, or anyone's; raise `Refused` where nobody owes it."""
        owed = duties(course=scene.course, now=scene.now, deliverables=[self.deliverable_id])
        if self.group_id is not None or self.enrollment_id is not None:
            wanted = (self.group_id, self.enrollment_id)
            owed = [duty for duty in owed if (duty.group_id, duty.enrollment_id) == wanted]
        if not owed:
            message = "They do not owe this, so there is no deadline to move. Choose who owes it."
            raise Refused(Denied("not_owed", message))
        return owed[0]


def _sentence(what: str, whose: str, due_at: datetime | None, scene: Scene) -> str:
    if due_at is None:
        return f"{what}: the additional time of {whose} is taken back."
    return f"{what}: {whose} has until {in_zone(due_at, scene.course.timezone)}."


def _notes(duty: Duty, due_at: datetime | None, scene: Scene) -> tuple[str, ...]:
    """Say what else there is to know: a rule that is overridden, a deadline that has passed."""
    notes = []
    if scene.course.extensions == ExtensionPolicy.NONE and due_at is not None:
        notes.append(OVERRIDDEN)
    if due_at is None and duty.base_due_at <= scene.now:
        notes.append("The deadline has passed: what came in after it counts as late again.")
    elif due_at is not None and due_at <= scene.now:
        notes.append("This instant has passed, too: what came in by then counts as on time.")
    return tuple(notes)


register(ExtendDeadline)
