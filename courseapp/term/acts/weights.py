"""Weights of the grade: they change in mid-term, for the whole term (domain.md §10, §13.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.rows import listed
from courseapp.term.ruling import today_in
from grading.models import Component, Part
from grading.selectors.reweighing import Weights, changed_totals, weights_of

WHOLE = Decimal(100)
PLACES = Decimal("0.001")


@dataclass(frozen=True)
class ChangeWeights(Action):
    """Give components and parts other weights; each entry is "id=weight", and each row is named once.

    They hold from the day on which it is done, for all grades of the term: a grade is not of a day,
    and a total never waits for one. So `holds_from` is that day, and another one is refused.
    """

    kind: ClassVar[str] = "change_weights"
    words: ClassVar[str] = "Change the weights of the grade"
    permission: ClassVar[Permission] = Permission.CHANGE_SETTINGS
    needs_reason: ClassVar[bool] = True

    holds_from: date
    components: tuple[str, ...]
    parts: tuple[str, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        _require_today(self.holds_from, scene)
        old = weights_of(scene.course)
        new = Weights(_weights(self.components), _weights(self.parts))
        _require_complete(old, new)
        components = list(Component.objects.select_for_update().filter(course=scene.course))
        parts = list(
            Part.objects.select_for_update(of=("self",))
            .filter(component__course=scene.course)
            .select_related("component")
        )
        _require_whole("The components", [new.components[one.pk] for one in components])
        for component in components:
            inside = [new.parts[one.pk] for one in parts if one.component_id == component.pk]
            _require_whole(f"The parts of {component}", inside)
        changes = [*_set(components, new.components), *_set(parts, new.parts)]
        if not changes:
            raise Refused(Denied("no_change", "These are the weights that hold; change one."))
        day = f"{self.holds_from:%a %b} {self.holds_from.day}"
        return Outcome(
            sentence=f"From {day} on, for the whole term: {listed(changes)}.",
            class_concerned=True,
            lines=(_of_the_class(scene, old, new),),
        )


def _require_today(day: date, scene: Scene) -> None:
    """Raise `Refused` for another day than that on which it is done."""
    if day != today_in(scene.course, now=scene.now):
        message = (
            "Weights hold for all grades of the term, from the day on which they are changed. Choose"
            " today, or come back on that day."
        )
        raise Refused(Denied("not_today", message))


def _weights(entries: Iterable[str]) -> dict[int, Decimal]:
    found = {}
    for entry in entries:
        name, _, text = entry.partition("=")
        found[int(name)] = _weight(text)
    return found


def _weight(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal(-1)
    if not 0 <= value <= WHOLE or value != value.quantize(PLACES):
        message = "A weight is a number from 0 to 100, with at most three decimals."
        raise Refused(Denied("bad_weight", message))
    return value


def _require_complete(old: Weights, new: Weights) -> None:
    """Raise `Refused` unless exactly the rows that there are got a weight."""
    if old.components.keys() != new.components.keys() or old.parts.keys() != new.parts.keys():
        message = "The components or parts have changed meanwhile; look at them and choose again."
        raise Refused(Denied("changed_since", message))


def _require_whole(what: str, weights: list[Decimal]) -> None:
    total = sum(weights, Decimal(0))
    if weights and total != WHOLE:
        message = f"{what} add up to {total.normalize():f}, not to 100. Change one of them."
        raise Refused(Denied("not_100", message))


def _set(rows: Iterable[Any], weights: Any) -> list[str]:
    """Write the weights that differ; return them in words."""
    changes = []
    for row in rows:
        weight, was = weights[row.pk], row.weight
        if weight != was:
            row.weight = weight
            row.save(update_fields=["weight"])
            changes.append(f"{row} {weight.normalize():f} (was {was.normalize():f})")
    return changes


def _of_the_class(scene: Scene, old: Weights, new: Weights) -> str:
    count = changed_totals(scene.course, old, new, now=scene.now)
    if count is None:
        return "The totals of the class move; it is too large to count whose."
    if count == 0:
        return "No student's total changes by this so far."
    return f"The total of {count} student{'' if count == 1 else 's'} changes by this."


register(ChangeWeights)
