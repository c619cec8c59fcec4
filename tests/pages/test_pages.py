"""Every page renders for its readers in every state, with few questions to the database."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from courseapp.kernel.models import OutboxMail
from grading.models import Part
from schedule.models import OtherPresenter
from tests.doors import browser, hand_in_file
from tests.factories import LECTURE_AT, START, enroll, make_course
from tests.pages.scenes import Seminar

pytestmark = pytest.mark.django_db
EARLY = LECTURE_AT - timedelta(days=2)
LATE = LECTURE_AT + timedelta(days=40)


def text_of(person: Enrollment | None, path: Any, *, at: datetime = EARLY) -> Any:
    with clock.standing_at(at):
        response = browser(person).get(path, follow=True)
    assert response.status_code == 200, path
    return response.content.decode()


# -- states --------------------------------------------------------------------------------------

STUDENT_PAGES = ("landing", "course", "home", "lecture", "project", "grades")
STAFF_PAGES = ("landing", "course", "home", "lecture", "grading", "proposals", "outbox")


@pytest.mark.parametrize("at", [EARLY, LATE], ids=["ahead", "late"])
@pytest.mark.parametrize("is_full", [False, True], ids=["bare", "full"])
def test_every_page_renders_for_its_readers(at, is_full):
    seminar = Seminar(2)
    if is_full:
        seminar.fill()
    for page in (*STUDENT_PAGES, "hand-in"):
        assert "None" not in text_of(seminar.presenter, seminar.path(page), at=at), page
    for person in (seminar.instructor, seminar.ta):
        for page in (*STAFF_PAGES, "hand-in"):
            assert "None" not in text_of(person, seminar.path(page), at=at), page
    for part in Part.objects.filter(component__course=seminar.course):
        path = f"{seminar.path('grading')}{part.pk}/"
        assert "None" not in text_of(seminar.ta, path, at=at), part
    for outsider in (seminar.observer, None):
        for page in ("landing", "course"):
            assert "None" not in text_of(outsider, seminar.path(page), at=at)


def test_every_page_renders_in_a_course_without_anything():
    course = make_course()
    root = f"/c/{course.slug}/"
    for page in ("", "home/", "grades/"):
        assert "None" not in text_of(enroll(course), f"{root}{page}")
    for page in ("", "home/", "grading/", "proposals/", "outbox/"):
        assert "None" not in text_of(enroll(course, "instructor"), f"{root}{page}")
    assert course.title in text_of(None, root)


def test_a_student_of_no_group_is_told_so():
    seminar = Seminar()

    assert "No group yet" in text_of(seminar.listener, seminar.path("home"))
    response = browser(seminar.listener).get(seminar.path("project"))
    assert response.status_code == 404


def test_home_says_what_is_owed_next_and_what_was_late():
    seminar = Seminar()
    hand_in_file(seminar.presenter, seminar.slides, at=LECTURE_AT)
    ahead = text_of(seminar.listener, seminar.path("home"))
    late = text_of(seminar.presenter, seminar.path("home"), at=LECTURE_AT)

    assert f'<h1>Next: <a href="{seminar.path("lecture")}' in ahead
    assert "late" in late.lower()


def test_a_total_of_zero_is_shown_and_is_not_nothing():
    seminar = Seminar()
    missing_all = LECTURE_AT + timedelta(days=1)

    assert "Nothing is graded yet" in text_of(seminar.listener, seminar.path("home"))
    assert "0.0 %" in text_of(seminar.listener, seminar.path("home"), at=missing_all)
    assert "0.0 %" in text_of(seminar.listener, seminar.path("grades"), at=missing_all)


# -- names ---------------------------------------------------------------------------------------


def test_visitors_and_observers_see_no_names_of_groups_or_students():
    seminar = Seminar(2)
    single = enroll(seminar.course, name="Zora Single")
    for kind, name in (("student", single.name), ("guest", "Gus Guest")):
        OtherPresenter.objects.create(
            lecture=seminar.lectures[1],
            role="reviewers",
            kind=kind,
            name=name,
            enrollment=single if kind == "student" else None,
        )
    people = [*seminar.pairs[0], *seminar.pairs[1], *seminar.listeners, single]
    secrets = [person.name for person in people] + [group.name for group in seminar.groups]
    inside = text_of(seminar.ta, seminar.path("course"))
    assert seminar.groups[0].name in inside
    assert single.name in inside

    for reader in (None, seminar.observer, enroll(make_course(), "instructor")):
        outside = text_of(reader, seminar.path("course"))
        assert [secret for secret in secrets if f">{secret}<" in outside] == []
        assert single.name not in outside
        assert "Gus Guest" in outside
    shown = text_of(seminar.observer, seminar.path("lecture"))
    assert single.name not in shown
    assert seminar.groups[0].name not in shown


def test_a_draft_is_there_for_its_members_alone():
    seminar = Seminar()
    type(seminar.course).objects.update(state="draft", published_at=None)
    for reader in (None, enroll(make_course(), "instructor")):
        assert browser(reader).get(seminar.path("course")).status_code == 404
    assert seminar.path("course") not in text_of(None, "/")
    assert seminar.course.title in text_of(seminar.instructor, seminar.path("course"))


# -- queries -------------------------------------------------------------------------------------

# The person and everything else; sessions lie in the cache.
QUERIES = {
    ("presenter", "home"): 7,
    ("listener", "home"): 7,
    ("presenter", "course"): 9,
    ("presenter", "lecture"): 7,
    ("listener", "lecture"): 8,
    ("presenter", "grades"): 5,
    ("presenter", "hand-in"): 8,
    ("ta", "home"): 13,
    ("ta", "grading"): 5,
    ("ta", "proposals"): 8,
    ("ta", "outbox"): 4,
}


@pytest.mark.parametrize(("reader", "what"), QUERIES)
@pytest.mark.parametrize("size", [1, 3])
def test_a_page_asks_the_database_as_often_however_much_there_is(
    django_assert_num_queries, reader, what, size
):
    seminar = Seminar(size)
    seminar.fill()
    client, path = browser(getattr(seminar, reader)), seminar.path(what)

    with django_assert_num_queries(QUERIES[reader, what]):
        assert client.get(path).status_code == 200


def test_a_grading_list_asks_the_database_as_often_however_many_are_graded(
    django_assert_num_queries,
):
    for size in (1, 3):
        seminar = Seminar(size)
        seminar.fill()
        part = Part.objects.get(
            component__course=seminar.course, name="talk", position=1, deliverable_kind="slides"
        )
        client, path = browser(seminar.ta), f"{seminar.path('grading')}{part.pk}/"
        with django_assert_num_queries(9):
            assert client.get(path).status_code == 200


def test_the_outbox_is_paged_and_a_bad_page_is_the_nearest():
    seminar = Seminar()
    OutboxMail.objects.bulk_create(
        OutboxMail(
            kind="x",
            course_id=seminar.course.pk,
            recipient="a@example.edu",
            subject=f"Mail {at:03}",
            queued_at=START + timedelta(minutes=at),
            send_at=START,
        )
        for at in range(120)
    )
    path = seminar.path("outbox")
    first = text_of(seminar.ta, path)
    assert "Mail 119" in first
    assert "Mail 069" not in first
    for page in ("3", "99999999999999999999", "last"):
        assert ("Mail 000" in text_of(seminar.ta, f"{path}?page={page}")) is (page != "last")
