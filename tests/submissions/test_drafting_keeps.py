"""Text that was acknowledged while it was typed never vanishes, and nobody conflicts with themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from groups.models import Membership
from submissions.deadlines import Kind
from submissions.models import Deliverable, TextDraft
from submissions.selectors.tallies import tallies
from submissions.services import cutting
from submissions.services.drafting import save_draft
from submissions.services.writing import hand_in_text
from tests.doors import TEXT, versions
from tests.factories import LECTURE_AT, START, actor, enroll
from tests.submissions.scenes import SUMMARY_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
EARLY = LECTURE_AT - timedelta(seconds=1)
OTHER = "Which of the three assumptions would break first, and why?"
SUMMARY = "## The hypothesis\n\n" + "Batching pays while the cache holds. " * 10


def typed(
    person: Enrollment, place: Deliverable, text: str = TEXT, *, at: datetime = EARLY, **built: Any
) -> Any:
    return save_draft(
        actor=actor(person),
        deliverable_id=place.pk,
        text=text,
        received_at=at,
        **{"revision": 0, **built},
    )


def cut_texts() -> list[tuple[str, datetime]]:
    return [(version.text, version.received_at) for version in versions()]


@pytest.mark.parametrize("text", ["", "x", "x" * 2001])
def test_a_text_that_counts_is_cut_before_one_that_does_not_takes_its_place(text):
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question)
    typed(scene.listener, question, text, at=EARLY + TICK, revision=1)
    cutting.sweep(now=LECTURE_AT)

    assert TextDraft.objects.get().text == text
    assert cut_texts() == [(TEXT, EARLY)]


def test_what_does_not_count_yet_makes_no_version_as_it_grows():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    for revision, text in enumerate(("Why", "Why not", TEXT, OTHER)):
        typed(scene.listener, question, text, at=EARLY + revision * TICK, revision=revision)

    assert versions() == []


def a_pair(scene: Scene) -> tuple[Enrollment, Enrollment]:
    """Return two members of the group that writes."""
    second = enroll(scene.course)
    Membership.objects.create(group=scene.writing, enrollment=second, seat=2, starts_at=START)
    return scene.authors[0], second


def test_who_keeps_their_own_text_leaves_the_others_as_a_version():
    scene = a_lecture()
    summary, (first, second) = scene.due(Kind.SUMMARY), a_pair(scene)
    typed(first, summary, SUMMARY)
    theirs = typed(second, summary, SUMMARY + "Mine.", at=EARLY + TICK)
    assert theirs.is_conflict
    revision = theirs.draft.revision
    typed(second, summary, SUMMARY + "Mine.", at=EARLY + TICK, revision=revision)
    cutting.sweep(now=SUMMARY_DUE)

    assert cut_texts() == [(SUMMARY.strip(), EARLY), (SUMMARY + "Mine.", EARLY + TICK)]
    assert [version.handed_in_by for version in versions()] == [first, second]


def test_who_saves_over_anothers_text_that_they_saw_leaves_it_as_a_version():
    scene = a_lecture()
    summary, (first, second) = scene.due(Kind.SUMMARY), a_pair(scene)
    typed(first, summary, SUMMARY)
    hand_in_text(
        actor=actor(second),
        deliverable_id=summary.pk,
        text=SUMMARY + "Mine.",
        received_at=EARLY + TICK,
        revision=1,
    )

    assert cut_texts() == [(SUMMARY.strip(), EARLY), (SUMMARY + "Mine.", EARLY + TICK)]


@pytest.mark.parametrize(
    ("sent_before", "is_conflict"),
    [([], True), ([OTHER], True), ([TEXT], False), ([OTHER, f"{TEXT}"], False)],
)
def test_nobody_conflicts_with_what_they_sent_and_heard_nothing_of(sent_before, is_conflict):
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question)
    further = f"{TEXT} And why?"
    saved = typed(
        scene.listener, question, further, at=EARLY + TICK, revision=0, sent_before=sent_before
    )

    assert saved.is_conflict == is_conflict
    assert TextDraft.objects.get().text == (TEXT if is_conflict else further)


@pytest.mark.parametrize(
    ("own", "is_in"), [(199, False), (200, True), (39_700, True), (39_990, False)]
)
def test_a_summary_shows_as_in_by_what_is_written_below_its_headings(own, is_in):
    scene = a_lecture()
    headings = "\n\n".join(f"## {section}" for section in scene.course.summary_sections)
    typed(scene.authors[0], scene.due(Kind.SUMMARY), f"{headings}\n\n{'x' * own}\n")

    def shown() -> int:
        found = tallies(course=scene.course, now=SUMMARY_DUE)
        return next(one for one in found if one.kind == Kind.SUMMARY).in_count

    assert shown() == is_in
    cutting.sweep(now=SUMMARY_DUE)
    assert shown() == len(versions()) == is_in


def test_line_ends_make_no_other_text_of_what_was_sent_before():
    scene = a_lecture()
    question = scene.due(Kind.QUESTION)
    typed(scene.listener, question, "One line,\r\nand the next one.")
    saved = typed(
        scene.listener,
        question,
        TEXT,
        at=EARLY + TICK,
        sent_before=["One line,\r\nand the next one."],
    )
    assert not saved.is_conflict
