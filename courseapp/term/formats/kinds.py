"""kinds.csv: how each kind of work is taken, where that is not as usual (domain.md §4, §5)."""

from typing import Final

from courseapp.term.formats.cells import Cells
from courseapp.term.formats.names import Vocabulary
from courseapp.term.formats.problems import did_you_mean, listed, quoted
from courseapp.term.formats.repeats import Repeats
from courseapp.term.formats.rows import KindRow
from courseapp.term.formats.sources import Sources
from submissions.deadlines import Kind, LatePolicy
from submissions.rules import MOST_PAGES, FileForm, Setting, pages_fit, terms

FILE: Final = "kinds.csv"
KINDS: Final = Vocabulary({kind.value: kind for kind in Kind})
LATE_POLICIES: Final = Vocabulary({policy.value: policy for policy in LatePolicy})
FORMS: Final = Vocabulary({form.value: form for form in FileForm})


def read_kinds(sources: Sources) -> tuple[KindRow, ...]:
    """How kinds are taken; a cell that is empty, and a kind that is not there, is as usual."""
    repeats = Repeats()
    found: list[KindRow] = []
    for row in sources.rows(FILE):
        kind = row.name("kind", KINDS, stand_in=Kind.SLIDES)
        setting = Setting(
            late_policy=_late_policy(row),
            accepted=_accepted(row),
            pages_min=_pages(row, "pages_min"),
            pages_max=_pages(row, "pages_max"),
        )
        found.append(KindRow(line=row.line, cells=row.cells, kind=kind, setting=setting))
        if row.is_read("kind"):
            _check(row, kind, setting)
            if first := repeats.seen(row, (kind.value,)):
                message = f"How {quoted(kind.value)} is taken stands in row {first} already."
                row.error("kind", "duplicate_kind", message)
    return tuple(found)


def _late_policy(row: Cells) -> str:
    if not row.text("late_policy"):
        return ""
    return row.name("late_policy", LATE_POLICIES, stand_in=LatePolicy.NO_CREDIT).value


def _accepted(row: Cells) -> tuple[str, ...]:
    forms = []
    for word in row.text("accepted").split():
        form = FORMS.find(word)
        if form is None:
            hint = did_you_mean(word, FORMS.words)
            message = f"Unknown ending {quoted(word)}; known are {listed(FORMS.words)}.{hint}"
            row.error("accepted", "unknown_name", message)
        else:
            forms.append(form.value)
    return tuple(forms)


def _pages(row: Cells, column: str) -> int | None:
    if column == "pages_min" and row.text(column) == "0":
        return 0  # none need be there
    count = row.optional_whole_number(column)
    if count is not None and count > MOST_PAGES:
        row.error(column, "too_many_pages", f"Ask for at most {MOST_PAGES} pages.")
    return count


def _check(row: Cells, kind: Kind, setting: Setting) -> None:
    if kind is Kind.QUESTION:
        for column in ("accepted", "pages_min", "pages_max"):
            if row.text(column):
                message = "Questions are text; no files or pages belong to them. Leave it empty."
                row.error(column, "text_only", message)
    elif not pages_fit(terms(kind.value, of_kind=setting)):
        message = "Fewer pages are taken at most than at least; the usual number holds where one is empty."
        row.error("pages_max", "pages_crossed", message)
