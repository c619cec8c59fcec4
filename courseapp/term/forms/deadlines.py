"""The form by which a deadline is extended."""

from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from typing_extensions import override

from courseapp.course.models import Enrollment, ExtensionPolicy
from courseapp.kernel.templatetags.times import in_zone
from courseapp.term.acts.action import Action
from courseapp.term.acts.deadlines import OVERRIDDEN, ExtendDeadline
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.people import GroupChoice, StudentChoice, fit_groups
from courseapp.term.forms.rows import TIME, DayField, offer
from submissions.deadlines import milestone_instant
from submissions.emails import deliverable_words
from submissions.models import Deliverable


class DeliverableChoice(forms.ModelChoiceField[Deliverable]):
    """Something that is due, by what it is and when."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Deliverable.objects.none(), **options)

    @override
    def label_from_instance(self, obj: Any) -> str:
        return f"{deliverable_words(obj)}, {in_zone(obj.due_at, obj.course.timezone)}"


class ExtendDeadlineForm(ActForm):
    """More time for one owner, or for all."""

    makes: ClassVar[type[Action]] = ExtendDeadline

    deliverable = DeliverableChoice(label="What is due")
    group = GroupChoice(label="For a group", required=False)
    enrollment = StudentChoice(
        required=False, help_text="With no group and no student, it is extended for all."
    )
    day = DayField(label="Until", required=False)
    time = forms.TimeField(
        label="At", required=False, widget=TIME, help_text="Empty: the end of that day."
    )
    takes_back = forms.BooleanField(label="Take back the time that was given", required=False)

    @override
    def fit(self) -> None:
        if self.course.extensions == ExtensionPolicy.NONE:
            self.fields["deliverable"].help_text = OVERRIDDEN
        due = Deliverable.objects.filter(
            course=self.course, withdrawn_at__isnull=True, due_at__isnull=False
        )
        offer(self, "deliverable", due.select_related("course", "lecture", "reading__paper"))
        fit_groups(self, "group")
        students = Enrollment.objects.active().students().filter(course=self.course)
        offer(self, "enrollment", students.order_by("name", "pk"))
        self.fields["enrollment"].label = "For a student"

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "day" not in self.errors and bool(cleaned.get("day")) == bool(cleaned.get("takes_back")):
            self.add_error("day", "Give the day until which there is time, or take time back.")
        return cleaned

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        zone = ZoneInfo(self.course.timezone)
        day = cleaned["day"]
        until = day and milestone_instant(day=day, at=cleaned["time"], zone=zone)
        group, student = cleaned["group"], cleaned["enrollment"]
        return {
            "deliverable_id": cleaned["deliverable"].pk,
            "due_at": until or None,
            "group_id": group and group.pk,
            "enrollment_id": student and student.pk,
        }


DEADLINE_FORMS: tuple[type[ActForm], ...] = (ExtendDeadlineForm,)
