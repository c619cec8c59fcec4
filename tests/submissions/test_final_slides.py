"""Final slides on the schedule: there by themselves, replaced and kept off at once, naming nobody."""

from datetime import timedelta
from typing import Any

import pytest

from courseapp.course.models import Course, CourseState, Enrollment, Role
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import SlidesHold, Submission
from submissions.services import holding
from submissions.services.extending import extend
from tests.doors import PPTX, browser, hand_in_file
from tests.factories import LECTURE_AT, START, actor, assign, enroll, make_group
from tests.submissions.scenes import Scene, a_lecture

pytestmark = pytest.mark.django_db
DUE = LECTURE_AT + timedelta(hours=24, minutes=75)
LATER = DUE + timedelta(days=3)
SECOND, THIRD = PPTX + b"2", PPTX + b"3"


@pytest.fixture
def scene() -> Scene:
    """A lecture on "Attention / Experts?"."""
    scene = a_lecture()
    scene.lecture.topic = "Attention / Experts?"
    scene.lecture.save()
    return scene


def hand_in(scene: Scene, content: bytes = PPTX, *, at: Any = DUE) -> Submission:
    """Hand in the presenters' final slides, under a name that tells who they are."""
    name = f"{scene.presenters[0].name} final.pptx"
    due = scene.due(Kind.FINAL_SLIDES)
    return hand_in_file(scene.presenters[0], due, content, name=name, at=at).version.submission


def read(reader: Enrollment | None, submission: Submission) -> Any:
    """Fetch the slides from the schedule; return the answer, and its bytes where there are any."""
    course = submission.deliverable.course
    with clock.standing_at(LATER):
        answer: Any = browser(reader).get(f"/c/{course.slug}/slides/{submission.pk}/")
    if answer.status_code != 200:
        return answer, b""
    return answer, b"".join(answer.streaming_content)


def schedule_of(reader: Enrollment | None, course: Course) -> str:
    """Return the course page as a reader sees it."""
    with clock.standing_at(LATER):
        return browser(reader).get(f"/c/{course.slug}/").content.decode()


def test_slides_stand_on_schedule_and_lecture_as_soon_as_they_are_in(scene: Scene) -> None:
    link = f"/c/{scene.course.slug}/slides/"
    assert link not in schedule_of(None, scene.course)
    submission = hand_in(scene)

    for reader in (None, scene.listener, scene.presenters[0], enroll(scene.course, Role.OBSERVER)):
        assert f"{link}{submission.pk}/" in schedule_of(reader, scene.course)
    page = browser(scene.listener).get(f"/c/{scene.course.slug}/lectures/{scene.lecture.pk}/")
    assert f"{link}{submission.pk}/" in page.content.decode()


def test_a_visitor_gets_the_file_under_a_name_that_tells_the_lecture_and_nobody(
    scene: Scene,
) -> None:
    submission = hand_in(scene)
    answer, content = read(None, submission)

    assert content == PPTX
    named = answer["Content-Disposition"]
    assert named == 'attachment; filename="2025-02-12 Attention Experts final slides.pptx"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Type"] == "application/octet-stream"
    assert scene.presenters[0].name not in schedule_of(None, scene.course)


def test_the_last_version_on_time_stands_there_and_a_late_one_only_where_none_was(
    scene: Scene,
) -> None:
    submission = hand_in(scene, SECOND, at=DUE + timedelta(microseconds=1))
    assert read(None, submission)[1] == SECOND
    extend(
        actor=actor(enroll(scene.course, Role.INSTRUCTOR)),
        deliverable_id=scene.due(Kind.FINAL_SLIDES).pk,
        owner=scene.presenting,
        due_at=DUE + timedelta(days=1),
        reason="Ill.",
        now=START,
    )
    hand_in(scene, PPTX, at=DUE + timedelta(days=1))
    assert read(None, submission)[1] == PPTX
    hand_in(scene, THIRD, at=DUE + timedelta(days=1, microseconds=1))
    assert read(None, submission)[1] == PPTX


def test_for_the_class_no_visitor_reads_them_and_is_told_why(scene: Scene) -> None:
    scene.course.final_slides_for = "class"
    scene.course.save()
    submission = hand_in(scene)
    stranger = enroll(a_lecture().course)

    for outsider in (None, stranger):
        answer, _ = read(outsider, submission)
        assert answer.status_code == 403
        assert "for the people of the course" in answer.content.decode()
        assert "/slides/" not in schedule_of(outsider, scene.course)
    for member in (scene.listener, enroll(scene.course, Role.OBSERVER)):
        assert read(member, submission)[1] == PPTX
        assert "/slides/" in schedule_of(member, scene.course)


