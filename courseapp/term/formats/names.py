"""The one table from names in files to ours; case, spacing and hyphens do not matter.

domain.md §12: a course can extend the table, and an unknown name is an error that shows the known
ones. The values are domain.md's own words, so they fit the columns of the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Generic, TypeVar


class LectureKind(StrEnum):
    LECTURE = "lecture"
    NO_CLASS = "no_class"
    MIDTERM = "midterm"
    FINAL = "final"
    DEADLINE = "deadline"
    OTHER = "other"


class Role(StrEnum):
    PRESENTER = "presenter"
    AUTHORS = "authors"
    REVIEWERS = "reviewers"


class PresenterKind(StrEnum):
    """Who holds a role instead of a group."""

    STAFF = "staff"
    GUEST = "guest"
    STUDENT = "student"


class StaffRole(StrEnum):
    """What a row of staff.csv makes of a person; observers stand there too, as no student does."""

    INSTRUCTOR = "instructor"
    TA = "ta"
    OBSERVER = "observer"


class Component(StrEnum):
    """The grade components of the course of reference, by their names (domain.md §2)."""

    PARTICIPATION = "Participation"
    PAPER_PRESENTATION = "Paper presentation & discussion"
    PAPER_SUMMARY = "Paper summary"
    PROPOSAL = "Project proposal"
    MIDTERM = "Mid-semester presentation"
    FINAL = "Final presentation"
    REPORT = "Final report"


class MilestoneKind(StrEnum):
    FORM_GROUPS = "form_groups"
    PROPOSAL = "proposal"
    MIDTERM = "midterm"
    FINAL = "final"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a file's weight that goes to one of our components; shares add up to 1."""

    component: Component
    share: Decimal = Decimal(1)


Meaning = TypeVar("Meaning")


def folded(name: str) -> str:
    """A name without what does not matter: case, spacing, hyphens; `&` reads as `and`."""
    return "".join(char for char in name.casefold().replace("&", "and") if char.isalnum())


@dataclass(frozen=True)
class Vocabulary(Generic[Meaning]):
    """Known names, as they are shown to people, and what each means."""

    words: Mapping[str, Meaning]

    def find(self, name: str) -> Meaning | None:
        """What a name means; None when it is unknown."""
        wanted = folded(name)
        return next((self.words[word] for word in self.words if folded(word) == wanted), None)

    def find_leading(self, name: str) -> Meaning | None:
        """What a text that begins with a known name means, the longest name first."""
        text = folded(name)
        by_length = sorted(self.words, key=lambda word: len(folded(word)), reverse=True)
        return next((self.words[word] for word in by_length if text.startswith(folded(word))), None)

    def extended(self, words: Mapping[str, Meaning]) -> "Vocabulary[Meaning]":
        """The same table with a course's own names added."""
        return Vocabulary({**self.words, **words})


LECTURE_KINDS: Final = Vocabulary(
    {
        "lecture": LectureKind.LECTURE,
        "no-lecture": LectureKind.NO_CLASS,
        "no_class": LectureKind.NO_CLASS,
        "midterm": LectureKind.MIDTERM,
        "final": LectureKind.FINAL,
        "deadline": LectureKind.DEADLINE,
        "other": LectureKind.OTHER,
    }
)

ROLES: Final = Vocabulary(
    {
        "presenter": Role.PRESENTER,
        "companion": Role.AUTHORS,
        "authors": Role.AUTHORS,
        "reviewer": Role.REVIEWERS,
        "reviewers": Role.REVIEWERS,
    }
)

PRESENTER_KINDS: Final = Vocabulary({kind.value: kind for kind in PresenterKind})

STAFF_ROLES: Final = Vocabulary(
    {
        "Instructor": StaffRole.INSTRUCTOR,
        "TA": StaffRole.TA,
        "Teaching assistant": StaffRole.TA,
        "Observer": StaffRole.OBSERVER,
    }
)

COMPONENTS: Final = Vocabulary(
    {
        **{component.value: (Share(component),) for component in Component},
        "Project mid-semester presentation": (Share(Component.MIDTERM),),
        "Project final presentation": (Share(Component.FINAL),),
        "Project final report": (Share(Component.REPORT),),
        "Project report": (Share(Component.REPORT),),
        "Project presentations": (
            Share(Component.MIDTERM, Decimal("0.5")),
            Share(Component.FINAL, Decimal("0.5")),
        ),
    }
)

MILESTONES: Final = Vocabulary(
    {
        "Form groups": MilestoneKind.FORM_GROUPS,
        "Project proposal": MilestoneKind.PROPOSAL,
        "Mid-semester": MilestoneKind.MIDTERM,
        "Final presentation": MilestoneKind.FINAL,
        "Final report": MilestoneKind.REPORT,
    }
)


@dataclass(frozen=True)
class Names:
    """Every table at once, as a course uses them; the defaults are domain.md's."""

    lecture_kinds: Vocabulary[LectureKind] = field(default=LECTURE_KINDS)
    roles: Vocabulary[Role] = field(default=ROLES)
    presenter_kinds: Vocabulary[PresenterKind] = field(default=PRESENTER_KINDS)
    staff_roles: Vocabulary[StaffRole] = field(default=STAFF_ROLES)
    components: Vocabulary[tuple[Share, ...]] = field(default=COMPONENTS)
    milestones: Vocabulary[MilestoneKind] = field(default=MILESTONES)


DEFAULT_NAMES: Final = Names()
