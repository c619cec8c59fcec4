"""A student joins a group while staff end it: whoever comes first, nobody is left in a group that ended."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from courseapp.kernel.decisions import Refused
from courseapp.term.acts.groups import MergeGroups
from courseapp.term.acts.parts import open_parts
from groups.models import Group, Membership
from groups.services import joining, showing
from tests.factories import actor, enroll
from tests.term.acts.scenes import NOW, Term, make_term
from tests.threads import at_once

WAITING = """SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted AND a.datname = current_database()"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def term() -> Term:
    return make_term()


def merging(term: Term) -> MergeGroups:
    group, into = term.groups[:2]
    parts = tuple(part.pk for part in open_parts(term.course, [group.pk], now=NOW))
    return MergeGroups(group.pk, into.pk, parts, (into.pk,) * len(parts))


@pytest.mark.parametrize("round_number", range(3))
def test_who_joins_is_in_a_group_that_stands_whichever_comes_first(
    term: Term, round_number: int
) -> None:
    action = merging(term)
    link = showing.renew_link(actor=actor(term.members(term.groups[0])[0]), now=NOW)
    newcomer = enroll(term.course)

    def join() -> Membership:
        return joining.join_by_link(actor=actor(newcomer), link_id=link.pk, now=NOW)

    joined, merged = at_once([join, lambda: term.do(action)])
    refused = [result for result in (joined, merged) if isinstance(result, Refused)]
    assert len(refused) <= 1
    assert {result.denied.code for result in refused} <= {"changed_meanwhile", "dissolved"}
    seat = Membership.objects.current().filter(enrollment=newcomer).first()
    assert (seat is None) == isinstance(joined, Refused)
    assert seat is None or seat.group.dissolved_at is None


def test_who_came_between_the_locks_is_not_left_in_a_group_that_ended(term: Term) -> None:
    group, action, newcomer = term.groups[0], merging(term), enroll(term.course)

    def merge() -> Any:
        try:
            return term.do(action)
        except Refused as refusal:
            return refusal.denied.code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Group.objects.select_for_update(no_key=True).get(pk=group.pk)
            result = pool.submit(merge)
            wait_until_someone_waits()
            Membership.objects.create(group=group, enrollment=newcomer, seat=5, starts_at=NOW)
        assert result.result(timeout=30) == "changed_meanwhile"
    assert len(term.members(group)) == 5


def wait_until_someone_waits() -> None:
    """Return once another connection waits for a lock."""
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        sleep(0.05)
    raise AssertionError("nobody came to wait")
