"""Who may act on a course as a whole."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Final

from courseapp.course.actors import Actor, Permission
from courseapp.kernel.decisions import Allowed, Decision, Denied
from courseapp.term.acts.action import Action
from courseapp.term.formats.cells import YEARS

SENTENCE: Final = "Only an instructor, or a TA whom an instructor let, changes this."
YEARS_SENTENCE: Final = f"Give a date in the years {YEARS.start} to {YEARS.stop - 1}; another one is a slip of the hand."


def act(actor: Actor, action: Action, *, reason: str) -> Decision:
    """Allow who holds the action's permission; some actions need a reason."""
    allowed = hold_all(actor, action.permissions())
    if not allowed:
        return allowed
    if action.needs_reason and not reason.strip():
        return Denied("reason_missing", "This needs a reason; write it down.")
    return sensible_dates(action)


def sensible_dates(action: Action) -> Decision:
    """Allow dates in years that a course can be held in, wherever an action's parameters come from."""
    given = [getattr(action, each.name) for each in fields(action)]
    if all(one.year in YEARS for one in given if isinstance(one, date)):
        return Allowed()
    return Denied("year", YEARS_SENTENCE)


def hold_all(actor: Actor, permissions: Collection[Permission]) -> Decision:
    """Allow who holds every one of the permissions that the steps of an action take."""
    if all(actor.may(permission) for permission in permissions):
        return Allowed()
    return Denied("not_permitted", SENTENCE)


def permitted(actor: Actor, action: type[Action]) -> Decision:
    """Say whether the actor may do such a thing at all."""
    return hold_all(actor, (action.permission,))
