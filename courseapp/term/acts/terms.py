"""How work is taken, of a kind or of one deliverable; what was received is never touched by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.terms_in_words import accepted_words, late_words, pages_words
from groups.models import Membership
from submissions.deadlines import Kind, LatePolicy
from submissions.emails import deliverable_words
from submissions.models import Deliverable, KindSettings, SubmissionVersion
from submissions.rules import (
    MOST_PAGES,
    FileForm,
    Setting,
    Terms,
    in_order,
    pages_fit,
    terms,
    written_down,
)
from submissions.selectors.owed import KIND_WORDS, Duty, duties
from submissions.selectors.terms import COLUMNS, setting_in, terms_of


@dataclass(frozen=True)
class _Changing:
    """What an act set: how each deliverable concerned was taken before, and is from now on."""

    before: dict[int, Terms]
    after: dict[int, Terms]

    @property
    def touched(self) -> list[int]:
        """Return the deliverables that are taken otherwise from now on."""
        return [pk for pk, found in self.after.items() if found != self.before[pk]]

    def where(self, *names: str) -> list[int]:
        """Return the deliverables for which some line differs."""
        return [
            pk
            for pk in self.touched
            if any(
                getattr(self.before[pk], name) != getattr(self.after[pk], name) for name in names
            )
        ]


@dataclass(frozen=True, kw_only=True)
class _TermsAction(Action):
    """Take something otherwise than before; what is left empty is as it is one level above."""

    permission: ClassVar[Permission] = Permission.CHANGE_SETTINGS
    needs_reason: ClassVar[bool] = True

    late_policy: str = ""
    accepted: tuple[str, ...] = ()
    pages_min: int | None = None
    pages_max: int | None = None


@dataclass(frozen=True)
class ChangeTerms(_TermsAction):
    """Take a kind of work otherwise from now on; what is left empty is as usual (domain.md §4)."""

    kind: ClassVar[str] = "change_terms"
    words: ClassVar[str] = "Change how work is taken"

    of: str

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        kind = _kind(self.of)
        wanted = _setting(self, kind)
        row, _ = KindSettings.objects.get_or_create(course=scene.course, kind=kind.value)
        was = setting_in(row)
        standing = Deliverable.objects.filter(course=scene.course, kind=kind.value)
        ids = list(standing.filter(withdrawn_at__isnull=True).values_list("pk", flat=True))
        before = terms_of(ids)
        old, new = terms(kind.value, of_kind=was), terms(kind.value, of_kind=wanted)
        _require_change(old, new)
        _write(row, wanted)
        changing = _Changing(before, terms_of(ids))
        lines = _lines(changing, scene)
        own_count = len(ids) - len(changing.touched)
        if own_count:
            stays = "its own stays as it is" if own_count == 1 else "their own stay as they are"
            lines.append(f"{own_count} with a setting of {stays}.")
        return _outcome(KIND_WORDS[kind], (old, new), changing, lines, scene)


@dataclass(frozen=True)
class ChangeTermsOfOne(_TermsAction):
    """Take one deliverable otherwise than its kind; what is left empty is as its kind is."""

    kind: ClassVar[str] = "change_terms_of_one"
    words: ClassVar[str] = "Change how one thing is taken"

    deliverable_id: int

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        standing = Deliverable.objects.filter(course=scene.course, withdrawn_at__isnull=True)
        found = standing.select_for_update().filter(pk=self.deliverable_id).first()
        if found is None:
            raise Refused(Denied("not_found", "This is not due in your course (any more)."))
        kind = Kind(found.kind)
        before = terms_of([found.pk])
        _write(found, _setting(self, kind, keeps_usual=True))
        changing = _Changing(before, terms_of([found.pk]))
        old, new = before[found.pk], changing.after[found.pk]
        _require_change(old, new)
        _require_pages_in_order(new)
        what = deliverable_words(found)
        return _outcome(what, (old, new), changing, _lines(changing, scene), scene)


def _kind(name: str) -> Kind:
    if name not in {kind.value for kind in Kind}:
        raise Refused(Denied("no_such_kind", "Choose one of the kinds in the list."))
    return Kind(name)


def _setting(wanted: _TermsAction, kind: Kind, *, keeps_usual: bool = False) -> Setting:
    """Return what is asked for, where it can be; of a kind, what is usual is not written down."""
    asked = Setting(
        wanted.late_policy,
        in_order(kind.value, wanted.accepted),
        wanted.pages_min,
        wanted.pages_max,
    )
    if asked.late_policy and asked.late_policy not in set(LatePolicy):
        raise Refused(Denied("no_such_policy", "Choose what becomes of late work."))
    if not set(wanted.accepted) <= set(FileForm):
        raise Refused(Denied("no_such_form", "Choose among the kinds of file in the list."))
    if kind is Kind.QUESTION and (asked.accepted or asked.pages_min or asked.pages_max):
        raise Refused(Denied("text_only", "Questions are text; no files or pages belong to them."))
    if max(asked.pages_min or 0, asked.pages_max or 0) > MOST_PAGES:
        raise Refused(Denied("too_many_pages", f"Ask for at most {MOST_PAGES} pages."))
    if keeps_usual:
        return asked
    _require_pages_in_order(terms(kind.value, of_kind=asked))
    return written_down(kind.value, asked)


def _require_pages_in_order(found: Terms) -> None:
    if not pages_fit(found):
        sentence = (
            f"At least {found.pages_min} and at most {found.pages_max} pages leave nothing; with"
            " one of them empty, the usual number holds."
        )
        raise Refused(Denied("pages_crossed", sentence))


def _require_change(old: Terms, new: Terms) -> None:
    if old == new:
        raise Refused(Denied("no_change", "This is how it is taken already."))


def set_terms(row: KindSettings | Deliverable, said: Setting) -> None:
    """Let a row say what is set; who calls it saves it."""
    for name in COLUMNS:
        value = getattr(said, name)
        setattr(row, name, list(value) if isinstance(value, tuple) else value)


def _write(row: KindSettings | Deliverable, wanted: Setting) -> None:
    set_terms(row, wanted)
    row.save(update_fields=COLUMNS)


def _outcome(
    what: str,
    terms_then_now: tuple[Terms, Terms],
    changing: _Changing,
    lines: list[str],
    scene: Scene,
) -> Outcome:
    old, new = terms_then_now
    sentence = f"{what}, from now on: {'; '.join(_differences(old, new))}."
    return Outcome(
        sentence=sentence,
        public_sentence=sentence,
        lines=(*lines, "What was received stays as it was received."),
        concerned=_people(changing, scene),
    )


def _differences(old: Terms, new: Terms) -> Iterable[str]:
    if old.late_policy != new.late_policy:
        yield f"late work is {late_words(new)} (until now {late_words(old)})"
    if old.accepted != new.accepted:
        yield f"{accepted_words(new)} is taken (until now {accepted_words(old)})"
    if pages_words(old) != pages_words(new):
        asked, before = (pages_words(found) or "any number of" for found in (new, old))
        yield f"{asked} pages are asked for (until now {before})"


def _lines(changing: _Changing, scene: Scene) -> list[str]:
    """Say what the change means for what is due and for what came in."""
    owed = duties(course=scene.course, now=scene.now, deliverables=changing.touched)
    lines = []
    if len(changing.touched) > 1:
        open_count = len({duty.deliverable_id for duty in owed if duty.due_at > scene.now})
        past_count = len(changing.touched) - open_count
        lines.append(f"It holds for {open_count} still to come and {past_count} past.")
    closed = set(changing.where("late_policy"))
    lines += _of_late(closed, [duty for duty in owed if duty.deliverable_id in closed], changing)
    lines += _of_endings(changing)
    if changing.where("pages_min", "pages_max"):
        lines.append("Checks that were made already stay as they are.")
    return lines


def _of_late(closed: set[int], owed: list[Duty], changing: _Changing) -> list[str]:
    late = [duty for duty in owed if duty.is_only_late]
    if not late:
        return []
    noun = "group" if late[0].enrollment_id is None else "student"
    whose = f"{len(late)} {noun} has" if len(late) == 1 else f"{len(late)} {noun}s have"
    closes = any(changing.after[pk].late_policy == LatePolicy.CLOSED for pk in closed)
    if closes:
        return [f"{whose} only late versions: these stay, and no further one is taken."]
    return [f"{whose} only late versions; further ones are taken again, late."]


def _of_endings(changing: _Changing) -> list[str]:
    """Say what came in with endings that are not taken any more."""
    lost = {
        form: [pk for pk in changing.where("accepted") if form in changing.before[pk].accepted]
        for form in FileForm
    }
    lines = []
    for form, touched in lost.items():
        without = [pk for pk in touched if form not in changing.after[pk].accepted]
        came_in = SubmissionVersion.objects.filter(
            submission__deliverable__in=without, file_name__iendswith=form.value
        ).count()
        if came_in:
            lines.append(f"Versions in {form} that came in already, {came_in}, count as they did.")
    return lines


def _people(changing: _Changing, scene: Scene) -> frozenset[int]:
    """Return all who owe something of it that is still open."""
    owed = duties(course=scene.course, now=scene.now, deliverables=changing.touched)
    open_ones = [duty for duty in owed if duty.due_at > scene.now]
    people = {duty.enrollment_id for duty in open_ones if duty.enrollment_id is not None}
    groups = {duty.group_id for duty in open_ones if duty.group_id is not None}
    members = Membership.objects.current().filter(group__in=groups)
    return frozenset(people | set(members.values_list("enrollment_id", flat=True)))


register(ChangeTerms, ChangeTermsOfOne)
