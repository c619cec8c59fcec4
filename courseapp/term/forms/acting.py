"""The shape of an action's parameters: one form for each kind (domain.md §13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from courseapp.course.models import Course
from courseapp.term.acts.action import Action


class ActForm(forms.Form):
    """A form whose fields make one action.

    Where the fields are the action's parameters, nothing else needs saying; a chosen row stands for
    its id. `notes` are said above the fields.
    """

    makes: ClassVar[type[Action]]
    notes: ClassVar[str] = ""

    def __init__(self, *args: Any, course: Course, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.course = course
        self.now = now
        self.fit()

    def fit(self) -> None:
        """Let the fields offer what the course has."""

    def action(self) -> Action:
        """Return the action that the cleaned fields make."""
        return self.makes(**self.parameters(self.cleaned_data))

    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """Return the action's parameters from the cleaned fields."""
        return {name: value for name, value in cleaned.items() if name not in REASON_FIELDS}


REASON_FIELDS = frozenset({"reason"})
