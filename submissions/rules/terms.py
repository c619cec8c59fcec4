"""What holds for a deliverable: its own, else what its kind was set to, else domain.md §4's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from submissions.rules.content import ACCEPTED, FileForm

# Values of `submissions.deadlines.LatePolicy` and `Kind`; rule modules do not import one another.
DEFAULT_LATE_POLICY: Final = "no_credit"
MOST_PAGES: Final = 500
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


def written_down(kind: str, asked: Setting) -> Setting:
    """Return what must be kept of what is asked for of a kind: forms in order, nothing that is usual."""
    ordered = replace(asked, accepted=in_order(kind, asked.accepted))
    usual = terms(kind)
    same = {
        name: getattr(NOTHING_SET, name)
        for name in ("late_policy", "accepted", "pages_min", "pages_max")
        if getattr(ordered, name) == getattr(usual, name)
    }
    return replace(ordered, **same)


def in_order(kind: str, forms: Collection[str]) -> tuple[str, ...]:
    """Return the forms in the order in which pages name them: the usual ones first."""
    known = dict.fromkeys((*ACCEPTED[kind], *FileForm))
    return tuple(form.value for form in known if form in forms)


def pages_fit(found: Terms) -> bool:
    """Say whether some number of pages is neither too small nor too large."""
    return found.pages_max is None or (found.pages_min or 0) <= found.pages_max


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
