"""Work that came in elsewhere is brought in at its own instants, all or nothing (domain.md §12).

A term that moves here from forms and mails keeps what was handed in, when, by whom. Nobody gets a
receipt for it; on time or late follows from the instant of the file as from any other.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from django.db import transaction

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, Enrollment
from courseapp.kernel import files
from courseapp.kernel.decisions import Decision, Denied, Refused
from courseapp.term.acts.action import Outcome, Scene
from courseapp.term.acts.carrying_out import Doing, carry_out
from courseapp.term.acts.policies import hold_all
from courseapp.term.formats.hand_ins import FILE_NAME, HandInRow, read_hand_ins
from courseapp.term.formats.problems import Problem, Severity, did_you_mean, listed, quoted
from groups.models import Group
from submissions import rules
from submissions.deadlines import Kind
from submissions.emails import what_of
from submissions.models import Deliverable, Door, Medium
from submissions.selectors.places import Place, place_of_owner
from submissions.selectors.terms import terms_of_kinds
from submissions.services.appending import HandIn, Receipt, bring_in
from submissions.services.contents import Content, file_content, text_content

KIND_OF_ACT = "import_hand_ins"
# All that moves a course: whoever has the server's shell acts for its instructors, under no name.
PERMISSIONS = frozenset({Permission.CHANGE_ROSTER, Permission.CHANGE_SETTINGS})
HEAD_LENGTH = 1024
PIECE = 1024 * 1024
FIELD_OF = {"lecture_date": "lecture_on"}


@dataclass(frozen=True)
class Arriving:
    """A row whose place, owner, bringer and bytes were found."""

    row: HandInRow
    place: Place
    by: Enrollment
    content: Content
    path: Path | None

    @property
    def hand_in(self) -> HandIn:
        """Return it as the one door of versions takes it."""
        return HandIn(self.content, Door.IMPORT, self.row.received_at)


@dataclass(frozen=True)
class ArrivedLine:
    """What becomes of a row: new, or there already; on time or late."""

    row: int
    what: str
    owner: str
    received_at: datetime
    is_new: bool
    is_on_time: bool


@dataclass(frozen=True)
class Reading:
    """What a folder would bring in, or every reason why it cannot."""

    arriving: list[Arriving]
    lines: list[ArrivedLine]
    problems: list[Problem]

    @property
    def new_count(self) -> int:
        """Return how many versions would be new."""
        return sum(line.is_new for line in self.lines)


def read_over(course: Course, folder: Path, *, now: datetime) -> Reading:
    """Compare a folder with a course; nothing is written and no file is kept."""
    rows, problems = read_hand_ins(_files(folder))
    finding = _Finding(course, folder, now, problems)
    arriving = [found for row in rows if (found := finding.found(row)) is not None]
    if problems:
        return Reading([], [], sorted(problems, key=lambda one: one.row or 0))
    arriving.sort(key=lambda one: (one.row.received_at, one.row.line))
    lines: list[ArrivedLine] = []
    with transaction.atomic():
        for one in arriving:
            try:
                receipt = bring_in(place=one.place, hand_in=one.hand_in, by=one.by)
            except Refused as refusal:
                problems.append(_problem(one.row, "received_at", refusal.denied))
            else:
                lines.append(_line(one, receipt))
        transaction.set_rollback(True)
    return Reading(arriving, lines, sorted(problems, key=lambda one: one.row or 0))


def import_hand_ins(*, actor: Actor, reading: Reading, folder_name: str, now: datetime) -> str:
    """Bring in what was read, as one act; return what it did, in words."""

    def permit(actor: Actor) -> Decision:
        return hold_all(actor, PERMISSIONS)

    def write(scene: Scene) -> Outcome:
        count = sum(_brought(one) for one in reading.arriving)
        verb = "hand-in was" if count == 1 else "hand-ins were"
        return Outcome(
            sentence=f"{count} {verb} brought in that came in elsewhere ({folder_name})."
        )

    parameters = {"folder": folder_name, "rows": len(reading.arriving)}
    doing = Doing(KIND_OF_ACT, parameters, permit, write, PERMISSIONS)
    return carry_out(doing, actor=actor, reason="", now=now).act.sentence


def _brought(one: Arriving) -> bool:
    hand_in = one.hand_in
    if one.path is None:
        return bring_in(place=one.place, hand_in=hand_in, by=one.by).is_new
    with transaction.atomic():
        # What is there already is not kept a second time.
        receipt = bring_in(place=one.place, hand_in=hand_in, by=one.by)
        transaction.set_rollback(True)
    if not receipt.is_new:
        return False
    kept = files.keep(_pieces(one.path))
    if kept.sha256 != one.content.sha256:
        raise Refused(Denied("changed_meanwhile", f"{one.row.file} has changed meanwhile."))
    content = file_content(kept, name=one.content.file_name)
    hand_in = HandIn(content, Door.IMPORT, one.row.received_at)
    return bring_in(place=one.place, hand_in=hand_in, by=one.by).is_new


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece


def _line(one: Arriving, receipt: Receipt) -> ArrivedLine:
    place = receipt.place
    return ArrivedLine(
        row=one.row.line,
        what=what_of(place),
        owner=one.row.owner,
        received_at=one.row.received_at,
        is_new=receipt.is_new,
        is_on_time=receipt.is_on_time,
    )


def _problem(row: HandInRow, column: str, denied: Denied) -> Problem:
    found = str(getattr(row, FIELD_OF.get(column, column)))
    return Problem(FILE_NAME, row.line, column, found, denied.sentence, Severity.ERROR, denied.code)


def _files(folder: Path) -> dict[str, int | bytes]:
    """Return the table's bytes, and every other file's size, by its path inside the folder."""
    found: dict[str, int | bytes] = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.resolve().is_relative_to(folder.resolve())
    }
    found[FILE_NAME] = (folder / FILE_NAME).read_bytes()
    return found


class _Finding:
    """Finds what rows name in a course; what it cannot find becomes a problem."""

    def __init__(
        self, course: Course, folder: Path, now: datetime, problems: list[Problem]
    ) -> None:
        self.course, self.folder, self.now, self.problems = course, folder, now, problems

    def found(self, row: HandInRow) -> Arriving | None:
        """Return the row with all that it names; None where something is a problem."""
        self._check_instant(row)
        deliverable = self._deliverable(row)
        owner = self._owner(row)
        by = self._by(row)
        content = self._content(row)
        if deliverable is None or owner is None or by is None or content is None:
            return None
        place = place_of_owner(
            self.course, now=row.received_at, deliverable_id=deliverable.pk, owner=owner
        )
        if place is None:
            self._error(row, "owner", "not_owed", f"{quoted(row.owner)} did not owe this then.")
            return None
        return Arriving(row, place, by, content, self.folder / row.file if row.file else None)

    def _error(self, row: HandInRow, column: str, code: str, message: str) -> None:
        self.problems.append(_problem(row, column, Denied(code, message)))

    def _check_instant(self, row: HandInRow) -> None:
        if row.received_at > self.now:
            self._error(row, "received_at", "future", "This instant is still to come.")
        if row.received_at < self.course.begins_at:
            message = f"Before the course began, {self.course.begins_at.isoformat()}."
            self._error(row, "received_at", "before_course", message)

    def _deliverable(self, row: HandInRow) -> Deliverable | None:
        of_kind = [one for one in self._standing if one.kind == row.kind]
        fitting = [one for one in of_kind if _fits(one, row)]
        if len(fitting) == 1:
            return fitting[0]
        column = "lecture_date" if row.lecture_on else "kind"
        if fitting:
            places = sorted({str(one.lecture.position) for one in fitting if one.lecture})
            message = f"Say which in the column lecture_position ({listed(places)})."
            self._error(row, column, "ambiguous", message)
        elif row.paper and any(_fits(one, row, any_paper=True) for one in of_kind):
            there = [_title(one) for one in of_kind if _fits(one, row, any_paper=True)]
            message = f"No such paper asks for a question there.{did_you_mean(row.paper, there)}"
            self._error(row, "paper", "unknown_paper", message)
        else:
            self._error(row, column, "nothing_due", f"Nothing of the kind {row.kind} is due there.")
        return None

    @cached_property
    def _standing(self) -> list[Deliverable]:
        standing = Deliverable.objects.filter(
            course=self.course, withdrawn_at__isnull=True, due_at__isnull=False
        )
        return list(standing.select_related("lecture", "reading__paper"))

    def _owner(self, row: HandInRow) -> tuple[int | None, int | None] | None:
        """Return the ids of a student or of a group, one of them None."""
        is_question = row.kind == Kind.QUESTION.value
        known = self._students if is_question else self._groups
        found = known.get(row.owner.casefold())
        if found is None:
            who = "student id" if is_question else "group"
            message = f"Unknown {who} {quoted(row.owner)}.{did_you_mean(row.owner, known)}"
            self._error(row, "owner", "unknown_owner", message)
            return None
        return (found, None) if is_question else (None, found)

    @cached_property
    def _students(self) -> dict[str, int]:
        students = Enrollment.objects.students().filter(course=self.course).exclude(student_id="")
        return {name.casefold(): pk for name, pk in students.values_list("student_id", "pk")}

    @cached_property
    def _groups(self) -> dict[str, int]:
        groups = Group.objects.filter(course=self.course)
        return {name.casefold(): pk for name, pk in groups.values_list("name", "pk")}

    def _by(self, row: HandInRow) -> Enrollment | None:
        """Return who handed in: by id, address or login; without one, the student themselves."""
        named = row.by or (row.owner if row.kind == Kind.QUESTION.value else "")
        found = self._people.get(named.casefold())
        if found is None:
            message = (
                f"Unknown {quoted(named)}: give a student id, an address or a login."
                f"{did_you_mean(named, self._people)}"
                if named
                else "Say who handed in for the group: a student id, an address or a login."
            )
            self._error(row, "by", "unknown_person", message)
        return found

    @cached_property
    def _people(self) -> dict[str, Enrollment]:
        people = Enrollment.objects.filter(course=self.course)
        return {
            name.casefold(): person
            for person in people
            for name in (person.login, person.email, person.student_id)
            if name
        }

    def _content(self, row: HandInRow) -> Content | None:
        kind = Kind(row.kind)
        decision: Decision
        if row.text:
            content = text_content(rules.as_typed(row.text).strip())
            decision = rules.text_acceptable(content.text, kind=kind.value)
        else:
            content, decision = self._file(row, kind)
        if isinstance(decision, Denied):
            column = "text" if row.text else "file"
            self.problems.append(_problem(row, column, decision))
            return None
        return content

    def _file(self, row: HandInRow, kind: Kind) -> tuple[Content, Decision]:
        """Return a file as it would be kept, and whether it can be taken."""
        path, name = self.folder / row.file, rules.display_name(row.file)
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD_LENGTH)
            stream.seek(0)
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        decision = rules.file_acceptable(
            name=name, size=size, head=head, accepted=self._terms[kind].accepted
        )
        return Content(Medium.FILE, size, sha256, file_key=row.file[:80], file_name=name), decision

    @cached_property
    def _terms(self) -> dict[Kind, rules.Terms]:
        return terms_of_kinds(self.course)


def _fits(deliverable: Deliverable, row: HandInRow, *, any_paper: bool = False) -> bool:
    lecture = deliverable.lecture
    if row.lecture_on is None:
        return lecture is None
    if lecture is None or lecture.starts_on != row.lecture_on:
        return False
    if row.lecture_position not in {None, lecture.position}:
        return False
    return any_paper or not row.paper or row.paper.casefold() in _names(deliverable)


def _names(deliverable: Deliverable) -> set[str]:
    assert deliverable.reading is not None
    paper = deliverable.reading.paper
    return {paper.title.casefold(), paper.url.casefold()} - {""}


def _title(deliverable: Deliverable) -> str:
    assert deliverable.reading is not None
    return str(deliverable.reading.paper.title)