def test_nobody_but_members_reads_those_of_a_draft(scene: Scene) -> None:
    submission = hand_in(scene)
    Course.objects.update(state=CourseState.DRAFT, published_at=None)
    assert read(None, submission)[0].status_code == 404
    assert read(scene.listener, submission)[1] == PPTX
    # As it was, so that its mails can be.
    Course.objects.update(state=CourseState.PUBLISHED, published_at=START)


def test_nothing_else_that_was_handed_in_comes_out_by_this_door(scene: Scene) -> None:
    slides = hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=START).version
    assert read(scene.listener, slides.submission)[0].status_code == 404


def test_the_slides_of_a_group_that_did_not_present_stand_nowhere(scene: Scene) -> None:
    submission = hand_in(scene, at=START)
    assert read(None, submission)[0].status_code == 200
    role = scene.lecture.role_assignments.get(role="presenter")
    role.withdrawn_at = LECTURE_AT
    role.save()
    assert read(None, submission)[0].status_code == 404
    assert "/slides/" not in schedule_of(None, scene.course)


def test_two_groups_that_present_get_names_apart(scene: Scene) -> None:
    member = enroll(scene.course)
    assign(scene.lecture, make_group(scene.course, [member]))
    first = hand_in(scene)
    due = scene.due(Kind.FINAL_SLIDES)
    second = hand_in_file(member, due, SECOND, at=DUE).version.submission

    names = [read(None, one)[0]["Content-Disposition"] for one in (first, second)]
    assert [name.partition("slides ")[2] for name in names] == ['1.pptx"', '2.pptx"']


def test_what_staff_keep_off_is_gone_at_once_and_the_group_is_told_why(scene: Scene) -> None:
    ta = enroll(scene.course, Role.TA, name="Theo Assistant")
    submission = hand_in(scene)
    path = f"/c/{scene.course.slug}/slides/{submission.pk}/"
    assert path in schedule_of(None, scene.course)

    browser(ta).post(f"{path}keep-off/", {"reason": "Names of patients on page 3."})
    assert path not in schedule_of(None, scene.course)
    assert read(None, submission)[0].status_code == 404
    assert read(ta, submission)[0].status_code == 404
    told = OutboxMail.objects.filter(kind="submissions/slides_hold")
    assert set(told.values_list("recipient", flat=True)) == {
        member.email for member in scene.presenters
    }
    assert "Names of patients on page 3." in told[0].text
    sheet = f"/c/{scene.course.slug}/came-in/{submission.deliverable_id}/"
    ours = f"/c/{scene.course.slug}/hand-in/{submission.deliverable_id}/"
    note = "Staff keep these slides off the schedule"
    assert note in browser(scene.presenters[0]).get(ours).content.decode()
    assert "Theo Assistant" in browser(ta).get(sheet).content.decode()

    browser(ta).post(f"{path}put-back/")
    assert path in schedule_of(None, scene.course)
    assert read(None, submission)[1] == PPTX
    assert told.count() == 4
    assert note not in browser(scene.presenters[0]).get(ours).content.decode()
    assert "Names of patients" in browser(ta).get(sheet).content.decode()


def test_slides_are_kept_off_once_with_a_reason_by_staff_of_the_course(scene: Scene) -> None:
    submission = hand_in(scene)
    ta = actor(enroll(scene.course, Role.TA))
    for who in (scene.presenters[0], enroll(a_lecture().course, Role.INSTRUCTOR)):
        with pytest.raises(Refused):
            holding.keep_off(actor=actor(who), submission_id=submission.pk, reason="X", now=LATER)
    with pytest.raises(Refused, match="Say why"):
        holding.keep_off(actor=ta, submission_id=submission.pk, reason="  ", now=LATER)
    with pytest.raises(Refused, match="stand on the schedule already"):
        holding.put_back(actor=ta, submission_id=submission.pk, now=LATER)
    holding.keep_off(actor=ta, submission_id=submission.pk, reason="X", now=LATER)
    with pytest.raises(Refused, match="kept off the schedule already"):
        holding.keep_off(actor=ta, submission_id=submission.pk, reason="X", now=LATER)
    assert SlidesHold.objects.count() == 1
