"""The forms of actions on people and groups: what they offer, what they ask for, what they make of it."""

from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from courseapp.term.acts.groups import DissolveGroup, FoundGroup, MergeGroups, SplitGroup
from courseapp.term.acts.parts import open_parts
from courseapp.term.acts.people import (
    AddStudent,
    ChangeStudent,
    DropStudent,
    MoveStudent,
    ReinstateStudent,
)
from courseapp.term.forms import people
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.registry import form_for
from tests.factories import enroll
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db

INCOMPLETE = "Say below what becomes of all that the group has; then go on."


@pytest.fixture
def term() -> Term:
    return make_term()


def opened(term: Term, kind: str, **initial: object) -> ActForm:
    """Open a form as a link does: all that comes is words."""
    form_class = form_for(kind)
    assert form_class is not None
    given = {name: str(value) for name, value in initial.items()}
    return form_class(initial=given, course=term.course, now=NOW)


def sent(term: Term, kind: str, **fields: Any) -> ActForm:
    """Send a form as a browser does."""
    form_class = form_for(kind)
    assert form_class is not None
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return form_class(data, initial=data.dict(), course=term.course, now=NOW)


def made(form: ActForm) -> Any:
    assert form.is_valid(), form.errors
    return form.action()


def shown(form: ActForm) -> dict[str, Any]:
    """Return what each field stands on when the page is shown."""
    return {bound.name: bound.value() for bound in form}


# -- people --------------------------------------------------------------------------------------


