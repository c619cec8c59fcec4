"""The fields that choose a row of the schedule, and how a form is filled with what stands there."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from typing_extensions import override

from courseapp.kernel.sent import row_id
from courseapp.term.acts.policies import YEARS_SENTENCE
from courseapp.term.acts.rows import when_words
from courseapp.term.formats.cells import YEARS
from courseapp.term.forms.acting import ActForm
from schedule.models import Lecture, Milestone, Reading

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def require_year(day: date) -> None:
    """Raise `ValidationError` for a day in a year that no course is held in."""
    if day.year not in YEARS:
        raise ValidationError(YEARS_SENTENCE, code="year")


class DayField(forms.DateField):
    """A day of the calendar, in a year that a course can be held in."""

    widget = DAY
    default_validators = [require_year]


class LectureChoice(forms.ModelChoiceField[Lecture]):
    """A row of the course's schedule, by its date and title."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Lecture.objects.none(), **{"label": "Row", **options})

    @override
    def label_from_instance(self, obj: Any) -> str:
        return f"{when_words(obj)}: {obj.title}"


class ReadingChoice(forms.ModelChoiceField[Reading]):
    """A reading of the course, by its title and its lecture."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Reading.objects.none(), **{"label": "Reading", **options})

    @override
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title} ({when_words(obj.lecture)}: {obj.lecture.title})"


class MilestoneChoice(forms.ModelChoiceField[Milestone]):
    """A dated step of the course."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Milestone.objects.none(), **{"label": "Step", **options})


def rows_of(form: ActForm) -> QuerySet[Lecture]:
    """Return the rows that a form offers."""
    return Lecture.objects.filter(course=form.course).order_by("position")


def readings_of(form: ActForm) -> QuerySet[Reading]:
    """Return the readings that a form offers."""
    standing = Reading.objects.filter(
        lecture__course=form.course, lecture__withdrawn_at__isnull=True
    )
    found = standing.select_related("lecture", "paper")
    return found.order_by("lecture__position", "position")


def milestones_of(form: ActForm) -> QuerySet[Milestone]:
    """Return the steps that a form offers."""
    return Milestone.objects.filter(course=form.course)


def offer(form: ActForm, name: str, rows: QuerySet[Any]) -> Any:
    """Let a field offer rows; return the one that was chosen or that the form is opened with."""
    form.fields[name].queryset = rows  # type: ignore[attr-defined]  # a field that chooses a row
    sent = form.data.get(name) if form.is_bound else form.initial.get(name)
    chosen = row_id(sent)
    return None if chosen is None else rows.filter(pk=chosen).first()


def fill(form: ActForm, values: dict[str, Any]) -> None:
    """Show what stands there in every field that nothing else was said about."""
    form.initial = {**values, **form.initial}
