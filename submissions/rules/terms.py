"""What holds for a deliverable: its own, else what its kind was set to, else domain.md §4's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from submissions.rules.content import ACCEPTED, FileForm

# Values of `submissions.deadlines.LatePolicy` and `Kind`; rule modules do not import one another.
DEFAULT_LATE_POLICY: Final = "no_credit"
# Pages before the references, at least and at most; kinds that are not here have no such limit.
DEFAULT_PAGES: Final[Mapping[str, tuple[int, int]]] = {
    "summary": (2, 3),
    "proposal": (2, 2),
    "report": (7, 8),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What was set in one place, of one deliverable or of a kind; what is empty was not."""

    late_policy: str = ""
    accepted: tuple[str, ...] = ()
    pages_min: int | None = None
    pages_max: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How a deliverable is taken: late work, endings of file names, pages before the references.

    Without `accepted` it is written as text. A limit of pages is None where there is none.
    """

    late_policy: str
    accepted: tuple[FileForm, ...]
    pages_min: int | None
    pages_max: int | None


NOTHING_SET: Final = Setting()


def terms(kind: str, *, own: Setting = NOTHING_SET, of_kind: Setting = NOTHING_SET) -> Terms:
    """Return what holds, each line by itself: the deliverable's own before its kind's before ours."""
    least, most = DEFAULT_PAGES.get(kind, (None, None))
    usual = Setting(DEFAULT_LATE_POLICY, ACCEPTED[kind], least, most)
    levels = (own, of_kind, usual)
    forms = next((level.accepted for level in levels if level.accepted), ())
    return Terms(
        late_policy=next(level.late_policy for level in levels if level.late_policy),
        # A question stays text, whatever was set.
        accepted=tuple(map(FileForm, forms)) if ACCEPTED[kind] else (),
        pages_min=_first(*(level.pages_min for level in levels)),
        pages_max=_first(*(level.pages_max for level in levels)),
    )


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
