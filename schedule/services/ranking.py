"""Verbs that change the schedule."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from groups.models import Group
from groups.selectors import members_at
from schedule import policies
from schedule.models import Preference
from schedule.selectors import student_lectures_of


@transaction.atomic
def rank_lectures(
    *, actor: Actor, group_id: int, lecture_ids: Sequence[int], now: datetime
) -> list[Preference]:
    """Replace a group's ranking as a whole: the first lecture gets rank 1; none leaves no wish (§7).

    What was ranked before stays, withdrawn.
    """
    groups = Group.objects.select_for_update().filter(
        pk=group_id, course=actor.course, dissolved_at__isnull=True
    )
    group = groups.first()
    if group is None or actor.course is None:
        raise Refused(Denied("not_found", "There is no such group in your course (any more)."))
    ranking = policies.Ranking(
        members=members_at(group.pk, instant=now),
        lecture_ids=lecture_ids,
        student_lecture_ids=frozenset(student_lectures_of(actor.course)),
    )
    require(policies.rank_lectures(actor, ranking, now=now))
    standing = Preference.objects.current().filter(group=group).order_by("rank")
    if [found.lecture_id for found in standing] == list(lecture_ids):
        return list(standing)
    with audit.acting(user_id=actor.user_id, action="rank_lectures"):
        standing.update(withdrawn_at=now)
        return Preference.objects.bulk_create(
            [
                Preference(group=group, lecture_id=lecture_id, rank=rank, ranked_at=now)
                for rank, lecture_id in enumerate(lecture_ids, start=1)
            ]
        )
