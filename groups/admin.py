"""Groups in Django's admin, to be read."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from typing_extensions import override

from courseapp.course.admin import CourseRecordsAdmin
from groups.models import Group, InterestsLine, Invitation, JoinLink, JoinRequest, Membership

Record = TypeVar("Record", bound=Model)


class RecordsInline(admin.TabularInline[Record, Group]):
    """Rows of a group: whoever sees the group sees them, and they change by services only."""

    fk_name = "group"
    extra = 0

    @override
    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return True

    @override
    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    @override
    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class MembershipInline(RecordsInline[Membership]):
    """Who is and was in the group."""

    model = Membership
    fields = ("enrollment", "seat", "starts_at", "ends_at", "start_reason", "end_reason")


class InvitationInline(RecordsInline[Invitation]):
    """Whom the group has invited."""

    model = Invitation
    fields = ("enrollment", "invited_by", "made_at", "outcome", "ended_at", "ended_by")


class JoinRequestInline(RecordsInline[JoinRequest]):
    """Who has asked to join."""

    model = JoinRequest
    fields = ("enrollment", "message", "made_at", "outcome", "ended_at", "ended_by")


class JoinLinkInline(RecordsInline[JoinLink]):
    """The group's links; their secrets are no column."""

    model = JoinLink
    fields = ("made_by", "made_at", "ended_at", "ended_by")


@admin.register(Group)
class GroupAdmin(CourseRecordsAdmin[Group]):
    list_display = ("name", "course", "interests", "formed_at", "dissolved_at")
    list_filter = ("course",)
    search_fields = ("name", "interests")
    inlines = (MembershipInline, InvitationInline, JoinRequestInline, JoinLinkInline)


@admin.register(InterestsLine)
class InterestsLineAdmin(CourseRecordsAdmin[InterestsLine]):
    course_path = "enrollment__course"
    list_display = ("enrollment", "text")
    list_filter = ("enrollment__course",)
    search_fields = ("enrollment__name", "text")
