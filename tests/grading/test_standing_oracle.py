"""The totals of random small gradebooks equal those of an independent reckoning in fractions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Denied, Refused
from grading.models import Absence, Component, Exemption, Part, Roll
from grading.services import awarding, releasing
from schedule.models import GroupRole, MilestoneKind
from submissions.deadlines import Kind
from submissions.models import Deliverable
from tests.doors import PDF, PPTX, ask, hand_in_file
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    assign,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
    make_staff_lecture,
    plan,
)
from tests.grading.scenes import Graded
from tests.submissions.scenes import Scene

pytestmark = pytest.mark.django_db
NOW = LECTURE_AT + timedelta(days=20)
CONTENT = {"slides": (PPTX, "t.pptx"), "final_slides": (PPTX, "t.pptx"), "code": (PPTX, "c.zip")}
PROJECT = ("proposal", "midterm", "final", "report", "code")


@dataclass
class Item:
    """One hand-in or event: when it is due, whether it came in time, and its visible award."""

    due_at: datetime
    is_in: bool
    award: Fraction | None


@dataclass
class Book:
    """What a gradebook holds, written down while it is made, apart from the product's tables."""

    graded: Graded
    random: Random
    items: dict[tuple[str, str], list[Item]] = field(default_factory=dict)
    exempt: set[tuple[str, str]] = field(default_factory=set)
    held: int = 0
    missed: int = 0


def a_class() -> Graded:
    """One student in a group that presents, writes and reviews, with project work around now."""
    course = make_course()
    student = enroll(course)
    group = make_group(course, [student])
    lectures = [
        make_lecture(course, starts_at=LECTURE_AT + timedelta(days=7 * at)) for at in range(4)
    ]
    for lecture, role in zip(lectures, [*GroupRole, GroupRole.AUTHORS], strict=True):
        assign(lecture, group, role)
    for at in range(3):
        make_staff_lecture(course, starts_at=LECTURE_AT + timedelta(days=9 * at, hours=3))
    for at, kind in enumerate(
        [MilestoneKind.PROPOSAL, MilestoneKind.MIDTERM, MilestoneKind.FINAL, MilestoneKind.REPORT]
    ):
        make_milestone(course, kind, due_at=NOW + timedelta(days=at - 2, hours=1))
    derive(course)
    plan(course)
    scene = Scene(course, lectures[0], [student], [], student, group, group)
    return Graded(scene, enroll(course, "instructor"), enroll(course, "ta"))


def fill(book: Book) -> None:
    """Hand in, award, release and exempt at random, and note each in the book."""
    graded, random = book.graded, book.random
    reweigh(graded, random)
    came_in = hand_in_some(graded, random)
    for part in Part.objects.filter(component__course=graded.course).select_related("component"):
        names = (part.component.name, part.name)
        if random.random() < 0.15:
            grant_exemption(graded, part)
            book.exempt.add(names)
        is_released = random.random() < 0.7
        book.items[names] = [
            Item(due_at, is_in, points if is_released else None)
            for due_at, is_in, points in award_some(graded, random, part, came_in)
        ]
        if is_released:
            releasing.release(actor=actor(graded.instructor), part_id=part.pk, now=NOW)
    take_rolls(book)


def reweigh(graded: Graded, random: Random) -> None:
    """Give the components other weights that add up to 100."""
    components = list(Component.objects.filter(course=graded.course))
    cuts = sorted(random.sample(range(1, 1000), len(components) - 1))
    for component, low, high in zip(components, [0, *cuts], [*cuts, 1000], strict=True):
        component.weight = Decimal(high - low) / 10
    Component.objects.bulk_update(components, ["weight"])


def hand_in_some(graded: Graded, random: Random) -> set[int]:
    """Hand in some work on time and some late; return what is there in time."""
    student, in_time = graded.scene.listener, set()
    for deliverable in Deliverable.objects.filter(course=graded.course):
        chance = random.random()
        late = timedelta(microseconds=1 if chance < 0.2 else 0)
        due_at = deliverable.due_at
        assert due_at is not None
        at = min(due_at + late, NOW)
        if chance > 0.6:
            continue
        if not came(student, deliverable, at):
            continue
        if at <= due_at:
            in_time.add(deliverable.pk)
    return in_time


def came(student: Enrollment, deliverable: Deliverable, at: datetime) -> bool:
    """Hand in, and say whether that was taken: not all is the student's to hand in."""
    if deliverable.kind == Kind.QUESTION.value:
        return not isinstance(ask(student, deliverable, at=at), Denied)
    content, name = CONTENT.get(deliverable.kind, (PDF, "w.pdf"))
    try:
        hand_in_file(student, deliverable, content, name=name, at=at)
    except Refused:
        return False
    return True


