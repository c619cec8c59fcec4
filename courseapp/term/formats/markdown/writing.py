"""The schedule goes out as a Markdown table in the reference course's form (domain.md §12).

What comes out comes in again and out once more with the same bytes: whatever the reader would take
for a mark stands behind a backslash. Notes on readings, rooms and times have no place in the form.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from courseapp.term.formats.cells import is_link
from courseapp.term.formats.markdown.dates import printed_date
from courseapp.term.formats.markdown.holders import NAME
from courseapp.term.formats.markdown.kinds import WORDS, kind_of
from courseapp.term.formats.markdown.readings import MARK
from courseapp.term.formats.markdown.texts import cleaned, escaped, written_link
from courseapp.term.formats.names import LectureKind, PresenterKind, Role

HEAD = (
    "## Tentative Schedule and Reading List\n\n"
    "| Date | Readings | Presenter | Companion | Reviewer |\n"
    "| --- | --- | --- | --- | --- |\n"
)
PLAIN = "\\[]*|<"
GUARDED = f"{PLAIN}():-"
IN_TOKENS = f"{PLAIN}&;,/:()"


@dataclass(frozen=True, slots=True)
class PrintedReading:
    title: str
    url: str
    is_required: bool
    sections: str


@dataclass(frozen=True, slots=True)
class PrintedHolder:
    """A group by its members' ids, or one person by name (`kind` says who)."""

    role: Role
    tokens: tuple[str, ...]
    material: str
    kind: PresenterKind | None = None


@dataclass(frozen=True, slots=True)
class PrintedRow:
    on: date
    ends_on: date | None
    kind: LectureKind
    topic: str
    label: str
    module: str
    readings: tuple[PrintedReading, ...]
    holders: tuple[PrintedHolder, ...]


def write_schedule_table(rows: Iterable[PrintedRow]) -> str:
    """The table with a module's heading above its first row."""
    lines: list[str] = []
    above = ""
    for row in rows:
        module = cleaned(row.module)
        # A row without a module stands under the heading above it: the form has no other place.
        if module and module != above:
            lines.append(f"|   | **{escaped(module)}** |")
            above = module
        lines.append(_line(row))
    return HEAD + "".join(f"{line}\n" for line in lines)


def _line(row: PrintedRow) -> str:
    day = printed_date(row.on, row.ends_on)
    topic = escaped(row.topic)
    cells = [
        f"{day} <br>({topic})" if topic else day,
        "<br>".join([*_heading(row), *map(_reading, row.readings)]),
        *(_role(row.holders, role) for role in Role),
    ]
    return "| " + " | ".join(cells) + " |"


def _heading(row: PrintedRow) -> list[str]:
    label = cleaned(row.label)
    told = kind_of(
        label=label,
        topic=row.topic,
        has_readings=bool(row.readings),
        has_holders=bool(row.holders),
    )
    if told is not row.kind and row.kind in WORDS:
        label = f"{WORDS[row.kind]}: {label}" if label else WORDS[row.kind]
    return [f"**{_guarded(label)}**"] if label else []


def _reading(reading: PrintedReading) -> str:
    said = [cleaned(reading.sections), "Required" if reading.is_required else ""]
    marks = ", ".join(filter(None, said))
    link = f"[{_guarded(reading.title)}]({_sound_link(reading.url, may_be_relative=False)})"
    return f"{link} ({marks})" if marks else link


def _guarded(text: str) -> str:
    """Words that cannot be taken for a mark or a link of their own."""
    return escaped(text, GUARDED if MARK.search(text) or "://" in text else PLAIN)


def _sound_link(url: str, *, may_be_relative: bool) -> str:
    """An address as the reader takes it; one that leads nowhere goes out as an empty link."""
    written = written_link(url)
    return written if is_link(written, may_be_relative=may_be_relative) else ""


def _role(holders: Iterable[PrintedHolder], role: Role) -> str:
    return " & ".join(_holder(holder) for holder in holders if holder.role is role)


def _holder(holder: PrintedHolder) -> str:
    names = [token.replace(" and ", " & ") for token in map(cleaned, holder.tokens)]
    text = _said_kind(holder, names) + ", ".join(escaped(name, IN_TOKENS) for name in names)
    link = _sound_link(holder.material, may_be_relative=True)
    return f"[{text}]({link})" if link else text


def _said_kind(holder: PrintedHolder, names: list[str]) -> str:
    """Guests and single students are said to be so; staff only where a name might be an id."""
    if holder.kind is None:
        return ""
    is_plain = all(NAME.fullmatch(name) and not name[0].islower() for name in names)
    if holder.kind is PresenterKind.STAFF and is_plain:
        return ""
    return f"{str(holder.kind).capitalize()}: "
