"""Papers and their places under an action: found, described, corrected, and asked about."""

from dataclasses import dataclass

from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Scene
from courseapp.term.formats.cells import is_link
from schedule.models import Lecture, Paper, Reading
from submissions.models import Submission


@dataclass(frozen=True)
class Described:
    """What a paper is called, where it is found, and what else is known of it."""

    title: str
    url: str = ""
    authors: str = ""
    venue: str = ""
    year: int | None = None

    def checked(self) -> "Described":
        """Return the description without stray spaces; raise `Refused` where it cannot be."""
        title, url = " ".join(self.title.split()), self.url.strip()
        if not title:
            raise Refused(Denied("no_title", "A reading needs a title."))
        if url and not is_link(url, may_be_relative=False):
            raise Refused(
                Denied("bad_link", f"{url} leads nowhere; give an address that begins with https.")
            )
        if self.year is not None and not 1000 <= self.year <= 9999:
            raise Refused(Denied("bad_year", "Give the year in four digits, or none."))
        return Described(title, url, self.authors.strip(), self.venue.strip(), self.year)

    def paper(self, scene: Scene) -> Paper:
        """Return the course's paper of that title and address, with what is known of it now."""
        known = {name: value for name, value in vars(self).items() if value}
        found = Paper.objects.select_for_update().filter(
            course=scene.course, title=self.title, url=self.url
        )
        paper = found.first() or Paper(course=scene.course)
        differing = [name for name, value in known.items() if getattr(paper, name) != value]
        for name in differing:
            setattr(paper, name, known[name])
        if differing:
            paper.save()
        return paper


def reading_of(scene: Scene, reading_id: int) -> Reading:
    """Return a standing reading of the course under lock; raise `Refused` where there is none."""
    standing = Reading.objects.select_for_update(of=("self",)).select_related("paper", "lecture")
    found = standing.filter(
        lecture__course=scene.course, lecture__withdrawn_at__isnull=True, pk=reading_id
    ).first()
    if found is None:
        raise Refused(Denied("not_found", "This reading is not in the schedule (any more)."))
    return found


def require_not_read_twice(lecture: Lecture, paper: Paper, *, sections: str) -> None:
    """The same paper may come back in one lecture with other sections only (domain.md §1)."""
    if Reading.objects.filter(lecture=lecture, paper=paper, sections=sections).exists():
        raise Refused(
            Denied("repeated", f"{paper.title} is read for {lecture.title} already; change that.")
        )


def asked_count(reading: Reading) -> int:
    """Return how many students have asked about a reading."""
    return Submission.objects.filter(deliverable__reading=reading).count()


def students(count: int) -> str:
    """Say how many students have done something."""
    return "1 student has" if count == 1 else f"{count} students have"


def write(row: Reading | Paper, wanted: dict[str, object]) -> list[str]:
    """Write what differs; return the columns that do."""
    differing = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in differing:
        setattr(row, name, wanted[name])
    if differing:
        row.save(update_fields=differing)
    return differing


def correct(paper: Paper, wanted: Described) -> list[str]:
    """Correct a paper, wherever it is read; return the columns that changed."""
    same = Paper.objects.filter(course=paper.course_id, title=wanted.title, url=wanted.url)
    if same.exclude(pk=paper.pk).exists():
        raise Refused(
            Denied(
                "another_paper",
                f"The course has another paper, {wanted.title}, at that address. To read that one "
                "instead, replace the reading.",
            )
        )
    return write(paper, vars(wanted))
