"""What the roster is searched by."""

from typing import Any

from django import forms


class FindStudentsForm(forms.Form):
    """Words and choices that narrow the roster; what it does not know narrows nothing."""

    words = forms.CharField(
        label="Name, student id, address or group",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    section = forms.ChoiceField(label="Section", required=False)
    place = forms.ChoiceField(
        label="Group",
        required=False,
        choices=[("", "Any"), ("in", "In a group"), ("without", "Without a group")],
    )
    claim = forms.ChoiceField(
        label="Address",
        required=False,
        choices=[("", "Any"), ("yes", "Claimed"), ("no", "Not claimed yet")],
    )
    state = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "Here"), ("dropped", "Dropped"), ("all", "Everyone")],
    )

    def __init__(self, *args: Any, sections: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        if len(sections) < 2:
            del self.fields["section"]
            return
        choices = [("", "Any"), *((name, name) for name in sections)]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, str]:
        """Return what was asked for, as far as it is known."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
