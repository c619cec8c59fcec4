"""Carrying out an action on a course, or only rehearsing it (domain.md §13).

A rehearsal is the action itself, carried out and rolled back: what the preview shows is what would
happen, due instants, people and mails alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, CourseState, Enrollment, EnrollmentState, Role
from courseapp.kernel import audit, mail
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from courseapp.term import emails
from courseapp.term.acts import policies
from courseapp.term.acts.action import Action, Outcome, Scene
from courseapp.term.acts.standing import (
    Consequences,
    Standing,
    compared,
    owner_of,
    people_moved,
    people_recast,
    standing_of,
)
from courseapp.term.models import Act
from submissions.deadlines import Choices
from submissions.models import Extension
from submissions.selectors.owed import duties
from submissions.services.deriving import derive_deliverables

CAREFULLY = Choices(is_careful=True)
# Time for what fell due while it was away by mistake.
GRACE = timedelta(days=7)


@dataclass(frozen=True)
class Carried:
    """An action that was carried out, or rehearsed: its act, what it means, and who is told."""

    act: Act
    consequences: Consequences
    told: list[Enrollment]

    @property
    def fingerprint(self) -> str:
        """Return a token of all that is shown, by which a later change of it shows."""
        lines = [line.told_apart_by for line in self.consequences.lines]
        # By names, not by keys: whom the act itself makes has another key with every rehearsal.
        told = sorted((one.student_id, one.email, one.name) for one in self.told)
        shown = [self.act.sentence, lines, told]
        return sha256(dumps(shown, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Doing:
    """Something to carry out as one act: what it is, what allows it, and what it writes."""

    kind: str
    parameters: dict[str, Any]
    permit: Callable[[Actor], Decision]
    write: Callable[[Scene], Outcome]
    permissions: frozenset[Permission] = frozenset()
    undoes: Act | None = None
    tells_again: frozenset[int] = frozenset()


def doing_of(action: Action, *, reason: str) -> Doing:
    """Return an action as something to carry out."""

    def permit(actor: Actor) -> Decision:
        return policies.act(actor, action, reason=reason)

    return Doing(action.kind, action.parameters(), permit, action.carry_out, action.permissions())


def rehearse(
    doing: Doing, *, actor: Actor, reason: str, now: datetime, choices: Choices = CAREFULLY
) -> Carried:
    """Return what would happen. Nothing is changed. Raises `Refused` as carrying it out would."""
    with transaction.atomic():
        carried = carry_out(doing, actor=actor, reason=reason, now=now, choices=choices)
        transaction.set_rollback(True)
    return carried


def carry_out_as_shown(
    doing: Doing,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    choices: Choices = CAREFULLY,
    shown: str,
) -> Carried:
    """Carry out what a rehearsal showed; `shown` is its fingerprint.

    Raises `Refused` where the course has changed since, so that nobody sets off what they did not see.
    """
    with transaction.atomic():
        # Held to the end: the rehearsal's own lock goes with the rehearsal.
        _locked_course(actor)
        seen = rehearse(doing, actor=actor, reason=reason, now=now)
        if seen.fingerprint != shown:
            raise Refused(
                Denied(
                    "changed_since",
                    "The course has changed since this was shown, and nothing was done. Look at "
                    "the consequences below, which are new, and confirm again.",
                )
            )
        return carry_out(doing, actor=actor, reason=reason, now=now, choices=choices)


@transaction.atomic
def carry_out(
    doing: Doing, *, actor: Actor, reason: str, now: datetime, choices: Choices = CAREFULLY
) -> Carried:
    """Carry an action out, as one act: write, let the due instants follow, keep it, tell people."""
    course = _locked_course(actor)
    require(doing.permit(actor))
    before = standing_of(course, now=now)
    scene = Scene(course=course, actor=actor, now=now, reason=reason)
    with audit.acting(user_id=actor.user_id, action=doing.kind, reason=reason) as context_id:
        assert context_id is not None
        outcome = _written(doing, scene)
        course.refresh_from_db()
        derive_deliverables(course=course, now=now, choices=_choices_for(doing, course, choices))
        if outcome.away_since is not None:
            _give_grace(scene, before, away_since=outcome.away_since)
    after = standing_of(course, now=now)
    consequences = compared(before, after, now=now)
    told = _people_to_tell(doing, scene, outcome, consequences, (before, after))
    act = _kept(doing, scene, outcome, consequences, context_id, told)
    if course.mails:
        letters = emails.changed(
            act=act, people=told, of_person=consequences.of_person, told_of=outcome.told_of
        )
        mail.queue(letters, now=now)
    return Carried(act=act, consequences=consequences, told=told)


def _locked_course(actor: Actor) -> Course:
    if actor.course is None:
        raise Refused(Denied("not_found", "There is no such course."))
    return Course.objects.select_for_update().get(pk=actor.course.pk)


def _written(doing: Doing, scene: Scene) -> Outcome:
    """Write, and let the database judge at once: a broken constraint is a refusal, not an error."""
    try:
        with transaction.atomic():
            outcome = doing.write(scene)
            settle_constraints()
    except IntegrityError as error:
        sentence = "This contradicts what stands in the course by now; nothing was changed."
        raise Refused(Denied("contradiction", sentence)) from error
    except OperationalError as error:
        # Two that waited for each other: the database let one of them go.
        sentence = "Someone else is changing the same just now; nothing was changed. Try again."
        raise Refused(Denied("busy", sentence)) from error
    return outcome


def _give_grace(scene: Scene, before: Standing, *, away_since: datetime) -> None:
    """Give a week for what fell due while it was away by mistake: nothing is lost by it (§13).

    An extension is given by a person: the server's own commands give none.
    """
    if scene.actor.enrollment is None:
        return
    for duty in duties(course=scene.course, now=scene.now):
        is_back = (duty.deliverable_id, owner_of(duty)) not in before.owed
        fell_due_away = is_back and away_since < duty.base_due_at <= scene.now
        if not fell_due_away or duty.due_at > scene.now or duty.latest_number is not None:
            continue
        Extension.objects.create(
            deliverable_id=duty.deliverable_id,
            enrollment_id=duty.enrollment_id,
            group_id=duty.group_id,
            due_at=scene.now + GRACE,
            reason=scene.reason or "It was not yours by mistake when it fell due.",
            granted_by=scene.actor.enrollment,
            granted_at=scene.now,
        )


def settle_constraints() -> None:
    """Let the database check now what it would check at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _choices_for(doing: Doing, course: Course, choices: Choices) -> Choices:
    """Let a draft follow its schedule freely: nobody counts on its dates yet."""
    if course.state == CourseState.DRAFT:
        return Choices()
    return replace(choices, brings_back=doing.undoes is not None)


