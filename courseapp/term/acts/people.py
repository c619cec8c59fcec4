"""People: dropped, taken back, added late, moved between groups, written rightly (domain.md §13.1).

Past duties and their credit stay with everyone: they are derived as things stood at each due instant.
"""

from dataclasses import dataclass
from typing import ClassVar

from allauth.account.models import EmailAddress
from django.db.models import Max
from typing_extensions import override

from courseapp.accounts.services import ensure_people
from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment, EnrollmentState, Role
from courseapp.course.policies import require_permission
from courseapp.course.services import claim_enrollments
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.memberships import (
    active_student_of,
    end_approaches,
    enter,
    leave,
    left_by_drop,
    present_membership,
    sizes_waived,
    standing_group_of,
    student_of,
)
from courseapp.term.calendars.links import close_link_of
from groups.models import Group, Membership
from schedule.models import OtherPresenter


@dataclass(frozen=True)
class DropStudent(Action):
    """A student leaves the course: from now on they owe nothing and get no mail but this one's."""

    kind: ClassVar[str] = "drop_student"
    words: ClassVar[str] = "Drop a student"
    permission: ClassVar[Permission] = Permission.CHANGE_ROSTER

    enrollment_id: int

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        person = active_student_of(scene, self.enrollment_id)
        present = present_membership(person)
        person.state, person.dropped_at = EnrollmentState.DROPPED, scene.now
        person.save(update_fields=["state", "dropped_at"])
        end_approaches(scene, [person])
        if present is not None:
            leave(scene, present, why="Left the course.")
        left = "" if present is None else f" and is not in {present.group} any more"
        kept = "What was handed in, the grades and the credit so far stay, also if they come back."
        return Outcome(
            sentence=f"{person} left the course{left}.",
            concerned=frozenset({person.pk}),
            lines=(kept, *_own_parts(person), *_sizes_without(scene, present)),
        )


def _sizes_without(scene: Scene, left: Membership | None) -> tuple[str, ...]:
    return () if left is None else sizes_waived(scene, [left.group_id])


def _own_parts(person: Enrollment) -> tuple[str, ...]:
    """Say where a single student is still named in a role: that is changed in the lecture."""
    named = OtherPresenter.objects.filter(enrollment=person).select_related("lecture")
    return tuple(
        f"{person} is named as {one.get_role_display()} of {one.lecture.title}: give the part to "
        "someone else there."
        for one in named
    )


@dataclass(frozen=True)
class ReinstateStudent(Action):
    """A dropped student is back as if they had never left, with a week for what fell due meanwhile.

    In the group that they left by being dropped, their membership goes on from there; in another,
    it begins now.
    """

    kind: ClassVar[str] = "reinstate_student"
    words: ClassVar[str] = "Take a student back"
    permission: ClassVar[Permission] = Permission.CHANGE_ROSTER

    enrollment_id: int
    group_id: int | None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        person = student_of(scene, self.enrollment_id)
        if person.state != EnrollmentState.DROPPED:
            raise Refused(Denied("active", f"{person} is in the course already."))
        dropped_at, left = person.dropped_at, left_by_drop(person)
        person.state, person.dropped_at = EnrollmentState.ACTIVE, None
        person.save(update_fields=["state", "dropped_at"])
        lines = ("What fell due meanwhile is theirs again, with a week from now to hand it in.",)
        if self.group_id is None:
            return Outcome(
                f"{person} is in the course again.",
                concerned=_just(person),
                lines=lines,
                away_since=dropped_at,
            )
        group = standing_group_of(scene, self.group_id)
        from_at = left.ends_at if left is not None and left.group_id == group.pk else None
        if from_at is None:
            require(_may_group(scene))
        enter(scene, person, group, why="Is in the course again.", from_at=from_at)
        return Outcome(
            sentence=f"{person} is in the course again, in {group}.",
            concerned=_just(person),
            lines=lines + sizes_waived(scene, [group.pk]),
            away_since=dropped_at,
        )