def duties_of(graded: Graded, part: Part) -> list[Deliverable]:
    """The deliverables of a part that this class's one student owes, by the story of `a_class`."""
    own = Deliverable.objects.filter(course=graded.course, kind=part.deliverable_kind)
    if part.deliverable_kind == "question":
        return list(own.filter(lecture__role_assignments=None))
    if part.deliverable_kind in PROJECT:
        return list(own)
    role = part.role or GroupRole.PRESENTER
    return list(own.filter(lecture__role_assignments__role=role))


def award_some(graded: Graded, random: Random, part: Part, came_in: set[int]) -> Any:
    """Award some of a part's work; yield when it is due, whether it is in, and the award."""
    if part.scoring == "attendance":
        return
    owner: dict[str, Any] = {"group": graded.scene.presenting}
    if part.is_individual:
        owner = {"enrollment": graded.scene.listener}
    works: list[Any] = duties_of(graded, part) if part.deliverable_kind else [None]
    for work in works:
        award = None
        if random.random() < 0.5:
            points = Decimal(random.randrange(10001)) / 100
            wish = awarding.Wish(part=part, points=points, deliverable=work, **owner)
            awarding.award(actor=actor(graded.ta), wish=wish, now=NOW)
            award = Fraction(points) / 100
        yield (work.due_at if work else NOW), bool(work) and work.pk in came_in, award


def grant_exemption(graded: Graded, part: Part) -> None:
    Exemption.objects.create(
        part=part,
        enrollment=graded.scene.listener,
        reason="By lot.",
        granted_by=graded.instructor,
        granted_at=START,
    )


def take_rolls(book: Book) -> None:
    graded, random = book.graded, book.random
    for lecture in graded.course.lectures.filter(starts_at__lt=NOW):
        if random.random() < 0.2:
            continue
        Roll.objects.create(lecture=lecture, taken_by=graded.ta, taken_at=NOW)
        book.held += 1
        if random.random() < 0.5:
            Absence.objects.create(
                lecture=lecture,
                enrollment=graded.scene.listener,
                recorded_by=graded.ta,
                recorded_at=NOW,
            )
            book.missed += 1


# -- the oracle ----------------------------------------------------------------------------------


def score_of(item: Item, part: Part) -> Fraction | None:
    if item.award is not None:
        return item.award
    if part.scoring == "completion" and item.is_in:
        return Fraction(1)
    is_hand_in = part.scoring in {"award", "completion"} and bool(part.deliverable_kind)
    return Fraction(0) if is_hand_in and item.due_at < NOW and not item.is_in else None


def of_part(book: Book, part: Part, names: tuple[str, str]) -> tuple[Fraction | None, Fraction]:
    """A part's score over what counts, and its score if nothing more came in."""
    if part.scoring == "attendance":
        if not book.held:
            return None, Fraction(0)
        score = 1 - Fraction(max(0, book.missed - 2), max(1, book.held - 2))
        return max(score, Fraction(0)), max(score, Fraction(0))
    scores = [score_of(item, part) for item in book.items[names]]
    counting = [score for score in scores if score is not None]
    if not counting:
        return None, Fraction(0)
    return sum(counting, Fraction(0)) / len(counting), sum(counting, Fraction(0)) / len(scores)


def reckoned(book: Book) -> tuple[Fraction | None, Fraction | None]:
    """Both totals, in percent."""
    earned = graded = least = total = Fraction(0)
    for component in Component.objects.filter(course=book.graded.course):
        parts = [
            (part, (component.name, part.name))
            for part in component.parts.all()
            if (component.name, part.name) not in book.exempt
        ]
        inside = sum(Fraction(part.weight) for part, _ in parts)
        if not inside:
            continue
        total += Fraction(component.weight)
        for part, names in parts:
            share = Fraction(component.weight) * Fraction(part.weight) / inside
            score, if_nothing_more = of_part(book, part, names)
            least += share * if_nothing_more
            if score is not None:
                earned += share * score
                graded += share
    so_far = earned / graded * 100 if graded else None
    return so_far, (least / total * 100 if total else None)


def rounded(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(floor(value * 10 + Fraction(1, 2))) / 10


@pytest.mark.parametrize("seed", range(6))
def test_both_totals_equal_an_independent_reckoning(seed):
    book = Book(a_class(), Random(seed))
    fill(book)
    found = book.graded.standing(book.graded.scene.listener, now=NOW)

    so_far, least = reckoned(book)
    assert (found.so_far, found.if_nothing_more) == (rounded(so_far), rounded(least))
