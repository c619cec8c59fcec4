"""The life of a proposal, from the first version to what is in force."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.rules import (
    Agreed,
    Decided,
    ProposalLife,
    ProposalState,
    ProposalVerdict,
    proposal_life,
    proposals,
    round_due_at,
)

START = datetime(2025, 2, 27, tzinfo=UTC)
DAY = timedelta(days=1)
DUE_AT = datetime(2025, 2, 27, 5, 59, 59, tzinfo=UTC)
NAIVE = datetime(2025, 2, 27)  # noqa: DTZ001 -- the point is that it has no zone
CHANGES = ProposalVerdict.CHANGES_REQUESTED
APPROVED = ProposalVerdict.APPROVED
REJECTED = ProposalVerdict.REJECTED


def decided(
    number: int, verdict: ProposalVerdict, *, day: int, due: datetime | None = None
) -> Decided:
    """A decision on a version; its id is the day on which it was taken."""
    return Decided(
        decision_id=day,
        version_number=number,
        verdict=verdict,
        decided_at=START + day * DAY,
        next_due_at=due,
    )


def life(
    versions: int,
    *decisions: Decided,
    agreed: list[tuple[int, int]] | None = None,
    members: tuple[int, ...] = (1, 2),
) -> ProposalLife:
    return proposal_life(
        version_numbers=range(1, versions + 1),
        decisions=decisions,
        agreements=[
            Agreed(member_id=member, decision_id=decision) for member, decision in agreed or []
        ],
        member_ids=members,
    )


def test_nothing_handed_in_is_a_draft():
    found = life(0)
    assert found == ProposalLife(
        state=ProposalState.DRAFT,
        next_step="The group hands in its proposal.",
        decision=None,
        in_force=None,
        undecided_number=None,
        awaited_member_ids=frozenset(),
        next_due_at=None,
    )


def test_versions_without_a_decision_are_submitted():
    found = life(2)
    assert found.state is ProposalState.SUBMITTED
    assert found.undecided_number == 2
    assert found.next_step == "The instructor decides on version 2."


def test_requested_changes_have_a_round_of_their_own():
    due = START + 8 * DAY
    found = life(1, decided(1, CHANGES, day=1, due=due))
    assert found.state is ProposalState.CHANGES_REQUESTED
    assert found.next_due_at == due
    assert found.undecided_number is None
    assert "hands in a new version" in found.next_step


def test_a_version_after_requested_changes_is_submitted_again():
    found = life(2, decided(1, CHANGES, day=1, due=START + 8 * DAY))
    assert found.state is ProposalState.SUBMITTED_AGAIN
    assert found.next_due_at is None
    assert found.next_step == "The instructor decides on version 2."


def test_a_version_that_crossed_the_decision_counts_as_submitted_again():
    # Version 2 came in while the instructor was still writing about version 1.
    assert life(2, decided(1, CHANGES, day=1)).state is ProposalState.SUBMITTED_AGAIN


def test_an_approval_waits_for_every_current_member():
    approval = decided(1, APPROVED, day=1)
    found = life(1, approval, agreed=[(1, 1)], members=(1, 2, 3))
    assert found.state is ProposalState.APPROVED
    assert found.awaited_member_ids == {2, 3}
    assert found.in_force is None
    assert found.next_step == "It waits for 2 members of the group to agree."
    last = life(1, approval, agreed=[(1, 1), (3, 1)], members=(1, 2, 3))
    assert last.next_step == "It waits for 1 member of the group to agree."


def test_it_is_in_force_once_all_have_agreed():
    approval = decided(1, APPROVED, day=1)
    found = life(1, approval, agreed=[(1, 1), (2, 1)])
    assert found.state is ProposalState.IN_FORCE
    assert found.in_force == approval
    assert found.awaited_member_ids == frozenset()
    assert found.next_step.startswith("It is in force: ")


def test_who_has_left_is_not_waited_for_and_who_joined_is():
    approval = decided(1, APPROVED, day=1)
    agreed = [(1, 1), (2, 1)]
    assert life(1, approval, agreed=agreed, members=(1,)).state is ProposalState.IN_FORCE
    joined = life(1, approval, agreed=agreed, members=(1, 2, 3))
    assert (joined.state, set(joined.awaited_member_ids)) == (ProposalState.APPROVED, {3})


def test_an_agreement_to_another_decision_does_not_count():
    decisions = (decided(1, APPROVED, day=1), decided(2, APPROVED, day=2))
    found = life(2, *decisions, agreed=[(1, 1), (2, 1), (1, 2)])
    assert found.state is ProposalState.APPROVED
    assert found.awaited_member_ids == {2}
    assert found.in_force == decisions[0]


def test_nothing_is_in_force_for_a_group_without_members():
    found = life(1, decided(1, APPROVED, day=1), members=())
    assert (found.state, found.in_force) == (ProposalState.APPROVED, None)
    assert found.next_step == "Its group has no members who could agree."


def test_a_newer_version_leaves_the_approved_one_in_force():
    approval = decided(1, APPROVED, day=1)
    found = life(2, approval, agreed=[(1, 1), (2, 1)])
    assert (found.state, found.in_force) == (ProposalState.IN_FORCE, approval)
    assert found.undecided_number == 2
    assert found.next_step == ("It is in force. The instructor decides on the newer version 2.")


def test_changes_requested_of_a_newer_version_leave_the_older_in_force():
    approval = decided(1, APPROVED, day=1)
    found = life(2, approval, decided(2, CHANGES, day=2), agreed=[(1, 1), (2, 1)])
    assert (found.state, found.in_force) == (ProposalState.CHANGES_REQUESTED, approval)


def test_an_approval_that_was_taken_back_is_not_in_force():
    found = life(
        1, decided(1, APPROVED, day=1), decided(1, REJECTED, day=2), agreed=[(1, 1), (2, 1)]
    )
    assert (found.state, found.in_force) == (ProposalState.REJECTED, None)
    assert found.next_step == "The group hands in a new proposal."


def test_a_new_proposal_after_a_rejection_is_submitted_again():
    assert life(2, decided(1, REJECTED, day=1)).state is ProposalState.SUBMITTED_AGAIN


def test_an_instant_without_a_zone_is_refused():
    naive = Decided(1, 1, APPROVED, decided_at=NAIVE)
    with pytest.raises(ValueError, match="needs a time zone"):
        life(1, naive)
    with pytest.raises(ValueError, match="needs a time zone"):
        round_due_at(received_at=NAIVE, decisions=[], due_at=DUE_AT)
    with pytest.raises(ValueError, match="needs a time zone"):
        round_due_at(received_at=DUE_AT, decisions=[], due_at=NAIVE)


def test_an_unknown_verdict_or_state_is_a_programming_error():
    unknown = Decided(1, 1, "maybe", decided_at=START)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        life(1, unknown)
    with pytest.raises(AssertionError):
        proposals._next_step("lost", None, 0)  # type: ignore[arg-type]


@given(
    data=st.data(),
    versions=st.integers(min_value=1, max_value=3),
    verdicts=st.lists(
        st.tuples(st.integers(min_value=1, max_value=3), st.sampled_from(ProposalVerdict)),
        max_size=4,
    ),
    agreed=st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(0, 4)), max_size=8),
    members=st.sets(st.sampled_from([1, 2, 3])),
)
def test_the_order_in_which_rows_are_read_does_not_matter(
    data, versions, verdicts, agreed, members
):
    decisions = [
        decided(min(number, versions), verdict, day=day)
        for day, (number, verdict) in enumerate(verdicts)
    ]
    found = life(versions, *decisions, agreed=agreed, members=tuple(members))
    shuffled = life(
        versions,
        *data.draw(st.permutations(decisions)),
        agreed=data.draw(st.permutations(agreed)),
        members=data.draw(st.permutations(sorted(members))),
    )
    assert found == shuffled
    assert found.awaited_member_ids <= members
    if found.state is ProposalState.IN_FORCE:
        assert found.in_force == found.decision
        assert not found.awaited_member_ids
    if found.in_force is not None:
        yes = {member for member, decision in agreed if decision == found.in_force.decision_id}
        assert found.in_force.verdict is APPROVED
        assert members
        assert members <= yes


# -- rounds --------------------------------------------------------------------------------------


def test_the_first_round_is_due_at_the_first_due_instant():
    assert round_due_at(received_at=START, decisions=[], due_at=DUE_AT) == DUE_AT


@pytest.mark.parametrize(
    ("shift", "belongs"),
    [(timedelta(microseconds=-1), False), (timedelta(0), True), (timedelta(microseconds=1), True)],
)
def test_a_version_from_the_decision_on_belongs_to_the_requested_round(shift, belongs):
    own_due = START + 8 * DAY
    request = decided(1, CHANGES, day=1, due=own_due)
    found = round_due_at(received_at=request.decided_at + shift, decisions=[request], due_at=DUE_AT)
    assert found == (own_due if belongs else DUE_AT)


def test_the_newest_round_holds_and_a_decision_without_a_round_opens_none():
    decisions = [
        decided(2, CHANGES, day=9, due=START + 12 * DAY),
        decided(1, CHANGES, day=1, due=START + 20 * DAY),
        decided(3, APPROVED, day=10),
    ]
    found = round_due_at(received_at=START + 11 * DAY, decisions=decisions, due_at=DUE_AT)
    assert found == START + 12 * DAY
