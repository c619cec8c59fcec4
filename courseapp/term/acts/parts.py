"""Parts in lectures that pass from one group to another, with what they break (domain.md §7, §13.2).

Each part that is still open is handed on or left open, by a choice of its own: whoever acts names it.
A part in a lecture that has begun is history, and moves only where its hand-ins are still open.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from courseapp.course.models import Course
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Scene
from groups.models import Group
from schedule.models import RoleAssignment
from schedule.planning import broken_rules, broken_sentence
from schedule.selectors.planning import has_begun, role_planning
from schedule.selectors.role_names import role_names
from submissions.deadlines import Kind
from submissions.models import Submission
from submissions.selectors.owed import KIND_WORDS, duties

PROJECT_KINDS = (Kind.PROPOSAL, Kind.MIDTERM, Kind.FINAL, Kind.REPORT, Kind.CODE)
# Who takes what nobody takes, and where goes who goes nowhere.
NOBODY = 0


@dataclass(frozen=True)
class OpenPart:
    """A group's part in a lecture of which something is still to come."""

    assignment: RoleAssignment
    has_begun: bool

    @property
    def pk(self) -> int:
        """Return the assignment's id."""
        return self.assignment.pk

    @property
    def words(self) -> str:
        """Name the part: "Presenter of Mixtures, Wed Feb 12"."""
        lecture = self.assignment.lecture
        names = role_names(lecture.course)
        return f"{names.title(self.assignment.role)} of {lecture.title}, {lecture.starts_on:%a %b} {lecture.starts_on.day}"


def open_parts(course: Course, group_ids: Collection[int], *, now: datetime) -> list[OpenPart]:
    """Return the parts of some groups that are not over, in the order of the schedule."""
    held = RoleAssignment.objects.current().filter(group__in=group_ids, lecture__course=course)
    held = held.filter(lecture__withdrawn_at__isnull=True).select_related(
        "lecture__course", "group"
    )
    still_due = {
        (duty.lecture_id, duty.group_id)
        for duty in duties(course=course, now=now, due_after=now)
        if duty.due_at > now
    }
    found = [OpenPart(one, has_begun(one.lecture, now=now)) for one in held]
    return sorted(
        (part for part in found if not part.has_begun or _place(part.assignment) in still_due),
        key=lambda part: (part.assignment.lecture.position, part.assignment.role),
    )


def _place(held: RoleAssignment) -> tuple[int, int]:
    return held.lecture_id, held.group_id


def chosen(names: tuple[int, ...], takers: tuple[int, ...]) -> dict[int, int]:
    """Return who takes what, of two lists side by side."""
    if len(names) != len(takers):
        raise Refused(Denied("incomplete", "Say of each one where it goes."))
    return dict(zip(names, takers, strict=True))


def require_the_open(parts: Iterable[OpenPart], named: Collection[int], group: Group) -> None:
    """Raise `Refused` unless exactly the parts that are open were decided about."""
    if {part.pk for part in parts} != set(named):
        raise Refused(
            Denied(
                "changed_meanwhile",
                f"The parts that {group} still plays are others by now. Look at them below, and say "
                "of each one who takes it.",
            )
        )


@dataclass(frozen=True)
class HandedOn:
    """What became of some parts: in lines for staff, and in a sentence that names nobody."""

    lines: tuple[str, ...]
    public_sentence: str


def hand_on(
    scene: Scene, parts: Collection[OpenPart], takers: Mapping[int, Group | None]
) -> HandedOn:
    """Hand each part on to its taker, or leave it open; say which rules that breaks.

    A part in a lecture that has begun and that nobody takes stays with who played it.
    """
    taking = {taker.pk for taker in takers.values() if taker is not None}
    before = _breaches(scene, taking)
    lines = [_handed_on(scene, part, takers[part.pk]) for part in parts]
    new = sorted(_breaches(scene, taking) - before)
    moved = [part for part in parts if takers[part.pk] is not None or not part.has_begun]
    titles = ", ".join(dict.fromkeys(part.assignment.lecture.title for part in moved))
    return HandedOn(
        lines=(*lines, *(f"Against the rules of the plan: {one}" for one in new)),
        public_sentence=f"Who plays which part changes in: {titles}." if moved else "",
    )


def _handed_on(scene: Scene, part: OpenPart, taker: Group | None) -> str:
    held = part.assignment
    if taker is None and part.has_begun:
        return f"{part.words} stays with {held.group}: the lecture has begun."
    held.withdrawn_at = max(scene.now, held.assigned_at)
    held.save(update_fields=["withdrawn_at"])
    if taker is None:
        return f"{part.words} is left open." + _what_came_in(held)
    if not _plays(taker, held):
        RoleAssignment.objects.create(
            lecture=held.lecture,
            group=taker,
            role=held.role,
            position=held.position,
            assigned_at=scene.now,
        )
    return f"{part.words} goes to {taker}." + _what_came_in(held)


def _plays(group: Group, held: RoleAssignment) -> bool:
    same = RoleAssignment.objects.current().filter(lecture=held.lecture, role=held.role)
    return same.filter(group=group).exists()


def _what_came_in(held: RoleAssignment) -> str:
    """Say what the old holder handed in already: it stays theirs."""
    came = Submission.objects.filter(group=held.group, deliverable__lecture=held.lecture)
    if not came.filter(versions__isnull=False).exists():
        return ""
    return f" What {held.group} handed in for it already stays with {held.group}."


def _breaches(scene: Scene, group_ids: Collection[int]) -> set[str]:
    """Return which rules the parts of some groups break, in words."""
    planning = role_planning(scene.course, now=scene.now)
    problem = planning.problem
    found = broken_rules(problem, [cell for cell in planning.standing if cell.group in group_ids])
    return {broken_sentence(problem, one) for one in found if len(one.cells) > 1}


def project_words(group: Group) -> str:
    """List what a group has handed in for its project; empty where nothing came in."""
    kinds = Submission.objects.filter(
        group=group,
        deliverable__kind__in=[kind.value for kind in PROJECT_KINDS],
        versions__isnull=False,
    ).values_list("deliverable__kind", flat=True)
    came = set(kinds)
    return ", ".join(KIND_WORDS[kind].lower() for kind in PROJECT_KINDS if kind.value in came)
