"""The forms of actions on meetings, days and milestones."""

from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from courseapp.term.acts.action import Action
from courseapp.term.acts.meetings import EDITED, ChangeMeeting, EditLecture, SwapMeetings
from courseapp.term.acts.milestones import AddMilestone, ChangeMilestone
from courseapp.term.acts.rows import when_words
from courseapp.term.acts.sliding import SLIDES, STAYS, CancelDay, DropLecture, InsertDay
from courseapp.term.cells import wall_time
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.rows import (
    TIME,
    DayField,
    LectureChoice,
    MilestoneChoice,
    fill,
    milestones_of,
    offer,
    rows_of,
)
from schedule.models import Lecture, LectureKind, MilestoneKind

DATES_ONLY = "Leave both times empty for a row that has a date only: then nothing is due from it."
FALLS_OFF = "Where a lecture slides off the end of the term, it needs a new place, or is cut."


class ChangeMeetingForm(ActForm):
    """Another date, time, room or kind for one row."""

    makes: ClassVar[type[Action]] = ChangeMeeting
    notes = "Readings and roles stay with the meeting, and what is due moves along with it."

    lecture = LectureChoice(label="Meeting")
    starts_on = DayField(label="Date")
    ends_on = DayField(
        label="Last day", required=False, help_text="For a row that spans several days."
    )
    starts_from = forms.TimeField(label="Begins", required=False, widget=TIME)
    ends_by = forms.TimeField(label="Ends", required=False, widget=TIME, help_text=DATES_ONLY)
    room = forms.CharField(
        label="Room",
        max_length=200,
        required=False,
        help_text="Empty: where the course always meets.",
    )
    lecture_kind = forms.ChoiceField(label="Kind", choices=LectureKind.choices)

    @override
    def fit(self) -> None:
        lecture = offer(self, "lecture", rows_of(self))
        if lecture is not None:
            fill(self, _place_in_fields(lecture))


def _place_in_fields(lecture: Lecture) -> dict[str, Any]:
    return {
        "starts_on": lecture.starts_on,
        "ends_on": lecture.ends_on,
        "starts_from": wall_time(lecture.starts_at, lecture.timezone),
        "ends_by": wall_time(lecture.ends_at, lecture.timezone),
        "room": lecture.room,
        "lecture_kind": lecture.kind,
    }


class SwapMeetingsForm(ActForm):
    """Two rows that trade their dates."""

    makes: ClassVar[type[Action]] = SwapMeetings
    notes = "The two trade date, times and room. Readings, roles and what is due go along."

    lecture = LectureChoice(label="This meeting")
    other = LectureChoice(label="trades places with")

    @override
    def fit(self) -> None:
        offer(self, "lecture", rows_of(self))
        offer(self, "other", rows_of(self))


