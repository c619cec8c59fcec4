"""What the roles are called: one place for pages, sentences and mails.

A course may have names of its own for them (domain.md §13.7); then these are said instead of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """The part that a group plays in a lecture; the values are those of `schedule.models`."""

    PRESENTER = "presenter"
    AUTHORS = "authors"
    REVIEWERS = "reviewers"


# Those who hold a role; what stands before their names; what one of them does; what two do; the part.
NOUNS = {
    Role.PRESENTER: "Presenters",
    Role.AUTHORS: "Authors",
    Role.REVIEWERS: "Reviewers",
}
LABELS = {
    Role.PRESENTER: "Presents",
    Role.AUTHORS: "Authors",
    Role.REVIEWERS: "Reviews",
}
VERBS = {
    Role.PRESENTER: "presents",
    Role.AUTHORS: "plays the authors",
    Role.REVIEWERS: "reviews",
}
VERBS_OF_TWO = {
    Role.PRESENTER: "present",
    Role.AUTHORS: "play the authors",
    Role.REVIEWERS: "review",
}
PARTS = {
    Role.PRESENTER: "the presentation",
    Role.AUTHORS: "the authors' part",
    Role.REVIEWERS: "the review",
}


@dataclass(frozen=True)
class RoleNames:
    """The names of a course's roles; `own` are those that it chose itself, by the role."""

    own: Mapping[str, str] = field(default_factory=dict)

    def noun(self, role: str) -> str:
        """Name those who hold a role: "Reviewers"."""
        return self._own(role) or NOUNS[Role(role)]

    def inside(self, role: str) -> str:
        """Name those who hold a role within a sentence: "reviewers"."""
        return self.own.get(role) or NOUNS[Role(role)].lower()

    def title(self, role: str) -> str:
        """Name a role of one group: "Presenter"."""
        return self._own(role) or Role(role).value.capitalize()

    def label(self, role: str) -> str:
        """Say before the names of who holds a role what they are: "Reviews"."""
        return self._own(role) or LABELS[Role(role)]

    def does(self, role: str) -> str:
        """Say what who holds a role does: "reviews"."""
        own = self.own.get(role)
        return f"plays “{own}”" if own else VERBS[Role(role)]

    def opening(self, role: str) -> str:
        """Say at the beginning of a line what who holds a role does: "Reviews"."""
        does = self.does(role)
        return does[:1].upper() + does[1:]

    def of_two(self, role: str) -> str:
        """Say what two who hold a role do: "review"."""
        own = self.own.get(role)
        return f"play “{own}”" if own else VERBS_OF_TWO[Role(role)]

    def part(self, role: str) -> str:
        """Name the part itself: "the review"."""
        own = self.own.get(role)
        return f"the part “{own}”" if own else PARTS[Role(role)]

    def letter(self, role: str) -> str:
        """Return the letter of a role in pictures."""
        return self.noun(role)[:1]

    def _own(self, role: str) -> str:
        own = self.own.get(role, "")
        return own[:1].upper() + own[1:]
