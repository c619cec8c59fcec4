"""What came in: for staff, live before a deadline."""

import csv
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from courseapp.course import policies as course_policies
from courseapp.course.selectors import course_of_member
from courseapp.kernel.decisions import Refused
from courseapp.kernel.fragments import edition
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.templatetags.times import time_in_zone
from submissions import documents, policies
from submissions.selectors import archives, came_in, came_in_list, came_in_page
from submissions.services.reminding import remind_by_hand

MAX_SEARCH_LENGTH = 100


@require_safe
@guard(load=course_of_member, policy=course_policies.read_as_staff)
def what_came_in(request: GuardedRequest, course: Any) -> HttpResponse:
    """List what is due with how many have it, what falls due next first."""
    found = came_in_list.came_in_list(
        request.actor,
        now=request.now,
        lecture=request.GET.get("lecture"),
        kind=request.GET.get("kind"),
        shows_all="all" in request.GET,
    )
    made = archives.archives_of(course, lecture=found.lecture, kind=found.kind, now=request.now)
    return render_page(request, "submissions/came_in.html", {"found": found, "archives": made})


@require_safe
@guard(load=came_in.deliverable_of, policy=course_policies.read_as_staff)
def came_in_for(request: GuardedRequest, deliverable: Any) -> HttpResponse:
    """Show who has handed in and who has not."""
    return render_page(
        request,
        "submissions/came_in_for.html",
        {**_context(request, deliverable), "etag": _etag(request, deliverable)},
    )


@require_safe
@guard(load=came_in.deliverable_of, policy=course_policies.read_as_staff)
def came_in_live(request: GuardedRequest, deliverable: Any) -> HttpResponse:
    """Give the parts of that page that change, or say that nothing has changed."""
    etag = _etag(request, deliverable)
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        context = {
            **_context(request, deliverable),
            "course": request.actor.course,
            "now": request.now,
        }
        answer = render(request, "submissions/came_in_live.html", context)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Updated"] = time_in_zone(request.now, request.actor.course.timezone)
    return answer


def _context(request: GuardedRequest, deliverable: Any) -> dict[str, Any]:
    sheet = came_in_page.sheet_of(deliverable, now=request.now, wanted=_wanted(request))
    return {
        "sheet": sheet,
        "may_remind": policies.remind(request.actor, sheet.reminding, now=request.now),
        "may_extend": policies.give_time(request.actor, request.actor.course),
        "may_keep_off": policies.keep_off_schedule(request.actor, deliverable, now=request.now),
    }


def _wanted(request: GuardedRequest) -> came_in.Wanted:
    """Read what the reader looks for; what cannot be looked for looks for all."""
    show = request.GET.get("show", "")
    words = request.GET.get("q", "").strip()
    return came_in.Wanted(
        show=came_in.Show(show) if show in set(came_in.Show) else came_in.Show.ALL,
        words=words[:MAX_SEARCH_LENGTH],
        page=request.GET.get("page"),
    )


def _etag(request: GuardedRequest, deliverable: Any) -> str:
    """Name the state of the page: what it shows, of which choice, by which templates."""
    state = came_in.fingerprint_of(deliverable, now=request.now)
    choice = "|".join(request.GET.get(name, "") for name in ("show", "q", "page"))
    digest = sha256(f"{edition()}|{choice}|{state}".encode()).hexdigest()
    return f'"{digest[:32]}"'


@require_safe
@guard(load=came_in.deliverable_of, policy=course_policies.read_as_staff)
def came_in_table(request: GuardedRequest, deliverable: Any) -> HttpResponse:
    """Give the list as a table to take along."""
    lines = came_in.all_lines(deliverable, now=request.now)
    name = f"{deliverable.course.slug} {came_in.words_of(deliverable)}"
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = documents.as_attachment(name, ".csv")
    csv.writer(response).writerows(documents.came_in_rows(lines, zone=deliverable.course.timezone))
    return response


@require_POST
@guard(load=came_in.deliverable_of, policy=course_policies.read_as_staff)
def remind(request: GuardedRequest, deliverable: Any) -> HttpResponse:
    """Send the reminder of a deliverable to those who still owe it."""
    try:
        count = remind_by_hand(actor=request.actor, deliverable_id=deliverable.pk, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        _say_reminded(request, count)
    return redirect("came-in-for", request.actor.course.slug, deliverable.pk)


def _say_reminded(request: GuardedRequest, count: int) -> None:
    if count == 0:
        messages.warning(request, "Nobody who owes it still has time, so nobody was reminded.")
        return
    people = "1 person" if count == 1 else f"{count:,} people"
    messages.success(request, f"A reminder goes to {people}.")
