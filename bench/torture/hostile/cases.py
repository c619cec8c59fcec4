"""What a case is: a file as somebody would hand it in, and its verdict."""

from collections.abc import Callable
from dataclasses import dataclass

from submissions.deadlines import Kind

Build = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """A file and its verdict.

    `refused` is the code by which it is refused at once, where it is. `found` are the findings of
    an accepted file as "level code", but for those that say that something is in order. `size`
    stands for a size that nobody wants to build. `is_endless` where a look would take all the time
    that it is given.
    """

    name: str
    kind: Kind
    file_name: str
    build: Build
    refused: str = ""
    found: frozenset[str] = frozenset()
    size: int | None = None
    is_endless: bool = False


def refused(name: str, file_name: str, content: bytes, code: str, kind: Kind = Kind.REPORT) -> Case:
    """Return a case that is refused at once."""
    return Case(name, kind, file_name, lambda: content, refused=code)


@dataclass(frozen=True, slots=True)
class Files:
    """Makes the accepted cases of one kind of deliverable, with one ending."""

    kind: Kind
    ending: str

    def case(self, name: str, build: Build, *found: str, is_endless: bool = False) -> Case:
        """Return a case that is accepted, with what its look finds."""
        return Case(
            f"{self.ending}: {name}",
            self.kind,
            f"{name.replace(' ', '-')}{self.ending}",
            build,
            found=frozenset(found),
            is_endless=is_endless,
        )
