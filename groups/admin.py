"""Groups in Django's admin, to be read."""

from typing import Any

from django.contrib import admin
from typing_extensions import override

from courseapp.course.admin import CourseRecordsAdmin
from groups.models import Group, Membership


class MembershipInline(admin.TabularInline[Membership, Group]):
    """Who is and was in the group."""

    model = Membership
    fields = ("enrollment", "seat", "starts_at", "ends_at", "start_reason", "end_reason")
    fk_name = "group"
    extra = 0

    @override
    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Whoever sees the group sees its members."""
        return True

    @override
    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Members change by services."""
        return False

    @override
    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Members change by services."""
        return False

    @override
    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Members are never deleted."""
        return False


@admin.register(Group)
class GroupAdmin(CourseRecordsAdmin[Group]):
    list_display = ("name", "course", "formed_at", "dissolved_at")
    list_filter = ("course",)
    search_fields = ("name",)
    inlines = (MembershipInline,)
