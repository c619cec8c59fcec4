"""Grading in Django's admin: add-only, and through the service like everywhere else."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from typing_extensions import override

from courseapp.course.actors import Actor, Permission
from courseapp.course.selectors import staff_actors
from courseapp.kernel import clock
from courseapp.kernel.decisions import Denied
from grading.models import Grade, Part
from grading.selectors.awards import grades_in_admin
from grading.services.awarding import Wish, award, may_award


class GradeForm(forms.ModelForm[Grade]):
    """An award: one part, one owner, points."""

    actors: list[Actor] = []

    class Meta:
        model = Grade
        fields = ("part", "deliverable", "group", "enrollment", "points", "comment", "reason")

    @override
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if (cleaned.get("group") is None) == (cleaned.get("enrollment") is None):
            raise forms.ValidationError("Name one owner: either a group or a student.")
        decision = may_award(actor=self.actor(), wish=self.wish(), now=clock.now())
        if isinstance(decision, Denied):
            raise forms.ValidationError(decision.sentence, code=decision.code)
        return cleaned

    def actor(self) -> Actor:
        """Return who grades, as seen by the part's course."""
        course_id = self.cleaned_data["part"].component.course_id
        for actor in self.actors:
            if actor.course is not None and actor.course.pk == course_id:
                return actor
        return Actor(user_id=None)

    def wish(self) -> Wish:
        """Return what was entered, for the service."""
        names = ("part", "deliverable", "group", "enrollment", "points", "comment", "reason")
        return Wish(**{name: self.cleaned_data[name] for name in names})


@admin.register(Grade)
class GradeAdmin(admin.ModelAdmin[Grade]):
    """The awards of the courses whose staff one is; the latest for an owner is current."""

    form = GradeForm
    list_display = ("part", "owner", "points", "awarded_by", "awarded_at")
    list_filter = ("part__component__course", "part")
    search_fields = ("enrollment__name", "enrollment__student_id", "group__name")
    # Not autocomplete: its script sets inline styles, which our content policy refuses.
    raw_id_fields = ("deliverable", "group", "enrollment")
    list_select_related = ("part__component", "enrollment", "group", "awarded_by")

    @admin.display(description="owner")
    def owner(self, grade: Grade) -> str:
        """Name the group or the student."""
        return str(grade.group or grade.enrollment)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Grade]:
        return grades_in_admin(request.user.pk)

    @override
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"actors": staff_actors(request.user.pk)})

    @override
    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "part":
            courses = [actor.course for actor in staff_actors(request.user.pk)]
            kwargs["queryset"] = Part.objects.filter(component__course__in=courses).select_related(
                "component"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @override
    def save_model(self, request: HttpRequest, obj: Grade, form: Any, change: bool) -> None:
        made = award(actor=form.actor(), wish=form.wish(), now=clock.now())
        obj.pk = made.pk
        obj.awarded_by, obj.awarded_at = made.awarded_by, made.awarded_at

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_grader(request)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Grade | None = None) -> bool:
        return self._is_grader(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_grader(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Grade | None = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Grade | None = None) -> bool:
        return False

    def _is_grader(self, request: HttpRequest) -> bool:
        actors = staff_actors(request.user.pk)
        return any(actor.may(Permission.AWARD_GRADES) for actor in actors)
