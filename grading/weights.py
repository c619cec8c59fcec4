"""From marks to totals (domain.md §8, §10): grade → part → component → course.

Points and weights are decimals; what is computed from them is an exact ratio (a third has no end in
decimals), and it is rounded once, half up, when it is shown. Nothing here is a float.

A part *counts* once it has a score: an award, full credit for a question on time, or the derived
zero of a hand-in that is past due. What is open or ungraded never counts as zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Final, TypeAlias

Number: TypeAlias = Fraction | Decimal | int

FULL_CREDIT: Final = Fraction(1)
NO_CREDIT: Final = Fraction(0)
PERCENT: Final = 100
FREE_ABSENCES: Final = 2


class PartState(StrEnum):
    """Where a part, or one hand-in of it, stands for one owner.

    OPEN: nothing is in and the due instant, or the event, has not passed.
    UNGRADED: something is in on time, the event has been, or zero was waived; points are to come.
    MISSING: past due with nothing on time; counts as a derived zero.
    GRADED: it has a score. EXEMPT: it does not count for this owner.
    """

    OPEN = "open"
    UNGRADED = "ungraded"
    MISSING = "missing"
    GRADED = "graded"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class PartScore:
    """A part of a component, or one hand-in of a part, for one owner.

    `weight` is relative to its siblings. `fraction` is the score from 0 to 1 (above 1 for extra
    credit); only a GRADED part has one. `least` is what a part of several hand-ins comes to if
    nothing more came in; None where that is the fraction itself.
    """

    weight: Decimal
    state: PartState
    fraction: Number | None = None
    least: Number | None = None

    def __post_init__(self) -> None:
        if self.weight < 0:
            raise ValueError(f"A weight cannot be negative: {self.weight}.")
        if (self.fraction is not None) != (self.state is PartState.GRADED):
            raise ValueError("A graded part has a fraction, and no other part has one.")
        if self.fraction is not None and self.fraction < 0:
            raise ValueError(f"A score cannot be negative: {self.fraction}.")

    @property
    def score(self) -> Fraction | None:
        """The score that counts, 0 to 1; None while nothing counts. A missing part counts as 0."""
        if self.state is PartState.MISSING:
            return NO_CREDIT
        return None if self.fraction is None else Fraction(self.fraction)

    @property
    def least_score(self) -> Fraction:
        """The score if nothing more came in, 0 to 1."""
        least = self.fraction if self.least is None else self.least
        return NO_CREDIT if least is None else Fraction(least)


@dataclass(frozen=True, slots=True)
class ComponentScore:
    """A component of the course's grade for one owner; the weights of a course add up to 100."""

    weight: Decimal
    parts: tuple[PartScore, ...]


@dataclass(frozen=True, slots=True)
class CourseTotals:
    """Where one student stands, in percent and exact; use `shown` before printing.

    `so_far` is taken over `graded_weight` and None while nothing is graded; `if_nothing_more` is
    taken over `total_weight` (100 less the components from which the student is exempt) and None
    when nothing is left. `ungraded_weight` waits for a grader. All weights are in points of 100.
    """

    so_far: Fraction | None
    if_nothing_more: Fraction | None
    graded_weight: Fraction
    ungraded_weight: Fraction
    total_weight: Fraction


def fraction_of(*, points: Decimal, points_max: Decimal) -> Fraction:
    """An award as an exact fraction of what can be had. Raises `ValueError` for no maximum."""
    if points_max <= 0:
        raise ValueError(f"The most that can be had must be positive: {points_max}.")
    return Fraction(points) / Fraction(points_max)


def part_state(
    *,
    is_hand_in: bool,
    is_on_time: bool,
    is_past_due: bool,
    has_award: bool,
    is_exempt: bool = False,
    is_waived: bool = False,
) -> PartState:
    """Where a part stands (domain.md §10).

    `is_hand_in` tells a hand-in from an observed part, which is never zero by itself. `is_past_due`
    is about the owner's effective due instant in a course that turns what is missing into zero, and
    for an observed part about the event. The derived zero yields to an exemption, an award and a waiver.
    """
    if is_exempt:
        return PartState.EXEMPT
    if has_award:
        return PartState.GRADED
    if is_on_time:
        return PartState.UNGRADED
    if not is_past_due:
        return PartState.OPEN
    if is_waived or not is_hand_in:
        return PartState.UNGRADED
    return PartState.MISSING


def question_score(
    *,
    award: Number | None,
    is_on_time: bool,
    is_past_due: bool,
    is_exempt: bool = False,
    is_waived: bool = False,
) -> PartScore:
    """One question by completion: on time is full credit at once, unless staff awarded otherwise."""
    if award is None and is_on_time:
        award = FULL_CREDIT
    state = part_state(
        is_hand_in=True,
        is_on_time=is_on_time,
        is_past_due=is_past_due,
        has_award=award is not None,
        is_exempt=is_exempt,
        is_waived=is_waived,
    )
    fraction = award if state is PartState.GRADED else None
    return PartScore(weight=Decimal(1), state=state, fraction=fraction)


