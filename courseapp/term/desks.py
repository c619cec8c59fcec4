"""Where an action is prepared, looked at and carried out; and what has been carried out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils.datastructures import MultiValueDict

from courseapp.course.actors import Actor
from courseapp.course.models import Course
from courseapp.kernel.decisions import Decision, Denied, Refused
from courseapp.kernel.sent import row_id
from courseapp.term.acts import policies
from courseapp.term.acts.carrying_out import Carried, Doing, rehearse
from courseapp.term.acts.drafting import PublishDraft
from courseapp.term.acts.standing import Line
from courseapp.term.acts.undoing import may_undo, undoing_of
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.registry import form_for
from courseapp.term.models import Act
from submissions.deadlines import Choices

PAGE_LENGTH = 50
# What a page about an action adds to the action's own fields.
OWN_NAMES = frozenset(
    {"csrfmiddlewaretoken", "step", "shown", "also_past", "also_past_slots", "on_short_notice"}
)


@dataclass(frozen=True)
class Desk:
    """The place for one kind of action on a course."""

    course: Course
    form_class: type[ActForm]
    may_draft: Decision

    @property
    def words(self) -> str:
        """Name the kind of action."""
        return self.form_class.makes.words

    @property
    def needs_reason(self) -> bool:
        """Say whether the action is refused without a reason."""
        return self.form_class.makes.needs_reason

    @property
    def can_be_drafted(self) -> bool:
        """Say whether the action can be noted in the draft of the schedule, by who is here."""
        return self.form_class.makes.can_be_drafted and bool(self.may_draft)


def desk_of(actor: Actor, *, now: datetime, kind: str) -> Desk | None:
    """Return the desk of a kind of action, for the course's members; None where there is none."""
    form_class = form_for(kind)
    if actor.course is None or not actor.is_member or form_class is None:
        return None
    may_draft = policies.permitted(actor, PublishDraft)
    return Desk(course=actor.course, form_class=form_class, may_draft=may_draft)


def use_desk(actor: Actor, desk: Desk, *, now: datetime) -> Decision:
    """Whoever may carry the action out prepares it."""
    return policies.permitted(actor, desk.form_class.makes)


@dataclass(frozen=True)
class Preview:
    """What an action would do, as it is shown before the click."""

    carried: Carried
    chosen: Choices

    @property
    def sentence(self) -> str:
        """Say what would happen."""
        return self.carried.act.sentence

    @property
    def said(self) -> list[str]:
        """Return what else there is to know."""
        said: list[str] = self.carried.act.consequences["said"]
        return said

    @property
    def lines(self) -> list[Line]:
        """Return the duties that come, go or move."""
        return [line for line in self.carried.consequences.lines if not line.stays]

    @property
    def passed(self) -> list[Line]:
        """Return what had passed and moves only where it is ticked."""
        return self.carried.consequences.passed

    @property
    def held_back(self) -> list[Line]:
        """Return what stays farther away than asked unless that is confirmed."""
        return self.carried.consequences.held_back

    @property
    def figures(self) -> list[dict[str, object]]:
        """Return the consequences in numbers."""
        consequences = self.carried.consequences
        come = sum(1 for line in consequences.lines if line.before is None)
        gone = sum(1 for line in consequences.lines if line.after is None)
        figures = [
            {"label": "Due instants that move", "value": consequences.moved_count},
            {"label": "Duties that come", "value": come},
            {"label": "Duties that go", "value": gone},
        ]
        told = {"label": "People told", "value": len(self.carried.told)}
        return [figure for figure in figures if figure["value"]] + [told]


def preview_of(doing: Doing, *, actor: Actor, reason: str, now: datetime) -> Preview:
    """Return what would happen; raises `Refused` where it could not."""
    return Preview(rehearse(doing, actor=actor, reason=reason, now=now), Choices())


def choices_in(sent: MultiValueDict[str, str]) -> Choices:
    """Return what was ticked about due instants."""
    return Choices(
        is_careful=True,
        also_past=_ticked(sent, "also_past"),
        also_past_slots=_ticked(sent, "also_past_slots"),
        on_short_notice="on_short_notice" in sent,
    )


def _ticked(sent: MultiValueDict[str, str], name: str) -> frozenset[int]:
    ids = map(row_id, sent.getlist(name))
    return frozenset(found for found in ids if found is not None)


def kept_fields(sent: MultiValueDict[str, str]) -> list[tuple[str, str]]:
    """Return the action's own fields, to be sent again from the preview."""
    return [(name, value) for name in sent if name not in OWN_NAMES for value in sent.getlist(name)]


@dataclass(frozen=True)
class ChangeLine:
    """An act as the list of changes shows it."""

    act: Act
    sentence: str
    may_undo: Decision
    told_count: int


@dataclass(frozen=True)
class Changes:
    """What was changed in a course, the newest first, as the reader may see it."""

    page: Page[Act]
    lines: list[ChangeLine]
    is_for_staff: bool


def changes_of_course(actor: Actor, *, now: datetime) -> Course | None:
    """Return the course whose changes are listed; a draft shows only to its members."""
    return actor.course


def list_changes(actor: Actor, course: Course, *, page: str | None) -> Changes:
    """Return a page of what was changed: all for staff, what concerns the schedule for others."""
    acts = Act.objects.filter(course=course).select_related("actor", "undone_by", "undoes__undoes")
    if not actor.is_staff:
        acts = acts.exclude(public_sentence="")
    found = Paginator(acts.order_by("-pk"), PAGE_LENGTH).get_page(page)
    return Changes(page=found, lines=_lines(actor, found), is_for_staff=actor.is_staff)


def _lines(actor: Actor, acts: Iterable[Act]) -> list[ChangeLine]:
    return [
        ChangeLine(
            act=act,
            sentence=act.sentence if actor.is_staff else act.public_sentence,
            may_undo=may_undo(actor, act),
            told_count=len(act.told),
        )
        for act in acts
    ]


def act_of(actor: Actor, *, now: datetime, act_id: int) -> Act | None:
    """Return an act of the actor's course, for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    acts = Act.objects.select_related("undone_by", "course", "undoes__undoes")
    return acts.filter(course=actor.course, pk=act_id).first()


def undo(actor: Actor, act: Act, *, now: datetime) -> Decision:
    """Allow who may do the act itself, once."""
    return may_undo(actor, act)


def undo_preview(actor: Actor, act: Act, *, reason: str, now: datetime) -> Preview | Denied:
    """Return what undoing would do, or what stands against it."""
    try:
        return preview_of(undoing_of(act), actor=actor, reason=reason, now=now)
    except Refused as refusal:
        return refusal.denied
