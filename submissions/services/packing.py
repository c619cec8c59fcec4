"""Packing what came in into one file, as a stream: memory does not grow with the course.

What cannot be packed is said in a list, and holds up nothing else.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, field, fields
from datetime import datetime
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final
from zipfile import ZIP_DEFLATED
from zoneinfo import ZoneInfo

from zipstream import ZipStream

from courseapp.kernel import files
from submissions.deadlines import Kind
from submissions.models import Deliverable
from submissions.rules.naming import Names, file_name, folder_name, harmless_cell, safe_name
from submissions.selectors.owed import KIND_WORDS
from submissions.selectors.packing import KINDS, Scope, Work, deliverables_in, with_texts, works_of

IN_MEMORY: Final = 1024 * 1024
PROBLEMS_KEPT: Final = 200
# After so many short texts the packing tells how far it is; after each file it does so anyway.
TOLD_EVERY: Final = 100

# Told how many versions are packed; says whether to go on.
Report = Callable[[int], bool]


class Stopped(Exception):  # noqa: N818 - an answer to somebody's click
    """Somebody stopped the packing."""


@dataclass(frozen=True)
class ManifestLine:
    """One line of manifest.csv; the names are its headings."""

    file: str
    what: str
    lecture: str
    reading: str
    owner: str
    role: str
    version: int
    received_at: str
    due_at: str
    verdict: str
    size: int
    sha256: str
    receipt: str
    problem: str


@dataclass
class Packer:
    """An archive on its way out; `done` versions are packed, `problems` are told at its end."""

    scope: Scope
    now: datetime
    report: Report
    done: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._zip = ZipStream()
        self._folders = Names()
        self._by_lecture: dict[int | None, str] = {}
        self._zone = ZoneInfo(self.scope.course.timezone)

    def chunks(self) -> Iterator[bytes]:
        """Give the archive's bytes in order. Raises `Stopped` where the report says so."""
        with SpooledTemporaryFile(max_size=IN_MEMORY) as manifest:
            lines = _Table(manifest)
            lines.write([column.name for column in fields(ManifestLine)])
            for deliverable in deliverables_in(self.scope):
                yield from self._pack(deliverable, lines)
            if self.problems:
                yield from self._add("problems.txt", "\n".join(self.problems) + "\n")
            yield from self._add("manifest.csv", lines.chunks())
        yield from self._zip.finalize()

    def _pack(self, deliverable: Deliverable, lines: "_Table") -> Iterator[bytes]:
        works = works_of(deliverable, self.scope, now=self.now)
        if not works:
            return
        folder = self._folder(deliverable)
        if deliverable.kind == Kind.QUESTION.value:
            yield from self._questions(deliverable, folder, works, lines)
            return
        names = Names()
        for work in works:
            path = f"{folder}/{names.free(_name_of(work))}"
            problem = ""
            if work.is_text:
                yield from self._add(path, "".join(text for _, text in with_texts([work])))
            else:
                opened = _opened(work)
                if opened is None:
                    problem = "The file is not in the store."
                else:
                    yield from self._add_file(path, opened, work)
            self._note(lines, deliverable, work, path, problem)
            self._go_on()

    def _questions(
        self, deliverable: Deliverable, folder: str, works: list[Work], lines: "_Table"
    ) -> Iterator[bytes]:
        """Pack the questions on one reading as a text to read, and as a table."""
        assert deliverable.reading is not None
        stem = f"{deliverable.reading.position} {deliverable.reading}"
        path = f"{folder}/{file_name(stem, '.md')}"
        with SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
            table = _Table(kept)
            table.write(["owner", "version", "received_at", "verdict", "text"])

            def told() -> Iterator[bytes]:
                yield f"# {deliverable.reading}\n".encode()
                for work, text in with_texts(works):
                    when = self._local(work.received_at)
                    yield f"\n## {work.owner}\n\n{text}\n".encode()
                    table.write([work.owner, work.number, when, work.verdict, text])
                    self._note(lines, deliverable, work, path, "")
                    if self.done % TOLD_EVERY == 0:
                        self._go_on()

            yield from self._add(path, told())
            yield from self._add(f"{folder}/{file_name(stem, '.csv')}", table.chunks())

    def _folder(self, deliverable: Deliverable) -> str:
        kind = KINDS[Kind(deliverable.kind)]
        lecture = deliverable.lecture
        if lecture is None:
            return kind
        if lecture.pk not in self._by_lecture:
            name = folder_name(lecture.title, lecture.starts_on)
            self._by_lecture[lecture.pk] = self._folders.free(name)
        return f"{self._by_lecture[lecture.pk]}/{kind}"

    def _add(self, path: str, content: "str | Iterable[bytes]") -> Iterator[bytes]:
        """Pack one file of words."""
        self._zip.add(content, path, compress_type=ZIP_DEFLATED)
        yield from self._zip.file()

    def _add_file(self, path: str, opened: BinaryIO, work: Work) -> Iterator[bytes]:
        """Pack one file that came in, as it is: its form is a compressed one already."""
        digest = hashlib.sha256()

        def read() -> Iterator[bytes]:
            with opened:
                while chunk := opened.read(files.CHUNK):
                    digest.update(chunk)
                    self._go_on()
                    yield chunk

        self._zip.add(read(), path)
        yield from self._zip.file()
        if digest.hexdigest() != work.sha256:
            self._complain(f"{path}: its bytes are not those of receipt {work.receipt_code}.")

    def _note(
        self, lines: "_Table", deliverable: Deliverable, work: Work, path: str, problem: str
    ) -> None:
        """Write a version into the list, and tell how far the packing is."""
        line = ManifestLine(
            file="" if problem else path,
            what=KIND_WORDS[Kind(deliverable.kind)],
            lecture=deliverable.lecture.title if deliverable.lecture else "",
            reading=str(deliverable.reading or ""),
            owner=work.owner,
            role=work.role,
            version=work.number,
            received_at=self._local(work.received_at),
            due_at=self._local(work.due_at),
            verdict=work.verdict,
            size=work.size,
            sha256=work.sha256,
            receipt=work.receipt_code,
            problem=problem,
        )
        lines.write(astuple(line))
        if problem:
            self._complain(f"{path} (receipt {work.receipt_code}): {problem}")
        self.done += 1

    def _complain(self, sentence: str) -> None:
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(sentence)

    def _go_on(self) -> None:
        if not self.report(self.done):
            raise Stopped

    def _local(self, instant: datetime) -> str:
        return instant.astimezone(self._zone).isoformat(sep=" ")


def _name_of(work: Work) -> str:
    """Name a file by whose it is, their part and its number: "G07 presenter v3.pptx"."""
    stem = " ".join(filter(None, (work.owner, work.role)))
    ending = ".md" if work.is_text else PurePath(work.file_name).suffix
    number = f" v{work.number}"
    return file_name(f"{safe_name(stem, limit=80)}{number}", ending)


def _opened(work: Work) -> BinaryIO | None:
    try:
        return files.open_kept(work.file_key)
    except FileNotFoundError:
        return None


class _Table:
    """A CSV file that is written row by row and read back at its end; large ones lie on the disk."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, cells: Iterable[object]) -> None:
        """Add a row; no cell is a formula to a spreadsheet."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(map(harmless_cell, cells))
        self._file.write(line.getvalue().encode())

    def chunks(self) -> Iterator[bytes]:
        """Give what was written."""
        self._file.seek(0)
        while chunk := self._file.read(files.CHUNK):
            yield chunk