def combined(items: Iterable[PartScore], *, weight: Decimal) -> PartScore:
    """A part that is made of several hand-ins or events, each by its own weight.

    Its score is taken over the items that count; `least` over all that are not exempt. A part
    without items is open.
    """
    all_items = list(items)
    owed = [item for item in all_items if item.state is not PartState.EXEMPT]
    counting = [item for item in owed if item.score is not None]
    state = _combined_state(all_items, owed, counting)
    if state is not PartState.GRADED:
        return PartScore(weight=weight, state=state)
    return PartScore(
        weight=weight,
        state=state,
        fraction=_earned(counting) / _weight_of(counting),
        least=_least(owed) / _weight_of(owed),
    )


def _combined_state(
    items: Sequence[PartScore], owed: Sequence[PartScore], counting: Sequence[PartScore]
) -> PartState:
    if items and not owed:
        return PartState.EXEMPT
    if counting and all(item.state is PartState.MISSING for item in counting):
        return PartState.MISSING
    if _weight_of(counting) > 0:
        return PartState.GRADED
    is_waiting = any(item.state is PartState.UNGRADED for item in owed)
    return PartState.UNGRADED if is_waiting else PartState.OPEN


def completion(marks: Iterable[PartScore]) -> Fraction | None:
    """The score of the questions: on time (or awarded) of those owed so far; None before any."""
    return combined(marks, weight=Decimal(1)).score


def attendance(*, held: int, unexcused: int) -> Fraction | None:
    """`1 - max(0, unexcused - 2) / max(1, held - 2)`, not below 0 (domain.md §8); None before any.

    `held` counts the lectures in which attendance was taken while the student was enrolled.
    Raises `ValueError` unless 0 ≤ unexcused ≤ held.
    """
    if not 0 <= unexcused <= held:
        raise ValueError(f"{unexcused} absences of {held} lectures cannot be.")
    if held == 0:
        return None
    counted = max(0, unexcused - FREE_ABSENCES)
    return max(NO_CREDIT, 1 - Fraction(counted, max(1, held - FREE_ABSENCES)))


def component_score(component: ComponentScore) -> Fraction | None:
    """A component's score from 0 to 1 over the parts that count; None while none of weight does."""
    counting = [part for part in component.parts if part.score is not None]
    graded_weight = _weight_of(counting)
    return _earned(counting) / graded_weight if graded_weight > 0 else None


def course_totals(components: Iterable[ComponentScore]) -> CourseTotals:
    """Both totals of one student (domain.md §10).

    An exempt part leaves its component's numerator and denominator; a component all of whose weight
    is exempt leaves the course's.
    """
    standings = [_Standing.of(component) for component in components]
    graded = sum((each.graded for each in standings), NO_CREDIT)
    total = sum((each.total for each in standings), NO_CREDIT)
    earned = sum((each.earned for each in standings), NO_CREDIT)
    least = sum((each.least for each in standings), NO_CREDIT)
    return CourseTotals(
        so_far=_percent(earned, graded),
        if_nothing_more=_percent(least, total),
        graded_weight=graded,
        ungraded_weight=sum((each.ungraded for each in standings), NO_CREDIT),
        total_weight=total,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """A component in points of the course: what it is worth, and how much of that is known."""

    total: Fraction
    graded: Fraction
    ungraded: Fraction
    earned: Fraction
    least: Fraction

    @classmethod
    def of(cls, component: ComponentScore) -> "_Standing":
        owed = [part for part in component.parts if part.state is not PartState.EXEMPT]
        inside = _weight_of(owed)
        if inside == 0:
            # Exempt from all of it: it leaves. Without weighted parts as yet: it is open.
            leaves = _weight_of(component.parts) > 0
            total = NO_CREDIT if leaves else Fraction(component.weight)
            return cls(total, NO_CREDIT, NO_CREDIT, NO_CREDIT, NO_CREDIT)
        scale = Fraction(component.weight) / inside
        counting = [part for part in owed if part.score is not None]
        waiting = [part for part in owed if part.state is PartState.UNGRADED]
        return cls(
            total=Fraction(component.weight),
            graded=_weight_of(counting) * scale,
            ungraded=_weight_of(waiting) * scale,
            earned=_earned(counting) * scale,
            least=_least(owed) * scale,
        )


def _weight_of(parts: Iterable[PartScore]) -> Fraction:
    return sum((Fraction(part.weight) for part in parts), NO_CREDIT)


def _earned(parts: Iterable[PartScore]) -> Fraction:
    return sum((Fraction(part.weight) * (part.score or 0) for part in parts), NO_CREDIT)


def _least(parts: Iterable[PartScore]) -> Fraction:
    return sum((Fraction(part.weight) * part.least_score for part in parts), NO_CREDIT)


def _percent(earned: Fraction, weight: Fraction) -> Fraction | None:
    return earned / weight * PERCENT if weight > 0 else None


def shown(value: Number, *, places: int = 1) -> Decimal:
    """A value as it is printed: the only place that rounds, half up, to `places` decimals."""
    scale = 10**places
    return Decimal(floor(Fraction(value) * scale + Fraction(1, 2))).scaleb(-places)
