"""The schedule in Django's admin: staff read it; what is changed goes by the same actions as elsewhere."""

from abc import ABCMeta, abstractmethod
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model
from django.forms.models import ModelFormMetaclass
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from typing_extensions import override

from courseapp.course.actors import Actor, Permission
from courseapp.course.admin import CourseRecordsAdmin
from courseapp.course.models import Course
from courseapp.course.selectors import staff_actors
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.term.acts.action import Action
from courseapp.term.acts.carrying_out import Carried, carry_out, doing_of
from courseapp.term.acts.meetings import EDITED, ChangeMeeting, EditLecture
from courseapp.term.acts.readings import ChangeReading
from courseapp.term.cells import wall_time
from courseapp.term.forms.readings import reading_in_fields
from courseapp.term.forms.rows import DAY, TIME
from schedule.models import (
    Lecture,
    Milestone,
    OtherPresenter,
    Preference,
    Reading,
    RoleAssignment,
)

Row = TypeVar("Row", bound=Model)
PLACE = ("kind", "starts_on", "starts_from", "ends_by", "ends_on", "room")
WIDE = ("topic", "label", "module", "room")
OF_READING = (
    "title",
    "url",
    "authors",
    "venue",
    "year",
    "is_required",
    "sections",
    "note",
)


class _AbstractForms(ABCMeta, ModelFormMetaclass):
    """The class of forms that must say some things before one can be made."""


class ActingForm(forms.ModelForm[Row], metaclass=_AbstractForms):
    """A row's form that makes actions; what they would meet with is said beside the fields.

    Only what was changed on the page is changed: what others changed meanwhile stays.
    """

    actors: ClassVar[list[Actor]] = []
    reason = forms.CharField(
        required=False,
        max_length=500,
        help_text="Stands in the mail to those concerned, and stays in the history.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.wanted: list[Action] = []
        self.initial = {**self.current(), **self.initial}
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "reason"

    @abstractmethod
    def course(self) -> Course:
        """Return the course that the row belongs to."""

    @abstractmethod
    def current(self) -> dict[str, Any]:
        """Return what stands in the row, by the names of the fields that are not its columns."""

    @abstractmethod
    def actions(self, values: dict[str, Any]) -> list[Action]:
        """Return the actions that the changed fields ask for."""

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        standing = {name: getattr(self.instance, name, None) for name in self.fields}
        standing |= self.current()
        changed = {name: cleaned[name] for name in self.changed_data if name in cleaned}
        self.wanted = self.actions({**standing, **changed})
        try:
            with transaction.atomic():
                self.carry_out()
                transaction.set_rollback(True)
        except Refused as refusal:
            raise forms.ValidationError(
                refusal.denied.sentence, code=refusal.denied.code
            ) from refusal
        return cleaned

    def carry_out(self) -> list[Carried]:
        """Carry the actions out, all of them or none."""
        actor, reason, now = self.actor(), self.cleaned_data.get("reason", ""), clock.now()
        with transaction.atomic():
            return [
                carry_out(doing_of(action, reason=reason), actor=actor, reason=reason, now=now)
                for action in self.wanted
            ]

    def actor(self) -> Actor:
        """Return who changes it, as seen by the row's course."""
        course_id = self.course().pk
        for actor in self.actors:
            if actor.course is not None and actor.course.pk == course_id:
                return actor
        return Actor(user_id=None)


class LectureForm(ActingForm[Lecture]):
    """A row of the schedule: when and where it is, and what it says."""

    starts_from = forms.TimeField(label="Begins", required=False, widget=TIME)
    ends_by = forms.TimeField(
        label="Ends",
        required=False,
        widget=TIME,
        help_text="In the course's zone. Without times nothing is due from this row.",
    )

    class Meta:
        model = Lecture
        fields = ("kind", "starts_on", "ends_on", "room", *EDITED)
        widgets = {
            "starts_on": DAY,
            "ends_on": DAY,
            **{name: forms.TextInput(attrs={"size": 60}) for name in WIDE},
            "note": forms.Textarea(attrs={"rows": 3, "cols": 60}),
        }

    @override
    def course(self) -> Course:
        return self.instance.course

    @override
    def current(self) -> dict[str, Any]:
        row = self.instance
        return {
            "starts_from": wall_time(row.starts_at, row.timezone),
            "ends_by": wall_time(row.ends_at, row.timezone),
        }

    @override
    def actions(self, values: dict[str, Any]) -> list[Action]:
        found: list[Action] = []
        changed = set(self.changed_data)
        if changed & set(PLACE):
            place = {name: values[name] for name in PLACE if name != "kind"}
            times = {name: self._time(values[name]) for name in ("starts_from", "ends_by")}
            found.append(
                ChangeMeeting(
                    lecture_id=self.instance.pk, lecture_kind=values["kind"], **{**place, **times}
                )
            )
        if changed & set(EDITED):
            words = {name: values[name] for name in EDITED}
            found.append(EditLecture(lecture_id=self.instance.pk, **words))
        return found

    def _time(self, value: Any) -> Any:
        """Return a time of day, also where it is as it stood."""
        return self.fields["starts_from"].clean(value)


class ReadingForm(ActingForm[Reading]):
    """A reading: its paper, and its place in the lecture."""

    title = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "cols": 60}))
    url = forms.CharField(
        max_length=2000,
        required=False,
        label="Link",
        widget=forms.TextInput(attrs={"size": 60}),
    )
    authors = forms.CharField(max_length=500, required=False)
    venue = forms.CharField(max_length=200, required=False)
    year = forms.IntegerField(required=False, min_value=1000, max_value=9999)

    class Meta:
        model = Reading
        fields = ("is_required", "sections", "note")

    @override
    def course(self) -> Course:
        return self.instance.lecture.course

    @override
    def current(self) -> dict[str, Any]:
        return reading_in_fields(self.instance)

    @override
    def actions(self, values: dict[str, Any]) -> list[Action]:
        if not set(self.changed_data) & set(OF_READING):
            return []
        wanted = {name: values[name] for name in OF_READING}
        return [ChangeReading(reading_id=self.instance.pk, **wanted)]


