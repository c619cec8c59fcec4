"""Hand-ins per hour as a picture: every hand-in is in one place of it, the due instant belongs to the last hour."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from courseapp.course.models import Role
from submissions.deadlines import Kind
from submissions.selectors.hours import AFTER_MAX, BEFORE, HEIGHT, Hours, drawn, hours_of
from submissions.services.extending import extend
from tests.doors import PPTX, hand_in_file
from tests.factories import START, actor, enroll
from tests.submissions.scenes import SLIDES_DUE, a_lecture

CHICAGO = ZoneInfo("America/Chicago")
DUE = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def picture(on_time: dict[int, int], late: dict[int, int], *, now: datetime = DUE) -> Hours:
    """Draw counts by hours from the due instant."""
    return drawn(
        Counter(on_time), Counter(late), due_at=DUE, now=now, zone=CHICAGO, hours_before=BEFORE
    )


def test_bars_stand_on_one_another_and_the_highest_fills_the_picture() -> None:
    found = picture({-1: 3, -2: 1}, {-1: 1})
    bars = {bar.label: bar for bar in found.counted}
    highest = bars["Wed Feb 12, 11:30 AM to 12:30 PM"]
    assert (highest.on_time, highest.late) == (3, 1)
    assert highest.on_time_height + highest.late_height == HEIGHT
    assert highest.late_y + highest.late_height == highest.on_time_y
    assert highest.on_time_y + highest.on_time_height == found.base_y
    assert bars["Wed Feb 12, 10:30 AM to 11:30 AM"].on_time_height == HEIGHT / 4


def test_what_lies_outside_the_picture_is_counted_beside_it() -> None:
    found = picture(
        {-BEFORE: 1, -BEFORE - 1: 2}, {AFTER_MAX - 1: 4, AFTER_MAX: 8}, now=DUE + 30 * HOUR
    )
    assert (found.earlier, found.later) == (2, 8)
    assert sum(bar.count for bar in found.bars) == 5
    assert found.now_x is None


def test_the_picture_ends_with_the_hour_that_runs() -> None:
    lengths = [len(picture({}, {}, now=DUE + hours * HOUR).bars) for hours in (-90, 0, 3, 3.5, 99)]
    assert lengths == [BEFORE + 3, BEFORE + 3, BEFORE + 3, BEFORE + 4, BEFORE + AFTER_MAX]


def test_the_axis_names_the_due_instant_in_the_courses_zone() -> None:
    due = [tick for tick in picture({}, {}).ticks if tick.is_due]
    assert [tick.text for tick in due] == ["Wed 12:30 PM"]
    assert due[0].x == pytest.approx(picture({}, {}).due_x)


def test_it_says_in_words_what_it_shows() -> None:
    assert picture({}, {}).summary == "Nothing has come in yet."
    assert picture({-1: 1}, {}).summary.startswith(
        "1 hand-in, 1 of them in the last hour before the due instant, none late."
    )
    assert ", 2 late." in picture({-5: 1000}, {1: 2}).summary


@pytest.mark.django_db
def test_each_hand_in_is_in_its_hour_and_late_by_its_owners_due_instant() -> None:
    scene = a_lecture()
    slides, moment = scene.due(Kind.SLIDES), timedelta(microseconds=1)
    for number, at in enumerate((-HOUR, -HOUR + moment, timedelta(0), moment, HOUR + moment)):
        hand_in_file(scene.presenters[0], slides, PPTX + bytes([number]), at=SLIDES_DUE + at)
    hours = {bar.label: (bar.on_time, bar.late) for bar in hours_of(slides, now=SLIDES_DUE).counted}
    assert hours == {
        "Tue Feb 11, 10:30 AM to 11:30 AM": (1, 0),
        "Tue Feb 11, 11:30 AM to 12:30 PM": (2, 0),
        "Tue Feb 11, 12:30 PM to 1:30 PM": (0, 1),
        "Tue Feb 11, 1:30 PM to 2:30 PM": (0, 1),
    }
    extend(
        actor=actor(enroll(scene.course, Role.INSTRUCTOR)),
        deliverable_id=slides.pk,
        owner=scene.presenting,
        due_at=SLIDES_DUE + HOUR,
        reason="Ill.",
        now=START,
    )
    found = hours_of(slides, now=SLIDES_DUE)
    assert sum(bar.late for bar in found.bars) == 1