def _people_to_tell(
    doing: Doing,
    scene: Scene,
    outcome: Outcome,
    consequences: Consequences,
    standings: tuple[Standing, Standing],
) -> list[Enrollment]:
    """Return exactly those concerned, without who acts."""
    others = Enrollment.objects.filter(course=scene.course)
    if scene.actor.enrollment is not None:
        others = others.exclude(pk=scene.actor.enrollment.pk)
    if not outcome.public_sentence:
        # Observers read no names, and nothing else is to be said here.
        others = others.exclude(role=Role.OBSERVER)
    if outcome.class_concerned:
        return list(others.active())
    concerned = consequences.of_person.keys() | doing.tells_again
    concerned |= people_moved(*standings) | people_recast(*standings)
    # Whoever is dropped by the act itself is told, too.
    is_told = Q(pk__in=outcome.concerned) | Q(pk__in=concerned, state=EnrollmentState.ACTIVE)
    return list(others.filter(is_told))


def _kept(
    doing: Doing,
    scene: Scene,
    outcome: Outcome,
    consequences: Consequences,
    context_id: UUID,
    told: list[Enrollment],
) -> Act:
    return Act.objects.create(
        course=scene.course,
        kind=doing.kind,
        parameters=doing.parameters,
        sentence=outcome.sentence,
        public_sentence=outcome.public_sentence,
        consequences={
            **consequences.as_json(),
            "said": list(outcome.lines),
            "took": sorted(doing.permissions),
        },
        told=[person.pk for person in told] if scene.course.mails else [],
        reason=scene.reason,
        actor=scene.actor.enrollment,
        acted_at=scene.now,
        context_id=context_id,
        # By its id: the undone act, which may only be rehearsed here, is not to remember this one.
        undoes_id=None if doing.undoes is None else doing.undoes.pk,
    )
