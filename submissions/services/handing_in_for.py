"""Staff hand in for an owner, by Django's admin: what came by mail or on a stick (domain.md §5)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from courseapp.course.actors import Actor
from courseapp.kernel.decisions import Denied, Refused, require
from groups.selectors import members_at
from submissions import policies, rules
from submissions.models import Door
from submissions.selectors.places import Place, place_of_owner
from submissions.services.appending import HandIn, Receipt, append_for
from submissions.services.contents import Content, text_content
from submissions.services.handing_in import Upload, append_kept, keep_file


@dataclass(frozen=True)
class ForOwner:
    """What is handed in for whom: a file or a text, for a student or a group, and why."""

    deliverable_id: int
    enrollment_id: int | None
    group_id: int | None
    reason: str
    upload: Upload | None = None
    text: str = ""


def hand_in_for(*, actor: Actor, wish: ForOwner, received_at: datetime) -> Receipt:
    """Hand in for an owner; raises `Refused` with what to change where it cannot be taken."""
    place = _place(actor, wish, received_at=received_at)
    allowed = policies.HandInFor(place, _owner_ids(place, received_at), wish.reason)
    require(policies.hand_in_for(actor, allowed, now=received_at))
    content = _content(place, wish)
    hand_in = HandIn(
        content=content,
        door=Door.ADMIN,
        received_at=received_at,
        reason=wish.reason.strip(),
    )
    return append_kept(content, partial(append_for, actor=actor, place=place, hand_in=hand_in))


def _place(actor: Actor, wish: ForOwner, *, received_at: datetime) -> Place:
    if (wish.enrollment_id is None) == (wish.group_id is None):
        raise Refused(Denied("one_owner", "Name one owner: either a group or a student."))
    if actor.course is None or not actor.is_staff:
        raise Refused(Denied("not_found", "This is not due in a course of yours."))
    owner = (wish.enrollment_id, wish.group_id)
    place = place_of_owner(
        actor.course, now=received_at, deliverable_id=wish.deliverable_id, owner=owner
    )
    if place is None:
        raise Refused(Denied("not_owed", "They do not owe this. Choose who owes it."))
    return place


def _owner_ids(place: Place, received_at: datetime) -> frozenset[int]:
    if place.group is None:
        assert place.enrollment_id is not None
        return frozenset({place.enrollment_id})
    return frozenset(person.pk for person in members_at(place.group.pk, instant=received_at))


def _content(place: Place, wish: ForOwner) -> Content:
    written = rules.as_typed(wish.text).strip()
    if (wish.upload is None) == (not written):
        raise Refused(Denied("one_content", "Give either a file or a text."))
    if wish.upload is not None:
        return keep_file(place, wish.upload)
    require(rules.text_acceptable(written, kind=place.kind.value))
    return text_content(written)
