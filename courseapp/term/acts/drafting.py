"""The draft of a schedule: actions noted down, to be published together as one act."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, TypeVar

from django.db import IntegrityError, transaction
from typing_extensions import override

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course
from courseapp.kernel import audit
from courseapp.kernel.decisions import Denied, Refused, require
from courseapp.term.acts import policies
from courseapp.term.acts.action import Action, Outcome, Scene, kept_action, kind_of, register
from courseapp.term.acts.carrying_out import (
    CAREFULLY,
    Carried,
    carry_out_as_shown,
    doing_of,
    settle_constraints,
)
from courseapp.term.models import PlannedAct
from submissions.deadlines import Choices

Seen = TypeVar("Seen")


@transaction.atomic
def note_in_draft(*, actor: Actor, action: Action, now: datetime, reason: str = "") -> PlannedAct:
    """Note an action in the draft of the schedule, behind those that are there.

    Only who may publish the draft notes in it, so that nobody leaves there what they cannot take out.
    """
    require(policies.permitted(actor, type(action)))
    require(policies.permitted(actor, PublishDraft))
    require(policies.sensible_dates(action))
    if not action.can_be_drafted or actor.course is None or actor.enrollment is None:
        raise Refused(Denied("not_for_drafts", "This is done at once; it cannot wait in a draft."))
    with audit.acting(user_id=actor.user_id, action="note_in_draft"):
        return PlannedAct.objects.create(
            course=actor.course,
            kind=action.kind,
            parameters=action.parameters(),
            noted_by=actor.enrollment,
            noted_at=now,
            reason=reason,
        )


def draft_of(course: Course) -> list[PlannedAct]:
    """Return what is noted in the draft of a course's schedule, in order."""
    noted = PlannedAct.objects.filter(course=course, act=None, withdrawn_at=None)
    return list(noted.select_related("noted_by").order_by("pk"))


@transaction.atomic
def withdraw_from_draft(*, actor: Actor, planned_id: int, now: datetime) -> None:
    """Take an action out of the draft. Raises `Refused` where it is not there any more."""
    require(policies.permitted(actor, PublishDraft))
    noted = PlannedAct.objects.select_for_update().filter(
        course=actor.course, act=None, withdrawn_at=None, pk=planned_id
    )
    planned = noted.first()
    if planned is None:
        raise Refused(Denied("not_found", "This is not in the draft any more."))
    with audit.acting(user_id=actor.user_id, action="withdraw_from_draft"):
        planned.withdrawn_at = now
        planned.save(update_fields=["withdrawn_at"])


def words_of(planned: PlannedAct) -> str:
    """Name the kind of an action in the draft."""
    action = kind_of(planned.kind)
    return planned.kind.replace("_", " ").capitalize() if action is None else action.words


@dataclass(frozen=True)
class PublishDraft(Action):
    """Carry out all that the draft holds, in order, as one act: all of it, or nothing."""

    kind: ClassVar[str] = "publish_draft"
    words: ClassVar[str] = "Publish the draft"
    permission: ClassVar[Permission] = Permission.CHANGE_SCHEDULE

    planned_ids: tuple[int, ...]

    @override
    def permissions(self) -> frozenset[Permission]:
        noted = PlannedAct.objects.filter(pk__in=self.planned_ids)
        kinds = filter(None, (kind_of(planned.kind) for planned in noted))
        return frozenset({self.permission, *(kind.permission for kind in kinds)})

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        standing = PlannedAct.objects.select_for_update().filter(
            course=scene.course, act=None, withdrawn_at=None, pk__in=self.planned_ids
        )
        noted = list(standing.order_by("pk"))
        if not noted or [planned.pk for planned in noted] != list(self.planned_ids):
            raise Refused(
                Denied(
                    "draft_changed",
                    "The draft has changed meanwhile. Look at it again before you publish it.",
                )
            )
        return _together([_carried_out(planned, scene) for planned in noted])


def _carried_out(planned: PlannedAct, scene: Scene) -> Outcome:
    """Carry out one action of the draft; a refusal names it and says why."""
    try:
        return _outcome(planned, scene)
    except Refused as refusal:
        sentence = (
            f"Nothing was published: “{words_of(planned)}”, noted by {planned.noted_by.name}, cannot "
            f"be carried out any more. {refusal.denied.sentence}"
        )
        raise Refused(Denied(refusal.denied.code, sentence)) from refusal


def _outcome(planned: PlannedAct, scene: Scene) -> Outcome:
    action = _kept(planned)
    scene = replace(scene, reason=planned.reason or scene.reason)
    require(policies.act(scene.actor, action, reason=scene.reason))
    try:
        with transaction.atomic():
            outcome = action.carry_out(scene)
            settle_constraints()
    except IntegrityError as error:
        sentence = "It contradicts what stands in the course by now."
        raise Refused(Denied("contradiction", sentence)) from error
    return outcome


def _kept(planned: PlannedAct) -> Action:
    try:
        return kept_action(planned.kind, planned.parameters)
    except (KeyError, TypeError, ValueError) as error:
        sentence = "The product has changed since it was noted; note it anew."
        raise Refused(Denied("unknown_action", sentence)) from error


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    """Return several outcomes as one."""
    said = [outcome.public_sentence for outcome in outcomes if outcome.public_sentence]
    return Outcome(
        sentence="\n".join(outcome.sentence for outcome in outcomes),
        public_sentence="\n".join(said),
        concerned=frozenset().union(*(outcome.concerned for outcome in outcomes)),
        class_concerned=any(outcome.class_concerned for outcome in outcomes),
        lines=tuple(line for outcome in outcomes for line in outcome.lines),
    )


@dataclass(frozen=True)
class DraftLine:
    """An action of the draft as it would turn out: what it says, or why it cannot be carried out."""

    planned: PlannedAct
    words: str
    sentence: str
    denied: Denied | None = None

    @property
    def is_stopped(self) -> bool:
        """Say whether the action cannot be carried out any more."""
        return self.denied is not None


def rehearse_draft(
    *, actor: Actor, now: datetime, look: Callable[[], Seen]
) -> tuple[list[DraftLine], Seen]:
    """Carry the draft out, look at the course as it would stand then, and take everything back.

    What cannot be carried out is passed over, and says why.
    """
    assert actor.course is not None
    with transaction.atomic():
        course = Course.objects.select_for_update().get(pk=actor.course.pk)
        scene = Scene(course=course, actor=actor, now=now)
        lines = [_line(planned, scene) for planned in draft_of(course)]
        seen = look()
        transaction.set_rollback(True)
    return lines, seen


def _line(planned: PlannedAct, scene: Scene) -> DraftLine:
    words = words_of(planned)
    try:
        with transaction.atomic():
            return DraftLine(planned, words, _outcome(planned, scene).sentence)
    except Refused as refusal:
        return DraftLine(planned, words, refusal.denied.sentence, denied=refusal.denied)


@transaction.atomic
def publish_draft(
    *,
    actor: Actor,
    action: PublishDraft,
    reason: str,
    now: datetime,
    choices: Choices = CAREFULLY,
    shown: str,
) -> Carried:
    """Carry out the draft that a rehearsal showed, as one act with one mail to each person."""
    carried = carry_out_as_shown(
        doing_of(action, reason=reason),
        actor=actor,
        reason=reason,
        now=now,
        choices=choices,
        shown=shown,
    )
    with audit.acting(user_id=actor.user_id, action=action.kind, reason=reason):
        PlannedAct.objects.filter(pk__in=action.planned_ids).update(act=carried.act)
    return carried


register(PublishDraft)
