"""What is asked of each kind of file (domain.md §4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Section:
    """A section that is looked for: its name, and words of which a heading holds one.

    A word stands for all that begins with it ("evaluat" for evaluation and evaluating).
    """

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a file; `kind` is a value of `submissions.deadlines.Kind`.

    Pages are those before the references; `addresses` is how many members are to be named with
    their address.
    """

    kind: str
    min_pages: int | None = None
    max_pages: int | None = None
    sections: tuple[Section, ...] = ()
    addresses: int = 0

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {
            "kind": self.kind,
            "min_pages": self.min_pages,
            "max_pages": self.max_pages,
            "sections": [[section.name, list(section.words)] for section in self.sections],
            "addresses": self.addresses,
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Wanted":
        """Return what `as_plain` gave."""
        sections = tuple(Section(name, tuple(words)) for name, words in plain["sections"])
        return cls(**{**plain, "sections": sections})


PROPOSAL_SECTIONS: Final = (
    Section("problem", ("problem",)),
    Section("motivation", ("motivat", "why", "background", "introduction")),
    Section(
        "solution overview",
        ("solution", "approach", "design", "method", "proposed", "proposal", "overview"),
    ),
    Section("evaluation plan", ("evaluat", "experiment", "measurement")),
)
REPORT_SECTIONS: Final = (Section("limitations", ("limit", "threats", "shortcoming")),)
# What else a heading of the usual sections of a summary is called.
SYNONYMS: Final = {
    "problem": ("motivat", "introduction", "background"),
    "hypothesis": ("hypothes",),
    "solution": ("approach", "design", "insight", "method"),
    "drawbacks": ("drawback", "weakness", "limit", "improve", "shortcoming", "critique"),
    "discussion": ("discuss", "gist"),
}
SMALL_WORDS: Final = re.compile(
    r"an?|and|are|as|at|by|class|for|from|how|in|is|its?|key|matters|of|on|or|that|the|their|to"
    r"|what|why|with"
)


def wanted_of(
    kind: str,
    *,
    pages: tuple[int | None, int | None] = (None, None),
    summary_sections: Sequence[str] = (),
    members: int = 0,
) -> Wanted:
    """Return what is asked of a kind of file.

    The limits of pages, at least and at most, and a summary's sections are settings of the course.
    """
    match kind:
        case "summary":
            sections = tuple(section_of(name) for name in summary_sections)
        case "proposal":
            sections = PROPOSAL_SECTIONS
        case "report":
            sections = REPORT_SECTIONS
        case _:
            sections = ()
    addresses = members if kind == "proposal" else 0
    return Wanted(kind, *pages, tuple(sections), addresses)


def section_of(name: str) -> Section:
    """Return a section by its name in words; each word of weight, and what else it is called."""
    words = [
        word for word in re.findall(r"\w+", name.casefold()) if not SMALL_WORDS.fullmatch(word)
    ]
    others = [other for word in words for other in SYNONYMS.get(word, ())]
    return Section(name, tuple(dict.fromkeys((*words, *others))))
