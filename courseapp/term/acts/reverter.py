"""How rows of one kind are brought back: what was made is ended, what was changed is set back."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from typing_extensions import override

from courseapp.term.acts.action import Scene
from courseapp.term.acts.history import Change
from schedule.services.ordering import withdrawn_position


@dataclass(frozen=True)
class Undoing:
    """The act that is undone: when it was, and where and when that is."""

    acted_at: datetime
    scene: Scene


class Reverter(ABC):
    """Brings rows of one model back."""

    model: ClassVar[type[models.Model]]
    # Columns that follow from others or that anyone may change meanwhile.
    soft: ClassVar[frozenset[str]] = frozenset()

    def conflict(self, change: Change) -> str:
        """Say what has happened to the row since; empty where nothing has."""
        row = self.row(change.pk)
        differing = [
            name for name in self.hard_fields(change) if getattr(row, name) != change.after[name]
        ]
        return f"{self.words(row)} has been changed since." if differing else ""

    def hard_fields(self, change: Change) -> list[str]:
        """Return the changed columns that are set back."""
        return [name for name in change.fields if name not in self.soft]

    def revert(self, change: Change, undoing: Undoing) -> None:
        """Bring the row back."""
        row = self.row(change.pk)
        if change.is_new:
            self.end(row, undoing)
        else:
            self.set_back(row, change, undoing)

    def row(self, pk: int) -> Any:
        """Return the row, withdrawn or not."""
        name = "with_withdrawn" if hasattr(self.model, "with_withdrawn") else "objects"
        everything: models.Manager[Any] = getattr(self.model, name)
        return everything.select_for_update().get(pk=pk)

    def words(self, row: Any) -> str:
        """Return what people call the row."""
        return str(row)

    @abstractmethod
    def end(self, row: Any, undoing: Undoing) -> None:
        """End a row that the act made."""

    def set_back(self, row: Any, change: Change, undoing: Undoing) -> None:
        """Give the changed columns their values of before."""
        assert change.before is not None
        fields = self.hard_fields(change)
        for name in fields:
            setattr(row, name, change.before[name])
        if fields:
            row.save(update_fields=fields)


class WithdrawingReverter(Reverter):
    """Rows that are withdrawn when nobody wants them any more."""

    @override
    def end(self, row: Any, undoing: Undoing) -> None:
        """Withdraw the row."""
        row.withdrawn_at = undoing.scene.now
        row.save(update_fields=["withdrawn_at"])


class PlacedReverter(WithdrawingReverter):
    """Rows that stand in an order: a withdrawn one stands behind all that stand."""

    @override
    def end(self, row: Any, undoing: Undoing) -> None:
        """Withdraw the row and free its place."""
        row.withdrawn_at = undoing.scene.now
        row.position = withdrawn_position(row.pk)
        row.save(update_fields=["withdrawn_at", "position"])


class SettingReverter(Reverter):
    """Rows that acts change and never make."""

    @override
    def end(self, row: Any, undoing: Undoing) -> None:
        """Leave what cannot have been made."""
