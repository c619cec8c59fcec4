"""The sample course: a term in its fifth week, made by the services."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from courseapp.accounts.models import User
from courseapp.course.models import Course
from courseapp.demo import story
from grading.models import Absence, Grade, Release
from schedule.models import Lecture
from submissions.deadlines import Kind
from submissions.models import Extension, ProposalDecision
from submissions.selectors.owed import duties

pytestmark = pytest.mark.django_db
A_TUESDAY = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


def test_today_is_in_the_fifth_week_and_each_state_is_there_to_be_seen() -> None:
    course = story.tell(now=A_TUESDAY)

    first = Lecture.objects.filter(course=course).order_by("starts_at")[0]
    assert first.starts_at is not None
    assert timedelta(weeks=3) < A_TUESDAY - first.starts_at < timedelta(weeks=5)
    past = [duty for duty in duties(course=course, now=A_TUESDAY) if duty.base_due_at < A_TUESDAY]
    summaries = [duty for duty in past if duty.kind == Kind.SUMMARY]
    assert [duty.group_name for duty in summaries if duty.is_only_late] == ["G02"]
    assert [duty.group_name for duty in summaries if duty.latest_number is None] == ["G09"]
    assert {extension.group.name for extension in Extension.objects.all() if extension.group} == {
        "G09"
    }
    assert Absence.objects.filter(is_excused=True).count() == 1
    assert [found.verdict for found in ProposalDecision.objects.all()] == ["changes_requested"]
    released = Release.objects.get().part
    assert Grade.objects.filter(part=released).exists()
    assert Grade.objects.exclude(part=released).exists()


@pytest.mark.parametrize("days", range(0, 365, 30))
def test_the_story_can_be_told_on_any_day_of_the_year(days: int) -> None:
    now = A_TUESDAY + timedelta(days=days, hours=days)
    shift = story.whole_weeks_since_then(now.date())

    assert shift.days % 7 == 0
    assert timedelta() <= now.date() - (story.FIFTH_WEEK + shift) < timedelta(days=7)


def test_the_sample_is_loaded_once_and_only_where_no_course_is(settings: Any, capsys: Any) -> None:
    settings.DEMO_ALLOWED = False
    call_command("load_demo")
    assert Course.objects.count() == 0
    settings.DEMO_ALLOWED = True
    for _ in range(2):
        call_command("load_demo")
        assert "look around first" in capsys.readouterr().out

    assert Course.objects.count() == 1
    assert User.objects.filter(is_sample=True).count() == 3
