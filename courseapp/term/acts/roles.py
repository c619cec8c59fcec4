"""Roles: two duties are swapped, and a part is put into other hands (domain.md §13.3, §13.6)."""

from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.playing import (
    Choice,
    Players,
    Recast,
    begin_part,
    broken_by_key,
    end_part,
    fallen_due,
    groups_in,
    newly_broken,
    next_position,
    players,
    set_persons,
)
from courseapp.term.acts.rows import lecture_of, listed
from groups.models import Group
from schedule.models import GroupRole, Lecture, LectureKind, RoleAssignment
from schedule.selectors.planning import has_begun
from schedule.selectors.role_names import role_names


@dataclass(frozen=True)
class SwapDuties(Action):
    """Give each of two groups the other's part, at one instant: no part is empty or doubled."""

    kind: ClassVar[str] = "swap_duties"
    words: ClassVar[str] = "Swap two duties"
    permission: ClassVar[Permission] = Permission.CHANGE_PLAN
    can_be_drafted: ClassVar[bool] = True

    first_id: int
    second_id: int

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        first, second = _two_parts(scene, self.first_id, self.second_id)
        before = broken_by_key(scene.course, now=scene.now)
        lines = fallen_due((first, second), now=scene.now)
        for held in (first, second):
            end_part(held, now=scene.now)
        for held, other in ((first, second), (second, first)):
            assert held.withdrawn_at is not None
            begin_part(
                held.lecture, held.role, other.group, at=held.withdrawn_at, position=held.position
            )
        names = role_names(scene.course)
        sentence = (
            f"{first.group} and {second.group} swap:"
            f" {first.group} {names.does(second.role)} in {second.lecture},"
            f" {second.group} {names.does(first.role)} in {first.lecture}."
        )
        return Outcome(
            sentence=sentence,
            public_sentence=recast_words(*dict.fromkeys((first.lecture, second.lecture))),
            lines=(*newly_broken(scene, before), *lines),
        )


def recast_words(*lectures: Lecture) -> str:
    """Say to everyone that parts change hands, and name nobody."""
    return f"Who plays which part changes in {listed([lecture.title for lecture in lectures])}."


def _two_parts(scene: Scene, *ids: int) -> list[RoleAssignment]:
    """Return two parts under lock that can be swapped; raise `Refused` where they cannot."""
    # In the order of their ids, so that two who lock the same parts wait instead of blocking.
    current = RoleAssignment.objects.current().filter(lecture__course=scene.course, pk__in=ids)
    found = current.select_for_update(of=("self",)).select_related("lecture", "group")
    held = {one.pk: one for one in found.order_by("pk")}
    if len(held) < 2:
        message = "One of these duties is not held (any more). Choose two that are."
        raise Refused(Denied("not_held", message))
    for one in held.values():
        require_coming(one.lecture, scene)
    first, second = (held[pk] for pk in ids)
    if first.group_id == second.group_id:
        raise Refused(Denied("one_group", "Choose the duties of two different groups."))
    for mover, target in ((first, second), (second, first)):
        _require_not_there(mover, target)
    return [first, second]


def _require_not_there(mover: RoleAssignment, target: RoleAssignment) -> None:
    there = RoleAssignment.objects.current().filter(
        lecture=target.lecture_id, role=target.role, group=mover.group_id
    )
    if there.exists():
        message = f"{mover.group} plays that part in {target.lecture} already."
        raise Refused(Denied("plays_it_already", message))


def require_coming(lecture: Lecture, scene: Scene) -> None:
    """Raise `Refused` unless a lecture with parts lies ahead."""
    if lecture.kind != LectureKind.LECTURE or lecture.withdrawn_at is not None:
        raise Refused(Denied("no_lecture", f"{lecture} is no lecture in which parts are played."))
    if has_begun(lecture, now=scene.now):
        message = f"{lecture} has begun. What happened there is put right by “Correct the past”."
        raise Refused(Denied("has_begun", message))


@dataclass(frozen=True)
class PutInRole(Action):
    """Let a group, staff, a guest, single students or nobody play a part in a lecture that comes.

    `is_beside`: those who play it already stay.
    """

    kind: ClassVar[str] = "put_in_role"
    words: ClassVar[str] = "Put someone in a role"
    permission: ClassVar[Permission] = Permission.CHANGE_PLAN
    can_be_drafted: ClassVar[bool] = True

    lecture_id: int
    role: str
    group_id: int | None = None
    staff_id: int | None = None
    guest: str = ""
    student_ids: tuple[int, ...] = ()
    is_beside: bool = False

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        lecture = lecture_of(scene, self.lecture_id)
        require_coming(lecture, scene)
        group_ids = () if self.group_id is None else (self.group_id,)
        choice = Choice(group_ids, self.staff_id, self.guest, self.student_ids)
        chosen = players(scene.course, choice)
        before = broken_by_key(scene.course, now=scene.now)
        ending = self._ending(lecture, chosen)
        lines = fallen_due(ending, now=scene.now)
        new, recast = self._write(lecture, chosen, ending, scene)
        if not (ending or new or recast):
            message = f"That is who plays this part in {lecture} already; nothing was changed."
            raise Refused(Denied("no_change", message))
        of_record = self.role == GroupRole.PRESENTER and chosen.presents_of_record
        by_record = f"{lecture} is presented by {chosen.words}."
        return Outcome(
            sentence=self._sentence(lecture, chosen, scene),
            public_sentence=by_record if of_record else recast_words(lecture),
            concerned=chosen.people | recast.people,
            lines=(*newly_broken(scene, before), *lines),
        )

    def _ending(self, lecture: Lecture, chosen: Players) -> list[RoleAssignment]:
        if self.is_beside:
            return []
        staying = {group.pk for group in chosen.groups}
        return [one for one in groups_in(lecture, self.role) if one.group_id not in staying]

    def _write(
        self, lecture: Lecture, chosen: Players, ending: list[RoleAssignment], scene: Scene
    ) -> tuple[list[Group], Recast]:
        """Let those end who do not stay, and those begin who are not there; return who these are."""
        there = {one.group_id for one in groups_in(lecture, self.role)}
        for held in ending:
            end_part(held, now=scene.now)
        at = max([scene.now, *(held.withdrawn_at for held in ending if held.withdrawn_at)])
        place = min((held.position for held in ending), default=next_position(lecture))
        new = [group for group in chosen.groups if group.pk not in there]
        for group in new:
            begin_part(lecture, self.role, group, at=at, position=place)
        recast = set_persons(lecture, self.role, chosen, now=scene.now, keeps=self.is_beside)
        return new, recast

    def _sentence(self, lecture: Lecture, chosen: Players, scene: Scene) -> str:
        names = role_names(scene.course)
        if chosen == Players():
            return f"{lecture}: nobody {names.does(self.role)} any more."
        beside = ", too" if self.is_beside else ""
        return f"{lecture}: {chosen.words} {names.does(self.role)}{beside}."


register(SwapDuties, PutInRole)
