"""Merging, splitting, founding and renaming groups."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.groups import (
    FoundGroup,
    MergeGroups,
    RenameGroup,
    SplitGroup,
)
from courseapp.term.acts.people import MoveStudent
from groups.models import Group, Membership, SizeWaiver
from schedule.models import GroupRole, RoleAssignment
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
)
from tests.term.acts.regrouping import (
    dissolving,
    hand_in,
    make_term_with_proposals,
    merging,
    parts_of,
    plays,
    said,
    splitting,
)
from tests.term.acts.scenes import NOW, Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term_with_proposals()


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
