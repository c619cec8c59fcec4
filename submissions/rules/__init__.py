"""What may be handed in, and where a proposal stands (domain.md §4, §9). Plain Python."""

from submissions.rules.content import (
    ACCEPTED,
    MAX_FILE_SIZE,
    MAX_NAME_LENGTH,
    MAX_TEXT_LENGTH,
    MIN_TEXT_LENGTH,
    FileForm,
    display_name,
    file_acceptable,
    file_announceable,
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
from submissions.rules.terms import (
    DEFAULT_LATE_POLICY,
    DEFAULT_PAGES,
    Setting,
    Terms,
    terms,
)

__all__ = [
    "ACCEPTED",
    "DEFAULT_LATE_POLICY",
    "DEFAULT_PAGES",
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
    "Setting",
    "Terms",
    "display_name",
    "file_acceptable",
    "file_announceable",
    "proposal_life",
    "round_due_at",
    "terms",
    "text_acceptable",
]
