"""The form by which the past is corrected."""

from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from courseapp.term.acts.action import Action
from courseapp.term.acts.past import CorrectPast
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.roles import PlayersForm, begun
from courseapp.term.forms.rows import offer
from groups.models import Group
from groups.selectors import groups_of


class GroupsChoice(forms.ModelMultipleChoiceField[Group]):
    """Some of the course's groups, each with a box to tick."""

    def __init__(self, **options: Any) -> None:
        widget = forms.CheckboxSelectMultiple
        super().__init__(queryset=Group.objects.none(), widget=widget, **options)


class CorrectPastForm(PlayersForm):
    """Who really played a part."""

    makes: ClassVar[type[Action]] = CorrectPast
    notes: ClassVar[str] = (
        "Say who really played the part, all of them; it will stand as if it had been so from the"
        " start. What was handed in stays with who handed it in, and the next page names whose"
        " duties and grades are touched."
    )

    groups = GroupsChoice(label="Groups", required=False)
    field_order = ("lecture", "role", "groups", "staff", "guest", "students")

    @override
    def fit(self) -> None:
        super().fit()
        offer(self, "lecture", begun(self))
        self.fields["groups"].queryset = groups_of(self.course)  # type: ignore[attr-defined]


PAST_FORMS: tuple[type[ActForm], ...] = (CorrectPastForm,)
