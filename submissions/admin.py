"""Deliverables and what came in, in Django's admin, to be read."""

from django.contrib import admin

from courseapp.course.admin import CourseRecordsAdmin
from submissions.models import Deliverable, SubmissionVersion


@admin.register(Deliverable)
class DeliverableAdmin(CourseRecordsAdmin[Deliverable]):
    list_display = ("kind", "lecture", "reading", "due_at", "late_policy")
    list_filter = ("course", "kind")
    list_select_related = ("lecture", "reading__paper")
    search_fields = ("kind", "lecture__topic", "reading__paper__title")


@admin.register(SubmissionVersion)
class SubmissionVersionAdmin(CourseRecordsAdmin[SubmissionVersion]):
    course_path = "submission__deliverable__course"
    list_display = ("submission", "number", "received_at", "handed_in_by", "medium", "size")
    list_select_related = ("submission__deliverable", "handed_in_by")
    list_filter = ("submission__deliverable__kind",)
    search_fields = ("receipt_code", "sha256", "file_name")
    exclude = ("file_key", "idempotency_key")
