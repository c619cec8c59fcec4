"""Actions that move meetings, and what that does to the plan of roles (domain.md §7)."""

from abc import abstractmethod
from dataclasses import dataclass, replace

from typing_extensions import override

from courseapp.term.acts.action import Action, Outcome, Scene
from courseapp.term.acts.playing import broken_by_key


@dataclass(frozen=True)
class MovingAction(Action):
    """An action that moves meetings: a rule of the plan that is broken by it is said at once.

    It is said and kept with the act, not refused: a storm does not ask for the distance of duties.
    """

    @abstractmethod
    def move(self, scene: Scene) -> Outcome:
        """Move what there is to move."""

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        before = broken_by_key(scene.course, now=scene.now)
        outcome = self.move(scene)
        after = broken_by_key(scene.course, now=scene.now)
        broken = (f"Against the plan: {after[key]}" for key in after if key not in before)
        return replace(outcome, lines=(*outcome.lines, *broken))
