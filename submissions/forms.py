"""The shape of what people send."""

from typing import Any

from django import forms
from typing_extensions import override

from submissions.deadlines import PROPOSAL_ROUND_DAYS, Kind
from submissions.models import KIND_CHOICES, VERDICT_CHOICES
from submissions.rules import ProposalVerdict
from submissions.rules.receipts import LONGEST as LONGEST_RECEIPT
from submissions.services.proposing import Wish
from submissions.services.uploading import Announced


class FileForm(forms.Form):
    """A file, and a key that makes a repeated send harmless."""

    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        max_length=None,
        error_messages={"required": "Choose a file first; nothing was sent."},
    )
    key = forms.RegexField(r"^[0-9a-f]{32}$", required=False, widget=forms.HiddenInput)


class AnnouncedForm(forms.Form):
    """What a script says of a file before its bytes: a hash only where they are pledged."""

    filename = forms.CharField(required=False, strip=False, max_length=1000)
    key = forms.RegexField(r"^[0-9a-f]{32}$", required=False)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$", required=False)

    def announced(self, *, length: int) -> Announced:
        """Return what was announced, for the service; `length` in bytes."""
        said = self.cleaned_data
        return Announced(
            name=said["filename"], length=length, key=said["key"], sha256=said["sha256"]
        )


class ReceiptForm(forms.Form):
    """A receipt, pasted or as a file, or its code; and the hash of what somebody says came in."""

    receipt = forms.CharField(
        label="The receipt",
        required=False,
        max_length=LONGEST_RECEIPT,
        widget=forms.Textarea(attrs={"class": "in", "rows": 6, "spellcheck": "false"}),
    )
    file = forms.FileField(label="or its file", required=False)
    code = forms.CharField(
        label="or its code alone",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "in", "autocomplete": "off", "spellcheck": "false"}),
    )
    sha256 = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label="SHA-256 of your file",
        required=False,
        error_messages={"invalid": "A SHA-256 has 64 characters, each 0 to 9 or a to f."},
        widget=forms.TextInput(attrs={"class": "in", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_file(self) -> str:
        """Return the text of a file that is small enough to be a receipt."""
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > LONGEST_RECEIPT:
            raise forms.ValidationError("This is no receipt: a receipt is a file of one kilobyte.")
        text: str = file.read().decode(errors="replace")
        return text

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_given = any(cleaned.get(name) for name in ("receipt", "file", "code"))
        if not is_given and not self.errors:
            self.add_error("receipt", "Paste the receipt, choose its file or type its code.")
        return cleaned

    def wish(self) -> dict[str, str]:
        """Return what is asked."""
        asked = self.cleaned_data
        return {
            "shown": asked["receipt"] or asked["file"],
            "code": asked["code"],
            "sha256": asked["sha256"].lower(),
        }


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


class ArchiveForm(forms.Form):
    """Of what an archive is wanted: of the course, of a lecture, of a kind, or both."""

    lecture = forms.IntegerField(required=False, min_value=1, max_value=10**15)
    kind = forms.ChoiceField(required=False, choices=KIND_CHOICES)
    all_versions = forms.BooleanField(required=False)

    def wish(self) -> dict[str, Any]:
        """Return what was entered, for the service."""
        kind = self.cleaned_data["kind"]
        return {
            "lecture_id": self.cleaned_data["lecture"],
            "kind": Kind(kind) if kind else None,
            "holds_all_versions": self.cleaned_data["all_versions"],
        }
