"""The shape of what people send about groups."""

from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from courseapp.kernel.decisions import Denied
from groups.models import INTERESTS_LENGTH

NAME_LENGTH = 80
MESSAGE_LENGTH = 300
LINES = forms.Textarea(attrs={"rows": 2})


class TypedForm(forms.Form):
    """A form in which people write, which comes back with their words where it is refused.

    `about` names the field that a refusal is about; others are about the whole.
    """

    heading: ClassVar[str]
    button: ClassVar[str]
    about: ClassVar[dict[str, str]] = {}

    @property
    def is_typed(self) -> bool:
        """Say whether something was typed that could be lost."""
        return any(self.data.get(field.html_name) for field in self.visible_fields())

    def wanted(self) -> dict[str, Any]:
        """Return what the service is asked for."""
        return self.cleaned_data

    def refuse(self, denied: Denied) -> None:
        """Say why it cannot be, at the field that it is about."""
        self.add_error(self.about.get(denied.code), denied.sentence)


class FoundForm(TypedForm):
    """A new group: both may stay empty."""

    heading = "Found a group"
    button = "Found a group"
    about: ClassVar[dict[str, str]] = {"name_taken": "name"}

    name = forms.CharField(label="Name", required=False, max_length=NAME_LENGTH)
    interests = forms.CharField(label="Interests", required=False, max_length=INTERESTS_LENGTH)


class InviteForm(TypedForm):
    """A person picked from the board, or named by student id or mail address."""

    heading = "Invite"
    button = "Invite"

    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    who = forms.CharField(label="Student id or mail address", required=False, max_length=254)

    @override
    def wanted(self) -> dict[str, Any]:
        person, who = self.cleaned_data["person"], self.cleaned_data["who"]
        return {"who": who if person is None else person}

    @override
    def refuse(self, denied: Denied) -> None:
        self.add_error("who", denied.sentence)


class InterestsForm(TypedForm):
    """What one would like to work on, in a line."""

    heading = "Interests"
    button = "Save"

    text = forms.CharField(
        label="Interests", required=False, max_length=INTERESTS_LENGTH, widget=LINES
    )


class AskForm(TypedForm):
    """A line to the group that is asked."""

    heading = "Ask to join"
    button = "Ask to join"

    message = forms.CharField(
        label="A line to the group", required=False, max_length=MESSAGE_LENGTH, widget=LINES
    )


class RestForm(forms.Form):
    """The division that was shown, and whether it shall be before the deadline."""

    shown = forms.CharField(widget=forms.HiddenInput)
    is_early = forms.BooleanField(required=False)
