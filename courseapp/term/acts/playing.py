"""Who plays which part: how parts end and begin, and which rules of the plan that breaks (§7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Scene
from courseapp.term.acts.rows import listed
from groups.models import Group
from schedule.models import GroupRole, Lecture, OtherPresenter, PersonKind, RoleAssignment
from schedule.planning import broken_rules, broken_sentence
from schedule.selectors.planning import role_planning
from submissions.deadlines import Kind
from submissions.models import Deliverable

# What each role hands in for its lecture.
HANDED_IN_BY = {
    GroupRole.PRESENTER: (Kind.SLIDES.value, Kind.FINAL_SLIDES.value),
    GroupRole.AUTHORS: (Kind.SUMMARY.value,),
    GroupRole.REVIEWERS: (Kind.SUMMARY.value,),
}


@dataclass(frozen=True)
class Players:
    """Who is to play a part: groups, or persons who are no group; nobody where both are empty."""

    groups: tuple[Group, ...] = ()
    persons: tuple[tuple[PersonKind, str, Enrollment | None], ...] = ()

    @property
    def words(self) -> str:
        """Name them in a sentence."""
        names = [group.name for group in self.groups] + [name for _, name, _ in self.persons]
        return listed(names) or "nobody"

    @property
    def people(self) -> frozenset[int]:
        """Return the persons among them who are in the course."""
        return frozenset(person.pk for _, _, person in self.persons if person is not None)

    @property
    def presents_of_record(self) -> bool:
        """Say whether staff or a guest is among them."""
        return any(kind != PersonKind.STUDENT for kind, _, _ in self.persons)


@dataclass(frozen=True)
class Choice:
    """Who is chosen for a part, by their ids; a guest by name."""

    group_ids: tuple[int, ...] = ()
    staff_id: int | None = None
    guest: str = ""
    student_ids: tuple[int, ...] = ()


def players(course: Course, choice: Choice) -> Players:
    """Return who is chosen: groups that stand, active people; raise `Refused` for anyone else."""
    groups = Group.objects.filter(course=course, dissolved_at__isnull=True)
    found = tuple(groups.filter(pk__in=choice.group_ids))
    if len(found) < len(set(choice.group_ids)):
        raise Refused(Denied("no_such_group", "Choose a group that stands in this course."))
    chosen = Players(found, (*_staff(course, choice), *_guest(choice), *_students(course, choice)))
    kinds = {kind for kind, _, _ in chosen.persons} | ({"group"} if found else set())
    if len(kinds) > 1:
        message = "Choose one of these: groups, a member of the staff, a guest, or students."
        raise Refused(Denied("several_kinds", message))
    return chosen


def _staff(course: Course, choice: Choice) -> list[tuple[PersonKind, str, Enrollment | None]]:
    if choice.staff_id is None:
        return []
    person = Enrollment.objects.active().staff().filter(course=course, pk=choice.staff_id).first()
    if person is None:
        raise Refused(Denied("not_staff", "Choose a member of this course's staff."))
    return [(PersonKind.STAFF, person.name, person)]


def _guest(choice: Choice) -> list[tuple[PersonKind, str, Enrollment | None]]:
    return [(PersonKind.GUEST, choice.guest.strip(), None)] if choice.guest.strip() else []


def _students(course: Course, choice: Choice) -> list[tuple[PersonKind, str, Enrollment | None]]:
    active = Enrollment.objects.active().students().filter(course=course)
    found = list(active.filter(pk__in=choice.student_ids).order_by("position"))
    if len(found) < len(set(choice.student_ids)):
        raise Refused(Denied("no_such_student", "Choose students who are in this course."))
    return [(PersonKind.STUDENT, person.name, person) for person in found]


def groups_in(lecture: Lecture, role: str) -> list[RoleAssignment]:
    """Return the groups that play a part now, under lock."""
    held = RoleAssignment.objects.current().filter(lecture=lecture, role=role)
    return list(held.select_for_update(of=("self",)).select_related("group"))


def persons_in(lecture: Lecture, role: str) -> list[OtherPresenter]:
    """Return staff, guests and single students in a part, under lock."""
    return list(OtherPresenter.objects.select_for_update().filter(lecture=lecture, role=role))


def end_part(held: RoleAssignment, *, now: datetime) -> None:
    """End a group's part; one that had not begun yet has never been."""
    held.withdrawn_at = max(now, held.assigned_at)
    held.save(update_fields=["withdrawn_at"])