class EditLectureForm(ActForm):
    """What a row says."""

    makes: ClassVar[type[Action]] = EditLecture

    lecture = LectureChoice()
    topic = forms.CharField(label="Topic", max_length=300, required=False)
    module = forms.CharField(
        label="Module",
        max_length=200,
        required=False,
        help_text="The heading that it stands under, together with its neighbours of that name.",
    )
    label = forms.CharField(
        label="Label",
        max_length=300,
        required=False,
        help_text="What a row without a topic is called, such as “Spring break”.",
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    asks_questions = forms.BooleanField(
        label="The audience owes a question on each required reading", required=False
    )

    @override
    def fit(self) -> None:
        lecture = offer(self, "lecture", rows_of(self))
        if lecture is not None:
            fill(self, {name: getattr(lecture, name) for name in EDITED})


class OverflowFields(forms.Form):
    """What becomes of a lecture that slides off the end."""

    overflow_on = DayField(
        label="New date for what slides off the end",
        required=False,
        help_text=FALLS_OFF,
    )
    overflow_from = forms.TimeField(label="There it begins", required=False, widget=TIME)
    overflow_by = forms.TimeField(label="There it ends", required=False, widget=TIME)
    cuts_last = forms.BooleanField(
        label="Cut what slides off the end, with its readings and roles", required=False
    )


def _name_the_last(form: ActForm) -> None:
    """Say which lecture it is that would slide off the end."""
    sliding = rows_of(form).filter(kind=LectureKind.LECTURE, starts_at__isnull=False)
    last = sliding.order_by("-starts_at").first()
    if last is not None:
        form.fields["overflow_on"].help_text = (
            f"Where the rest slides, {last.title} ({when_words(last)}) slides off the end: it needs a "
            "new place, or is cut."
        )


class InsertDayForm(OverflowFields, ActForm):
    """A new row."""

    makes: ClassVar[type[Action]] = InsertDay

    starts_on = DayField(label="Date")
    starts_from = forms.TimeField(label="Begins", required=False, widget=TIME)
    ends_by = forms.TimeField(
        label="Ends",
        required=False,
        widget=TIME,
        help_text="Leave both empty for a row with a date only, or, where the rest slides, to take "
        "the times of the lecture that makes room.",
    )
    ends_on = DayField(
        label="Last day", required=False, help_text="For a row that spans several days."
    )
    lecture_kind = forms.ChoiceField(label="Kind", choices=LectureKind.choices)
    topic = forms.CharField(label="Topic", max_length=300, required=False)
    label = forms.CharField(
        label="Label",
        max_length=300,
        required=False,
        help_text="What a row without a topic is called.",
    )
    module = forms.CharField(
        label="Module", max_length=200, required=False, help_text="Empty: that of the row before."
    )
    room = forms.CharField(label="Room", max_length=200, required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    rest = forms.ChoiceField(
        label="What becomes of the rest",
        widget=forms.RadioSelect,
        initial=STAYS,
        choices=[
            (STAYS, "Everything else stays where it is"),
            (
                SLIDES,
                "It takes the place of the lecture on that day: this one and all after it slide",
            ),
        ],
    )
    field_order = (
        "starts_on",
        "starts_from",
        "ends_by",
        "ends_on",
        "lecture_kind",
        "topic",
        "label",
        "module",
        "room",
        "note",
        "rest",
    )

    @override
    def fit(self) -> None:
        standing = rows_of(self).filter(kind=LectureKind.LECTURE, starts_at__isnull=False)
        _name_the_last(self)
        usual = standing.first()
        if usual is not None:
            fill(self, {name: _place_in_fields(usual)[name] for name in ("starts_from", "ends_by")})


class CancelDayForm(OverflowFields, ActForm):
    """A day without class."""

    makes: ClassVar[type[Action]] = CancelDay

    lecture = LectureChoice(label="Day")
    note = forms.CharField(
        label="Why there is no class",
        max_length=300,
        required=False,
        help_text="Stands in the schedule in the place of the topic, such as “Snow day”.",
    )
    rest = forms.ChoiceField(
        label="What becomes of its topic",
        widget=forms.RadioSelect,
        initial=SLIDES,
        choices=[
            (SLIDES, "It takes the place of the next lecture, that one the next, and so on"),
            ("cancelled", "It is cancelled, with its readings and roles"),
        ],
    )
    field_order = ("lecture", "note", "rest")

    @override
    def fit(self) -> None:
        rows = rows_of(self).exclude(kind__in=[LectureKind.NO_CLASS, LectureKind.DEADLINE])
        offer(self, "lecture", rows)
        _name_the_last(self)


class DropLectureForm(ActForm):
    """A topic that is cut."""

    makes: ClassVar[type[Action]] = DropLecture
    notes = "The row goes, with its readings and roles, and nothing of it is due any more."

    lecture = LectureChoice(label="Topic")
    rest = forms.ChoiceField(
        label="What becomes of its day",
        widget=forms.RadioSelect,
        initial=STAYS,
        choices=[
            (STAYS, "It is left free, and everything else stays where it is"),
            (SLIDES, "The lectures after it move up by one place"),
        ],
    )

    @override
    def fit(self) -> None:
        offer(self, "lecture", rows_of(self))


class AddMilestoneForm(ActForm):
    """A new dated step."""

    makes: ClassVar[type[Action]] = AddMilestone

    milestone_kind = forms.ChoiceField(label="Step", choices=MilestoneKind.choices)
    title = forms.CharField(label="Title", max_length=200)
    on_date = DayField(label="Date")
    at_time = forms.TimeField(
        label="Time", required=False, widget=TIME, help_text="Empty: the end of that day."
    )


class ChangeMilestoneForm(ActForm):
    """Another date for a step."""

    makes: ClassVar[type[Action]] = ChangeMilestone

    milestone = MilestoneChoice()
    title = forms.CharField(label="Title", max_length=200)
    on_date = DayField(label="Date")
    at_time = forms.TimeField(
        label="Time", required=False, widget=TIME, help_text="Empty: the end of that day."
    )

    @override
    def fit(self) -> None:
        milestone = offer(self, "milestone", milestones_of(self))
        if milestone is not None:
            fill(self, {name: getattr(milestone, name) for name in ("title", "on_date", "at_time")})


MEETING_FORMS = (
    ChangeMeetingForm,
    SwapMeetingsForm,
    EditLectureForm,
    InsertDayForm,
    CancelDayForm,
    DropLectureForm,
    AddMilestoneForm,
    ChangeMilestoneForm,
)
