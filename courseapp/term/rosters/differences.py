"""What a roster's file says otherwise than the course, and what of it was confirmed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from courseapp.course.models import Course, Enrollment, EnrollmentState, Role
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.formats import Problem, has_errors
from courseapp.term.formats.roster import Difference, Standing, compared, read_roster
from courseapp.term.rosters.bringing_in import ImportRoster


@dataclass(frozen=True)
class RosterFile:
    """A file on its way in; logins without an address are read at `mail_domain`."""

    name: str
    content: bytes
    mail_domain: str | None = None


@dataclass(frozen=True)
class Confirmed:
    """Which newcomers (by their id, else their address) come in, and who of the others is dropped.

    Everyone who returns is a newcomer too.
    """

    newcomers: Collection[str] = ()
    drops: Collection[int] = ()


@dataclass(frozen=True)
class RosterReading:
    """The difference, None where the file has errors, and every problem."""

    file: RosterFile
    difference: Difference | None
    problems: list[Problem]


def read_over(course: Course, file: RosterFile) -> RosterReading:
    """Read a roster and compare it with who is in the course; nothing is changed."""
    roster, problems = read_roster(file.content, file=file.name, mail_domain=file.mail_domain)
    if roster is None:
        return RosterReading(file, None, problems)
    difference, clashes = compared(roster, standing_people(course))
    found = [*problems, *clashes]
    return RosterReading(file, None if has_errors(found) else difference, found)


def standing_people(course: Course) -> list[Standing]:
    """Return everyone who is or was in the course, in the order of the roster."""
    return [
        Standing(
            key=person.pk,
            student_id=person.student_id,
            name=person.name,
            email=person.email,
            section=person.section,
            is_student=person.role == Role.STUDENT,
            is_dropped=person.state == EnrollmentState.DROPPED,
        )
        for person in Enrollment.objects.filter(course=course)
    ]


def confirmed_action(file: str, difference: Difference, confirmed: Confirmed) -> ImportRoster:
    """Return what to carry out: every correction, and of the rest what was confirmed.

    Raises `Refused` where something was confirmed that is not in the difference any more.
    """
    drops = {person.key for person in difference.missing}
    if not drops.issuperset(confirmed.drops):
        sentence = "Someone of those to drop is not missing from the file any more; look again."
        raise Refused(Denied("changed_since", sentence))
    wanted = set(confirmed.newcomers)
    return ImportRoster(
        file=file,
        adds=tuple(
            {
                "name": one.name,
                "email": one.email,
                "student_id": one.student_id,
                "section": one.section,
            }
            for one in difference.newcomers
            if key_of(one) in wanted
        ),
        returns=tuple(one.key for one in difference.returning if key_of(one) in wanted),
        drops=tuple(confirmed.drops),
        changes=tuple(
            _corrected(change)
            for change in difference.changes
            if not change.who.is_dropped or key_of(change.who) in wanted
        ),
    )


def key_of(person: Any) -> str:
    """Return by what a newcomer is confirmed: the student id, else the address."""
    found: str = person.student_id or person.email
    return found


def _corrected(change: Any) -> dict[str, Any]:
    fields = ("name", "email", "student_id", "section")
    return {"enrollment_id": change.who.key, **{name: change.after(name) for name in fields}}
