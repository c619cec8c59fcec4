"""The lint of a schedule: what is odd is named, what is well is not (issue: check_course)."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from courseapp.course.models import Course, RuleChange, RuleName
from courseapp.term.lint import check_course
from schedule.models import (
    GroupRole,
    Lecture,
    Milestone,
    Paper,
    Reading,
    RoleAssignment,
)
from submissions.services.deriving import derive_deliverables
from tests.term.courses import NOW, came_in
from tests.term.folders import SPRING, edited, fall_with_dates

pytestmark = pytest.mark.django_db


def found_in(course: Course) -> list[tuple[str, int | None, str]]:
    return [(one.code, one.row, one.found) for one in check_course(course=course)]


def codes(course: Course) -> set[str]:
    return {one.code for one in check_course(course=course)}


def as_json(slug: str) -> Any:
    out, err = StringIO(), StringIO()
    call_command("check_course", slug, "--json", stdout=out, stderr=err)
    assert err.getvalue() == ""
    return json.loads(out.getvalue())["problems"]


def test_spring_2025_has_its_empty_link_contradiction_zone_and_six_person_group():
    came_in()

    problems = as_json("cs598-s25")
    assert [(one["code"], one["row"], one["column"], one["found"]) for one in problems] == [
        (
            "empty_link",
            11,
            "Readings",
            "GREEN: Carbon-efficient Resource Scheduling for Machine Learning Clusters",
        ),
        ("contradictory_dates", 18, "Date", "2025-03-28"),
        ("zone_abbreviation", None, "milestone", "CST"),
        ("group_size", None, "group", "G19"),
    ]
    assert [one["severity"] for one in problems] == ["warning"] * 4
    assert problems[1]["message"] == (
        "Mid-Semester Presentations: the schedule has a row on 2025-03-28, the milestones have only"
        " 2025-04-02, 2025-04-04."
    )
    assert "says CST; on 2025-05-15 it is CDT in America/Chicago." in problems[2]["message"]
    assert problems[3]["message"] == "G19 has 6 members, the course's groups have 4 to 5."


def test_a_zone_that_fits_its_date_is_no_finding():
    files = edited(
        SPRING, "milestones.csv", '(""6:00PM CST on May 15"", in fact CDT)', "6:00PM CDT"
    )

    assert "zone_abbreviation" not in codes(came_in(files))


def test_fall_2024_has_its_unfilled_roles_and_close_duties():
    course = came_in(fall_with_dates("2024-10-01", "2024-10-02"), slug="cs598-f24")

    found = check_course(course=course)
    unfilled = [(one.row, one.column) for one in found if one.code == "unfilled_role"]
    assert unfilled == [(2, "authors"), (2, "reviewers"), (5, "reviewers"), (6, "authors")]
    close = [(one.found, one.row) for one in found if one.code == "duties_too_close"]
    assert ("G03", 21) in close
    assert (
        "G03 is reviewers on 2024-11-04 and presenter on 2024-11-06: 2 days apart, at least 6 are"
        " wanted."
    ) in [one.message for one in found]


def test_links_that_lead_nowhere_come_twice_or_hide_characters_are_told():
    course = came_in()
    lecture = Lecture.objects.get(course=course, position=5)
    first, second, third = lecture.readings.select_related("paper")
    Paper.objects.filter(pk=second.paper_id).update(url=first.url)
    Paper.objects.filter(pk=third.paper_id).update(url="htp:/x", title="Deep\u200bSpeed")
    RoleAssignment.objects.filter(lecture=lecture, role=GroupRole.PRESENTER).update(
        material="a b.pptx"
    )

    assert [one for one in found_in(course) if one[1] == 5] == [
        ("malformed_link", 5, "htp:/x"),
        ("invisible_characters", 5, "Deep\u200bSpeed"),
        ("malformed_link", 5, "a b.pptx"),
        ("repeated_link", 5, first.url),
    ]


def test_the_same_paper_may_come_back_with_other_sections():
    course = came_in()
    reading = Reading.objects.get(lecture__course=course, lecture__position=5, position=1)
    later = Lecture.objects.get(course=course, position=6)
    back = Reading.objects.create(
        lecture=later, paper=reading.paper, position=5, is_required=False, sections="Sec 2"
    )
    assert "repeated_link" not in codes(course)

    Reading.objects.filter(pk=back.pk).update(sections=reading.sections)
    assert ("repeated_link", 6, reading.url) in found_in(course)


def test_a_lecture_without_a_required_reading_is_told_unless_nobody_asks_about_it():
    course = came_in()
    lecture = Lecture.objects.get(course=course, position=5)
    lecture.readings.update(is_required=False)
    assert ("no_required_reading", 5, "") in found_in(course)

    Lecture.objects.filter(pk=lecture.pk).update(asks_questions=False)
    derive_deliverables(course=course, now=NOW)
    assert "no_required_reading" not in codes(course)


def test_a_milestone_without_its_row_and_a_row_out_of_order_are_told():
    course = came_in()
    Milestone.objects.filter(course=course, kind="final", on_date=date(2025, 5, 7)).update(
        on_date=date(2025, 5, 9)
    )
    Lecture.objects.filter(course=course, position=6).update(starts_on=date(2025, 2, 3))

    found = found_in(course)
    assert ("contradictory_dates", None, "2025-05-09") in found
    assert ("contradictory_dates", 29, "2025-05-07") in found
    assert ("date_order", 6, "2025-02-03") in found


def test_a_course_without_milestones_contradicts_nothing():
    files = {name: content for name, content in SPRING.items() if name != "milestones.csv"}

    assert "contradictory_dates" not in codes(came_in(files))


def test_six_days_between_two_duties_are_enough_and_five_are_not():
    course = came_in()
    held = RoleAssignment.objects.filter(lecture__course=course, group__name="G03")
    first, second, *_ = held.order_by("lecture__starts_on")
    for days, told in ((6, False), (5, True)):
        Lecture.objects.filter(pk=second.lecture_id).update(
            starts_on=first.lecture.starts_on + timedelta(days=days)
        )
        near = [one for one in found_in(course) if one[0] == "duties_too_close" and one[2] == "G03"]
        assert bool(near) is told


def test_a_lecture_that_nobody_presents_is_told_and_one_by_staff_is_not():
    course = came_in()
    RoleAssignment.objects.filter(lecture__course=course, lecture__position=5).update(
        withdrawn_at=course.begins_at
    )

    found = check_course(course=course)
    assert [(one.row, one.column) for one in found if one.code == "unfilled_role"] == [
        (5, "presenter"),
        (5, "authors"),
        (5, "reviewers"),
    ]


def test_people_read_the_findings_as_sentences():
    came_in()
    out = StringIO()

    call_command("check_course", "cs598-s25", stdout=out)
    assert (
        "warning: schedule, column group: G19 has 6 members, the course's groups have 4 to 5."
    ) in out.getvalue().splitlines()


def test_an_empty_course_has_nothing_odd_and_an_unknown_one_is_an_error():
    course = came_in()
    other = Course.objects.create(
        slug="empty", code="E", title="E", term="T", timezone="UTC", begins_at=course.begins_at
    )
    out = StringIO()

    call_command("check_course", other.slug, stdout=out)
    assert out.getvalue() == "Nothing is odd about empty.\n"
    with pytest.raises(CommandError, match=r"^There is no course nowhere\.$"):
        call_command("check_course", "nowhere", "--json")


def test_the_distance_between_duties_is_the_one_that_the_course_set():
    course = came_in()
    assert "duties_too_close" not in codes(course)
    RuleChange.objects.create(
        course=course,
        name=RuleName.DUTY_DISTANCE_DAYS,
        value=14,
        holds_from=course.begins_at.date(),
        set_at=course.begins_at,
    )
    assert "duties_too_close" in codes(course)
