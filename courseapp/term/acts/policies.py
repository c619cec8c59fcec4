"""Who may act on a course as a whole."""

from courseapp.course.actors import Actor
from courseapp.course.policies import require_permission
from courseapp.kernel.decisions import Decision, Denied
from courseapp.term.acts.action import Action


def act(actor: Actor, action: Action, *, reason: str) -> Decision:
    """Allow who holds the action's permission; some actions need a reason."""
    allowed = permitted(actor, type(action))
    if not allowed:
        return allowed
    if action.needs_reason and not reason.strip():
        return Denied("reason_missing", "This needs a reason; write it down.")
    return allowed


def permitted(actor: Actor, action: type[Action]) -> Decision:
    """Say whether the actor may do such a thing at all."""
    return require_permission(
        actor,
        action.permission,
        sentence="Only an instructor, or a TA whom an instructor let, changes this.",
    )