def test_a_link_from_the_roster_opens_the_form_on_its_student(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    form = opened(term, "drop_student", enrollment=person.pk)
    assert f'<option value="{person.pk}" selected>{person.name} ({person.student_id})' in str(form)
    assert made(sent(term, "drop_student", enrollment=person.pk)) == DropStudent(person.pk)


def test_a_large_course_lists_only_the_student_who_was_chosen(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "LISTED_STUDENTS", 5)
    person = term.members(term.groups[0])[0]
    assert str(opened(term, "drop_student", enrollment=person.pk)).count("<option") == 2
    form = opened(term, "drop_student")
    assert str(form).count("<option") == 1
    assert "Choose the student on the roster first." in str(form)
    assert made(sent(term, "drop_student", enrollment=person.pk)) == DropStudent(person.pk)


@pytest.mark.parametrize("wrong", ["", "x", "999999", "\u0663", "-1"])
def test_a_student_who_is_not_there_is_no_choice(term: Term, wrong: str) -> None:
    assert not sent(term, "drop_student", enrollment=wrong).is_valid()


def test_a_student_of_another_course_is_no_choice(term: Term) -> None:
    stranger = enroll(make_term().course)
    assert not sent(term, "drop_student", enrollment=stranger.pk).is_valid()


def test_moving_out_is_no_group(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    assert made(sent(term, "move_student", enrollment=person.pk, group="")) == MoveStudent(
        person.pk, None
    )
    other = term.groups[1].pk
    assert made(sent(term, "move_student", enrollment=person.pk, group=other)) == MoveStudent(
        person.pk, other
    )
    form = opened(term, "move_student", enrollment=person.pk)
    assert form.fields["group"].help_text == f"Now in {term.groups[0]}."


def test_who_was_dropped_comes_back_to_the_group_they_left(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    assert not sent(term, "reinstate_student", enrollment=person.pk).is_valid()
    term.do(DropStudent(person.pk))
    form = opened(term, "reinstate_student", enrollment=person.pk)
    assert shown(form)["group"] == term.groups[0].pk
    assert made(sent(term, "reinstate_student", enrollment=person.pk, group="")) == (
        ReinstateStudent(person.pk, None)
    )


def test_a_late_student_needs_a_name_and_a_right_address(term: Term) -> None:
    entry = {"name": "Mara", "email": "m@example.edu", "student_id": "", "section": ""}
    assert made(sent(term, "add_student", **entry, group="")) == AddStudent(**entry, group_id=None)
    form = sent(term, "add_student", **{**entry, "name": "", "email": "m"})
    assert set(form.errors) == {"name", "email"}


def test_an_entry_is_filled_in_with_what_stands(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    form = opened(term, "change_student", enrollment=person.pk)
    assert shown(form)["name"] == person.name
    # Chosen from the list, without a link: the page comes back with what stands, to be corrected.
    assert list(opened(term, "change_student").fields) == ["enrollment"]
    form = sent(term, "change_student", enrollment=person.pk)
    assert form.non_field_errors() == ["Correct below what is wrong; then go on."]
    assert shown(form)["name"] == person.name
    entry: dict[str, Any] = {"name": "Mara", "email": "", "student_id": "s1", "section": ""}
    assert made(sent(term, "change_student", enrollment=person.pk, **entry)) == (
        ChangeStudent(person.pk, **entry)
    )


def test_only_an_entry_that_someone_has_can_be_taken_from_another_person(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    entry: dict[str, Any] = {"name": "M", "email": "m@example.edu", "student_id": "", "section": ""}
    form = sent(term, "change_student", enrollment=person.pk, is_other_person="on", **entry)
    assert made(form) == replace(ChangeStudent(person.pk, **entry), is_other_person=True)
    unclaimed = enroll(term.course, signs_in=False)
    form = opened(term, "change_student", enrollment=unclaimed.pk)
    assert "is_other_person" not in form.fields
    assert "is_other_person" not in opened(term, "change_student").fields


# -- groups --------------------------------------------------------------------------------------


def test_a_group_that_ends_is_asked_for_each_member_and_each_open_part(term: Term) -> None:
    group, other = term.groups[:2]
    seats = list(group.memberships.order_by("seat"))
    parts = open_parts(term.course, [group.pk], now=NOW)
    form = opened(term, "dissolve_group", group=group.pk)
    assert [bound.label for bound in form] == [
        "Group",
        *(f"{seat.enrollment} goes to" for seat in seats),
        "Presenter of Mixtures, Wed Feb 12",
        "Reviewers of Caches, Wed Feb 19",
        "Authors of Agents, Wed Feb 26",
    ]
    assert {value for name, value in shown(form).items() if name != "group"} == {0}
    fields = {f"member_{seat.pk}": 0 for seat in seats}
    fields |= {f"part_{part.pk}": other.pk for part in parts}
    assert made(sent(term, "dissolve_group", group=group.pk, **fields)) == DissolveGroup(
        group_id=group.pk,
        members=tuple(seat.enrollment_id for seat in seats),
        goes_to=(0, 0, 0, 0),
        parts=tuple(part.pk for part in parts),
        takers=(other.pk,) * 3,
    )


def test_what_was_not_on_the_page_is_shown_before_anything_goes_on(term: Term) -> None:
    form = sent(term, "dissolve_group", group=term.groups[0].pk)
    assert form.non_field_errors() == [INCOMPLETE]
    assert len(form.fields) == 8


def test_parts_of_a_merged_group_go_to_the_other_unless_it_is_said(term: Term) -> None:
    group, into = term.groups[:2]
    parts = open_parts(term.course, [group.pk], now=NOW)
    form = sent(term, "merge_groups", group=group.pk, into=into.pk)
    assert form.non_field_errors() == [INCOMPLETE]
    assert {shown(form)[f"part_{part.pk}"] for part in parts} == {str(into.pk)}
    fields = {f"part_{part.pk}": 0 for part in parts}
    assert made(sent(term, "merge_groups", group=group.pk, into=into.pk, **fields)) == MergeGroups(
        group.pk, into.pk, tuple(part.pk for part in parts), (0, 0, 0)
    )


def test_a_group_is_not_offered_to_itself(term: Term) -> None:
    group = term.groups[0]
    form = opened(term, "merge_groups", group=group.pk)
    assert group not in form.fields["into"].queryset  # type: ignore[attr-defined]
    form = sent(term, "merge_groups", group=group.pk, into=group.pk)
    assert form.non_field_errors() == ["A group cannot join itself; choose another one."]
    fields = {f"part_{part.pk}": group.pk for part in open_parts(term.course, [group.pk], now=NOW)}
    assert not sent(term, "dissolve_group", group=group.pk, **fields).is_valid()


def test_who_leaves_and_what_they_take_is_ticked(term: Term) -> None:
    group = term.groups[0]
    form = sent(term, "split_group", group=group.pk)
    assert form.non_field_errors() == [INCOMPLETE]
    person, part = term.members(group)[1], open_parts(term.course, [group.pk], now=NOW)[0]
    ticked = {"leaving": [person.pk], "parts": [part.pk], "name": "New"}
    assert made(sent(term, "split_group", group=group.pk, **ticked)) == SplitGroup(
        group.pk, (person.pk,), "New", (part.pk,)
    )
    nobody = sent(term, "split_group", group=group.pk, name="New")
    assert set(nobody.errors) == {"leaving"}


def test_only_students_without_a_group_are_offered_for_a_new_one(term: Term) -> None:
    assert "Everyone is in a group." in str(opened(term, "found_group"))
    free = [enroll(term.course) for _ in range(2)]
    enroll(term.course, "ta")
    form = opened(term, "found_group", members=free[0].pk)
    assert str(form).count('type="checkbox"') == 2
    ticked = [person.pk for person in free]
    assert made(sent(term, "found_group", name="", members=ticked)) == FoundGroup("", tuple(ticked))
    seated = term.members(term.groups[0])[0]
    assert not sent(term, "found_group", name="", members=[seated.pk]).is_valid()


def test_the_name_to_change_is_the_one_that_stands(term: Term) -> None:
    form = opened(term, "rename_group", group=term.groups[0].pk)
    assert shown(form)["name"] == term.groups[0].name