class ActingAdmin(CourseRecordsAdmin[Row]):
    """Records that whoever may change the schedule changes here by actions; all others only read."""

    acting_form: ClassVar[type[ActingForm[Any]]]
    changed_here: ClassVar[tuple[str, ...]]
    permission = Permission.CHANGE_SCHEDULE

    def course_of(self, obj: Any) -> Course:
        """Return the course that a record belongs to."""
        course: Course = obj.course
        return course

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return any(
            actor.may(self.permission) and (obj is None or actor.course == self.course_of(obj))
            for actor in _actors(request)
        )

    @override
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None or not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        form = self.acting_form
        return type(form.__name__, (form,), {"actors": _actors(request)})

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and self.has_change_permission(request, obj):
            return [*self.changed_here, "reason"]
        return super().get_fields(request, obj)

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        try:
            carried = form.carry_out()
        except Refused as refusal:
            # The course has changed between looking and saving.
            request.refused = True  # type: ignore[attr-defined]  # read below, in this request
            self.message_user(request, refusal.denied.sentence, messages.ERROR)
        else:
            for each in carried:
                self.message_user(request, f"{each.act.sentence} Told: {len(each.told)}.")
        obj.refresh_from_db()

    @override
    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if not _is_refused(request):
            return super().log_change(request, obj, message)
        return None

    @override
    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if _is_refused(request):
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)


def _actors(request: HttpRequest) -> list[Actor]:
    """Return who asks, as seen by each course whose staff they are; read once a request."""
    if not hasattr(request, "staff_actors"):
        request.staff_actors = staff_actors(request.user.pk)  # type: ignore[attr-defined]  # kept
    kept: list[Actor] = request.staff_actors  # type: ignore[attr-defined]  # set above
    return kept


def _is_refused(request: HttpRequest) -> bool:
    return getattr(request, "refused", False)


@admin.register(Lecture)
class LectureAdmin(ActingAdmin[Lecture]):
    acting_form = LectureForm
    changed_here = (*PLACE, *EDITED)
    list_display = ("title", "starts_on", "kind", "module", "course")
    list_filter = ("course", "kind")
    list_select_related = ("course",)
    search_fields = ("topic", "label", "module")
    exclude = ("printed", "withdrawn_at")


@admin.register(Reading)
class ReadingAdmin(ActingAdmin[Reading]):
    acting_form = ReadingForm
    changed_here = OF_READING
    course_path = "lecture__course"
    list_display = ("title", "lecture", "position", "is_required", "sections")
    list_filter = ("lecture__course", "is_required")
    list_select_related = ("lecture__course", "paper")
    search_fields = ("paper__title", "paper__url", "lecture__topic")
    ordering = ("lecture__position", "position")

    @override
    def course_of(self, obj: Any) -> Course:
        course: Course = obj.lecture.course
        return course


@admin.register(Milestone)
class MilestoneAdmin(CourseRecordsAdmin[Milestone]):
    list_display = ("title", "kind", "due_at", "course")
    list_filter = ("course", "kind")
    list_select_related = ("course",)


@admin.register(OtherPresenter)
class OtherPresenterAdmin(CourseRecordsAdmin[OtherPresenter]):
    course_path = "lecture__course"
    list_display = ("name", "kind", "role", "lecture")
    list_filter = ("lecture__course", "kind", "role")
    list_select_related = ("lecture",)
    search_fields = ("name", "lecture__topic")


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(CourseRecordsAdmin[RoleAssignment]):
    course_path = "lecture__course"
    list_display = ("group", "role", "lecture", "assigned_at", "withdrawn_at")
    list_filter = ("lecture__course", "role")
    list_select_related = ("group", "lecture")
    search_fields = ("group__name", "lecture__topic")
    exclude = ("printed",)


@admin.register(Preference)
class PreferenceAdmin(CourseRecordsAdmin[Preference]):
    course_path = "group__course"
    list_display = ("group", "rank", "lecture", "ranked_at", "withdrawn_at")
    list_filter = ("group__course",)
    list_select_related = ("group", "lecture")
    search_fields = ("group__name", "lecture__topic")
