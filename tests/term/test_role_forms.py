"""The forms of actions on roles, rules, deadlines and the past: what was entered makes the action."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from courseapp.course.models import Course
from courseapp.course.services import fingerprint
from courseapp.term.acts.action import Action
from courseapp.term.acts.deadlines import ExtendDeadline
from courseapp.term.acts.past import CorrectPast
from courseapp.term.acts.roles import PutInRole, SwapDuties
from courseapp.term.acts.rules import ChangeRule
from courseapp.term.acts.weights import ChangeWeights
from courseapp.term.calendars.links import make_link
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.registry import form_for
from grading.models import Component, Part
from schedule.models import RoleAssignment
from submissions.models import Deliverable
from tests.doors import browser
from tests.factories import LECTURE_AT, actor, plan
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db
AFTER = LECTURE_AT + timedelta(days=3)


@pytest.fixture
def term() -> Term:
    return make_term()


def filled(
    term: Term, action: type[Action], sent: Mapping[str, object], *, now: datetime = NOW
) -> ActForm:
    form_class = form_for(action.kind)
    assert form_class is not None
    course = Course.objects.get(pk=term.course.pk)
    return form_class({**sent, "reason": "So."}, course=course, now=now)


def made(
    term: Term, action: type[Action], sent: Mapping[str, object], *, now: datetime = NOW
) -> Action:
    form = filled(term, action, sent, now=now)
    assert form.is_valid(), form.errors
    return form.action()


def offered(form: ActForm, name: str) -> list[str]:
    return [str(label) for value, label in form.fields[name].choices if value]  # type: ignore[attr-defined]


def test_a_swap_offers_the_duties_that_come_in_words(term: Term) -> None:
    [first, *_, last] = RoleAssignment.objects.order_by("pk")
    action = made(term, SwapDuties, {"first": first.pk, "second": last.pk})
    assert action == SwapDuties(first.pk, last.pk)
    form = filled(term, SwapDuties, {}, now=AFTER)
    assert len(offered(form, "first")) == 6
    assert offered(form, "first")[0] == (
        f"{term.groups[1]} presents in Caches (Wed Feb 19, 12:30 PM)"
    )


def test_a_part_is_put_into_one_of_many_hands(term: Term) -> None:
    lecture = term.lectures[0]
    sent = {"lecture": lecture.pk, "role": "presenter"}
    student = term.members(term.groups[2])[0]
    group = term.groups[2].pk
    assert made(term, PutInRole, sent) == PutInRole(lecture.pk, "presenter")
    assert made(term, PutInRole, {**sent, "group": group, "is_beside": "on"}) == PutInRole(
        lecture.pk, "presenter", group_id=group, is_beside=True
    )
    assert made(term, PutInRole, {**sent, "staff": term.instructor.pk}) == PutInRole(
        lecture.pk, "presenter", staff_id=term.instructor.pk
    )
    assert made(term, PutInRole, {**sent, "students": [student.pk]}) == PutInRole(
        lecture.pk, "presenter", student_ids=(student.pk,)
    )


def test_the_past_offers_only_lectures_that_have_begun(term: Term) -> None:
    form = filled(term, CorrectPast, {}, now=AFTER)
    assert offered(form, "lecture") == ["Wed Feb 12, 12:30 PM: Mixtures"]
    groups = [group.pk for group in term.groups[:2]]
    sent = {"lecture": term.lectures[0].pk, "role": "reviewers", "groups": groups}
    assert made(term, CorrectPast, sent, now=AFTER) == CorrectPast(
        term.lectures[0].pk, "reviewers", tuple(groups)
    )


def test_roles_go_by_the_courses_own_names(term: Term) -> None:
    term.course.role_names = {"reviewers": "red team"}
    term.course.save()
    assert offered(filled(term, PutInRole, {}), "role") == ["Presenters", "Authors", "Red team"]


def test_an_extension_ends_with_the_day_unless_a_time_is_given(term: Term) -> None:
    due = Deliverable.objects.filter(kind="slides").order_by("due_at")[0]
    sent = {"deliverable": due.pk, "group": term.groups[0].pk, "day": "2025-02-14"}
    action = made(term, ExtendDeadline, sent)
    assert isinstance(action, ExtendDeadline)
    assert action.due_at is not None
    assert action.due_at.isoformat() == "2025-02-15T05:59:59+00:00"
    action = made(term, ExtendDeadline, {**sent, "time": "18:00"})
    assert isinstance(action, ExtendDeadline)
    assert str(action.due_at) == "2025-02-15 00:00:00+00:00"
    back = {"deliverable": due.pk, "takes_back": "on"}
    assert made(term, ExtendDeadline, back) == ExtendDeadline(due.pk, None)
    assert "day" in filled(term, ExtendDeadline, {"deliverable": due.pk}).errors


def test_a_rule_says_what_holds_now(term: Term) -> None:
    sent = {"rule": "slides_hours", "value": "48", "holds_from": "2025-02-19"}
    assert made(term, ChangeRule, sent) == ChangeRule("slides_hours", "48", date(2025, 2, 19))
    labels = offered(filled(term, ChangeRule, {}), "rule")
    assert "Hours before a lecture at which the slides are due (now 24)" in labels
    assert "What the authors' role is called (the usual name)" in labels


def test_weights_are_filled_in_and_change_one_by_one(term: Term) -> None:
    plan(term.course)
    form = filled(term, ChangeWeights, {})
    sent = {name: str(field.initial) for name, field in form.fields.items()}
    sent["holds_from"] = "2025-02-05"
    components = list(Component.objects.all())
    action = made(term, ChangeWeights, {**sent, f"component_{components[0].pk}": "20"})
    assert isinstance(action, ChangeWeights)
    assert action.components[0] == f"{components[0].pk}=20"
    assert len(action.parts) == Part.objects.count()


def test_an_instructor_says_on_the_course_page_who_confirms_swaps_and_gives_extensions(
    term: Term,
) -> None:
    course, names = term.course, ("policies", "extensions", "swaps_need_staff")
    answer = browser(term.instructor).post(
        reverse("edit-course", args=[course.slug, "policies"]),
        {"policies": "", "extensions": "by_instructor", "seen": fingerprint(course, names)},
    )
    assert answer.status_code == 302
    course.refresh_from_db()
    assert (course.extensions, course.swaps_need_staff) == ("by_instructor", False)


def test_the_course_page_and_the_calendar_call_roles_by_the_courses_own_names(term: Term) -> None:
    term.course.role_names = {"reviewers": "red team"}
    term.course.save()
    reader = browser(term.members(term.groups[0])[0])
    assert "red team who challenge" in reader.get(f"/c/{term.course.slug}/").content.decode()
    secret = make_link(actor=actor(term.members(term.groups[0])[0]), now=NOW)
    feed = reader.get(reverse("person-feed", args=[secret])).content.decode()
    assert "you play “red team”" in feed.replace("\r\n ", "")
