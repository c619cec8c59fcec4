"""Dissolving groups, with every member placed and every open part handed on."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.action import kept_action
from courseapp.term.acts.groups import (
    DissolveGroup,
    MergeGroups,
    SplitGroup,
)
from courseapp.term.acts.parts import open_parts
from courseapp.term.acts.people import DropStudent, MoveStudent
from courseapp.term.acts.standing import standing_of
from groups.models import Group, Membership
from schedule.models import RoleAssignment
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import duties
from tests.factories import (
    LECTURE_AT,
    enroll,
    make_group,
)
from tests.term.acts.regrouping import (
    dissolving,
    make_term_with_proposals,
    merging,
    parts_of,
    plays,
    said,
    splitting,
)
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term_with_proposals()


# -- dissolving ----------------------------------------------------------------------------------


def test_a_dissolved_group_ends_with_its_memberships_and_leaves_its_parts_open(term: Term) -> None:
    group = term.groups[0]
    members = term.members(group)
    carried = term.do(dissolving(term, group), reason="They fell out.")
    group.refresh_from_db()
    assert group.dissolved_at == NOW
    seats = Membership.objects.filter(group=group)
    assert {(seat.ends_at, seat.end_reason, seat.ended_by) for seat in seats} == {
        (NOW, "They fell out.", term.instructor)
    }
    assert plays(group) == set()
    assert carried.act.sentence == f"{group} is dissolved: 4 without a group."
    assert "Presenter of Mixtures, Wed Feb 12 is left open." in said(carried)
    assert {person.pk for person in carried.told} == {member.pk for member in members}
    # Nobody owes its project work or its parts any more.
    assert not [duty for duty in duties(course=term.course, now=NOW) if duty.group_id == group.pk]


def test_parts_and_members_of_a_dissolved_group_go_where_it_is_said(term: Term) -> None:
    first, second, third = term.groups
    one, *others = term.members(first)
    parts = parts_of(term, first)
    carried = term.do(
        DissolveGroup(
            group_id=first.pk,
            members=tuple(person.pk for person in [one, *others]),
            goes_to=(second.pk, third.pk, 0, 0),
            parts=tuple(parts),
            takers=(second.pk, third.pk, 0),
        )
    )
    assert term.members(second)[-1] == one
    assert term.members(third)[-1] == others[0]
    assert ("presenter", "Mixtures") in plays(second)
    assert carried.act.sentence == (
        f"{first} is dissolved: {one} to {second}, {others[0]} to {third}, 2 without a group."
    )
    assert (
        carried.act.public_sentence == "Who plays which part changes in: Mixtures, Caches, Agents."
    )
    told = {person.pk for person in carried.told}
    assert told == {
        person.pk for person in Enrollment.objects.filter(role="student", course=term.course)
    }


def test_a_part_that_breaks_a_rule_of_the_plan_is_told_and_not_blocked(term: Term) -> None:
    first, second, _ = term.groups
    carried = term.do(dissolving(term, first, taker=second))
    mixtures, agents = "“Mixtures” (Wed Feb 12)", "“Agents” (Wed Feb 26)"
    rules = "Against the rules of the plan:"
    assert [line for line in said(carried) if not line.startswith(rules)][:3] == [
        f"Presenter of Mixtures, Wed Feb 12 goes to {second}.",
        f"Reviewers of Caches, Wed Feb 19 goes to {second}.",
        f"Authors of Agents, Wed Feb 26 goes to {second}.",
    ]
    assert {
        f"{rules} {second} plays the authors twice: in {mixtures} and in {agents}.",
        f"{rules} {second} plays two roles in {agents}: it plays the authors and reviews.",
    } <= set(said(carried))
    assert sum(1 for line in said(carried) if line.startswith(rules)) == 6


def test_what_was_past_stays_with_a_dissolved_group_and_is_credited(term: Term) -> None:
    group = term.groups[0]
    later = LECTURE_AT + timedelta(days=3)
    member = term.members(group)[0]
    before = {
        duty.deliverable_id
        for duty in duties(course=term.course, now=later, person=member.pk)
        if duty.due_at <= later
    }
    term.do(dissolving(term, group, now=later), now=later)
    after = {
        duty.deliverable_id
        for duty in duties(course=term.course, now=later + timedelta(days=1), person=member.pk)
        if duty.due_at <= later
    }
    assert before
    assert after == before
    # Who played in a lecture that is over is history.
    assert plays(group) == {("presenter", "Mixtures")}


def test_a_part_whose_summary_is_still_open_is_asked_for_after_the_lecture(term: Term) -> None:
    authors = term.groups[1]
    assert ("authors", "Mixtures") in plays(authors)
    later = LECTURE_AT + timedelta(hours=3)
    offered = open_parts(term.course, [authors.pk], now=later)
    assert [(part.words, part.has_begun) for part in offered] == [
        ("Authors of Mixtures, Wed Feb 12", True),
        ("Presenter of Caches, Wed Feb 19", False),
        ("Reviewers of Agents, Wed Feb 26", False),
    ]
    carried = term.do(dissolving(term, authors, now=later), now=later)
    assert said(carried)[0] == (
        f"Authors of Mixtures, Wed Feb 12 stays with {authors}: the lecture has begun."
    )
    assert plays(authors) == {("authors", "Mixtures")}


def test_a_dissolution_is_undone_with_members_seats_and_parts(term: Term) -> None:
    group = term.groups[0]
    before = plays(group), term.members(group)
    owed = standing_of(term.course, now=NOW).owed.keys()
    carried = term.do(dissolving(term, group, taker=term.groups[1]))
    undone_at = NOW + timedelta(days=2)
    term.undo(carried, now=undone_at)
    group.refresh_from_db()
    assert group.dissolved_at is None
    assert (plays(group), term.members(group)) == before
    assert standing_of(term.course, now=undone_at).owed.keys() == owed


def test_a_dissolution_is_not_undone_once_a_member_is_elsewhere(term: Term) -> None:
    group = term.groups[0]
    person = term.members(group)[0]
    carried = term.do(dissolving(term, group))
    term.do(MoveStudent(person.pk, term.groups[1].pk), now=NOW + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert refusal.value.denied.sentence == (
        f"This cannot be undone any more. {person} is in {term.groups[1]} since."
    )


@pytest.mark.parametrize("what", ["members", "parts"])
def test_what_was_not_said_about_a_member_or_a_part_is_asked_again(term: Term, what: str) -> None:
    action = dissolving(term, term.groups[0])
    kept = action.parameters()
    pairs = {"members": "goes_to", "parts": "takers"}
    for name in (what, pairs[what]):
        kept[name] = kept[name][1:]
    with pytest.raises(Refused) as refusal:
        term.do(kept_action("dissolve_group", kept))
    assert refusal.value.denied.code == "changed_meanwhile"


def test_nothing_goes_to_the_group_that_ends_or_has_ended(term: Term) -> None:
    first, second, _ = term.groups
    with pytest.raises(Refused) as refusal:
        term.do(dissolving(term, first, taker=first))
    assert refusal.value.denied.code == "itself"
    term.do(dissolving(term, second))
    with pytest.raises(Refused) as refusal:
        term.do(dissolving(term, first, taker=second))
    assert refusal.value.denied.sentence == f"{second} was dissolved; choose another group."


def test_a_group_of_another_course_is_not_found(term: Term) -> None:
    other = make_term()
    with pytest.raises(Refused) as refusal:
        term.do(dissolving(other, other.groups[0]))
    assert refusal.value.denied.code == "not_found"


def test_what_fell_due_while_a_group_was_away_by_mistake_gets_a_week(term: Term) -> None:
    group = term.groups[0]
    proposal = Deliverable.objects.get(course=term.course, kind=Kind.PROPOSAL.value)
    carried = term.do(dissolving(term, group))
    back_at = LECTURE_AT + timedelta(days=15)
    term.undo(carried, now=back_at)
    [theirs] = [
        duty
        for duty in duties(course=term.course, now=back_at, deliverables=[proposal.pk])
        if duty.group_id == group.pk
    ]
    assert theirs.base_due_at < back_at
    assert theirs.due_at == back_at + timedelta(days=7)


def test_a_group_whose_last_member_is_dropped_waits_to_be_dissolved(term: Term) -> None:
    person = enroll(term.course)
    alone = make_group(term.course, [person], name="Alone")
    carried = term.do(DropStudent(person.pk))
    assert "Nobody is left in Alone. Dissolve it to hand on what it still has to do." in said(
        carried
    )
    term.do(dissolving(term, alone), now=NOW + timedelta(minutes=1))
    alone.refresh_from_db()
    assert alone.dissolved_at == NOW + timedelta(minutes=1)


# -- any order of these --------------------------------------------------------------------------


class AfterAnything(TestCase):
    """Whatever was done to groups before, the next thing that is done to them is undone whole."""

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.sampled_from(["dissolve", "merge", "split", "move"]), st.integers(0, 2)),
            min_size=1,
            max_size=3,
        )
    )
    def test_an_undo_brings_everyone_and_every_part_back(
        self, steps: list[tuple[str, int]]
    ) -> None:
        term = make_term()
        before, carried, at = where(term), None, NOW
        for kind, number in steps:
            at += timedelta(hours=1)
            standing = list(Group.objects.filter(course=term.course, dissolved_at__isnull=True))
            step = a_step(term, kind, standing, number, now=at)
            if step is not None:
                before, carried = where(term), term.do(step, now=at)
        if carried is not None:
            term.undo(carried, now=at + timedelta(hours=1))
        assert where(term) == before

    @settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.sampled_from(["dissolve", "merge", "move"]), st.integers(0, 2)),
            min_size=2,
            max_size=3,
        )
    )
    def test_all_is_undone_one_after_the_other(self, steps: list[tuple[str, int]]) -> None:
        term = make_term()
        before, done, at = where(term), [], NOW
        for kind, number in steps:
            at += timedelta(hours=1)
            standing = list(Group.objects.filter(course=term.course, dissolved_at__isnull=True))
            step = a_step(term, kind, standing, number, now=at)
            if step is not None:
                done.append(term.do(step, now=at))
        for carried in reversed(done):
            at += timedelta(hours=1)
            term.undo(carried, now=at)
        assert where(term) == before


def a_step(
    term: Term, kind: str, groups: list[Group], number: int, *, now: datetime
) -> DissolveGroup | MergeGroups | SplitGroup | MoveStudent | None:
    group = groups[number % len(groups)]
    others = [one for one in groups if one != group]
    people = term.members(group)
    if kind == "dissolve":
        return dissolving(term, group, goes_to=others[0] if others else None, now=now)
    if kind == "merge" and others:
        return merging(term, group, others[0], now=now)
    if kind == "split" and len(people) > 1:
        return splitting(term, group, 1, parts=1)
    if kind == "move" and others and people:
        return MoveStudent(people[0].pk, others[-1].pk)
    return None


def where(term: Term) -> set[tuple[str, str]]:
    current = Membership.objects.current().filter(group__course=term.course)
    found = current.values_list("enrollment__name", "group__name")
    played = RoleAssignment.objects.current().filter(lecture__course=term.course)
    parts = played.values_list("group__name", "lecture__topic", "role")
    return set(found) | {(name, f"{role} of {topic}") for name, topic, role in parts}
