"""Files that come in by a page: uploaded once, then carried along until what they change is confirmed."""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from typing_extensions import override

from courseapp.term.formats.cells import YEARS
from courseapp.term.formats.people import check_mail_domain
from courseapp.term.rosters.differences import RosterFile
from courseapp.term.schedules.differences import ScheduleFiles

SIZE_LIMIT = 1024 * 1024
TOO_LARGE = "This is larger than 1 MB, which no roster and no schedule is; choose the right file."


class SeveralFilesInput(forms.ClearableFileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Several uploaded files, as a list."""

    widget = SeveralFilesInput

    @override
    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(SeveralFilesField, self).clean(each, initial) for each in given]


class ImportForm(forms.Form):
    """Files, new or kept from the step before."""

    uploads = SeveralFilesField(required=False, label="File")
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    contents: dict[str, bytes]

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        uploaded: list[UploadedFile] = cleaned.get("uploads") or []
        if sum(each.size or 0 for each in uploaded) > SIZE_LIMIT:
            raise forms.ValidationError(TOO_LARGE)
        self.contents = {each.name or "file": each.read() for each in uploaded}
        self.contents = self.contents or _unpacked(cleaned.get("kept", ""))
        if not self.contents:
            raise forms.ValidationError("Choose the file to bring in.")
        return cleaned

    @property
    def packed(self) -> str:
        """Return the files as text that a page carries to the next step."""
        files = {name: b64encode(content).decode() for name, content in self.contents.items()}
        return json.dumps(files)


def _unpacked(kept: str) -> dict[str, bytes]:
    """The files of the step before; none where the text is not ours."""
    try:
        return {name: b64decode(text, validate=True) for name, text in json.loads(kept).items()}
    except (ValueError, NotBase64, AttributeError, TypeError, RecursionError):
        return {}


class RosterForm(ImportForm):
    """A roster, and the domain of its logins."""

    uploads = SeveralFilesField(required=False, label="File", widget=forms.FileInput)
    mail_domain = forms.CharField(
        required=False,
        max_length=200,
        label="Mail domain of the logins",
        help_text="Where the file has logins but no addresses, such as example.edu.",
    )

    def clean_mail_domain(self) -> str:
        """Refuse what is no domain."""
        domain: str = self.cleaned_data["mail_domain"].strip()
        try:
            check_mail_domain(domain or None)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return domain

    def roster(self) -> RosterFile:
        """Return the file to read."""
        name, content = next(iter(self.contents.items()))
        return RosterFile(name, content, self.cleaned_data["mail_domain"] or None)


class ScheduleForm(ImportForm):
    """A page with a table, or files of the CSV folder."""

    year = forms.IntegerField(
        required=False,
        min_value=YEARS.start,
        max_value=YEARS.stop - 1,
        label="Year of the first row",
        help_text="Where the dates of a table name none; else that of the schedule as it is.",
    )
    unmarked = forms.ChoiceField(
        required=False,
        choices=[
            ("", "as the other marks say"),
            ("required", "required"),
            ("optional", "optional"),
        ],
        label="A reading without a mark is",
    )

    def schedule(self) -> ScheduleFiles:
        """Return the files to read."""
        unmarked: str = self.cleaned_data["unmarked"]
        return ScheduleFiles(
            contents=self.contents,
            year=self.cleaned_data["year"],
            unmarked_is_required=None if not unmarked else unmarked == "required",
        )
