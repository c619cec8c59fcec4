"""Students see a part's grades from its release until it is taken back (domain.md §10)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from grading.models import Release
from grading.services import releasing
from submissions.deadlines import Kind
from submissions.models import SubmissionVersion
from submissions.services.reminders import remind
from tests.doors import PDF, ask, browser, hand_in_file
from tests.factories import START, actor, enroll
from tests.grading.scenes import AFTER, CONTRIBUTION, QUESTIONS, TALK, Graded, a_graded_course, move
from tests.submissions.scenes import PROPOSAL_DUE, SLIDES_DUE
from tests.threads import at_once

pytestmark = pytest.mark.django_db
CANARIES = ("73.13", "73.1", "canary comment", "canary reason")


def refused(call: Any, *args: Any, **options: Any) -> Any:
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return caught.value.denied.code


def seen_by(graded: Graded, person: Enrollment) -> Any:
    """Every page that a person may open in the course, as one text."""
    course = graded.course
    pages = [
        "/",
        f"/c/{course.slug}/",
        f"/c/{course.slug}/home/",
        f"/c/{course.slug}/grades/",
        f"/c/{course.slug}/grading/",
        f"/c/{course.slug}/grading/{graded.part(TALK).pk}/",
        f"/c/{course.slug}/project/",
        f"/c/{course.slug}/proposals/",
        f"/c/{course.slug}/outbox/",
        f"/c/{course.slug}/lectures/{graded.scene.lecture.pk}/",
        *(f"/c/{course.slug}/hand-in/{pk}/" for pk in ids(course.deliverables)),
        *(f"/c/{course.slug}/versions/{pk}/" for pk in ids(SubmissionVersion.objects)),
        "/admin/",
        "/admin/grading/grade/",
    ]
    client = browser(person)
    with clock.standing_at(AFTER):
        return "".join(client.get(page, follow=True).content.decode() for page in pages)


def ids(rows: Any) -> Any:
    return rows.values_list("pk", flat=True)


def canaries_in(text: str) -> Any:
    return [canary for canary in CANARIES if canary in text]


def a_course_with_canaries() -> Any:
    """A talk graded with 73.13 for the group, and a member's own award beside it."""
    graded = a_graded_course()
    scene = graded.scene
    hand_in_file(scene.presenters[0], graded.due(Kind.SLIDES), at=START)
    hand_in_file(scene.authors[0], graded.due(Kind.SUMMARY), PDF, name="s.pdf", at=START)
    ask(scene.listener, graded.due(Kind.QUESTION), at=START)
    graded.award_talk("73.13", comment="canary comment", reason="canary reason")
    graded.award_talk("73.13", enrollment=scene.presenters[1], reason="canary reason")
    return graded


def test_drafts_are_nowhere_in_what_students_see_or_are_mailed():
    graded = a_course_with_canaries()
    scene = graded.scene
    remind(now=PROPOSAL_DUE - timedelta(days=3))
    readers = [*scene.presenters, *scene.authors, scene.listener]
    readers += [enroll(graded.course, "observer"), None]

    for reader in readers:
        assert canaries_in(seen_by(graded, reader)) == []
    for mail in OutboxMail.objects.all():
        assert canaries_in(mail.subject + mail.text + mail.html) == []
    assert canaries_in(seen_by(graded, graded.ta)) == ["73.13", "73.1"]


def test_after_release_the_credited_see_it_and_nobody_else_and_a_take_back_hides_it_again():
    graded = a_course_with_canaries()
    scene = graded.scene
    others = [*scene.authors, scene.listener, enroll(graded.course, "observer"), None]
    graded.release(TALK)

    assert canaries_in(seen_by(graded, scene.presenters[0])) == ["73.13", "73.1", "canary comment"]
    assert canaries_in(seen_by(graded, scene.presenters[1])) == ["73.13", "73.1"]
    for other in others:
        assert canaries_in(seen_by(graded, other)) == []

    graded.take_back(TALK)
    for reader in [*scene.presenters, *others]:
        assert canaries_in(seen_by(graded, reader)) == []
    graded.release(TALK)
    assert "73.13" in seen_by(graded, scene.presenters[0])


