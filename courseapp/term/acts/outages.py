"""More time for what fell due while the product was down, or soon after (domain.md §3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import Enrollment, ExtensionPolicy
from courseapp.kernel.templatetags.times import in_zone
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.deadlines import OVERRIDDEN
from groups.models import Group
from submissions.deadlines import made_up_due_at
from submissions.emails import duty_words
from submissions.models import Deliverable, Extension
from submissions.selectors.extensions import base_due_at_of, extension_of
from submissions.selectors.outages import MoreTimeProposed, silences_of
from submissions.selectors.owed import Duty
from submissions.services.extending import extend
from submissions.services.outages import answer, require_proposal


@dataclass(frozen=True)
class MakeUpForOutage(Action):
    """Give all whose due instant an outage touched as much more time as the rule proposes."""

    kind: ClassVar[str] = "make_up_for_outage"
    words: ClassVar[str] = "Make up for an outage"
    permission: ClassVar[Permission] = Permission.EXTEND
    needs_reason: ClassVar[bool] = True

    deliverable_id: int

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        proposed = require_proposal(scene.actor, self.deliverable_id, now=scene.now)
        given = _given_to_all(proposed, scene)
        whose = "everyone has"
        if given is None:
            given, whose = _given_singly(proposed, scene), "those whom it touched have"
        answer(actor=scene.actor, proposed=proposed, extension=given, now=scene.now)
        what = duty_words(proposed.duty)
        until = in_zone(proposed.until, scene.course.timezone)
        sentence = f"{what}: {whose} until {until}, because this site was down."
        overrides = scene.course.extensions == ExtensionPolicy.NONE
        return Outcome(
            sentence=sentence,
            public_sentence=sentence,
            lines=(OVERRIDDEN,) if overrides else (),
        )


def _given_to_all(proposed: MoreTimeProposed, scene: Scene) -> Extension | None:
    """Extend for all where the instant that holds for all is touched; else return None."""
    deliverable = Deliverable.objects.get(pk=proposed.deliverable_id)
    instants = (base_due_at_of(deliverable, None), extension_of(deliverable, None))
    due_at = max(instant for instant in instants if instant is not None)
    silences = silences_of(proposed.outages)
    if made_up_due_at(due_at=due_at, silences=silences, now=scene.now) is None:
        return None
    return _extended(proposed, scene, owner=None, until=proposed.until)


def _given_singly(proposed: MoreTimeProposed, scene: Scene) -> Extension:
    """Extend for each whose own instant is touched, by a slot or by time given before."""
    given = []
    for duty in proposed.hit:
        until = made_up_due_at(
            due_at=duty.due_at, silences=silences_of(proposed.outages), now=scene.now
        )
        assert until is not None
        given.append(_extended(proposed, scene, owner=_owner(duty), until=until))
    return given[-1]


def _owner(duty: Duty) -> Enrollment | Group:
    if duty.enrollment_id is not None:
        return Enrollment.objects.get(pk=duty.enrollment_id)
    assert duty.group_id is not None
    return Group.objects.get(pk=duty.group_id)


def _extended(
    proposed: MoreTimeProposed, scene: Scene, *, owner: Enrollment | Group | None, until: datetime
) -> Extension:
    return extend(
        actor=scene.actor,
        deliverable_id=proposed.deliverable_id,
        owner=owner,
        due_at=until,
        reason=scene.reason,
        now=scene.now,
    )


register(MakeUpForOutage)
