"""Seats: how actions on people and groups end memberships and begin them (domain.md §6).

People are locked before groups, as students' own services do it, so that nobody waits in a circle.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Q, Value
from django.db.models.functions import Greatest

from courseapp.course.models import Enrollment, EnrollmentState
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Scene
from groups.models import (
    REASON_LENGTH,
    SHORTEST_STAY,
    Group,
    Invitation,
    JoinRequest,
    Membership,
    Outcome,
    SizeWaiver,
)
from groups.selectors.sizes import is_within_sizes, needs_waiver, waived_sizes


def student_of(scene: Scene, enrollment_id: int) -> Enrollment:
    """Return a student of the course under lock, dropped or not; raise `Refused` where there is none."""
    people = Enrollment.objects.select_for_update(no_key=True).students()
    found = people.filter(course=scene.course, pk=enrollment_id).first()
    if found is None:
        raise Refused(Denied("not_found", "This is not a student of the course."))
    return found


def active_student_of(scene: Scene, enrollment_id: int) -> Enrollment:
    """Return an active student of the course under lock; raise `Refused` for one who was dropped."""
    person = student_of(scene, enrollment_id)
    if person.state != EnrollmentState.ACTIVE:
        raise Refused(
            Denied("dropped", f"{person} is not in the course any more; take them back first.")
        )
    return person


def active_students_of(scene: Scene, enrollment_ids: Iterable[int]) -> list[Enrollment]:
    """Return several active students under lock, in the order of their ids."""
    return [active_student_of(scene, pk) for pk in sorted(set(enrollment_ids))]


def standing_group_of(scene: Scene, group_id: int) -> Group:
    """Return a group under lock; raise `Refused` where there is none or it was dissolved."""
    groups = Group.objects.select_for_update(no_key=True)
    group = groups.filter(course=scene.course, pk=group_id).first()
    if group is None:
        raise Refused(Denied("not_found", "There is no such group in this course."))
    if group.dissolved_at is not None:
        raise Refused(Denied("dissolved", f"{group} was dissolved; choose another group."))
    return group


def standing_groups_of(scene: Scene, group_ids: Iterable[int]) -> dict[int, Group]:
    """Return several groups under lock by their ids, locked in the order of these."""
    return {pk: standing_group_of(scene, pk) for pk in sorted(set(group_ids))}


def left_by_drop(person: Enrollment) -> Membership | None:
    """Return the membership that ended when a dropped person was dropped; None where none did."""
    last = Membership.objects.filter(enrollment=person).order_by("-starts_at").first()
    if last is None or last.ends_at is None or person.dropped_at is None:
        return None
    return last if last.ends_at >= person.dropped_at else None


def present_membership(person: Enrollment) -> Membership | None:
    """Return where a person is now."""
    current = Membership.objects.current().filter(enrollment=person).select_related("group")
    return current.first()


def members_of(group: Group) -> list[Enrollment]:
    """Return who is in a group now, by seat."""
    current = Membership.objects.current().filter(group=group).select_related("enrollment")
    return [one.enrollment for one in current.order_by("seat")]


def kept_reason(scene: Scene, otherwise: str) -> str:
    """Return the reason as a row keeps it; where nobody gave one, what was done."""
    return (scene.reason.strip() or otherwise)[:REASON_LENGTH]


def leave(scene: Scene, membership: Membership, *, why: str) -> None:
    """End a membership now."""
    membership.ends_at = max(scene.now, membership.starts_at + SHORTEST_STAY)
    membership.end_reason = kept_reason(scene, why)
    membership.ended_by = scene.actor.enrollment
    membership.save(update_fields=["ends_at", "end_reason", "ended_by"])


def enter(
    scene: Scene, person: Enrollment, group: Group, *, why: str, from_at: datetime | None = None
) -> Membership:
    """Seat a person in a group from now on, or from the end of an earlier membership on."""
    earlier = Membership.objects.filter(enrollment=person, ends_at__isnull=False)
    left_at = max((one.ends_at for one in earlier if one.ends_at is not None), default=scene.now)
    starts_at = max(scene.now if from_at is None else from_at, left_at)
    return Membership.objects.create(
        group=group,
        enrollment=person,
        seat=free_seat(group, from_at=starts_at),
        starts_at=starts_at,
        start_reason=kept_reason(scene, why),
    )


def free_seat(group: Group, *, from_at: datetime, preferred: int = 0) -> int:
    """Return the preferred seat of a group, or the lowest, that nobody holds from an instant on."""
    others = Membership.objects.filter(group=group).exclude(ends_at__lte=from_at)
    taken = set(others.values_list("seat", flat=True))
    if preferred and preferred not in taken:
        return preferred
    return min(set(range(1, len(taken) + 2)) - taken)


def end_approaches(scene: Scene, people: Collection[Enrollment]) -> None:
    """End what these people have asked and what they were invited to: another way was taken."""
    for kind in (Invitation, JoinRequest):
        waiting = kind.objects.filter(enrollment__in=people, ended_at__isnull=True)
        waiting.update(
            outcome=Outcome.LAPSED,
            ended_at=Greatest("made_at", Value(scene.now)),
            ended_by=scene.actor.enrollment,
        )


def dissolve(scene: Scene, group: Group) -> None:
    """End a group that nobody is in any more, not before its last membership has ended."""
    ends = Membership.objects.filter(group=group).values_list("ends_at", flat=True)
    group.dissolved_at = max([scene.now, *(ended for ended in ends if ended is not None)])
    group.save(update_fields=["dissolved_at"])


def sizes_waived(scene: Scene, group_ids: Iterable[int]) -> tuple[str, ...]:
    """Say which of these groups are outside the course's sizes by now, and record it once (§6)."""
    current = Count("memberships", filter=Q(memberships__ends_at__isnull=True))
    groups = Group.objects.filter(pk__in=set(group_ids), dissolved_at__isnull=True)
    sizes = groups.annotate(size=current).values_list("pk", "name", "size")
    outside = [found for found in sizes if not is_within_sizes(scene.course, found[2])]
    waived = waived_sizes(pk for pk, *_ in outside)
    new = [pk for pk, _, size in outside if needs_waiver(scene.course, size, waived[pk])]
    SizeWaiver.objects.bulk_create(
        [
            SizeWaiver(
                group_id=pk,
                size=size,
                reason=kept_reason(scene, "Came so by a change of its members."),
                granted_by=scene.actor.enrollment,
                granted_at=scene.now,
            )
            for pk, _, size in outside
            if pk in new
        ]
    )
    return tuple(_size_words(scene, name, size, is_new=pk in new) for pk, name, size in outside)


def _size_words(scene: Scene, name: str, size: int, *, is_new: bool) -> str:
    if size == 0:
        return f"Nobody is left in {name}. Dissolve it to hand on what it still has to do."
    wanted = f"{scene.course.group_size_min} to {scene.course.group_size_max}"
    noun = "member" if size == 1 else "members"
    waiver = "A waiver is recorded." if is_new else "A waiver that it has covers this."
    return f"{name} has {size} {noun} from now on; the course asks for {wanted}. {waiver}"
