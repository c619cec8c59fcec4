"""Who plays which part by a file: all holders of a role of a row at once (domain.md §7, §12)."""

from dataclasses import replace

from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Outcome, Scene
from courseapp.term.acts.past import CorrectPast
from courseapp.term.acts.playing import (
    Players,
    begin_part,
    end_part,
    groups_in,
    next_position,
    persons_in,
    set_persons,
)
from courseapp.term.schedules.rows import Part
from courseapp.term.schedules.steps import Cast
from groups.models import Group
from schedule.models import Lecture, PersonKind
from schedule.selectors.planning import has_begun
from schedule.selectors.role_names import role_names


def cast_role(scene: Scene, lecture: Lecture, cast: Cast, *, is_new: bool) -> Outcome:
    """Let exactly these play a part, and say who does; the persons who come and go are told.

    In a standing lecture that has begun this puts the past right, which needs a reason.
    """
    chosen = _players(scene, cast.holders)
    if has_begun(lecture, now=scene.now) and not is_new:
        concerned = _correct_past(scene, lecture, cast, chosen)
    else:
        concerned = _play(scene, lecture, cast.role, chosen)
    _link(lecture, cast)
    does = role_names(scene.course).does(cast.role)
    return Outcome(f"{lecture}: {chosen.words} {does}.", concerned=concerned)


def _players(scene: Scene, holders: tuple[Part, ...]) -> Players:
    names = [part.name for part in holders if part.kind == "group"]
    groups = {group.name: group for group in Group.objects.filter(course=scene.course)}
    if unknown := [name for name in names if name not in groups]:
        sentence = f"There is no group {unknown[0]} in this course."
        raise Refused(Denied("no_such_group", sentence))
    return Players(
        groups=tuple(groups[name] for name in names),
        persons=tuple(
            (PersonKind(part.kind), part.name, _person(scene, part))
            for part in holders
            if part.kind != "group"
        ),
    )


def _person(scene: Scene, part: Part) -> Enrollment | None:
    """Whom a printed name means: staff by the whole name or one word of it, students by their id."""
    people = Enrollment.objects.active().filter(course=scene.course)
    if part.kind == PersonKind.STUDENT:
        return people.students().filter(student_id=part.name).first()
    if part.kind == PersonKind.GUEST:
        return None
    folded = part.name.casefold()
    meant = [
        one
        for one in people.staff()
        if folded in {one.name.casefold(), *one.name.casefold().split()}
    ]
    return meant[0] if len(meant) == 1 else None


def _play(scene: Scene, lecture: Lecture, role: str, chosen: Players) -> frozenset[int]:
    wanted = {group.pk for group in chosen.groups}
    held = groups_in(lecture, role)
    for one in held:
        if one.group_id not in wanted:
            end_part(one, now=scene.now)
    there = {one.group_id for one in held}
    # In a row that came late into the past, the part was played all along.
    at = scene.course.begins_at if has_begun(lecture, now=scene.now) else scene.now
    for group in chosen.groups:
        if group.pk not in there:
            begin_part(lecture, role, group, at=at, position=next_position(lecture))
    recast = set_persons(lecture, role, chosen, now=scene.now, keeps=False)
    return chosen.people | recast.people


def _correct_past(scene: Scene, lecture: Lecture, cast: Cast, chosen: Players) -> frozenset[int]:
    if {one.group_id for one in groups_in(lecture, cast.role)} == {
        group.pk for group in chosen.groups
    } and not chosen.persons:
        return frozenset()
    if scene.course.mails and not scene.reason.strip():
        sentence = f"Who plays a part in {lecture} changes after it has begun: write down why."
        raise Refused(Denied("reason_missing", sentence))
    persons = {
        kind: [(name, one) for each, name, one in chosen.persons if each == kind]
        for kind in PersonKind
    }
    right = CorrectPast(lecture.pk, cast.role, tuple(group.pk for group in chosen.groups))
    staff, guests = persons[PersonKind.STAFF], persons[PersonKind.GUEST]
    students = [one.pk for _, one in persons[PersonKind.STUDENT] if one is not None]
    if len(staff) + len(guests) > 1 or any(one is None for _, one in staff):
        sentence = (
            f"Several persons play one part in {lecture}, which has begun: put that right there."
        )
        raise Refused(Denied("several_persons", sentence))
    outcome = replace(
        right,
        staff_id=next((one.pk for _, one in staff if one is not None), None),
        guest=next((name for name, _ in guests), ""),
        student_ids=tuple(students),
    ).carry_out(scene)
    return outcome.concerned


def _link(lecture: Lecture, cast: Cast) -> None:
    """Write the links that stand beside the holders."""
    links = {(part.kind, part.name): part.material for part in cast.holders}
    for held in groups_in(lecture, cast.role):
        _write_link(held, links.get(("group", held.group.name), held.material))
    for person in persons_in(lecture, cast.role):
        _write_link(person, links.get((person.kind, person.name), person.material))


def _write_link(row: object, material: str) -> None:
    if getattr(row, "material", material) != material:
        row.material = material  # type: ignore[attr-defined]  # both kinds of holders have one
        row.save(update_fields=["material"])  # type: ignore[attr-defined]
