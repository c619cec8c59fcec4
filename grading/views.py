"""Pages of grades."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from courseapp.course import selectors as course_selectors
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from grading import policies
from grading.selectors import awards, queue, standing
from grading.services import releasing


@require_safe
@guard(load=course_selectors.course_of_member, policy=policies.read_own_grades)
def grades(request: GuardedRequest, course: Any) -> HttpResponse:
    """Answer: what do I have, from what, what is still open?"""
    found = standing.standing_of(request.actor, now=request.now)
    context = {
        "standing": found,
        "segments": standing.segments_of(found),
        "summary": f"Of 100 points, {found.earned} earned, {found.lost} lost, {found.open} open.",
    }
    return render_page(request, "grading/grades.html", context)


@require_safe
@guard(load=awards.grading_parts, policy=policies.read_grading)
def grading(request: GuardedRequest, parts: list[awards.GradingPart]) -> HttpResponse:
    """List every part with what is in, graded and released."""
    return render_page(request, "grading/grading.html", {"parts": parts})


@require_safe
@guard(load=awards.part_visible_to, policy=policies.read_grading)
def grading_part(request: GuardedRequest, part: Any) -> HttpResponse:
    """List the owners of one part, the ungraded first, each with the way to grade it."""
    context = {
        "queue": queue.queue_of(
            request.actor,
            part,
            now=request.now,
            lecture_id=request.GET.get("lecture"),
            page=request.GET.get("page"),
        ),
        "may_release": policies.release(request.actor, part, now=request.now),
        "preview": releasing.preview(part, now=request.now),
    }
    return render_page(request, "grading/part.html", context)


@require_POST
@guard(load=awards.part_visible_to, policy=policies.release)
def release(request: GuardedRequest, part: Any) -> HttpResponse:
    """Let students see the part's grades."""
    releasing.release(actor=request.actor, part_id=part.pk, now=request.now)
    messages.success(request, f"{part} is released; those who have a grade are told.")
    return redirect("grading-part", request.actor.course.slug, part.pk)


@require_POST
@guard(load=awards.part_visible_to, policy=policies.release)
def take_back(request: GuardedRequest, part: Any) -> HttpResponse:
    """Hide the part's grades again."""
    releasing.take_back(actor=request.actor, part_id=part.pk, now=request.now)
    messages.success(request, f"{part} is hidden from students again.")
    return redirect("grading-part", request.actor.course.slug, part.pk)