def _may_group(scene: Scene) -> Decision:
    """Putting someone into a group is another matter than the roster."""
    return require_permission(
        scene.actor,
        Permission.CHANGE_GROUPS,
        sentence="You change the roster, not the groups: leave the group empty here.",
    )


def _just(person: Enrollment) -> frozenset[int]:
    return frozenset({person.pk})


@dataclass(frozen=True)
class AddStudent(Action):
    """A student comes late: what fell due before is not theirs.

    The address claims the enrollment when they sign in; it may be empty where there is a student id.
    """

    kind: ClassVar[str] = "add_student"
    words: ClassVar[str] = "Add a student"
    permission: ClassVar[Permission] = Permission.CHANGE_ROSTER

    name: str
    email: str
    student_id: str
    section: str
    group_id: int | None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        entry = _entry_of(self.name, self.email, self.student_id, self.section)
        _require_unknown(scene, entry)
        last = scene.course.enrollments.aggregate(last=Max("position"))["last"] or 0
        person = Enrollment.objects.create(
            course=scene.course,
            role=Role.STUDENT,
            position=last + 1,
            enrolled_at=scene.now,
            **entry,
        )
        _let_sign_in(scene, person)
        lines = ("What fell due before now is not theirs; it counts neither for nor against them.",)
        if self.group_id is None:
            return Outcome(f"{person} is in the course.", concerned=_just(person), lines=lines)
        require(_may_group(scene))
        group = standing_group_of(scene, self.group_id)
        enter(scene, person, group, why="Came late into the course.")
        return Outcome(
            sentence=f"{person} is in the course, in {group}.",
            concerned=_just(person),
            lines=lines + sizes_waived(scene, [group.pk]),
        )


@dataclass(frozen=True)
class ChangeStudent(Action):
    """A student's name, section, id or address is written as it should be.

    Who has signed in stays the same person, except where the address was someone else's
    (`is_other_person`): then the entry waits for whoever proves the new one.
    """

    kind: ClassVar[str] = "change_student"
    words: ClassVar[str] = "Change a student's entry"
    permission: ClassVar[Permission] = Permission.CHANGE_ROSTER

    enrollment_id: int
    name: str
    email: str
    student_id: str
    section: str
    is_other_person: bool = False

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        person = student_of(scene, self.enrollment_id)
        entry = _entry_of(self.name, self.email, self.student_id, self.section)
        _require_unknown(scene, entry, but=person)
        changed = [name for name, value in entry.items() if getattr(person, name) != value]
        if not changed:
            raise Refused(
                Denied("unchanged", "Nothing is different from how it stands; change something.")
            )
        if self.is_other_person:
            _require_let_go(person, changed)
        was, lines = str(person), self._warnings(person)
        for name in changed:
            setattr(person, name, entry[name])
        if self.is_other_person:
            person.user = None
            close_link_of(person, now=scene.now)
        if "email" in changed:
            # Who signs in stays the same person; that the new address is theirs, staff say.
            person.claimed_at = None
        person.save(update_fields=[*changed, "user", "claimed_at"])
        if "email" in changed:
            _let_sign_in(scene, person)
        words = ", ".join(f"{ENTRY_WORDS[name]}: {entry[name] or 'none'}" for name in changed)
        told = _just(person) if person.state == EnrollmentState.ACTIVE else frozenset[int]()
        sentence = f"{was}'s entry was changed ({words})."
        return Outcome(sentence=sentence, concerned=told, lines=lines)

    def _warnings(self, person: Enrollment) -> tuple[str, ...]:
        if not self.is_other_person:
            return ()
        new = self.email.strip() or "an address that is still to be written here"
        old = person.email or "the old address"
        return (
            f"Whoever signed in as {person} with {old} loses the entry at once, with its calendar.",
            f"Whoever proves {new} has it from then on.",
            "What was handed in under this entry stays with it, whoever did so.",
        )


