"""The outbox as people read it."""

from django.core.paginator import Page, Paginator

from courseapp.kernel.models import OutboxMail

PAGE_LENGTH = 50


def letters_of(course_id: int, *, page: str | None) -> Page[OutboxMail]:
    """Return a page of a course's mails, the newest first; a bad page number gives the nearest."""
    mails = OutboxMail.objects.filter(course_id=course_id).order_by("-queued_at", "-pk")
    return Paginator(mails, PAGE_LENGTH).get_page(page)
