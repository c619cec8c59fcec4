"""Groups rank the lectures that they would present (domain.md §7)."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment, Role
from courseapp.kernel.decisions import Refused
from schedule.models import Preference
from schedule.services.ranking import rank_lectures
from tests.factories import (
    START,
    actor,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_staff_lecture,
)

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=3)


class Scene:
    """A group of two, another group, and three lectures, one of them presented by staff."""

    def __init__(self) -> None:
        self.course = make_course()
        self.instructor = enroll(self.course, Role.INSTRUCTOR)
        self.ta = enroll(self.course, Role.TA)
        self.observer = enroll(self.course, Role.OBSERVER)
        self.member, self.mate, self.other = (enroll(self.course) for _ in range(3))
        self.group = make_group(self.course, [self.member, self.mate])
        self.others_group = make_group(self.course, [self.other])
        self.first = make_lecture(self.course, required_count=0)
        self.second = make_lecture(self.course, required_count=0)
        self.of_staff = make_staff_lecture(self.course, required_count=0)

    def rank(self, *lecture_ids: int, by: str = "member", days_later: int = 0) -> list[Preference]:
        """Rank lectures for the group."""
        return rank_lectures(
            actor=actor(getattr(self, by)),
            group_id=self.group.pk,
            lecture_ids=lecture_ids,
            now=NOW + timedelta(days=days_later),
        )

    def ranking(self) -> list[tuple[int, int]]:
        """Return the group's ranking as it stands."""
        standing = Preference.objects.current().filter(group=self.group).order_by("rank")
        return list(standing.values_list("rank", "lecture"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


# What is due for the lectures is not these tests' matter.
DUE = pytest.mark.breaks_invariants("deliverable_stands")


@DUE
def test_a_member_ranks_and_a_newer_ranking_replaces_the_whole(scene: Scene) -> None:
    scene.rank(scene.second.pk, scene.first.pk)
    assert scene.ranking() == [(1, scene.second.pk), (2, scene.first.pk)]

    scene.rank(scene.first.pk, by="mate", days_later=1)

    assert scene.ranking() == [(1, scene.first.pk)]
    assert Preference.objects.filter(withdrawn_at=NOW + timedelta(days=1)).count() == 2


@DUE
def test_an_empty_ranking_withdraws_all_and_the_same_again_changes_nothing(scene: Scene) -> None:
    (kept,) = scene.rank(scene.first.pk)
    assert scene.rank(scene.first.pk, days_later=1) == [kept]
    assert Preference.objects.count() == 1
    assert scene.rank(days_later=2) == []
    assert scene.ranking() == []


@DUE
def test_an_instructor_ranks_for_a_group_and_so_does_a_ta_with_the_grant(scene: Scene) -> None:
    scene.rank(scene.first.pk, by="instructor")
    scene.ta.extra_permissions = [Permission.CHANGE_GROUPS.value]
    scene.ta.save(update_fields=["extra_permissions"])
    scene.rank(scene.second.pk, by="ta", days_later=1)
    assert scene.ranking() == [(1, scene.second.pk)]


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        attempt()
    return caught.value.denied.code


@DUE
@pytest.mark.parametrize("by", ["other", "ta", "observer"])
def test_nobody_else_ranks_for_a_group(scene: Scene, by: str) -> None:
    scene.rank(scene.second.pk)
    assert refusal(lambda: scene.rank(scene.first.pk, by=by)) == "not_yours"
    assert scene.ranking() == [(1, scene.second.pk)]


@DUE
def test_who_has_left_the_group_ranks_no_more(scene: Scene) -> None:
    scene.group.memberships.filter(enrollment=scene.member).update(ends_at=NOW)
    assert refusal(lambda: scene.rank(scene.first.pk)) == "not_yours"


@DUE
def test_only_lectures_of_the_course_that_groups_present_are_ranked_each_once(scene: Scene) -> None:
    elsewhere = make_lecture(make_course(), required_count=0)
    no_class = make_lecture(scene.course, kind="no_class", required_count=0)
    unfit: list[Sequence[int]] = [[scene.of_staff.pk], [elsewhere.pk], [no_class.pk], [0]]
    codes = [refusal(lambda ids=ids: scene.rank(*ids)) for ids in unfit]  # type: ignore[misc]
    assert codes == ["not_presented_by_groups"] * 4
    assert refusal(lambda: scene.rank(scene.first.pk, scene.first.pk)) == "ranked_twice"
    assert scene.ranking() == []


@DUE
def test_a_group_of_another_course_or_a_dissolved_one_is_not_there(scene: Scene) -> None:
    stranger: Enrollment = enroll(make_course(), Role.INSTRUCTOR)

    def from_elsewhere() -> object:
        return rank_lectures(
            actor=actor(stranger), group_id=scene.group.pk, lecture_ids=[], now=NOW
        )

    assert refusal(from_elsewhere) == "not_found"
    scene.group.memberships.update(ends_at=NOW)
    scene.group.dissolved_at = NOW
    scene.group.save(update_fields=["dissolved_at"])
    assert refusal(lambda: scene.rank(by="instructor")) == "not_found"


@DUE
def test_the_ranking_is_on_record_with_the_person(scene: Scene) -> None:
    (wish,) = scene.rank(scene.first.pk)
    event = wish.events.get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata == {
        "user": scene.member.user_id,
        "action": "rank_lectures",
        "reason": "",
    }


@DUE
def test_the_database_keeps_ranks_and_lectures_apart(scene: Scene) -> None:
    scene.rank(scene.first.pk)
    for lecture, rank in ((scene.first, 2), (scene.second, 1), (scene.second, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(group=scene.group, lecture=lecture, rank=rank, ranked_at=NOW)
