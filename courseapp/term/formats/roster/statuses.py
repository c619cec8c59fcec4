"""Which words of a registration status say that a student is in the course, and which that not."""

import re
from typing import Final

GONE: Final = re.compile(
    r"drop|withdr|delet|cancel|wait\s*-?list|not\s+(registered|enrolled)|unregistered|removed",
    re.IGNORECASE,
)
HERE: Final = re.compile(
    r"regist|enrol|active|audit|add|credit|confirmed|current|completed|^re$|^rw$", re.IGNORECASE
)


def is_gone(status: str) -> bool:
    """Whether a status says that the student is not, or not any more, in the course."""
    return GONE.search(status) is not None


def is_known(status: str) -> bool:
    """Whether a status is one of those that are understood; empty says nothing against anyone."""
    return not status or is_gone(status) or HERE.search(status) is not None