def test_the_release_of_another_part_shows_nothing_of_this_one():
    graded = a_course_with_canaries()
    graded.release(QUESTIONS, CONTRIBUTION)

    assert canaries_in(seen_by(graded, graded.scene.presenters[0])) == []


def test_a_draft_does_not_move_the_totals():
    graded = a_graded_course()
    student = graded.scene.presenters[0]
    before = graded.standing(student)
    graded.award_talk("73.13")

    assert graded.standing(student) == before


def test_a_newer_award_to_a_released_part_shows_at_once():
    graded = a_course_with_canaries()
    graded.release(TALK)
    graded.award_talk("11")

    (mark,) = graded.line(graded.scene.presenters[0], TALK).marks
    assert mark.points == 11


@pytest.mark.breaks_invariants("receipt_mailed")
def test_those_who_have_a_grade_are_told_once_without_the_grade():
    graded = a_course_with_canaries()
    scene = graded.scene
    gone = scene.presenters[1]
    gone.state, gone.dropped_at = "dropped", AFTER
    gone.save()
    OutboxMail.objects.all().update(dedupe_key=None, kind="old")
    graded.release(TALK)

    (mail,) = OutboxMail.objects.filter(kind="grading/released")
    assert mail.recipient == scene.presenters[0].email
    assert mail.subject == "CS 598: Paper presentation & discussion: talk has been graded"
    assert canaries_in(mail.subject + mail.text + mail.html) == []


def test_who_moved_away_is_told_of_the_old_groups_grade_and_who_came_later_is_not():
    graded = a_graded_course()
    scene = graded.scene
    moved, stays = scene.presenters
    move(moved, scene.writing, at=SLIDES_DUE + timedelta(hours=1))
    move(scene.listener, scene.presenting, at=SLIDES_DUE + timedelta(hours=1))
    graded.award_talk()
    part = graded.part(TALK)

    assert releasing.preview(part, now=AFTER) == 2
    graded.release(TALK)
    told = OutboxMail.objects.filter(kind="grading/released").order_by("pk")
    assert [mail.recipient for mail in told] == [moved.email, stays.email]


def test_only_an_instructor_or_a_ta_with_the_grant_releases():
    graded = a_graded_course()
    part = graded.part(TALK)
    release = partial(releasing.release, part_id=part.pk, now=AFTER)
    for person in (graded.ta, graded.scene.listener, enroll(graded.course, "observer")):
        assert refused(release, actor=actor(person)) == "not_permitted"
    graded.ta.extra_permissions = ["release_grades"]
    graded.ta.save()

    assert release(actor=actor(graded.ta)).part == part


def test_another_courses_part_is_not_released():
    graded, other = a_graded_course(), a_graded_course()
    part_id = other.part(TALK).pk
    instructor = actor(graded.instructor)

    assert refused(releasing.release, actor=instructor, part_id=part_id, now=AFTER) == "not_found"


def test_what_is_released_is_not_released_twice_nor_taken_back_twice():
    graded = a_graded_course()
    assert refused(graded.take_back, TALK) == "not_released"
    graded.release(TALK)
    assert refused(graded.release, TALK) == "released"
    graded.take_back(TALK)
    assert refused(graded.take_back, TALK) == "not_released"
    assert Release.objects.count() == 1


def test_the_pages_release_and_take_back():
    graded = a_course_with_canaries()
    address = f"/c/{graded.course.slug}/grading/{graded.part(TALK).pk}/"
    client = browser(graded.instructor)
    with clock.standing_at(AFTER):
        assert "Release, and tell 2 students" in client.get(address).content.decode()
        assert browser(graded.ta).post(f"{address}release/").status_code == 403
        assert client.get(f"{address}release/").status_code == 405
        assert client.post(f"{address}release/").status_code == 302
        assert "is released; those who have a grade are told." in (
            client.get(address).content.decode()
        )
        assert client.post(f"{address}release/").status_code == 409
        assert client.post(f"{address}take-back/").status_code == 302
    assert Release.objects.get().taken_back_by == graded.instructor


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_are_one_with_one_mail_each():
    graded = a_graded_course()
    graded.award_talk()
    answers = at_once([partial(graded.release, TALK)] * 4)

    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert Release.objects.count() == 1
    assert OutboxMail.objects.filter(kind="grading/released").count() == 2
