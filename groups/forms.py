"""The shape of what people send about groups."""

from django import forms

from groups.models import INTERESTS_LENGTH

NAME_LENGTH = 80
MESSAGE_LENGTH = 300


class FoundForm(forms.Form):
    """A new group: both may stay empty."""

    name = forms.CharField(label="Name", required=False, max_length=NAME_LENGTH)
    interests = forms.CharField(label="Interests", required=False, max_length=INTERESTS_LENGTH)


class InviteForm(forms.Form):
    """A person picked from the board, or named by student id or mail address."""

    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    who = forms.CharField(label="Student id or mail address", required=False, max_length=254)

    def wanted(self) -> int | str:
        """Return whom to invite."""
        person: int | None = self.cleaned_data["person"]
        who: str = self.cleaned_data["who"]
        return who if person is None else person


class InterestsForm(forms.Form):
    """What one would like to work on, in a line."""

    text = forms.CharField(label="Interests", required=False, max_length=INTERESTS_LENGTH)


class AskForm(forms.Form):
    """A line to the group that is asked."""

    message = forms.CharField(
        label="A line to the group", required=False, max_length=MESSAGE_LENGTH
    )


class RestForm(forms.Form):
    """The division that was shown, and whether it shall be before the deadline."""

    shown = forms.CharField(widget=forms.HiddenInput)
    is_early = forms.BooleanField(required=False)
