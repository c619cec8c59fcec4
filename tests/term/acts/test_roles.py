"""Swapping duties and putting others into a role: what is written, what follows, the way back."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseapp.course.models import Enrollment, Role
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.people import DropStudent
from courseapp.term.acts.roles import PutInRole, SwapDuties
from groups.models import Group
from schedule.models import GroupRole, Lecture, OtherPresenter, RoleAssignment
from submissions.deadlines import Kind
from submissions.selectors.owed import duties
from tests.factories import LECTURE_AT, enroll, make_course, make_group, make_lecture
from tests.term.acts.scenes import NOW, Term, make_term
from tests.term.acts.slots import holders_at, instants

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def part(lecture: Lecture, role: str = GroupRole.PRESENTER) -> RoleAssignment:
    return RoleAssignment.objects.current().get(lecture=lecture, role=role)


def playing(lecture: Lecture, role: str = GroupRole.PRESENTER) -> set[Group]:
    held = RoleAssignment.objects.current().filter(lecture=lecture, role=role)
    return {one.group for one in held.select_related("group")}


def owners(kind: Kind, lecture: Lecture, term: Term) -> set[int | None]:
    owed = duties(course=term.course, now=NOW + timedelta(minutes=10))
    return {duty.group_id for duty in owed if (duty.kind, duty.lecture_id) == (kind, lecture.pk)}


def presenters_swap(term: Term, first: int = 0, second: int = 1) -> SwapDuties:
    return SwapDuties(part(term.lectures[first]).pk, part(term.lectures[second]).pk)


def test_a_swap_gives_each_group_the_others_duty_with_what_is_due(term: Term) -> None:
    first, second, _ = term.groups
    term.do(presenters_swap(term))
    assert playing(term.lectures[0]) == {second}
    assert playing(term.lectures[1]) == {first}
    assert owners(Kind.SLIDES, term.lectures[0], term) == {second.pk}
    assert owners(Kind.SLIDES, term.lectures[1], term) == {first.pk}


def test_a_swap_reaches_across_lectures_and_roles(term: Term) -> None:
    first, second, _ = term.groups
    authors = part(term.lectures[2], GroupRole.AUTHORS)
    assert authors.group == first
    term.do(SwapDuties(authors.pk, part(term.lectures[1]).pk))
    assert playing(term.lectures[2], GroupRole.AUTHORS) == {second}
    assert playing(term.lectures[1]) == {first}


def test_at_no_instant_of_a_swap_is_a_part_empty_or_doubled(term: Term) -> None:
    before = holders_at(NOW - timedelta(seconds=1))
    term.undo(term.do(presenters_swap(term)))
    assert all(holders_at(instant) == before for instant in instants())


def test_exactly_both_groups_are_told(term: Term) -> None:
    bystander = make_group(term.course, [enroll(term.course)])
    carried = term.do(presenters_swap(term))
    told = {person.pk for person in carried.told}
    concerned = [*term.members(term.groups[0]), *term.members(term.groups[1])]
    assert told == {person.pk for person in concerned}
    assert not told & {person.pk for person in term.members(bystander)}
    assert OutboxMail.objects.filter(kind="term/changed").count() == len(concerned)


def test_a_swap_says_which_rules_of_the_plan_it_breaks(term: Term) -> None:
    carried = term.do(presenters_swap(term), reason="Both asked for it.")
    lines = " ".join(carried.act.consequences["said"])
    first = term.groups[0].name
    assert f"{first} plays two roles in Caches" in lines.replace("“", "").replace("”", "")


def test_a_swap_that_breaks_a_rule_needs_a_reason(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(presenters_swap(term), reason=" ")
    assert refusal.value.denied.code == "breaks_rules"
    assert playing(term.lectures[0]) == {term.groups[0]}


def test_an_undo_of_a_swap_brings_both_duties_back(term: Term) -> None:
    carried = term.do(presenters_swap(term))
    undone = term.undo(carried)
    assert playing(term.lectures[0]) == {term.groups[0]}
    assert playing(term.lectures[1]) == {term.groups[1]}
    assert set(undone.act.told) == set(carried.act.told)


def test_a_duty_that_was_given_on_since_stops_the_undo(term: Term) -> None:
    carried = term.do(presenters_swap(term))
    term.do(PutInRole(term.lectures[0].pk, "presenter", group_id=term.groups[2].pk))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert f"{term.groups[1]} as presenter of Mixtures" in refusal.value.denied.sentence


def test_a_part_that_others_took_up_since_stops_the_undo_of_leaving_it_empty(term: Term) -> None:
    carried = term.do(PutInRole(term.lectures[0].pk, "presenter"))
    term.do(
        PutInRole(term.lectures[0].pk, "presenter", group_id=term.groups[2].pk),
        now=NOW + timedelta(minutes=1),
    )
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert str(term.groups[2]) in refusal.value.denied.sentence


@pytest.mark.parametrize("case", ["one group", "ended", "other course", "begun"])
def test_what_cannot_be_swapped_is_refused_in_words(term: Term, case: str) -> None:
    code = {"one group": "one_group", "begun": "has_begun"}.get(case, "not_held")
    now = LECTURE_AT + timedelta(hours=1) if case == "begun" else NOW
    second = part(term.lectures[1]).pk
    if case == "one group":
        second = part(term.lectures[2], GroupRole.AUTHORS).pk
    if case == "ended":
        term.do(PutInRole(term.lectures[1].pk, "presenter"))
    if case == "other course":
        second = make_term().lectures[0].role_assignments.latest("pk").pk
    with pytest.raises(Refused) as refusal:
        term.do(SwapDuties(part(term.lectures[0]).pk, second), now=now)
    assert refusal.value.denied.code == code


def test_what_fell_due_before_a_swap_stays_with_who_played_then(term: Term) -> None:
    now = LECTURE_AT - timedelta(hours=2)
    carried = term.do(presenters_swap(term), now=now)
    assert owners_at(now, term) == {term.groups[0].pk}
    assert any("fell due already" in line for line in carried.act.consequences["said"])


def owners_at(now: object, term: Term) -> set[int | None]:
    owed = duties(course=term.course, now=now)  # type: ignore[arg-type]
    return {
        duty.group_id
        for duty in owed
        if (duty.kind, duty.lecture_id) == (Kind.SLIDES, term.lectures[0].pk)
    }


# Putting others into a role.


def put(term: Term, role: str = "presenter", **who: object) -> PutInRole:
    return PutInRole(term.lectures[0].pk, role, **who)  # type: ignore[arg-type]


def test_a_group_takes_over_and_the_other_one_is_told(term: Term) -> None:
    new = make_group(term.course, [enroll(term.course)])
    carried = term.do(put(term, group_id=new.pk))
    assert playing(term.lectures[0]) == {new}
    told = {person.pk for person in carried.told}
    assert told >= {person.pk for person in [*term.members(term.groups[0]), *term.members(new)]}


def test_a_second_group_plays_beside_the_first(term: Term) -> None:
    new = make_group(term.course, [enroll(term.course)])
    carried = term.do(put(term, group_id=new.pk, is_beside=True))
    assert playing(term.lectures[0]) == {term.groups[0], new}
    assert carried.act.sentence == f"Mixtures: {new} presents, too."
    assert f"{term.groups[0]} and {new} both present" in carried.act.consequences["said"][0]
    term.undo(carried)
    assert playing(term.lectures[0]) == {term.groups[0]}


def test_staff_who_take_a_lecture_over_leave_nothing_due_for_it(term: Term) -> None:
    carried = term.do(put(term, staff_id=term.instructor.pk))
    lecture = term.lectures[0]
    gone = {line.what for line in carried.consequences.lines if line.after is None}
    assert gone == {"Slides for Mixtures", "Final slides for Mixtures", "Summary for Mixtures"}
    assert list(OtherPresenter.objects.filter(lecture=lecture).values_list("name", flat=True)) == [
        "Ines Haugen"
    ]
    assert carried.act.public_sentence == "Mixtures is presented by Ines Haugen."
    term.undo(carried)
    assert playing(lecture) == {term.groups[0]}
    assert owners(Kind.SLIDES, lecture, term) == {term.groups[0].pk}
    withdrawn = OtherPresenter.with_withdrawn.get(lecture=lecture)
    assert withdrawn.withdrawn_at is not None


def test_a_guest_makes_way_for_a_group_again(term: Term) -> None:
    term.do(put(term, guest=" Noor Vale "))
    assert OtherPresenter.objects.get(lecture=term.lectures[0]).name == "Noor Vale"
    carried = term.do(
        put(term, group_id=term.groups[0].pk), now=NOW + timedelta(minutes=2), reason="Ill."
    )
    assert not OtherPresenter.objects.filter(lecture=term.lectures[0]).exists()
    assert playing(term.lectures[0]) == {term.groups[0]}
    term.undo(carried)
    assert OtherPresenter.objects.get(lecture=term.lectures[0]).name == "Noor Vale"


def test_single_students_play_a_part_and_are_told(term: Term) -> None:
    alone = [enroll(term.course), enroll(term.course)]
    carried = term.do(put(term, "reviewers", student_ids=tuple(one.pk for one in alone)))
    assert playing(term.lectures[0], GroupRole.REVIEWERS) == set()
    assert {person.pk for person in alone} <= {person.pk for person in carried.told}
    assert carried.act.public_sentence == "Who plays which part changes in Mixtures."


@pytest.mark.parametrize("heir", ["group", "guest", "other student", "nobody"])
def test_a_person_who_loses_a_part_is_told(term: Term, heir: str) -> None:
    ta, alone, other = enroll(term.course, Role.TA), enroll(term.course), enroll(term.course)
    heirs: dict[str, dict[str, Any]] = {
        "group": {"group_id": term.groups[1].pk},
        "guest": {"guest": "Noor Vale"},
        "other student": {"student_ids": (other.pk,)},
        "nobody": {},
    }
    losers: list[tuple[Enrollment, dict[str, Any]]] = [
        (ta, {"staff_id": ta.pk}),
        (alone, {"student_ids": (alone.pk,)}),
    ]
    for number, (loser, who) in enumerate(losers):
        at = NOW + timedelta(minutes=4 * number)
        term.do(put(term, **who), now=at)
        carried = term.do(put(term, **heirs[heir]), now=at + timedelta(minutes=2))
        assert loser.pk in {person.pk for person in carried.told}
        letters = OutboxMail.objects.filter(recipient=loser.email).order_by("-pk")
        assert carried.act.sentence in letters[0].text
        back = term.undo(carried, now=at + timedelta(minutes=3))
        assert loser.pk in {person.pk for person in back.told}


def test_a_dropped_student_is_not_told_that_a_part_went_on(term: Term) -> None:
    alone = enroll(term.course)
    term.do(put(term, student_ids=(alone.pk,)))
    term.do(DropStudent(alone.pk))
    carried = term.do(put(term, group_id=term.groups[1].pk), now=NOW + timedelta(minutes=2))
    assert alone.pk not in {person.pk for person in carried.told}


def test_a_role_that_nobody_played_is_added_in_mid_term() -> None:
    term = make_term()
    RoleAssignment.objects.all().update(withdrawn_at=NOW - timedelta(days=1))
    term.do(put(term, "reviewers", group_id=term.groups[1].pk))
    assert playing(term.lectures[0], GroupRole.REVIEWERS) == {term.groups[1]}


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({"group_id": "own"}, "no_change"),
        ({"group_id": "other"}, "no_such_group"),
        ({"staff_id": "student"}, "not_staff"),
        ({"student_ids": "staff"}, "no_such_student"),
        ({"group_id": "own", "guest": "Noor"}, "several_kinds"),
    ],
)
def test_who_cannot_play_is_refused_in_words(term: Term, who: dict[str, str], code: str) -> None:
    known: dict[str, object] = {
        "own": term.groups[0].pk,
        "other": make_group(make_course()).pk,
        "student": term.members(term.groups[0])[0].pk,
        "staff": (term.instructor.pk,),
    }
    chosen = {name: known.get(value, value) for name, value in who.items()}
    with pytest.raises(Refused) as refusal:
        term.do(put(term, **chosen))  # type: ignore[arg-type]  # each names one of them
    assert refusal.value.denied.code == code


def test_only_lectures_that_come_have_parts_to_give(term: Term) -> None:
    midterm = make_lecture(term.course, kind="midterm")
    group = term.groups[0].pk
    with pytest.raises(Refused) as refusal:
        term.do(PutInRole(midterm.pk, "presenter", group_id=group))
    assert refusal.value.denied.code == "no_lecture"
    with pytest.raises(Refused) as refusal:
        term.do(put(term, guest="Noor"), now=LECTURE_AT + timedelta(days=1))
    assert refusal.value.denied.code == "has_begun"


def test_a_ta_changes_no_roles(term: Term) -> None:
    ta: Enrollment = enroll(term.course, Role.TA)
    with pytest.raises(Refused) as refusal:
        Term(term.course, ta, term.groups, term.lectures).do(presenters_swap(term))
    assert refusal.value.denied.code == "not_permitted"


# Any order of swaps and undos.

STEP = st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans())


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=5))
def test_no_order_of_swaps_and_undos_leaves_a_part_empty_or_doubled(
    db: None, steps: list[tuple[int, int, bool]]
) -> None:
    term = make_term()
    slots = [(lecture, role) for lecture in term.lectures for role in GroupRole.values]
    before = {(lecture.pk, role): 1 for lecture, role in slots}
    for minute, (first, second, is_undone) in enumerate(steps):
        now = NOW + timedelta(minutes=10 * minute)
        ids = [part(*slots[at]).pk for at in (first, second)]
        try:
            carried = term.do(SwapDuties(*ids), now=now)
        except Refused:
            continue
        if is_undone:
            term.undo(carried, now=now + timedelta(minutes=5))
    own = {lecture.pk for lecture in term.lectures}
    for instant in instants():
        held = holders_at(instant)
        assert {slot: count for slot, count in held.items() if slot[0] in own} == before
