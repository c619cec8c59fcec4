"""What is due and what came in, in Django's admin: to be read; and handing in for an owner."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from typing_extensions import override

from courseapp.course.actors import Actor
from courseapp.course.admin import CourseRecordsAdmin
from courseapp.course.selectors import staff_actors
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from submissions.models import (
    Deliverable,
    Submission,
    SubmissionVersion,
    TextDraft,
    Upload,
    VersionCheck,
)
from submissions.services.appending import Receipt
from submissions.services.handing_in_for import ForOwner, hand_in_for


@admin.register(Deliverable)
class DeliverableAdmin(CourseRecordsAdmin[Deliverable]):
    list_display = ("kind", "lecture", "reading", "due_at", "late_policy", "withdrawn_at")
    list_filter = ("course", "kind", "late_policy")
    list_select_related = ("lecture", "reading__paper")
    search_fields = ("kind", "lecture__topic", "reading__paper__title")


class HandInForForm(forms.ModelForm[Submission]):
    """A file or a text, handed in for its owner; what cannot be taken is said beside the fields."""

    actors: ClassVar[list[Actor]] = []
    received_at: ClassVar[datetime]
    receipt: Receipt

    file = forms.FileField(required=False)
    text = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 60}),
        help_text="In place of a file, where it is written as text.",
    )
    reason = forms.CharField(
        max_length=500,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="Why it is handed in for them; it is kept with the version.",
    )

    class Meta:
        model = Submission
        fields = ("deliverable", "group", "enrollment")

    @override
    def full_clean(self) -> None:
        """Hand in as the very last step, when nothing else can find fault with the form."""
        super().full_clean()
        if self.errors or not self.is_bound:
            return
        try:
            self.receipt = hand_in_for(
                actor=self._actor(), wish=self._wish(), received_at=self.received_at
            )
        except Refused as refusal:
            self.add_error(None, refusal.denied.sentence)

    def _get_validation_exclusions(self) -> set[str]:
        """An owner's submission may be there: then the work becomes its next version."""
        # A hook of the library's forms that its stubs do not know.
        return {field.name for field in Submission._meta.fields}

    def _actor(self) -> Actor:
        """Return who hands in, as seen by the course in which it is due."""
        course_id = self.cleaned_data["deliverable"].course_id
        for actor in self.actors:
            if actor.course is not None and actor.course.pk == course_id:
                return actor
        return Actor(user_id=None)

    def _wish(self) -> ForOwner:
        cleaned = self.cleaned_data
        return ForOwner(
            deliverable_id=cleaned["deliverable"].pk,
            enrollment_id=cleaned["enrollment"] and cleaned["enrollment"].pk,
            group_id=cleaned["group"] and cleaned["group"].pk,
            reason=cleaned["reason"],
            upload=cleaned["file"],
            text=cleaned["text"],
        )


@admin.register(Submission)
class SubmissionAdmin(CourseRecordsAdmin[Submission]):
    """What an owner handed in; adding one hands in for its owner."""

    course_path = "deliverable__course"
    list_display = ("deliverable", "group", "enrollment")
    list_filter = ("deliverable__course", "deliverable__kind")
    list_select_related = (
        "deliverable__lecture",
        "deliverable__reading__paper",
        "group",
        "enrollment",
    )
    search_fields = ("group__name", "enrollment__name", "enrollment__student_id")
    # Not autocomplete: its script sets inline styles, which our content policy refuses.
    raw_id_fields = ("deliverable", "group", "enrollment")

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @override
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        # Read once, when the last byte of the body is in, before anything is asked (domain.md §3).
        _ = request.POST
        form = super().get_form(request, obj, change=change, form=HandInForForm, **kwargs)
        own = {"actors": staff_actors(request.user.pk), "received_at": clock.now()}
        return type("HandInForForm", (form,), own)

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fields(request, obj)
        return ("deliverable", "group", "enrollment", "file", "text", "reason")

    @override
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "title": "Hand in for an owner"}
        return super().add_view(request, form_url, context)

    @override
    def save_model(self, request: HttpRequest, obj: Submission, form: Any, change: bool) -> None:
        obj.pk = form.receipt.version.submission_id

    @override
    def response_add(
        self, request: HttpRequest, obj: Submission, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        newest = obj.versions.order_by("-number")[0]
        sentence = f"Version {newest.number}, receipt {newest.receipt_code}; its owners are told."
        self.message_user(request, sentence, messages.INFO)
        return response


@admin.register(SubmissionVersion)
class SubmissionVersionAdmin(CourseRecordsAdmin[SubmissionVersion]):
    course_path = "submission__deliverable__course"
    list_display = ("submission", "number", "received_at", "handed_in_by", "door", "medium", "size")
    list_select_related = ("submission__deliverable", "handed_in_by")
    list_filter = ("submission__deliverable__course", "submission__deliverable__kind", "door")
    search_fields = ("receipt_code", "sha256", "file_name", "reason")
    exclude = ("file_key", "idempotency_key")


@admin.register(TextDraft)
class TextDraftAdmin(CourseRecordsAdmin[TextDraft]):
    course_path = "submission__deliverable__course"
    list_display = ("submission", "received_at", "written_by", "revision", "settled_at")
    list_select_related = ("submission", "written_by")
    list_filter = ("submission__deliverable__course", "submission__deliverable__kind")


@admin.register(Upload)
class UploadAdmin(CourseRecordsAdmin[Upload]):
    course_path = "deliverable__course"
    list_display = ("deliverable", "begun_by", "file_name", "length", "begun_at", "outcome")
    list_select_related = ("deliverable__lecture", "deliverable__reading__paper", "begun_by")
    list_filter = ("deliverable__course", "deliverable__kind", "outcome")
    search_fields = ("file_name", "begun_by__name")
    # Its code is its address: whoever holds it writes there.
    exclude = ("code", "staging_key", "idempotency_key", "version")


@admin.register(VersionCheck)
class VersionCheckAdmin(CourseRecordsAdmin[VersionCheck]):
    course_path = "version__submission__deliverable__course"
    list_display = ("version", "state", "attempt_count", "asked_at", "checked_at")
    list_select_related = ("version",)
    list_filter = ("version__submission__deliverable__course", "state")
