"""The roster and the page of all groups: what staff find there, and how often the database is asked."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from groups.models import SizeWaiver
from tests.doors import browser
from tests.factories import enroll, make_course, make_group
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def text_of(reader: Enrollment, path: str, **wanted: str) -> str:
    with clock.standing_at(NOW):
        response = browser(reader).get(f"/c/{reader.course.slug}/people/{path}", wanted)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def crowd(term: Term) -> list[Enrollment]:
    """A student of section A in a group, one of B who never came, one without a group, one dropped."""
    seated = term.members(term.groups[0])[0]
    seated.name, seated.section = "Ada Seated", "A"
    unclaimed = enroll(term.course, name="Bo Unclaimed", signs_in=False)
    unclaimed.section = "B"
    nowhere = enroll(term.course, name="Cy Nowhere", signs_in=False)
    nowhere.email = ""
    gone = enroll(term.course, name="Di Gone")
    gone.state, gone.dropped_at = "dropped", NOW - timedelta(days=2)
    people = [seated, unclaimed, nowhere, gone]
    for person in people:
        person.save()
    return people


# -- the roster ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"Ada Seated", "Bo Unclaimed", "Cy Nowhere"}),
        ({"words": "ada"}, {"Ada Seated"}),
        ({"words": "seated ADA"}, {"Ada Seated"}),
        ({"words": "nobody"}, set()),
        ({"section": "B"}, {"Bo Unclaimed"}),
        ({"section": "Z"}, {"Ada Seated", "Bo Unclaimed", "Cy Nowhere"}),
        ({"place": "in"}, {"Ada Seated"}),
        ({"place": "without"}, {"Bo Unclaimed", "Cy Nowhere"}),
        ({"claim": "yes"}, {"Ada Seated"}),
        ({"claim": "no"}, {"Bo Unclaimed", "Cy Nowhere"}),
        ({"state": "dropped"}, {"Di Gone"}),
        ({"state": "all"}, {"Ada Seated", "Bo Unclaimed", "Cy Nowhere", "Di Gone"}),
        ({"state": "all", "words": "di"}, {"Di Gone"}),
    ],
)
def test_students_are_found_by(
    term: Term, crowd: list[Enrollment], wanted: dict[str, str], found: set[str]
) -> None:
    text = text_of(term.instructor, "", **wanted)
    assert {person.name for person in crowd if f"{person.name}<small>" in text} == found


def test_a_student_is_found_by_id_address_and_group(term: Term) -> None:
    person = term.members(term.groups[1])[2]
    for words in (person.student_id, person.email, f"{person.name} {term.groups[1]}"):
        text = text_of(term.instructor, "", words=words)
        assert text.count("<small>") - text.count("<small>Section") == 1
        assert person.name in text


def test_the_roster_says_what_is_the_matter_with_whom(term: Term, crowd: list[Enrollment]) -> None:
    text = text_of(term.instructor, "", state="all")
    assert "<h1>14 students, 2 without a group</h1>" in text
    assert "2 addresses are not claimed yet" in text
    assert "1 was dropped; what they handed in stays." in text
    assert '<span class="st warn">no address</span>' in text
    assert '<span class="st lock">dropped Mon Feb 3' in text


def test_only_who_may_change_people_sees_the_ways_to_it(
    term: Term, crowd: list[Enrollment]
) -> None:
    ta = enroll(term.course, "ta")
    ways = ("drop_student", "change_student", "add_student", "move_student", "reinstate_student")
    text = text_of(term.instructor, "", state="all")
    assert all(f"/acts/{way}/" in text for way in ways)
    assert "/acts/" not in text_of(ta, "", state="all")
    ta.extra_permissions = [Permission.CHANGE_GROUPS.value]
    ta.save()
    text = text_of(ta, "", state="all")
    assert [way for way in ways if f"/acts/{way}/" in text] == ["move_student"]


def test_a_long_roster_comes_in_pages_that_keep_what_was_asked(term: Term) -> None:
    for _ in range(45):
        enroll(term.course, signs_in=False)
    text = text_of(term.instructor, "", state="all")
    assert "57 found, 1 to 50 on this page" in text
    assert 'href="?page=2&amp;state=all"' in text
    assert "51 to 57 on this page" in text_of(term.instructor, "", state="all", page="2")


def test_an_empty_roster_offers_the_first_step() -> None:
    instructor = enroll(make_course(), "instructor")
    assert "No students yet." in text_of(instructor, "")
    assert "Nobody is like that." in text_of(instructor, "", words="x")
    assert "No groups yet." in text_of(instructor, "groups/")


# -- the groups ----------------------------------------------------------------------------------


@pytest.mark.breaks_invariants("group_size_waived")
def test_a_group_shows_its_members_its_parts_and_whether_its_size_is_waived(term: Term) -> None:
    small = make_group(term.course, [enroll(term.course) for _ in range(3)], name="Small")
    large = make_group(term.course, [enroll(term.course) for _ in range(6)], name="Large")
    SizeWaiver.objects.create(group=large, size=6, reason="They asked.", granted_at=NOW)
    text = text_of(term.instructor, "groups/")
    assert "<h1>5 groups</h1>" in text
    assert "2 groups are outside." in text
    assert f"<h3>{term.groups[0]}</h3>" in text
    assert "3 parts to come" in text
    assert "waived: They asked." in text
    assert "outside the sizes, no waiver yet" in text
    for person in [*term.members(small), *term.members(large)]:
        assert person.name in text


def test_students_without_a_group_are_named_with_the_way_into_one(term: Term) -> None:
    free = enroll(term.course)
    text = text_of(term.instructor, "groups/")
    assert "<h1>3 groups, 1 student without one</h1>" in text
    assert f"/acts/move_student/?enrollment={free.pk}" in text
    assert "/acts/found_group/" in text


def test_only_who_may_change_groups_sees_the_ways_to_it(term: Term) -> None:
    ways = ("rename_group", "split_group", "merge_groups", "dissolve_group", "found_group")
    text = text_of(term.instructor, "groups/")
    assert all(f"/acts/{way}/" in text for way in ways)
    assert "/acts/" not in text_of(enroll(term.course, "ta"), "groups/")


# -- queries -------------------------------------------------------------------------------------

# The person, and all else whatever there is; sessions lie in the cache.
QUERIES = {"": 7, "groups/": 10}


@pytest.mark.parametrize("what", QUERIES)
@pytest.mark.parametrize("item_count", [1, 3])
def test_a_page_asks_the_database_as_often_however_much_there_is(
    term: Term, django_assert_num_queries: Any, what: str, item_count: int
) -> None:
    for _ in range(item_count):
        make_group(term.course, [enroll(term.course) for _ in range(4)])
        enroll(term.course)
    client = browser(term.instructor)
    with clock.standing_at(NOW), django_assert_num_queries(QUERIES[what]):
        assert client.get(f"/c/{term.course.slug}/people/{what}").status_code == 200
