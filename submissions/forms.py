"""The shape of what people send."""

from typing import Any

from django import forms
from typing_extensions import override

from submissions.deadlines import PROPOSAL_ROUND_DAYS
from submissions.models import VERDICT_CHOICES
from submissions.rules import ProposalVerdict
from submissions.services.proposing import Wish


class FileForm(forms.Form):
    """A file, and a key that makes a repeated send harmless."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        max_length=None,
        error_messages={"required": "Choose a file first; nothing was sent."},
    )
    key = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)


class DecisionForm(forms.Form):
    """The instructor's word on a proposal."""

    verdict = forms.ChoiceField(
        label="Decision",
        choices=[(value, label.capitalize()) for value, label in VERDICT_CHOICES],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    comment = forms.CharField(
        label="Comment to the group",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"class": "in", "rows": 6}),
    )
    conditions = forms.CharField(
        label="Conditions of an approval",
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"class": "in", "rows": 2}),
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    days = forms.IntegerField(
        label="Days for the next version",
        required=False,
        min_value=1,
        max_value=60,
        initial=PROPOSAL_ROUND_DAYS,
        widget=forms.NumberInput(attrs={"class": "in"}),
        help_text="Counts only where you ask for changes.",
    )

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_approval = cleaned.get("verdict") in {None, "", ProposalVerdict.APPROVED.value}
        if cleaned.get("conditions") and not is_approval:
            self.add_error("conditions", "Conditions go with an approval; say it in the comment.")
        return cleaned

    def wish(self) -> Wish:
        """Return what was entered, for the service."""
        return Wish(
            verdict=ProposalVerdict(self.cleaned_data["verdict"]),
            comment=self.cleaned_data["comment"].strip(),
            conditions=self.cleaned_data["conditions"].strip(),
            days=self.cleaned_data["days"] or PROPOSAL_ROUND_DAYS,
            version_number=self.cleaned_data["version"],
        )
