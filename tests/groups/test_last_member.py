"""The last member of a group: it ends with them only where it has nothing to do (domain.md §6)."""

import pytest

from courseapp.kernel.decisions import Refused
from groups.selectors import group_of
from schedule.models import PresentationSlot, SlotPlacement
from submissions.deadlines import Kind
from tests.doors import hand_in_file
from tests.factories import START, actor, assign, deliverable, derive, make_lecture
from tests.groups.scenes import NOW, Forming, found, join, leave, link_of, refusal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("came_in", [False, True])
def test_the_last_member_of_a_group_at_work_is_sent_to_staff(came_in):
    scene = Forming()
    one, two, *_ = scene.students
    group = found(one)
    join(two, link_of(one))
    held = assign(make_lecture(scene.course), group, "presenter")
    leave(one)

    with pytest.raises(Refused, match="Ines Haugen") as refused:
        leave(two)
    assert refused.value.denied.code == "last_at_work"
    assert group_of(actor(two)) == group

    derive(scene.course)
    if came_in:
        hand_in_file(two, deliverable(scene.course, Kind.SLIDES), at=NOW)
    held.withdrawn_at = NOW
    held.save()
    if came_in:
        assert refusal(leave, two) == "last_at_work"
    else:
        leave(two)
    group.refresh_from_db()
    assert (group.dissolved_at is None) == came_in


def test_the_last_member_of_a_group_with_a_slot_is_sent_to_staff():
    scene = Forming()
    one, *_ = scene.students
    group = found(one)
    row = make_lecture(scene.course, required_count=0, kind="midterm")
    slot = PresentationSlot.objects.create(
        lecture=row, position=1, length_minutes=15, capacity=1, opened_at=START
    )
    placement = SlotPlacement.objects.create(
        group=group, slot=slot, kind="midterm", placed_at=START
    )
    derive(scene.course)

    assert refusal(leave, one) == "last_at_work"
    placement.withdrawn_at = NOW
    placement.save()
    derive(scene.course)
    leave(one)