def begin_part(
    lecture: Lecture, role: str, group: Group, *, at: datetime, position: int
) -> RoleAssignment:
    """Let a group play a part from an instant on."""
    return RoleAssignment.objects.create(
        lecture=lecture, group=group, role=role, position=position, assigned_at=at
    )


@dataclass(frozen=True)
class Recast:
    """The persons whose part began or ended with a change."""

    come: tuple[OtherPresenter, ...]
    gone: tuple[OtherPresenter, ...]

    def __bool__(self) -> bool:
        """Say whether anything changed."""
        return bool(self.come or self.gone)

    @property
    def people(self) -> frozenset[int]:
        """Return those of them who are in the course now."""
        ids = [one.enrollment_id for one in (*self.come, *self.gone)]
        active = Enrollment.objects.active().filter(pk__in=filter(None, ids))
        return frozenset(active.values_list("pk", flat=True))


def set_persons(
    lecture: Lecture, role: str, chosen: Players, *, now: datetime, keeps: bool
) -> Recast:
    """Let exactly the chosen persons play a part, beside those there if it `keeps` them."""
    wanted = {(kind, name): person for kind, name, person in chosen.persons}
    standing = persons_in(lecture, role)
    gone = [one for one in standing if (one.kind, one.name) not in wanted and not keeps]
    for one in gone:
        one.withdrawn_at = now
        one.save(update_fields=["withdrawn_at"])
    there = {(one.kind, one.name) for one in standing}
    new = [key for key in wanted if key not in there]
    last = max((one.position for one in standing), default=0)
    come = [
        OtherPresenter.objects.create(
            lecture=lecture,
            role=role,
            kind=kind,
            name=name,
            enrollment=wanted[kind, name],
            position=position,
        )
        for position, (kind, name) in enumerate(new, start=last + 1)
    ]
    return Recast(come=tuple(come), gone=tuple(gone))


def next_position(lecture: Lecture) -> int:
    """Return the place behind all parts that groups play or played in a lecture."""
    last = RoleAssignment.objects.filter(lecture=lecture).order_by("-position").first()
    return 1 if last is None else last.position + 1


def broken_by_key(course: Course, *, now: datetime) -> dict[str, str]:
    """Return the rules of the plan that the published parts break, in words, by their keys."""
    planning = role_planning(course, now=now)
    cells = [
        cell
        for cell in planning.standing
        if cell.group in planning.groups and cell.lecture in planning.lectures
    ]
    return {
        found.key: broken_sentence(planning.problem, found)
        for found in broken_rules(planning.problem, cells)
    }


def newly_broken(scene: Scene, before: dict[str, str]) -> tuple[str, ...]:
    """Return the rules that are broken now and were not; without a reason, that is refused (§7)."""
    after = broken_by_key(scene.course, now=scene.now)
    broken = tuple(sentence for key, sentence in after.items() if key not in before)
    if broken and not scene.reason.strip():
        message = f"This breaks a rule of the plan: {' '.join(broken)} Write down why, to keep it."
        raise Refused(Denied("breaks_rules", message))
    return tuple(f"Breaks a rule of the plan, kept with your reason: {each}" for each in broken)


def fallen_due(held: Iterable[RoleAssignment], *, now: datetime) -> tuple[str, ...]:
    """Say what had fallen due before parts ended: it stays with who played them then (§4)."""
    lines = []
    for one in held:
        kinds: Collection[str] = HANDED_IN_BY[GroupRole(one.role)]
        due = Deliverable.objects.filter(
            lecture=one.lecture_id, kind__in=kinds, due_at__lte=now, withdrawn_at__isnull=True
        )
        lines += [
            f"{each.get_kind_display().capitalize()} for {one.lecture} fell due already: they stay"
            f" with {one.group}."
            for each in due
        ]
    return tuple(lines)