def _require_let_go(person: Enrollment, changed: list[str]) -> None:
    """Raise `Refused` where there is nobody to let go, or they would only come back."""
    if person.user_id is None:
        sentence = f"Nobody has signed in as {person}; whoever proves the new address will. Untick that it was another person."
        raise Refused(Denied("not_claimed", sentence))
    if "email" not in changed:
        sentence = "Write the right address, too: with this one the same person would have the entry again."
        raise Refused(Denied("same_address", sentence))


ENTRY_WORDS = {
    "name": "name",
    "email": "address",
    "student_id": "student id",
    "section": "section",
}


def _entry_of(name: str, email: str, student_id: str, section: str) -> dict[str, str]:
    """Return a student's entry as the roster keeps it; raise `Refused` where nobody could be found by it."""
    email, student_id = email.strip().lower(), student_id.strip()
    if not email and not student_id:
        raise Refused(
            Denied(
                "unknown_person",
                "Give an address or a student id; by one of them a person is known.",
            )
        )
    name = name.strip() or student_id or email
    return {"name": name, "email": email, "student_id": student_id, "section": section.strip()}


def _let_sign_in(scene: Scene, person: Enrollment) -> None:
    """See that there is an account for the address, and that who has proved it is this student."""
    ensure_people([(person.email, person.name)])
    proved = EmailAddress.objects.filter(verified=True, email=person.email).exclude(email="")
    for address in proved.select_related("user"):
        claim_enrollments(user=address.user, proved_addresses=[address.email], now=scene.now)


def _require_unknown(scene: Scene, entry: dict[str, str], *, but: Enrollment | None = None) -> None:
    """Raise `Refused` where someone else of the course has this address or this student id."""
    people = Enrollment.objects.filter(course=scene.course)
    people = people if but is None else people.exclude(pk=but.pk)
    for name in ("email", "student_id"):
        same = people.filter(**{name: entry[name]}).first() if entry[name] else None
        if same is not None:
            raise Refused(Denied("known", _known_words(same, ENTRY_WORDS[name])))


def _known_words(same: Enrollment, what: str) -> str:
    if same.state == EnrollmentState.DROPPED:
        return f"{same} has this {what} and was dropped from the course: take them back instead."
    return f"{same}, {same.get_role_display()} of this course, has this {what} already."


@dataclass(frozen=True)
class MoveStudent(Action):
    """A student goes from a group to another, into one, or out; work and credit stay with where they were."""

    kind: ClassVar[str] = "move_student"
    words: ClassVar[str] = "Move a student"
    permission: ClassVar[Permission] = Permission.CHANGE_GROUPS

    enrollment_id: int
    group_id: int | None

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        person = active_student_of(scene, self.enrollment_id)
        present = present_membership(person)
        left = None if present is None else present.group
        group = None if self.group_id is None else standing_group_of(scene, self.group_id)
        if left == group:
            raise Refused(Denied("unchanged", _there_already(person, group)))
        if present is not None:
            leave(scene, present, why="Moved by staff.")
        if group is not None:
            enter(scene, person, group, why="Moved by staff.")
            end_approaches(scene, [person])
        touched = [found.pk for found in (left, group) if found is not None]
        return Outcome(
            sentence=_move_words(person, left, group),
            lines=(*_what_stays(person, left), *sizes_waived(scene, touched)),
        )


def _there_already(person: Enrollment, group: Group | None) -> str:
    where = "in no group" if group is None else f"in {group}"
    return f"{person} is {where} already; choose another place."


def _move_words(person: Enrollment, left: Group | None, group: Group | None) -> str:
    if group is None:
        return f"{person} is not in {left} any more."
    return f"{person} is in {group}." if left is None else f"{person} went from {left} to {group}."


def _what_stays(person: Enrollment, left: Group | None) -> tuple[str, ...]:
    if left is None:
        return ()
    return (f"What fell due while {person} was in {left} stays theirs, with its credit.",)


register(DropStudent, ReinstateStudent, AddStudent, ChangeStudent, MoveStudent)
