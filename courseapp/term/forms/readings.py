"""The forms of actions on readings."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from courseapp.term.acts.action import Action
from courseapp.term.acts.readings import (
    AddReading,
    ChangeReading,
    RemoveReading,
    ReorderReadings,
    ReplaceReading,
)
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.rows import (
    LectureChoice,
    ReadingChoice,
    fill,
    offer,
    readings_of,
    rows_of,
)
from schedule.models import Reading

REQUIRED = "Required: the audience owes a question on it"
PLACE = "place_"
PAPER_FIELDS = ("title", "url", "authors", "venue", "year")


class PaperFields(forms.Form):
    """What is known of a paper."""

    title = forms.CharField(label="Title", max_length=1000)
    url = forms.CharField(
        label="Link", max_length=2000, required=False, widget=forms.URLInput, empty_value=""
    )
    sections = forms.CharField(
        label="Sections",
        max_length=200,
        required=False,
        help_text="Such as “Sec 3.1-3.2”. Empty: all of it.",
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    authors = forms.CharField(label="Authors", max_length=500, required=False)
    venue = forms.CharField(label="Venue", max_length=200, required=False)
    year = forms.IntegerField(label="Year", required=False, min_value=1000, max_value=9999)


class AddReadingForm(PaperFields, ActForm):
    """A paper that comes in."""

    makes: ClassVar[type[Action]] = AddReading

    lecture = LectureChoice(label="Read for")
    is_required = forms.BooleanField(label=REQUIRED, required=False, initial=True)
    place = forms.IntegerField(
        label="Place among the readings", required=False, min_value=1, help_text="Empty: the last."
    )
    field_order = ("lecture", "title", "url", "is_required", "sections", "place")

    @override
    def fit(self) -> None:
        offer(self, "lecture", rows_of(self))


class ReplaceReadingForm(PaperFields, ActForm):
    """Another paper in a reading's place."""

    makes: ClassVar[type[Action]] = ReplaceReading
    notes = (
        "Whoever has asked about the old paper already has done their part and keeps the credit; "
        "their question says which paper it is about. All others ask about the new one."
    )

    reading = ReadingChoice(label="Instead of")
    field_order = ("reading", "title", "url")

    @override
    def fit(self) -> None:
        offer(self, "reading", readings_of(self))


class ChangeReadingForm(PaperFields, ActForm):
    """What a reading says; the paper stays the same."""

    makes: ClassVar[type[Action]] = ChangeReading
    notes = "A title or a link is corrected wherever the course reads this paper."

    reading = ReadingChoice()
    is_required = forms.BooleanField(label=REQUIRED, required=False)
    field_order = ("reading", "title", "url", "is_required")

    @override
    def fit(self) -> None:
        reading = offer(self, "reading", readings_of(self))
        if reading is not None:
            fill(self, reading_in_fields(reading))


def reading_in_fields(reading: Reading) -> dict[str, Any]:
    """Return what a reading says, by the names of the fields."""
    of_paper = {name: getattr(reading.paper, name) for name in PAPER_FIELDS}
    own = {name: getattr(reading, name) for name in ("is_required", "sections", "note")}
    return {**of_paper, **own}


class RemoveReadingForm(ActForm):
    """A paper that goes."""

    makes: ClassVar[type[Action]] = RemoveReading
    notes = "What was asked about it already stays with those who asked, and with staff."

    reading = ReadingChoice()

    @override
    def fit(self) -> None:
        offer(self, "reading", readings_of(self))


class ReorderReadingsForm(ActForm):
    """A number for each reading of one lecture; they are put in the order of these."""

    makes: ClassVar[type[Action]] = ReorderReadings
    notes = "Give each reading its number; of two with one number, the moved one takes the place."

    lecture = LectureChoice(label="Readings of")

    @override
    def fit(self) -> None:
        lecture = offer(self, "lecture", rows_of(self))
        self.readings = [] if lecture is None else list(readings_of(self).filter(lecture=lecture))
        for reading in self.readings:
            self.fields[f"{PLACE}{reading.pk}"] = forms.IntegerField(
                label=reading.title, min_value=1, initial=reading.position
            )

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        def wanted(reading: Reading) -> tuple[int, int]:
            place = cleaned[f"{PLACE}{reading.pk}"]
            return place, (place > reading.position) - (place < reading.position)

        ordered = sorted(self.readings, key=wanted)
        order = tuple(reading.pk for reading in ordered)
        return {"lecture_id": cleaned["lecture"].pk, "order": order}


READING_FORMS = (
    AddReadingForm,
    ReplaceReadingForm,
    ChangeReadingForm,
    ReorderReadingsForm,
    RemoveReadingForm,
)
