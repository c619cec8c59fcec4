"""The pages of what came in: who is missing comes first, live parts come only where something changed."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.models import Enrollment, Role
from courseapp.kernel import clock
from submissions.deadlines import Kind
from submissions.models import Deliverable, TextDraft, Upload
from submissions.selectors.came_in import PAGE_LENGTH
from tests.doors import ask, browser, hand_in_file
from tests.factories import LECTURE_AT, START, enroll
from tests.pages.scenes import Seminar
from tests.submissions.scenes import Scene, a_lecture

pytestmark = pytest.mark.django_db
NOW = LECTURE_AT - timedelta(hours=30)
PAST = LECTURE_AT + timedelta(hours=1)


@pytest.fixture
def scene() -> Scene:
    """A lecture whose listener is called Alma."""
    scene = a_lecture()
    scene.listener.name = "Alma Listener"
    scene.listener.save()
    return scene


def page(reader: Enrollment, due: Deliverable, query: str = "", *, at: Any = NOW) -> str:
    """Return the page of a deliverable as a reader sees it."""
    with clock.standing_at(at):
        answer = browser(reader).get(f"/c/{due.course.slug}/came-in/{due.pk}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def live(reader: Enrollment, due: Deliverable, *, etag: str = "", at: Any = NOW) -> Any:
    """Ask for the parts that change, knowing a state."""
    with clock.standing_at(at):
        return browser(reader).get(
            f"/c/{due.course.slug}/came-in/{due.pk}/live/", headers={"If-None-Match": etag}
        )


def test_who_is_missing_stands_before_who_has_handed_in(scene: Scene) -> None:
    ta, question = enroll(scene.course, Role.TA), scene.due(Kind.QUESTION)
    ask(scene.listener, question, at=NOW)
    enroll(scene.course, name="Zoe Missing")
    found = page(ta, question, at=PAST)
    assert found.index("Zoe Missing") < found.index("Alma Listener")
    assert "1 missing" in found


def test_it_finds_by_a_part_of_a_name_and_of_a_members_name(scene: Scene) -> None:
    ta, question, proposal = (
        enroll(scene.course, Role.TA),
        scene.due(Kind.QUESTION),
        scene.due(Kind.PROPOSAL),
    )
    other = enroll(scene.course, name="Zoe Other")
    found = page(ta, question, "?q=lma+LIST")
    assert "Alma Listener" in found
    assert other.name not in found
    member = scene.authors[0]
    found = page(ta, proposal, f"?q={member.name}")
    assert f"<b>{scene.writing.name}</b>" in found
    assert f"<b>{scene.presenting.name}</b>" not in found
    assert "Nobody is like that" in page(ta, question, "?q=%25")


def test_a_choice_shows_those_and_no_others_and_a_bad_one_shows_all(scene: Scene) -> None:
    ta, question = enroll(scene.course, Role.TA), scene.due(Kind.QUESTION)
    ask(scene.listener, question, at=NOW)
    enroll(scene.course, name="Zoe Missing")
    shown = {
        show: tuple(name in page(ta, question, f"?show={show}", at=PAST) for name in NAMES)
        for show in ("all", "owing", "late", "in", "more_time", "nonsense")
    }
    assert shown == {
        "all": (True, True),
        "owing": (False, True),
        "late": (False, False),
        "in": (True, False),
        "more_time": (False, False),
        "nonsense": (True, True),
    }
    assert page(ta, question, "?page=x&show=")


NAMES = ("Alma Listener", "Zoe Missing")


def test_the_live_parts_come_only_where_something_changed(scene: Scene) -> None:
    ta, question = enroll(scene.course, Role.TA), scene.due(Kind.QUESTION)
    first = live(ta, question)
    assert first.status_code == 200
    assert first["X-Updated"] == "6:30 AM"
    etag = first["ETag"]
    assert etag.replace('"', "&quot;") in page(ta, question)
    again = live(ta, question, etag=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)

    ask(scene.listener, question, at=NOW)
    changed = live(ta, question, etag=etag)
    assert changed.status_code == 200
    assert "Version 1" in changed.content.decode()
    # What nobody handed in shows within the minute; what falls due, at once.
    etag = changed["ETag"]
    assert live(ta, question, etag=etag).status_code == 304
    assert live(ta, question, etag=etag, at=NOW + timedelta(minutes=1)).status_code == 200


def test_what_is_typed_and_what_is_on_its_way_is_counted_and_never_shown(scene: Scene) -> None:
    ta, question, slides = (
        enroll(scene.course, Role.TA),
        scene.due(Kind.QUESTION),
        scene.due(Kind.SLIDES),
    )
    etag = live(ta, question)["ETag"]
    submission = question.submissions.create(enrollment=scene.listener)
    draft = TextDraft.objects.create(
        submission=submission, text="UNFINISHED", received_at=NOW, written_by=scene.listener
    )
    found = live(ta, question, etag=etag).content.decode()
    assert "1 is writing" in found
    assert "UNFINISHED" not in found
    draft.settled_at = NOW
    draft.save()
    assert "is writing" not in live(ta, question).content.decode()

    Upload.objects.create(
        code="u" * 32,
        deliverable=slides,
        begun_by=scene.presenters[0],
        file_name="talk.pptx",
        length=200,
        offset=90,
        staging_key="pieces/x",
        begun_at=NOW,
        last_received_at=NOW,
    )
    found = live(ta, slides).content.decode()
    assert "on its way, 45 %" in found
    assert "1 on its way" in found


def test_it_is_paged_and_each_owner_stands_on_one_page(scene: Scene) -> None:
    ta, question = enroll(scene.course, Role.TA), scene.due(Kind.QUESTION)
    for number in range(PAGE_LENGTH):
        enroll(scene.course, name=f"Student {number:03}", signs_in=False)
    first, second, beyond = (page(ta, question, f"?page={at}") for at in (1, 2, 99))
    assert "Page 1 of 2" in first
    assert "Student 098" in first
    assert "Student 099" not in first
    assert "Student 099" in second
    assert "Student 099" in beyond


def test_the_table_holds_everyone_and_no_formula(scene: Scene) -> None:
    ta, question = enroll(scene.course, Role.TA), scene.due(Kind.QUESTION)
    ask(scene.listener, question, at=NOW)
    enroll(scene.course, name="=HYPERLINK(1)")
    with clock.standing_at(PAST):
        answer = browser(ta).get(f"/c/{scene.course.slug}/came-in/{question.pk}/table.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["owner"], row["state"]) for row in rows] == [
        ("'=HYPERLINK(1)", "missing"),
        ("Alma Listener", "in"),
    ]
    assert rows[1]["received_at"] == "2025-02-11 06:30:00-06:00"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{scene.course.slug} Q')


def test_the_list_leads_to_what_falls_due_next_and_narrows_to_a_lecture_and_a_kind() -> None:
    seminar = Seminar(2)
    seminar.fill()
    ta, root = browser(seminar.ta), f"/c/{seminar.course.slug}/came-in/"
    with clock.standing_at(NOW):
        everything = ta.get(f"{root}?all").content.decode()
        first, second = (
            ta.get(f"{root}?lecture={lecture.pk}").content.decode() for lecture in seminar.lectures
        )
        slides = ta.get(f"{root}?kind=slides").content.decode()
        nothing = ta.get(f"{root}?kind=x&lecture=999999999999999999999").content.decode()
    of_first = f'"{root}{seminar.slides.pk}/"'
    assert everything.index(of_first) < everything.index(f'"{root}{seminar.proposal.pk}/"')
    assert of_first in first
    assert of_first not in second
    assert of_first in slides
    assert f'"{root}{seminar.proposal.pk}/"' not in slides
    assert of_first in nothing


QUERIES = {"came-in/": 4, "came-in/{}/": 12, "came-in/{}/live/": 12, "came-in/{}/table.csv": 5}


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("size", [1, 3])
def test_a_page_asks_the_database_as_often_however_much_there_is(
    django_assert_num_queries: Any, path: str, size: int
) -> None:
    seminar = Seminar(size)
    seminar.fill()
    final = Deliverable.objects.get(lecture=seminar.lectures[0], kind="final_slides")
    hand_in_file(seminar.presenter, final, at=START)
    client = browser(seminar.ta)
    with django_assert_num_queries(QUERIES[path]):
        answer = client.get(f"/c/{seminar.course.slug}/{path.format(final.pk)}")
    assert answer.status_code == 200


def test_that_nothing_changed_costs_four_small_queries(
    django_assert_num_queries: Any, scene: Scene
) -> None:
    ta, question = enroll(scene.course, Role.TA), scene.due(Kind.QUESTION)
    client, path = browser(ta), f"/c/{scene.course.slug}/came-in/{question.pk}/live/"
    with clock.standing_at(NOW):
        etag = client.get(path)["ETag"]
        with django_assert_num_queries(4):
            assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
