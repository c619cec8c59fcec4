"""The course's records in Django's admin: staff read those of their courses; changes go by services."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet, URLField
from django.http import HttpRequest
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.course.selectors import is_staff_somewhere, staff_actors

Record = TypeVar("Record", bound=Model)


class CourseRecordsAdmin(admin.ModelAdmin[Record]):
    """Read-only lists of what belongs to the courses whose staff one is.

    `course_path` leads from the model to its course.
    """

    course_path = "course"

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        courses = [actor.course for actor in staff_actors(request.user.pk)]
        return super().get_queryset(request).filter(**{f"{self.course_path}__in": courses})

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_staff(request)

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_staff(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_staff(request: HttpRequest) -> bool:
    """Say whether staff asks; the admin's frame asks for every model, the database once a request."""
    if not hasattr(request, "is_staff_somewhere"):
        found = is_staff_somewhere(request.user.pk)
        request.is_staff_somewhere = found  # type: ignore[attr-defined]  # kept for this request
    kept: bool = request.is_staff_somewhere  # type: ignore[attr-defined]  # set above
    return kept


@admin.register(Course)
class CourseAdmin(CourseRecordsAdmin[Course]):
    list_display = ("code", "term", "title", "state")
    exclude = ("printed", "printed_columns")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        courses = [actor.course.pk for actor in staff_actors(request.user.pk) if actor.course]
        return Course.objects.filter(pk__in=courses)


@admin.register(Enrollment)
class EnrollmentAdmin(CourseRecordsAdmin[Enrollment]):
    list_display = ("name", "student_id", "email", "role", "state")
    list_filter = ("course", "role", "state")
    search_fields = ("name", "student_id", "email")
    exclude = ("printed",)
