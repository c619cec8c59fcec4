"""What the roles are called in a course: one place for pages, sentences and mails."""

from dataclasses import dataclass

from courseapp.course.models import Course
from schedule.models import GroupRole

# How a role is called, what who holds it is called on a page, and what they do.
NOUNS = {
    GroupRole.PRESENTER: "Presenters",
    GroupRole.AUTHORS: "Authors",
    GroupRole.REVIEWERS: "Reviewers",
}
LABELS = {
    GroupRole.PRESENTER: "Presents",
    GroupRole.AUTHORS: "Authors",
    GroupRole.REVIEWERS: "Reviews",
}
VERBS = {
    GroupRole.PRESENTER: "presents",
    GroupRole.AUTHORS: "plays the authors",
    GroupRole.REVIEWERS: "reviews",
}


@dataclass(frozen=True)
class RoleNames:
    """The names of a course's roles; `own` are those that the course chose itself."""

    own: dict[str, str]

    def noun(self, role: str) -> str:
        """Name those who hold a role: "Reviewers"."""
        return self._own(role) or NOUNS[GroupRole(role)]

    def label(self, role: str) -> str:
        """Say before the names of who holds a role what they are: "Reviews"."""
        return self._own(role) or LABELS[GroupRole(role)]

    def does(self, role: str) -> str:
        """Say what who holds a role does: "reviews"."""
        own = self.own.get(role)
        return f"plays the part “{own}”" if own else VERBS[GroupRole(role)]

    def _own(self, role: str) -> str:
        own = self.own.get(role, "")
        return own[:1].upper() + own[1:]


def role_names(course: Course | None) -> RoleNames:
    """Return what a course calls its roles; no query."""
    return RoleNames({} if course is None else dict(course.role_names))
