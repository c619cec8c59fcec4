"""What an action on a course is, and how its parameters are kept (domain.md §13)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar, get_type_hints

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course

_FROM_TEXT: dict[Any, Any] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
}


@dataclass(frozen=True)
class Scene:
    """Where an action is carried out: the course under lock, who acts, when and why."""

    course: Course
    actor: Actor
    now: datetime
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an action did, in words.

    `sentence` is for staff and for those told, `public_sentence` for whoever reads the schedule
    (empty: nothing for them; it names no student). `concerned` are enrollments to tell although none
    of their duties changed; `class_concerned` says that everyone in the course is. `told_of` are
    sentences for one enrollment each, in place of `sentence`.

    `away_since`: what the action brings back had been away since then by mistake; what fell due in
    between, and was not handed in, gets a week.
    """

    sentence: str
    public_sentence: str = ""
    concerned: frozenset[int] = field(default_factory=frozenset)
    class_concerned: bool = False
    lines: tuple[str, ...] = ()
    told_of: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    away_since: datetime | None = None


@dataclass(frozen=True)
class Action(ABC):
    """One safe action on a course: plain parameters, and what carrying it out writes.

    Parameters are ids, words, dates and numbers, so that an action can be kept and shown. It is
    carried out inside one transaction and one audit context; the due instants follow afterwards.
    """

    kind: ClassVar[str]
    words: ClassVar[str]
    permission: ClassVar[Permission]
    needs_reason: ClassVar[bool] = False
    can_be_drafted: ClassVar[bool] = False

    @abstractmethod
    def carry_out(self, scene: Scene) -> Outcome:
        """Write what the action means; raise `Refused` where it cannot be."""

    def permissions(self) -> frozenset[Permission]:
        """Return all that carrying it out, or undoing it, takes."""
        return frozenset({self.permission})

    def parameters(self) -> dict[str, Any]:
        """Return the parameters as JSON can keep them."""
        return {each.name: _as_json(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_parameters(cls, parameters: dict[str, Any]) -> "Action":
        """Return the action that was kept."""
        types = get_type_hints(cls)
        return cls(**{name: _from_json(types[name], kept) for name, kept in parameters.items()})


def _as_json(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple | frozenset) else value


def _from_json(wanted: Any, kept: Any) -> Any:
    if isinstance(kept, list):
        return tuple(kept)
    for kind in getattr(wanted, "__args__", (wanted,)):
        if kind in _FROM_TEXT and isinstance(kept, str):
            return _FROM_TEXT[kind](kept)
    return kept


_kinds: dict[str, type[Action]] = {}


def register(*actions: type[Action]) -> None:
    """Make actions known by their kinds."""
    _kinds.update({action.kind: action for action in actions})


def kept_action(kind: str, parameters: dict[str, Any]) -> Action:
    """Return a kept action by its kind."""
    return _kinds[kind].from_parameters(parameters)


def kind_of(kind: str) -> type[Action] | None:
    """Return the class of actions of a kind; None where there is none (any more)."""
    return _kinds.get(kind)


def known_kinds() -> Iterable[str]:
    """Return the kinds of all actions."""
    return _kinds.keys()
