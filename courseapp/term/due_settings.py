"""The page that says how work is taken in a course, kind by kind, and what is set otherwise."""

from dataclasses import dataclass
from datetime import datetime

from courseapp.course.actors import Actor
from courseapp.course.models import (
    Course,
    ExtensionPolicy,
    QuestionsOwedBy,
    RuleName,
    SlidesReaders,
)
from courseapp.kernel.decisions import Decision
from courseapp.term.acts import policies
from courseapp.term.acts.deadlines import ExtendDeadline
from courseapp.term.acts.rules import value_on
from courseapp.term.acts.terms import ChangeTerms
from courseapp.term.ruling import today_in
from courseapp.term.terms_in_words import (
    DUE_RULES,
    DUE_WORDS,
    OWED_BY,
    accepted_words,
    late_words,
    pages_words,
)
from schedule.models import Lecture, LectureKind
from submissions.deadlines import Kind
from submissions.emails import deliverable_words
from submissions.models import Deliverable
from submissions.rules import Terms, terms
from submissions.selectors.owed import KIND_WORDS
from submissions.selectors.terms import terms_from, terms_of_kinds, with_terms

# More than this is not listed: whoever looks for one types another letter.
FOUND_LENGTH = 30


@dataclass(frozen=True)
class Cell:
    """One thing that is set, in words, and whether it is as usual."""

    words: str
    is_usual: bool


@dataclass(frozen=True)
class KindLine:
    """How one kind is taken; `due_rule` is the rule that says when, where it can be changed."""

    kind: Kind
    words: str
    owed_by: str
    due: str
    due_rule: RuleName | None
    late: Cell
    files: Cell
    pages: Cell | None


@dataclass(frozen=True)
class OneLine:
    """One deliverable, how it is taken, and whether that is its own setting."""

    deliverable: Deliverable
    what: str
    said: str


@dataclass(frozen=True)
class DueSettings:
    """All that the page shows; `found` is None where nothing was looked for."""

    course: Course
    kinds: list[KindLine]
    own: list[OneLine]
    found: list[OneLine] | None
    without_questions: list[Lecture]
    whole: list[tuple[str, str]]
    may_change: Decision
    may_extend: Decision


def due_settings(actor: Actor, *, now: datetime) -> Course | None:
    """Return the course whose settings are read, for its members."""
    return actor.course if actor.is_member else None


def page_of(actor: Actor, course: Course, *, words: str, now: datetime) -> DueSettings:
    """Return the page; `words` narrow what can be set by itself to a lecture, a paper or a kind."""
    rows = _lectures_without_questions(course)
    return DueSettings(
        course=course,
        kinds=_kind_lines(course, now=now),
        own=_own(course),
        found=_found(course, words) if words else None,
        without_questions=rows,
        whole=_whole(course),
        may_change=policies.permitted(actor, ChangeTerms),
        may_extend=policies.permitted(actor, ExtendDeadline),
    )


def _kind_lines(course: Course, *, now: datetime) -> list[KindLine]:
    today = today_in(course, now=now)
    lines = []
    for kind, holds in terms_of_kinds(course).items():
        rule, after = DUE_RULES.get(kind, (None, ""))
        hours = value_on(course, rule, today) if rule is not None else 0
        usual = terms(kind.value)
        lines.append(
            KindLine(
                kind=kind,
                words=KIND_WORDS[kind],
                owed_by=OWED_BY[kind],
                due=f"{hours} hours {after}" if rule else DUE_WORDS[kind],
                due_rule=rule,
                late=Cell(late_words(holds), holds.late_policy == usual.late_policy),
                files=Cell(accepted_words(holds), holds.accepted == usual.accepted),
                pages=_pages(holds, usual),
            )
        )
    return lines


def _pages(holds: Terms, usual: Terms) -> Cell | None:
    words = pages_words(holds)
    return Cell(words, words == pages_words(usual)) if words else None


def _standing(course: Course) -> list[Deliverable]:
    standing = Deliverable.objects.filter(
        course=course, withdrawn_at__isnull=True, due_at__isnull=False
    )
    related = with_terms(standing).select_related("lecture", "reading__paper", "milestone")
    return list(related.order_by("due_at", "pk"))


def _own(course: Course) -> list[OneLine]:
    """Return what says something of its own, by due instant."""
    own = [
        one
        for one in _standing(course)
        if one.late_policy or one.accepted or one.pages_min is not None or one.pages_max is not None
    ]
    return [_line(one) for one in own]


def _found(course: Course, words: str) -> list[OneLine]:
    """Return what holds every one of the words in its kind, lecture, paper or date."""
    wanted = words.casefold().split()
    lines = (_line(one) for one in _standing(course))
    found = [line for line in lines if all(word in _text(line) for word in wanted)]
    return found[:FOUND_LENGTH]


def _text(line: OneLine) -> str:
    lecture = line.deliverable.lecture
    on = "" if lecture is None else f"{lecture.title} {lecture.starts_on:%Y-%m-%d %b %d}"
    return f"{line.what} {on}".casefold()


def _line(deliverable: Deliverable) -> OneLine:
    holds = terms_from(deliverable)
    pages = pages_words(holds)
    said = [f"late work {late_words(holds)}", accepted_words(holds)]
    return OneLine(
        deliverable=deliverable,
        what=deliverable_words(deliverable),
        said="; ".join([*said, f"{pages} pages"] if pages else said),
    )


def _lectures_without_questions(course: Course) -> list[Lecture]:
    rows = Lecture.objects.filter(course=course, kind=LectureKind.LECTURE, asks_questions=False)
    return list(rows.order_by("position"))


def _whole(course: Course) -> list[tuple[str, str]]:
    """Return what the course as a whole sets, each with its name."""
    pledge = (
        "its hash and size, where the same bytes follow within 30 minutes"
        if course.allows_pledge
        else "its last byte"
    )
    return [
        ("Questions are owed by", QuestionsOwedBy(course.questions_owed_by).label),
        ("Extensions", ExtensionPolicy(course.extensions).label),
        ("Final slides are read by", SlidesReaders(course.final_slides_for).label),
        ("What must be in by the deadline of a file", pledge),
        ("Sections of a summary", " · ".join(course.summary_sections)),
    ]
