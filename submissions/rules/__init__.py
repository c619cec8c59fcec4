"""What may be handed in, and where a proposal stands (domain.md §4, §9). Plain Python."""

from submissions.rules.content import (
    ACCEPTED,
    MAX_FILE_SIZE,
    MAX_NAME_LENGTH,
    MAX_TEXT_LENGTH,
    MIN_TEXT_LENGTH,
    FileForm,
    accepted_forms,
    display_name,
    file_acceptable,
    text_acceptable,
)
from submissions.rules.proposals import (
    Agreed,
    Decided,
    ProposalLife,
    ProposalState,
    ProposalVerdict,
    proposal_life,
    round_due_at,
)

__all__ = [
    "ACCEPTED",
    "MAX_FILE_SIZE",
    "MAX_NAME_LENGTH",
    "MAX_TEXT_LENGTH",
    "MIN_TEXT_LENGTH",
    "Agreed",
    "Decided",
    "FileForm",
    "ProposalLife",
    "ProposalState",
    "ProposalVerdict",
    "accepted_forms",
    "display_name",
    "file_acceptable",
    "proposal_life",
    "round_due_at",
    "text_acceptable",
]
