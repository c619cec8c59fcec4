"""The shape of an action's parameters: one form for each kind (domain.md §13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet

from courseapp.course.models import Course
from courseapp.term.acts.action import Action


class ActForm(forms.Form):
    """A form whose fields make one action.

    Where the fields are the action's parameters, nothing else needs saying; a field `lecture` whose
    choice is a row is the parameter `lecture_id`, `students` of several rows is `student_ids`. `notes`
    are said above the fields.
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
        """Return the action's parameters from the cleaned fields: `lecture` becomes `lecture_id`."""
        return dict(_parameter(name, value) for name, value in cleaned.items())


def _parameter(name: str, value: Any) -> tuple[str, Any]:
    if isinstance(value, Model):
        return f"{name}_id", value.pk
    if isinstance(value, QuerySet):
        return f"{name.removesuffix('s')}_ids", tuple(value.values_list("pk", flat=True))
    return name, value
