"""Dissolving, merging, splitting, founding and renaming groups, with every open part handed on."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.action import kept_action
from courseapp.term.acts.groups import (
    DissolveGroup,
    FoundGroup,
    MergeGroups,
    RenameGroup,
    SplitGroup,
)
from courseapp.term.acts.parts import open_parts
from courseapp.term.acts.people import DropStudent, MoveStudent
from courseapp.term.acts.standing import standing_of
from groups.models import Group, Membership, SizeWaiver
from schedule.models import GroupRole, MilestoneKind, RoleAssignment
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.selectors.owed import duties
from submissions.services.deriving import derive_deliverables
from submissions.services.handing_in import hand_in_file
from tests.factories import (
    LECTURE_AT,
    START,
    actor,
    assign,
    enroll,
    make_group,
    make_lecture,
    make_milestone,
)
from tests.term.acts.scenes import NOW, Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    """The usual term, with a proposal that every group owes."""
    made = make_term()
    make_milestone(made.course, MilestoneKind.PROPOSAL, due_at=LECTURE_AT + timedelta(days=14))
    derive_deliverables(course=made.course, now=START)
    return made


def parts_of(term: Term, group: Group, *, now: datetime = NOW) -> list[int]:
    return [part.pk for part in open_parts(term.course, [group.pk], now=now)]


def dissolving(
    term: Term,
    group: Group,
    *,
    goes_to: Group | None = None,
    taker: Group | None = None,
    now: datetime = NOW,
) -> DissolveGroup:
    members, parts = term.members(group), parts_of(term, group, now=now)
    return DissolveGroup(
        group_id=group.pk,
        members=tuple(one.pk for one in members),
        goes_to=tuple(0 if goes_to is None else goes_to.pk for _ in members),
        parts=tuple(parts),
        takers=tuple(0 if taker is None else taker.pk for _ in parts),
    )


def merging(term: Term, group: Group, into: Group, *, now: datetime = NOW) -> MergeGroups:
    parts = tuple(parts_of(term, group, now=now))
    return MergeGroups(group.pk, into.pk, parts, (into.pk,) * len(parts))


def plays(group: Group) -> set[tuple[str, str]]:
    held = RoleAssignment.objects.current().filter(group=group).select_related("lecture")
    return {(one.role, one.lecture.topic) for one in held}


def said(carried: object) -> list[str]:
    return carried.act.consequences["said"]  # type: ignore[attr-defined,no-any-return]


def hand_in(group: Group, deliverable: Deliverable, member: Enrollment, *, at: datetime) -> None:
    hand_in_file(
        actor=actor(member),
        deliverable_id=deliverable.pk,
        upload=ContentFile(b"%PDF-1.4\n", name="plan.pdf"),
        received_at=at,
        idempotency_key="",
    )


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


# -- merging -------------------------------------------------------------------------------------


def small_pair(term: Term) -> tuple[Group, Group]:
    """Two groups of two, the first with a part in a lecture of its own."""
    groups = [make_group(term.course, [enroll(term.course) for _ in range(2)]) for _ in range(2)]
    alone = make_lecture(term.course, starts_at=LECTURE_AT + timedelta(days=28), topic="Energy")
    assign(alone, groups[0], GroupRole.PRESENTER)
    derive_deliverables(course=term.course, now=START)
    return groups[0], groups[1]


def test_a_merged_group_goes_with_all_its_members_and_parts_into_the_other(term: Term) -> None:
    group, into = small_pair(term)
    people = [*term.members(into), *term.members(group)]
    carried = term.do(merging(term, group, into))
    assert term.members(into) == people
    assert plays(into) == {("presenter", "Energy")}
    assert carried.act.sentence == f"{group} is merged into {into}, which has 4 members now."
    assert set(carried.told) == set(people)
    assert f"Presenter of Energy, Wed Mar 12 goes to {into}." in said(carried)
    assert not SizeWaiver.objects.filter(group=into).exists()
    text = OutboxMail.objects.get(recipient=people[0].email).text
    assert "Slides for Energy\n  due " in text


def test_the_merged_group_goes_on_with_the_targets_project(term: Term) -> None:
    group, into = small_pair(term)
    proposal = Deliverable.objects.get(course=term.course, kind=Kind.PROPOSAL.value)
    for one in (group, into):
        hand_in(one, proposal, term.members(one)[0], at=NOW - timedelta(days=1))
    carried = term.do(merging(term, group, into))
    assert said(carried)[1:4] == [
        f"The merged group goes on with {into}'s project. It has handed in: project proposal.",
        f"A proposal of {into} is in force again once those who come have agreed.",
        (
            f"What {group} handed in for its own project (project proposal) stays with {group}, "
            "and its credit with who had it."
        ),
    ]


def test_a_merge_beyond_the_size_records_a_waiver(term: Term) -> None:
    carried = term.do(merging(term, term.groups[0], term.groups[1]), reason="One of each left.")
    [waiver] = SizeWaiver.objects.all()
    assert (waiver.group, waiver.size, waiver.reason) == (term.groups[1], 8, "One of each left.")
    assert any("has 8 members from now on" in line for line in said(carried))


def test_what_was_handed_in_already_for_a_part_stays_with_who_did(term: Term) -> None:
    group, into = term.groups[:2]
    slides = Deliverable.objects.get(lecture=term.lectures[0], kind=Kind.SLIDES.value)
    hand_in_file(
        actor=actor(term.members(group)[0]),
        deliverable_id=slides.pk,
        upload=ContentFile(b"PK\x03\x04" + bytes(26), name="talk.pptx"),
        received_at=NOW - timedelta(days=1),
        idempotency_key="",
    )
    carried = term.do(merging(term, group, into))
    assert said(carried)[0] == (
        f"Presenter of Mixtures, Wed Feb 12 goes to {into}. "
        f"What {group} handed in for it already stays with {group}."
    )


def test_a_merge_into_a_group_that_plays_the_same_part_leaves_one(term: Term) -> None:
    group, into = small_pair(term)
    shared = RoleAssignment.objects.get(group=group)
    assign(shared.lecture, into, GroupRole.PRESENTER)
    term.do(merging(term, group, into))
    assert RoleAssignment.objects.current().filter(lecture=shared.lecture).count() == 1


def test_a_merge_is_undone(term: Term) -> None:
    group, into = small_pair(term)
    before = [(plays(one), term.members(one)) for one in (group, into)]
    carried = term.do(merging(term, group, into))
    term.undo(carried)
    assert [(plays(one), term.members(one)) for one in (group, into)] == before


def test_a_group_is_not_merged_into_itself(term: Term) -> None:
    group = term.groups[0]
    with pytest.raises(Refused) as refusal:
        term.do(MergeGroups(group.pk, group.pk, (), ()))
    assert refusal.value.denied.code == "itself"


# -- splitting -----------------------------------------------------------------------------------


def splitting(
    term: Term, group: Group, count: int, *, parts: int = 0, name: str = ""
) -> SplitGroup:
    leaving = tuple(person.pk for person in term.members(group)[:count])
    return SplitGroup(group.pk, leaving, name, tuple(parts_of(term, group)[:parts]))


def test_those_who_leave_found_a_group_and_take_the_parts_that_are_ticked(term: Term) -> None:
    group = term.groups[0]
    going, staying = term.members(group)[:2], term.members(group)[2:]
    carried = term.do(splitting(term, group, 2, parts=1, name="The Others"))
    new = Group.objects.get(name="The Others")
    assert (new.formed_at, new.dissolved_at) == (NOW, None)
    assert term.members(new) == going
    assert term.members(group) == staying
    assert plays(new) == {("presenter", "Mixtures")}
    assert plays(group) == {("reviewers", "Caches"), ("authors", "Agents")}
    assert said(carried)[:4] == [
        "Presenter of Mixtures, Wed Feb 12 goes to The Others.",
        f"Reviewers of Caches, Wed Feb 19 stays with {group}.",
        f"Authors of Agents, Wed Feb 26 stays with {group}.",
        f"The project stays with {group}; The Others begins one of its own.",
    ]
    owed = {(duty.group_name, duty.kind) for duty in duties(course=term.course, now=NOW)}
    assert {("The Others", Kind.PROPOSAL), (group.name, Kind.PROPOSAL)} <= owed


def test_a_split_without_a_name_takes_the_next_number(term: Term) -> None:
    make_group(term.course, name="Group 1")
    carried = term.do(splitting(term, term.groups[0], 1))
    assert "are in" not in carried.act.sentence
    assert "is in Group 2 now." in carried.act.sentence


@pytest.mark.parametrize("count", [0, 4])
def test_not_none_and_not_all_leave(term: Term, count: int) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(splitting(term, term.groups[0], count))
    assert refusal.value.denied.code == "nothing_split"


def test_a_stranger_or_anothers_part_does_not_go_along(term: Term) -> None:
    group, other = term.groups[:2]
    stranger = term.members(other)[0]
    for wrong in (
        SplitGroup(group.pk, (stranger.pk,), "", ()),
        SplitGroup(group.pk, (term.members(group)[0].pk,), "", tuple(parts_of(term, other))),
    ):
        with pytest.raises(Refused) as refusal:
            term.do(wrong)
        assert refusal.value.denied.code == "changed_meanwhile"


def test_a_split_is_undone(term: Term) -> None:
    group = term.groups[0]
    before = plays(group), term.members(group)
    carried = term.do(splitting(term, group, 2, parts=1, name="The Others"))
    term.undo(carried)
    assert (plays(group), term.members(group)) == before
    assert Group.objects.get(name="The Others").dissolved_at == NOW + timedelta(minutes=5)


def test_a_split_is_not_undone_once_the_new_group_works(term: Term) -> None:
    carried = term.do(splitting(term, term.groups[0], 2, name="The Others"))
    new = Group.objects.get(name="The Others")
    proposal = Deliverable.objects.get(course=term.course, kind=Kind.PROPOSAL.value)
    hand_in(new, proposal, term.members(new)[0], at=NOW + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert "The Others has handed something in since." in refusal.value.denied.sentence


# -- founding and renaming -----------------------------------------------------------------------


def test_staff_found_a_group_of_students_without_one(term: Term) -> None:
    people = [enroll(term.course) for _ in range(4)]
    carried = term.do(FoundGroup("Latecomers", tuple(person.pk for person in people)))
    group = Group.objects.get(name="Latecomers")
    assert term.members(group) == people
    assert group.position > max(one.position for one in term.groups)
    assert carried.told == people
    term.undo(carried)
    assert not Membership.objects.current().filter(enrollment__in=people).exists()


def test_who_is_in_a_group_is_not_put_into_another(term: Term) -> None:
    person = term.members(term.groups[0])[0]
    with pytest.raises(Refused) as refusal:
        term.do(FoundGroup("", (person.pk,)))
    assert refusal.value.denied.code == "has_group"
    with pytest.raises(Refused) as refusal:
        term.do(FoundGroup("", ()))
    assert refusal.value.denied.code == "nobody"


def test_a_founding_is_not_undone_once_someone_came_or_a_part_was_given(term: Term) -> None:
    carried = term.do(FoundGroup("Latecomers", (enroll(term.course).pk,)))
    group = Group.objects.get(name="Latecomers")
    late = enroll(term.course)
    came = term.do(MoveStudent(late.pk, group.pk), now=NOW + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert f"{late} is in Latecomers since." in refusal.value.denied.sentence
    term.undo(came, now=NOW + timedelta(minutes=2))
    RoleAssignment.objects.create(
        lecture=term.lectures[0],
        group=group,
        role=GroupRole.AUTHORS,
        assigned_at=NOW + timedelta(minutes=3),
    )
    with pytest.raises(Refused) as refusal:
        term.undo(carried)
    assert "Latecomers plays a part since." in refusal.value.denied.sentence


def test_a_group_is_renamed_and_its_members_are_told(term: Term) -> None:
    group = term.groups[0]
    was = group.name
    carried = term.do(RenameGroup(group.pk, " The Renamed "))
    group.refresh_from_db()
    assert group.name == "The Renamed"
    assert carried.act.sentence == f"{was} is called The Renamed now."
    assert carried.told == term.members(group)
    term.undo(carried)
    group.refresh_from_db()
    assert group.name == was


def test_a_name_that_is_or_was_taken_and_no_name_are_refused(term: Term) -> None:
    group, other = term.groups[:2]
    term.do(dissolving(term, other))
    for name, code in ((other.name, "name_taken"), ("  ", "name_missing")):
        with pytest.raises(Refused) as refusal:
            term.do(RenameGroup(group.pk, name))
        assert refusal.value.denied.code == code


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
