"""Changing a rule of the course in mid-term: from which day it holds, for whom, and the way back."""

from datetime import date, timedelta

import pytest

from courseapp.course.models import Course, RuleChange
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.rules import ChangeRule
from courseapp.term.ruling import settle_all
from courseapp.term.tasks import settle_rules
from groups.models import SizeWaiver
from groups.selectors import groups_outside_sizes
from schedule.selectors.planning import role_planning
from schedule.selectors.role_names import role_names
from submissions.models import Deliverable
from tests.factories import LECTURE_AT, enroll, make_group
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db
TODAY = date(2025, 2, 5)


@pytest.fixture
def term() -> Term:
    return make_term()


def due(term: Term, lecture: int, kind: str) -> object:
    return Deliverable.objects.get(lecture=term.lectures[lecture], kind=kind).due_at


def sizes(term: Term) -> tuple[int, int]:
    course = Course.objects.get(pk=term.course.pk)
    return course.group_size_min, course.group_size_max


def test_an_offset_holds_for_the_lectures_from_its_day_on(term: Term) -> None:
    carried = term.do(ChangeRule("slides_hours", "48", date(2025, 2, 19)))
    assert due(term, 0, "slides") == LECTURE_AT - timedelta(hours=24)
    assert due(term, 1, "slides") == LECTURE_AT + timedelta(days=5)
    assert carried.act.sentence == (
        "From Wed Feb 19 on, slides are due 48 hours before a lecture (until then 24)."
    )
    told = {person.pk for person in carried.told}
    presenting = [*term.members(term.groups[1]), *term.members(term.groups[2])]
    assert told == {person.pk for person in presenting}


def test_an_offset_that_changed_is_undone(term: Term) -> None:
    carried = term.do(ChangeRule("summary_hours", "72", TODAY))
    assert due(term, 0, "summary") == LECTURE_AT + timedelta(hours=72, minutes=75)
    term.undo(carried)
    assert due(term, 0, "summary") == LECTURE_AT + timedelta(hours=24, minutes=75)
    assert RuleChange.objects.get().withdrawn_at is not None


def test_a_size_holds_at_once_and_an_undo_sets_it_back(term: Term) -> None:
    carried = term.do(ChangeRule("group_size_max", "6", TODAY))
    assert sizes(term) == (4, 6)
    assert len(carried.told) == 12
    term.undo(carried)
    assert sizes(term) == (4, 5)


def test_a_size_for_a_later_day_holds_from_that_day_on(term: Term) -> None:
    carried = term.do(ChangeRule("group_size_max", "6", date(2025, 2, 10)))
    settle_all(now=NOW + timedelta(days=1))
    assert sizes(term) == (4, 5)
    assert settle_all(now=NOW + timedelta(days=5)) == 1
    assert sizes(term) == (4, 6)
    assert settle_all(now=NOW + timedelta(days=5)) == 0
    term.undo(carried, now=NOW + timedelta(days=6))
    assert sizes(term) == (4, 5)


def test_the_latest_of_several_changes_is_the_rule_and_each_is_undone_in_turn(term: Term) -> None:
    first = term.do(ChangeRule("group_size_max", "6", TODAY))
    second = term.do(ChangeRule("group_size_max", "7", TODAY))
    with pytest.raises(Refused) as refusal:
        term.undo(first)
    assert "has been changed since" in refusal.value.denied.sentence
    term.undo(second)
    assert sizes(term) == (4, 6)
    term.undo(first)
    assert sizes(term) == (4, 5)


def test_groups_outside_the_new_sizes_are_waived_and_named(term: Term) -> None:
    small = make_group(term.course, [enroll(term.course) for _ in range(4)])
    carried = term.do(ChangeRule("group_size_min", "5", TODAY))
    assert SizeWaiver.objects.filter(group=small, size=4).count() == 1
    assert f"{small} has 4" in " ".join(carried.act.consequences["said"])
    assert len(groups_outside_sizes(Course.objects.get(pk=term.course.pk))) == 4


def test_an_undo_waives_who_filled_up_meanwhile(term: Term) -> None:
    carried = term.do(ChangeRule("group_size_max", "6", TODAY))
    large = make_group(term.course, [enroll(term.course) for _ in range(6)])
    term.undo(carried)
    assert SizeWaiver.objects.filter(group=large, size=6).count() == 1


def test_the_distance_between_duties_is_the_planners(term: Term) -> None:
    carried = term.do(ChangeRule("duty_distance_days", "8", TODAY))
    planning = role_planning(term.course, now=NOW + timedelta(minutes=1))
    assert planning.problem.minimum_distance == timedelta(days=8)
    assert any("seven days apart" in line for line in carried.act.consequences["said"])
    term.undo(carried)
    assert role_planning(term.course, now=NOW).problem.minimum_distance == timedelta(days=6)


def test_a_role_is_called_by_the_courses_own_name_until_that_is_undone(term: Term) -> None:
    carried = term.do(ChangeRule("reviewers_name", "  red  team ", TODAY))
    names = role_names(Course.objects.get(pk=term.course.pk))
    assert names.noun("reviewers") == names.label("reviewers") == "Red team"
    assert names.does("reviewers") == "plays “red team”"
    assert names.noun("authors") == "Authors"
    assert carried.act.sentence == "From Wed Feb 5 on, the reviewers are called “red team”."
    again = term.do(ChangeRule("reviewers_name", "", TODAY))
    assert again.act.sentence == "From Wed Feb 5 on, the reviewers have their usual name again."
    term.undo(again)
    term.undo(carried)
    assert Course.objects.get(pk=term.course.pk).role_names == {}


@pytest.mark.parametrize(
    ("rule", "value", "day", "code"),
    [
        ("slides_hours", "two days", TODAY, "bad_number"),
        ("slides_hours", "-1", TODAY, "bad_number"),
        ("slides_hours", "337", TODAY, "bad_number"),
        ("slides_hours", "24", TODAY, "no_change"),
        ("group_size_min", "0", TODAY, "bad_number"),
        ("group_size_min", "6", TODAY, "sizes_crossed"),
        ("group_size_max", "6", TODAY - timedelta(days=1), "in_the_past"),
        ("authors_name", "x" * 31, TODAY, "name_too_long"),
        ("lunch", "12", TODAY, "no_such_rule"),
    ],
)
def test_what_is_no_rule_is_refused_in_words(
    term: Term, rule: str, value: str, day: date, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(ChangeRule(rule, value, day))
    assert refusal.value.denied.code == code


def test_sizes_may_not_cross_on_a_later_day_either(term: Term) -> None:
    term.do(ChangeRule("group_size_max", "4", date(2025, 3, 1)))
    with pytest.raises(Refused) as refusal:
        term.do(ChangeRule("group_size_min", "5", TODAY))
    assert refusal.value.denied.code == "sizes_crossed"


def test_a_rule_needs_a_reason(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(ChangeRule("slides_hours", "48", TODAY), reason="")
    assert refusal.value.denied.code == "reason_missing"


def test_the_job_lets_a_rule_hold_whose_day_has_come(term: Term) -> None:
    RuleChange.objects.create(
        course=term.course,
        name="group_size_max",
        value=6,
        replaced=5,
        holds_from=TODAY,
        set_at=NOW,
    )
    settle_rules()
    assert sizes(term) == (4, 6)
