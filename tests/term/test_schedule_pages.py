"""The pages around the schedule: where it is edited, its draft, and what readers see of changes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from courseapp.course.models import Course, Enrollment, Role
from courseapp.kernel import clock
from courseapp.term.acts.action import Action, kept_action
from courseapp.term.acts.drafting import draft_of, note_in_draft
from courseapp.term.acts.meetings import EditLecture, SwapMeetings
from courseapp.term.acts.readings import AddReading, RemoveReading, ReplaceReading
from courseapp.term.acts.sliding import CancelDay, DropLecture
from courseapp.term.models import Act
from schedule.models import Lecture, Paper
from submissions.models import SubmissionVersion
from submissions.services.handing_in import ask_questions
from tests.factories import actor, derive, enroll, make_milestone
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db

QUESTION = "Which assumption of the evaluation would break first?"


@pytest.fixture
def term() -> Term:
    return make_term()


def page(who: Enrollment | None, path: str, *, at: Any = NOW) -> str:
    client = Client()
    if who is not None:
        assert who.user is not None
        client.force_login(who.user)
    with clock.standing_at(at):
        answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def root(course: Course) -> str:
    return f"/c/{course.slug}/"


def edited(term: Term) -> str:
    return page(term.instructor, f"{root(term.course)}schedule/edit/")


def row(html: str, lecture: Lecture) -> str:
    """Return the part of the page that is about a row."""
    return html.split(f'id="row-{lecture.pk}"')[1].split("</article>", maxsplit=1)[0]


def send(term: Term, path: str, **fields: str) -> Any:
    client = Client()
    assert term.instructor.user is not None
    client.force_login(term.instructor.user)
    with clock.standing_at(NOW):
        return client.post(f"{root(term.course)}{path}", fields)


def note(term: Term, *actions: Action) -> None:
    for action in actions:
        note_in_draft(actor=term.teacher, action=action, now=NOW)


def test_each_row_offers_what_may_be_done_to_it(term: Term) -> None:
    first = term.lectures[0]
    html = row(edited(term), first)
    for kind in ("change_meeting", "edit_lecture", "add_reading", "swap_meetings", "cancel_day"):
        assert f"acts/{kind}/?lecture={first.pk}" in html
    reading = first.readings.get()
    for kind in ("change_reading", "replace_reading", "remove_reading"):
        assert f"acts/{kind}/?reading={reading.pk}" in html


def test_what_looks_odd_stands_beside_its_row(term: Term) -> None:
    first, second, _ = term.lectures
    Paper.objects.filter(readings__lecture=first).update(url="")
    html = edited(term)
    assert "has no link" in row(html, first)
    assert "has no link" not in row(html, second)


def test_the_draft_shows_as_it_would_turn_out_and_to_nobody_else(term: Term) -> None:
    first, second, third = term.lectures
    note(
        term,
        DropLecture(lecture_id=second.pk),
        SwapMeetings(lecture_id=first.pk, other_id=third.pk),
        EditLecture(lecture_id=third.pk, topic="Tool use"),
        CancelDay(lecture_id=first.pk, note="A storm", rest="cancelled"),
        AddReading(lecture_id=third.pk, title="Mixtral"),
    )
    html = edited(term)
    assert "5 changes wait" in html
    assert "Gone from the schedule in the draft" in html
    assert 'moved<span class="vh"> in the draft' in row(html, third)
    new = html.split("A storm")[0].rpartition("<article")[2]
    assert 'new<span class="vh"> in the draft' in new
    assert "Mixtral" in row(html, third)
    seen = page(None, root(term.course))
    assert "Mixtures" in seen
    assert "Tool use" not in seen
    assert "Mixtral" not in seen


def test_what_cannot_be_carried_out_is_left_out_and_said(term: Term) -> None:
    first, second, _ = term.lectures
    note(
        term,
        EditLecture(lecture_id=first.pk, topic="Experts"),
        EditLecture(lecture_id=second.pk, topic="Stores"),
    )
    term.do(DropLecture(lecture_id=first.pk))
    html = edited(term)
    assert "cannot be carried out any more" in html
    assert "Stores" in row(html, second)
    draft = page(term.instructor, f"{root(term.course)}schedule/draft/")
    assert "Nothing was published: “Edit what a row says”" in draft
    assert "publish/" not in draft


def test_the_draft_is_published_from_its_page(term: Term) -> None:
    note(term, EditLecture(lecture_id=term.lectures[0].pk, topic="Experts"))
    path = "schedule/draft/"
    html = page(term.instructor, root(term.course) + path)
    shown = html.split('name="shown" value="')[1].split('"')[0]
    answer = send(term, f"{path}publish/", shown="x")
    assert answer.status_code == 409
    answer = send(term, f"{path}publish/", shown=shown, reason="As announced.")
    assert answer.status_code == 302
    assert Lecture.objects.get(pk=term.lectures[0].pk).topic == "Experts"
    assert "The draft is empty" in page(term.instructor, root(term.course) + path)


def test_one_is_taken_out_of_the_draft(term: Term) -> None:
    note(term, EditLecture(lecture_id=term.lectures[0].pk, topic="Experts"))
    [planned] = draft_of(term.course)
    assert send(term, f"schedule/draft/{planned.pk}/withdraw/").status_code == 302
    assert draft_of(term.course) == []
    assert send(term, f"schedule/draft/{planned.pk}/withdraw/").status_code == 404


def test_an_action_prepared_on_its_page_is_noted_in_the_draft(term: Term) -> None:
    fields = {"lecture": str(term.lectures[0].pk), "topic": "Experts", "step": "note"}
    assert send(term, "acts/edit_lecture/", **fields).status_code == 302
    assert [planned.parameters["topic"] for planned in draft_of(term.course)] == ["Experts"]


def test_readers_see_the_newest_changes_and_no_names(term: Term) -> None:
    first, second, _ = term.lectures
    for number in range(6):
        term.do(EditLecture(lecture_id=first.pk, topic=f"Topic {number}"))
    term.do(SwapMeetings(lecture_id=first.pk, other_id=second.pk))
    html = page(None, root(term.course))
    said = html.split('id="changed"')[1].split("</section>")[0]
    assert said.count("<li>") == 5
    assert "Topic 5 and Caches are swapped" in said
    assert "Topic 0 is now called Topic 1" not in said
    assert "Ines Haugen" not in said


def test_readers_see_no_change_from_before_the_course_was_published(term: Term) -> None:
    term.do(EditLecture(lecture_id=term.lectures[0].pk, topic="Experts"))
    Course.objects.update(published_at=NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    assert 'id="changed"' not in page(None, root(term.course), at=later)
    assert Act.objects.exists()


def test_only_who_may_change_the_schedule_is_led_there(term: Term) -> None:
    link = f"{root(term.course)}schedule/edit/"
    assert link in page(term.instructor, root(term.course))
    assert link not in page(enroll(term.course, Role.TA), root(term.course))
    assert link not in page(None, root(term.course))


def test_a_question_says_which_paper_it_was_about(term: Term) -> None:
    lecture, listener = term.lectures[0], enroll(term.course)
    reading = lecture.readings.get()
    was = reading.title
    place = reading.deliverables.get()
    ask_questions(actor=actor(listener), texts={place.pk: QUESTION}, received_at=NOW)
    later = NOW + timedelta(hours=1)
    term.do(ReplaceReading(reading_id=reading.pk, title="Mixtral"), now=later)
    path = f"{root(term.course)}lectures/{lecture.pk}/"
    html = page(listener, path, at=later)
    assert f"You asked about {was}, which this paper has replaced since." in html
    assert "That counts; nothing more is owed." in html
    version = SubmissionVersion.objects.get()
    for reader in (listener, term.instructor):
        said = page(reader, f"{root(term.course)}versions/{version.pk}/", at=later)
        assert f"It is about {was}, which another paper has replaced since." in said
    ask_questions(actor=actor(listener), texts={place.pk: f"{QUESTION} Why?"}, received_at=later)
    assert "You asked about" not in page(listener, path, at=later)


def test_a_question_on_a_removed_reading_can_still_be_found(term: Term) -> None:
    lecture, listener = term.lectures[0], enroll(term.course)
    reading = lecture.readings.get()
    place = reading.deliverables.get()
    path = f"{root(term.course)}lectures/{lecture.pk}/"
    ask_questions(actor=actor(listener), texts={place.pk: QUESTION}, received_at=NOW)
    assert "What you asked before" not in page(listener, path)
    term.do(RemoveReading(reading_id=reading.pk))
    html = page(listener, path)
    assert "What you asked before" in html
    assert f"versions/{SubmissionVersion.objects.get().pk}/" in html
    assert "What you asked before" not in page(term.members(term.groups[0])[0], path)


def test_the_schedule_without_rows_says_what_will_be_there(term: Term) -> None:
    Lecture.objects.all().update(withdrawn_at=NOW)
    derive(term.course)
    assert "The schedule has no rows yet." in edited(term)
    assert "There are no milestones yet." in edited(term)


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_editor_asks_the_database_as_often_however_long_the_schedule(
    term: Term, item_count: int, django_assert_num_queries: Any
) -> None:
    for lecture in term.lectures[item_count:]:
        term.do(DropLecture(lecture_id=lecture.pk))
    for days in range(item_count):
        make_milestone(term.course, due_at=NOW + timedelta(days=days))
    derive(term.course)
    client = Client()
    assert term.instructor.user is not None
    client.force_login(term.instructor.user)
    with clock.standing_at(NOW), django_assert_num_queries(15):
        assert client.get(f"{root(term.course)}schedule/edit/").status_code == 200


@pytest.mark.parametrize(
    ("on", "starts_from", "ends_by", "hours"),
    [
        # In Chicago clocks go forward on March 9, 2025 at 2 AM, and back on November 2 at 2 AM.
        ("2025-03-09", "02:30", "03:15", None),
        ("2025-03-09", "02:30", "03:30", None),
        ("2025-03-09", "02:15", "02:45", (8.25, 8.75)),
        ("2025-03-09", "01:30", "03:15", (7.5, 8.25)),
        ("2025-03-09", "02:30", "03:45", (8.5, 8.75)),
        ("2025-11-02", "01:15", "01:45", (7.25, 7.75)),
        ("2025-11-02", "00:30", "01:15", (5.5, 7.25)),
        ("2025-11-02", "01:30", "02:15", (7.5, 8.25)),
    ],
)
def test_hours_that_a_clock_change_skips_or_repeats_end_after_they_begin_or_are_refused(
    term: Term, on: str, starts_from: str, ends_by: str, hours: tuple[float, float] | None
) -> None:
    lecture = term.lectures[0]
    fields = {
        "lecture": str(lecture.pk),
        "lecture_kind": "lecture",
        "starts_on": on,
        "starts_from": starts_from,
        "ends_by": ends_by,
    }
    answer = send(term, "acts/change_meeting/", **fields)
    assert answer.status_code == (422 if hours is None else 200)
    if hours is None:
        assert "Clocks go forward that day" in answer.content.decode()
        return
    send(term, "acts/change_meeting/", **fields, step="note")
    [noted] = draft_of(term.course)
    term.do(kept_action(noted.kind, noted.parameters))
    lecture.refresh_from_db()
    midnight = datetime.fromisoformat(f"{on}T00:00:00+00:00")
    assert (lecture.starts_at, lecture.ends_at) == tuple(
        midnight + timedelta(hours=count) for count in hours
    )
