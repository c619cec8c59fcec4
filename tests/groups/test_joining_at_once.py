"""Many at one time: no interleaving gives a group one member too many, or a person two groups."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Refused
from groups.models import Group, Invitation, JoinLink, JoinRequest, Membership
from tests.groups.scenes import (
    NOW,
    Forming,
    accept,
    ask,
    found,
    invite,
    join,
    leave,
    let_in,
    link_of,
    seats,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(found: list[object]) -> Counter[str]:
    """Count what came of each call: who came in, and the codes of refusals; nothing else may be."""
    said = Counter[str]()
    for one in found:
        assert isinstance(one, Membership | Group | Refused), repr(one)
        said[one.denied.code if isinstance(one, Refused) else "in"] += 1
    return said


def groups_of(person: Enrollment) -> int:
    return Membership.objects.current().filter(enrollment=person).count()


def test_of_all_ways_at_once_only_as_many_come_in_as_there_are_seats():
    scene = Forming(size=10)
    one, *others = scene.students
    group, link = found(one), link_of(one)
    ways = [
        *(partial(accept, person, invite(one, person)) for person in others[:3]),
        *(partial(let_in, one, ask(person, group)) for person in others[3:6]),
        *(partial(join, person, link) for person in others[6:]),
    ]

    assert outcomes(at_once(ways)) == {"in": 2, "full": 7}
    assert set(seats(group)) == {1, 2, 3}


def test_a_person_who_is_let_in_everywhere_at_once_is_in_one_group():
    scene = Forming(size=6)
    wanted, *founders = scene.students
    groups = [found(founder) for founder in founders]
    invitations = [invite(founder, wanted) for founder in founders[:2]]
    asked = ask(wanted, groups[2])
    links = [link_of(founder) for founder in founders[3:]]
    ways: list[Callable[[], Any]] = [
        *(partial(accept, wanted, invitation) for invitation in invitations),
        partial(let_in, founders[2], asked),
        *(partial(join, wanted, link) for link in links),
        partial(found, wanted),
    ]

    assert outcomes(at_once(ways)) == {"in": 1, "has_group": 5}
    assert groups_of(wanted) == 1
    assert not Invitation.objects.filter(enrollment=wanted, ended_at=None).exists()
    assert not JoinRequest.objects.filter(enrollment=wanted, ended_at=None).exists()


def test_a_double_click_joins_once():
    one, two, *_ = Forming().students
    group, link = found(one), link_of(one)

    assert outcomes(at_once([partial(join, two, link)] * 4)) == {"in": 1, "has_group": 3}
    assert set(seats(group)) == {1, 2}


def test_founders_at_once_get_a_name_and_a_place_each():
    scene = Forming(size=6)
    assert outcomes(at_once([partial(found, one) for one in scene.students])) == {"in": 6}
    names = sorted(group.name for group in scene.course.groups.all())
    assert names == [f"Group {number}" for number in range(1, 7)]
    assert sorted(group.position for group in scene.course.groups.all()) == [*range(1, 7)]


def test_of_several_who_want_one_name_one_gets_it():
    scene = Forming(size=4)
    wanted = [partial(found, one, "Us") for one in scene.students]
    assert outcomes(at_once(wanted)) == {"in": 1, "name_taken": 3}


def test_coming_and_going_at_once_leaves_no_seat_held_twice():
    scene = Forming(size=6)
    one, two, three, *others = scene.students
    group, link = found(one), link_of(one)
    join(two, link)
    join(three, link)
    moves = [partial(leave, two), partial(leave, three)]
    moves += [partial(join, other, link) for other in others]

    said = outcomes(at_once(moves))

    assert said["in"] + said["full"] == len(moves)
    assert len(seats(group)) == Membership.objects.current().count() <= 3
    assert one in seats(group).values()


def test_the_last_to_leave_and_one_who_joins_do_not_meet_in_a_dissolved_group():
    one, two, *_ = Forming().students
    group, link = found(one), link_of(one)
    said = outcomes(at_once([partial(leave, one), partial(join, two, link)]))
    group.refresh_from_db()

    if group.dissolved_at is None:
        assert said == {"in": 2}
        assert list(seats(group).values()) == [two]
    else:
        assert said == {"in": 1, "dissolved": 1}
        assert seats(group) == {}


WAITED_FOR = """SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted
  AND locktype = 'transactionid' AND transactionid = pg_current_xact_id()::xid)"""


def wait_until_waited_for() -> None:
    """Return once somebody waits for what this transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(WAITED_FOR)
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.05)


def write_unseen(membership: Membership, written: Event) -> Membership:
    """Write a membership without a lock, say so, and commit once somebody waits for it."""
    with transaction.atomic():
        membership.save()
        written.set()
        wait_until_waited_for()
    return membership


def join_after(begun: Event, person: Enrollment, link: JoinLink) -> Membership:
    """Join by a link once the other has begun."""
    assert begun.wait(timeout=30)
    return join(person, link)


@pytest.mark.parametrize(("what", "code"), [("seat", "seat_taken"), ("person", "has_group")])
def test_where_someone_took_no_lock_the_database_judges_and_the_other_is_refused(what, code):
    """As an import may: its rows are not to be seen until it commits."""
    scene = Forming()
    one, two, three, *_ = scene.students
    group, link = found(one), link_of(one)
    other = Group.objects.create(course=scene.course, name="Other", formed_at=NOW)
    unseen = Membership(
        group=group if what == "seat" else other,
        enrollment=three if what == "seat" else two,
        seat=2,
        starts_at=NOW,
    )

    written = Event()
    said = outcomes(
        at_once([partial(write_unseen, unseen, written), partial(join_after, written, two, link)])
    )

    assert said == {"in": 1, code: 1}
    assert Membership.objects.filter(ends_at=None).count() == 2


def lock_in_the_wrong_order(group: Group, person: Enrollment, locked: Event) -> str:
    """Lock a group, and its person only once they wait for the group."""
    try:
        with transaction.atomic():
            Group.objects.select_for_update().get(pk=group.pk)
            locked.set()
            wait_until_waited_for()
            Enrollment.objects.select_for_update().get(pk=person.pk)
    except OperationalError:
        return "ended"
    return "done"


def test_two_who_wait_for_each_other_end_in_a_refusal_and_not_in_an_error():
    one, two, *_ = Forming().students
    group, link = found(one), link_of(one)

    locked = Event()
    other, joined = at_once(
        [
            partial(lock_in_the_wrong_order, group, two, locked),
            partial(join_after, locked, two, link),
        ]
    )

    # Postgres ends one of them.
    assert (other, outcomes([joined])) in (("done", {"busy": 1}), ("ended", {"in": 1}))
    assert groups_of(two) == (other == "ended")
