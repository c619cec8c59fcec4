"""The past, corrected on purpose: who really played a part in a lecture (domain.md §13.9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.playing import (
    HANDED_IN_BY,
    Choice,
    Players,
    begin_part,
    groups_in,
    next_position,
    players,
    set_persons,
)
from courseapp.term.acts.rows import lecture_of
from grading.models import Grade
from groups.models import Group
from schedule.models import GroupRole, Lecture, RoleAssignment
from schedule.selectors.planning import has_begun
from schedule.selectors.role_names import role_names
from submissions.models import Deliverable, SubmissionVersion


@dataclass(frozen=True)
class CorrectPast(Action):
    """Say who really played a part in a lecture that has begun, as if it had been so from the start.

    What was handed in stays with who handed it in.
    """

    kind: ClassVar[str] = "correct_past"
    words: ClassVar[str] = "Correct the past"
    permission: ClassVar[Permission] = Permission.CHANGE_PLAN
    needs_reason: ClassVar[bool] = True

    lecture_id: int
    role: str
    group_ids: tuple[int, ...] = ()
    staff_id: int | None = None
    guest: str = ""
    student_ids: tuple[int, ...] = ()

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        _require_begun(lecture, scene)
        choice = Choice(self.group_ids, self.staff_id, self.guest, self.student_ids)
        chosen = players(scene.course, choice)
        held = groups_in(lecture, self.role)
        wrong = [one for one in held if one.group_id not in set(self.group_ids)]
        there = {one.group_id for one in held}
        right = [group for group in chosen.groups if group.pk not in there]
        # Counted first: a corrected part leaves nothing by which it could be found.
        lines = _touched(lecture, self.role, gone=[one.group for one in wrong], come=right)
        self._correct(lecture, wrong, right, scene)
        recast = set_persons(lecture, self.role, chosen, now=scene.now, keeps=False)
        if not (wrong or right or recast):
            message = f"That is what is written down about {lecture}; nothing was changed."
            raise Refused(Denied("no_change", message))
        return Outcome(
            sentence=self._sentence(lecture, chosen, scene),
            concerned=chosen.people | recast.people,
            lines=lines,
        )

    def _correct(
        self, lecture: Lecture, wrong: list[RoleAssignment], right: list[Group], scene: Scene
    ) -> None:
        """Let the wrong parts never have been, and the right ones have been instead."""
        start = _start_of(lecture, wrong, default=scene.course.begins_at)
        place = min((one.position for one in wrong), default=next_position(lecture))
        for one in wrong:
            one.withdrawn_at = one.assigned_at
            one.save(update_fields=["withdrawn_at"])
        for group in right:
            at = _free_from(lecture, self.role, group, start=start)
            begin_part(lecture, self.role, group, at=at, position=place)

    def _sentence(self, lecture: Lecture, chosen: Players, scene: Scene) -> str:
        does = role_names(scene.course).does(self.role)
        if chosen == Players():
            return f"Put right: in {lecture}, nobody {does}, as if it had been so from the start."
        return (
            f"Put right: in {lecture}, {chosen.words} {does}, as if it had been so from the start."
        )


def _require_begun(lecture: Lecture, scene: Scene) -> None:
    if not has_begun(lecture, now=scene.now):
        message = (
            f"{lecture} lies ahead. Who plays a part in it is changed by “Put someone in a role”."
        )
        raise Refused(Denied("not_begun", message))


def _start_of(lecture: Lecture, wrong: Iterable[RoleAssignment], *, default: datetime) -> datetime:
    """Return from when the right ones play: as the wrong ones did, else as anyone there does."""
    starts = [one.assigned_at for one in wrong]
    others = RoleAssignment.objects.current().filter(lecture=lecture)
    starts = starts or list(others.values_list("assigned_at", flat=True))
    return min(starts, default=default)


def _free_from(lecture: Lecture, role: str, group: Group, *, start: datetime) -> datetime:
    """Return from when a group can play a part that it may have played before."""
    earlier = RoleAssignment.objects.filter(lecture=lecture, role=role, group=group)
    ends = [one.withdrawn_at for one in earlier if one.withdrawn_at and one.withdrawn_at > start]
    return max([start, *ends])


def _touched(
    lecture: Lecture, role: str, *, gone: list[Group], come: list[Group]
) -> tuple[str, ...]:
    """Say what hangs on a part: whose hand-ins and grades do not count there, who owes it now."""
    due = Deliverable.objects.filter(
        lecture=lecture, kind__in=HANDED_IN_BY[GroupRole(role)], withdrawn_at__isnull=True
    )
    lines: list[str] = []
    for deliverable in due.order_by("due_at", "pk"):
        what = f"{deliverable.get_kind_display().capitalize()} for {lecture}"
        lines += [_of_gone(deliverable, group, what) for group in gone]
        lines += [_of_come(deliverable, group, what) for group in come]
    return tuple(filter(None, lines))


def _of_gone(deliverable: Deliverable, group: Group, what: str) -> str:
    count = _version_count(deliverable, group)
    graded = Grade.objects.filter(deliverable=deliverable, group=group).exists()
    kept = ["what it handed in"] * bool(count) + ["its grade"] * graded
    if not kept:
        return ""
    return (
        f"{what}: {group} keeps {' and '.join(kept)} in the records; nothing of it counts any more."
    )


def _of_come(deliverable: Deliverable, group: Group, what: str) -> str:
    if _version_count(deliverable, group):
        return f"{what}: {group} had handed it in, and it counts."
    return (
        f"{what}: {group} has handed in nothing; it counts as missing until points are awarded,"
        " more time is given, or it is exempt."
    )


def _version_count(deliverable: Deliverable, group: Group) -> int:
    return SubmissionVersion.objects.filter(
        submission__deliverable=deliverable, submission__group=group
    ).count()


register(CorrectPast)
