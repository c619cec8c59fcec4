"""The life of a proposal (domain.md §9).

draft → submitted → changes requested → submitted again → approved or rejected → agreed by every
current member → in force. Derived from what was handed in, decided and agreed to; never stored.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never


class ProposalState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    SUBMITTED_AGAIN = "submitted_again"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    REJECTED = "rejected"


class ProposalVerdict(StrEnum):
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """The instructor's word on one version. `next_due_at` ends the round that was asked for."""

    decision_id: int
    version_number: int
    verdict: ProposalVerdict
    decided_at: datetime
    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A member's yes to what a decision approved."""

    member_id: int
    decision_id: int


@dataclass(frozen=True, slots=True)
class ProposalLife:
    """Where a proposal stands.

    `decision` is the newest one; `in_force` the newest approval that every current member agreed
    to and that was not taken back; `undecided_number` the newest version while nobody has decided
    on it; `awaited_member_ids` who has still to agree, while an approval waits for that;
    `next_due_at` when the round that was asked for ends; `next_step` what comes next, in words.
    """

    state: ProposalState
    next_step: str
    decision: Decided | None
    in_force: Decided | None
    undecided_number: int | None
    awaited_member_ids: frozenset[int]
    next_due_at: datetime | None


def proposal_life(
    *,
    version_numbers: Collection[int],
    decisions: Iterable[Decided],
    agreements: Iterable[Agreed],
    member_ids: Collection[int],
) -> ProposalLife:
    """Where a group's proposal stands, given all that happened to it and its current members.

    The newest decision holds. An approval stays while the group hands in a newer version, until
    the instructor decides on that. Nothing is in force for a group without members. Raises
    `ValueError` for a naive instant.
    """
    ordered = sorted(decisions, key=lambda each: (_utc(each.decided_at), each.decision_id))
    agreed = list(agreements)
    newest = ordered[-1] if ordered else None
    undecided = _undecided_number(version_numbers, ordered)
    awaited = _awaited(newest, agreed, member_ids)
    state = _state(newest, undecided, is_agreed=bool(member_ids) and not awaited)
    if not version_numbers:
        state = ProposalState.DRAFT
    return ProposalLife(
        state=state,
        next_step=_next_step(state, undecided, len(awaited)),
        decision=newest,
        in_force=_in_force(ordered, agreed, member_ids),
        undecided_number=undecided,
        awaited_member_ids=awaited,
        next_due_at=_next_due_at(newest, state),
    )


def _next_due_at(decision: Decided | None, state: ProposalState) -> datetime | None:
    if decision is None or state is not ProposalState.CHANGES_REQUESTED:
        return None
    return decision.next_due_at


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError(f"An instant needs a time zone: {instant!r}.")
    return instant.astimezone(UTC)


def _undecided_number(numbers: Collection[int], decisions: Iterable[Decided]) -> int | None:
    newest = max(numbers, default=None)
    decided = {decision.version_number for decision in decisions}
    return None if newest in decided else newest


def _awaited(
    decision: Decided | None, agreements: Iterable[Agreed], member_ids: Collection[int]
) -> frozenset[int]:
    if decision is None or decision.verdict is not ProposalVerdict.APPROVED:
        return frozenset()
    return frozenset(member_ids) - {
        agreed.member_id for agreed in agreements if agreed.decision_id == decision.decision_id
    }


def _state(decision: Decided | None, undecided: int | None, *, is_agreed: bool) -> ProposalState:
    if decision is None:
        return ProposalState.SUBMITTED
    match decision.verdict:
        case ProposalVerdict.APPROVED:
            return ProposalState.IN_FORCE if is_agreed else ProposalState.APPROVED
        case ProposalVerdict.CHANGES_REQUESTED:
            return ProposalState.SUBMITTED_AGAIN if undecided else ProposalState.CHANGES_REQUESTED
        case ProposalVerdict.REJECTED:
            return ProposalState.SUBMITTED_AGAIN if undecided else ProposalState.REJECTED
        case _:
            assert_never(decision.verdict)


def _in_force(
    decisions: Sequence[Decided], agreements: Sequence[Agreed], member_ids: Collection[int]
) -> Decided | None:
    last_words = {decision.version_number: decision for decision in decisions}
    for decision in reversed(decisions):
        is_approval = decision.verdict is ProposalVerdict.APPROVED
        if not is_approval or last_words[decision.version_number] is not decision:
            continue
        if member_ids and not _awaited(decision, agreements, member_ids):
            return decision
    return None


def _next_step(state: ProposalState, undecided: int | None, awaited_count: int) -> str:
    match state:
        case ProposalState.DRAFT:
            return "The group hands in its proposal."
        case ProposalState.SUBMITTED | ProposalState.SUBMITTED_AGAIN:
            return f"The instructor decides on version {undecided}."
        case ProposalState.CHANGES_REQUESTED:
            return "The group changes what was asked for and hands in a new version."
        case ProposalState.APPROVED:
            return _agreement_step(awaited_count)
        case ProposalState.IN_FORCE if undecided is not None:
            return f"It is in force. The instructor decides on the newer version {undecided}."
        case ProposalState.IN_FORCE:
            return "It is in force: mid-semester and final work are measured by it."
        case ProposalState.REJECTED:
            return "The group hands in a new proposal."
        case _:
            assert_never(state)


def _agreement_step(awaited_count: int) -> str:
    if awaited_count == 0:
        return "Its group has no members who could agree."
    people = "1 member" if awaited_count == 1 else f"{awaited_count} members"
    return f"It waits for {people} of the group to agree."


def round_due_at(
    *, received_at: datetime, decisions: Iterable[Decided], due_at: datetime
) -> datetime:
    """The due instant that a version belongs to, in UTC.

    A version that came after the instructor asked for changes belongs to that round and is never
    late against the first due instant. The credit is another matter: it looks at the last version
    on time against `due_at` (domain.md §9).
    """
    received = _utc(received_at)
    rounds = [
        (_utc(decision.decided_at), _utc(decision.next_due_at))
        for decision in decisions
        if decision.next_due_at is not None and _utc(decision.decided_at) <= received
    ]
    return max(rounds)[1] if rounds else _utc(due_at)
