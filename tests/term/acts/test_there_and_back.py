"""Whatever is done to a schedule, undone in turn it is the schedule that it was."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseapp.kernel.decisions import Refused
from courseapp.term.acts.action import Action
from courseapp.term.acts.carrying_out import Carried
from courseapp.term.acts.meetings import ChangeMeeting, EditLecture, SwapMeetings
from courseapp.term.acts.milestones import AddMilestone
from courseapp.term.acts.readings import (
    AddReading,
    ChangeReading,
    RemoveReading,
    ReorderReadings,
    ReplaceReading,
)
from courseapp.term.acts.sliding import CancelDay, DropLecture, InsertDay
from schedule.models import Lecture, Milestone, OtherPresenter, Reading, RoleAssignment
from submissions.models import Deliverable
from tests.factories import add_reading, derive
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db

# Picks one of the rows that stand when it is carried out.
Picks = tuple[int, int, int]


def lecture(pick: int) -> Lecture:
    rows = list(Lecture.objects.all())
    return rows[pick % len(rows)]


def reading(pick: int) -> Reading:
    rows = list(Reading.objects.filter(lecture__withdrawn_at__isnull=True).order_by("pk"))
    return rows[pick % len(rows)]


def move(one: int, two: int, _: int) -> Action:
    row = lecture(one)
    day = row.starts_on + timedelta(days=two - 8)
    return ChangeMeeting(lecture_id=row.pk, starts_on=day, lecture_kind=row.kind)


def swap(one: int, two: int, _: int) -> Action:
    return SwapMeetings(lecture_id=lecture(one).pk, other_id=lecture(two).pk)


def edit(one: int, two: int, three: int) -> Action:
    return EditLecture(lecture_id=lecture(one).pk, topic=f"T{two}", asks_questions=three % 2 == 0)


def insert(one: int, two: int, three: int) -> Action:
    rest = "slides" if three % 2 else "stays"
    day = lecture(one).starts_on + timedelta(days=two % 2)
    return InsertDay(starts_on=day, topic=f"New {two}", rest=rest, cuts_last=three % 3 == 0)


def cancel(one: int, two: int, _: int) -> Action:
    rest = ("slides", "cancelled")[two % 2]
    spare = date(2025, 4, 1) + timedelta(days=two)
    return CancelDay(lecture_id=lecture(one).pk, rest=rest, overflow_on=spare)


def drop(one: int, two: int, _: int) -> Action:
    return DropLecture(lecture_id=lecture(one).pk, rest=("stays", "slides")[two % 2])


def add(one: int, two: int, three: int) -> Action:
    return AddReading(lecture_id=lecture(one).pk, title=f"P{two}", place=three % 4 + 1)


def replace(one: int, two: int, _: int) -> Action:
    return ReplaceReading(reading_id=reading(one).pk, title=f"P{two}")


def change(one: int, two: int, three: int) -> Action:
    return ChangeReading(reading_id=reading(one).pk, title=f"P{two}", is_required=three % 2 == 0)


def reorder(one: int, two: int, _: int) -> Action:
    row = lecture(one)
    order = list(row.readings.order_by("position").values_list("pk", flat=True))
    turn = two % (len(order) or 1)
    return ReorderReadings(lecture_id=row.pk, order=(*order[turn:], *order[:turn]))


def remove(one: int, _two: int, _three: int) -> Action:
    return RemoveReading(reading_id=reading(one).pk)


def milestone(_one: int, two: int, _three: int) -> Action:
    day = date(2025, 3, 1) + timedelta(days=two)
    return AddMilestone(milestone_kind="proposal", title="Plan", on_date=day)


ACTIONS: list[Callable[[int, int, int], Action]] = [
    move, swap, edit, insert, cancel, drop, add, replace, change, reorder, remove, milestone,
]  # fmt: skip
NUMBERS = st.tuples(st.integers(0, 16), st.integers(0, 16), st.integers(0, 16))
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), NUMBERS), min_size=1, max_size=5)


def everything() -> list[Any]:
    """Return all that stands: rows, readings, parts, steps, and what is due when."""
    place = ("pk", "position", "kind", "topic", "starts_on", "starts_at", "ends_at", "module")
    return [
        list(Lecture.objects.values_list(*place, "asks_questions")),
        list(
            Reading.objects.order_by("lecture", "position").values_list(
                "pk", "lecture", "position", "paper__title", "is_required"
            )
        ),
        set(RoleAssignment.objects.current().values_list("lecture", "group", "role")),
        set(OtherPresenter.objects.values_list("lecture", "name")),
        list(Milestone.objects.values_list("pk", "title", "due_at")),
        set(
            Deliverable.objects.filter(withdrawn_at__isnull=True).values_list(
                "pk", "kind", "lecture", "reading", "milestone", "due_at"
            )
        ),
    ]


@pytest.fixture
def term() -> Term:
    made = make_term()
    for row in made.lectures:
        add_reading(row, position=2, is_required=False)
    # Numbered as whoever changes a schedule leaves it.
    for position, row in enumerate(made.lectures, start=1):
        Lecture.objects.filter(pk=row.pk).update(position=position)
    derive(made.course)
    return made


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_is_undone_in_turn_leaves_the_schedule_as_it_was(
    term: Term, steps: list[tuple[Callable[[int, int, int], Action], Picks]]
) -> None:
    # Far enough ahead of every lecture that no due instant is held back or passes.
    now = max([NOW - timedelta(days=30), *_instants()]) + timedelta(minutes=1)
    before = everything()
    done: list[Carried] = []
    for make, picks in steps:
        now += timedelta(minutes=1)
        try:
            done.append(term.do(make(*picks), now=now))
        except (Refused, ZeroDivisionError):
            # Nothing left to pick from, or it makes no sense here: nothing was done.
            continue
    for carried in reversed(done):
        now += timedelta(minutes=1)
        term.undo(carried, now=now)
    assert everything() == before


def _instants() -> list[Any]:
    """Return when parts began and ended so far: what is done next comes after."""
    found = RoleAssignment.objects.values_list("assigned_at", "withdrawn_at")
    return [at for pair in found for at in pair if at is not None]
