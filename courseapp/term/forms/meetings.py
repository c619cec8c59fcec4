"""The forms of actions on meetings."""

from typing import ClassVar

from django import forms
from typing_extensions import override

from courseapp.term.acts.action import Action
from courseapp.term.acts.meetings import ChangeMeeting
from courseapp.term.forms.acting import ActForm
from schedule.models import Lecture, LectureKind

DAY = forms.DateInput(attrs={"type": "date"})
TIME = forms.TimeInput(attrs={"type": "time"})


class ChangeMeetingForm(ActForm):
    """Another date, time, room or kind for one row."""

    makes: ClassVar[type[Action]] = ChangeMeeting

    lecture = forms.ModelChoiceField(Lecture.objects.none(), label="Meeting")
    starts_on = forms.DateField(label="Date", widget=DAY)
    starts_from = forms.TimeField(label="Begins", required=False, widget=TIME)
    ends_by = forms.TimeField(label="Ends", required=False, widget=TIME)
    room = forms.CharField(label="Room", max_length=200, required=False)
    lecture_kind = forms.ChoiceField(label="Kind", choices=LectureKind.choices)

    @override
    def fit(self) -> None:
        self.fields["lecture"].queryset = Lecture.objects.filter(course=self.course)  # type: ignore[attr-defined]
