"""Who may act on a course as a whole."""

from collections.abc import Collection
from typing import Final

from courseapp.course.actors import Actor, Permission
from courseapp.course.policies import require_permission
from courseapp.kernel.decisions import Allowed, Decision, Denied
from courseapp.term.acts.action import Action

SENTENCE: Final = "Only an instructor, or a TA whom an instructor let, changes this."


def act(actor: Actor, action: Action, *, reason: str) -> Decision:
    """Allow who holds the action's permission; some actions need a reason."""
    allowed = permitted(actor, type(action)) and hold_all(actor, action.permissions())
    if not allowed:
        return allowed
    if action.needs_reason and not reason.strip():
        return Denied("reason_missing", "This needs a reason; write it down.")
    return allowed


def hold_all(actor: Actor, permissions: Collection[Permission]) -> Decision:
    """Allow who holds every one of the permissions that the steps of an action take."""
    if all(actor.may(permission) for permission in permissions):
        return Allowed()
    return Denied("not_permitted", SENTENCE)


def permitted(actor: Actor, action: type[Action]) -> Decision:
    """Say whether the actor may do such a thing at all."""
    return require_permission(
        actor,
        action.permission,
        sentence=SENTENCE,
    )
