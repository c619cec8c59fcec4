"""The calendar feeds, and the page on which a person gets their link."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_POST, require_safe

from courseapp.course import policies as course_policies
from courseapp.course import selectors as course_selectors
from courseapp.kernel.guard import GuardedRequest, guard, public
from courseapp.kernel.page import render_page
from courseapp.term.calendars import feeds, links

FRESH_SECONDS = 900


@require_safe
@public(
    "Anyone may subscribe to the calendar of a published course.",
    load=feeds.feed_of_course,
    policy=course_policies.read_page,
)
def course_feed(request: GuardedRequest, feed: feeds.Feed) -> HttpResponseBase:
    """Give out the course's public calendar."""
    return _calendar(request, feed)


@require_safe
@public(
    "A calendar program holds the secret and cannot sign in.",
    load=feeds.feed_of_person,
    policy=course_policies.read_page,
)
def person_feed(request: GuardedRequest, feed: feeds.Feed) -> HttpResponseBase:
    """Give out the calendar of the person whose secret was sent."""
    return _calendar(request, feed)


@require_safe
@guard(load=links.calendar_page, policy=course_policies.read_course)
def calendar(request: GuardedRequest, page: links.CalendarPage) -> HttpResponse:
    """Show both calendars and how a program subscribes to them."""
    return _page(request, page)


@require_POST
@guard(load=links.calendar_page, policy=course_policies.read_course)
def make_calendar_link(request: GuardedRequest, page: links.CalendarPage) -> HttpResponse:
    """Make a new link and show it, this once."""
    secret = links.make_link(actor=request.actor, now=request.now)
    made = links.calendar_page(request.actor, now=request.now)
    assert made is not None
    response = _page(request, made, path=reverse("person-feed", args=[secret]))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@guard(load=course_selectors.course_of_member, policy=course_policies.read_course)
def revoke_calendar_link(request: GuardedRequest, course: Any) -> HttpResponse:
    """Let the person's link open nothing any more."""
    links.revoke_link(actor=request.actor, now=request.now)
    messages.success(request, "The link is revoked: calendars that used it stay as they were.")
    return redirect("calendar", course.slug)


def _page(
    request: GuardedRequest, page: links.CalendarPage, *, path: str | None = None
) -> HttpResponse:
    public_path = reverse("course-feed", args=[page.course.slug])
    context = {
        "page": page,
        "public_address": f"{settings.BASE_URL}{public_path}",
        "own_address": None if path is None else f"{settings.BASE_URL}{path}",
        "own_webcal": None if path is None else _webcal(path),
        "public_webcal": _webcal(public_path),
    }
    return render_page(request, "term/calendar.html", context)


def _webcal(path: str) -> str:
    """The address in the form that opens a calendar program."""
    return f"webcal://{settings.BASE_URL.split('//')[1]}{path}"


def _calendar(request: HttpRequest, feed: feeds.Feed) -> HttpResponseBase:
    """The feed, or 304 where the program has exactly this already.

    Only the ETag decides: what left a calendar has no newer date than what stayed.
    """
    response = HttpResponse(feed.content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = feed.etag
    response["Last-Modified"] = http_date(feed.changed_at.timestamp())
    response["Content-Disposition"] = f'inline; filename="{feed.file_name}"'
    kept_by = "private" if feed.is_personal else "public"
    response["Cache-Control"] = f"{kept_by}, max-age={FRESH_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    found = get_conditional_response(request, etag=feed.etag, response=response)
    return response if found is None else found
