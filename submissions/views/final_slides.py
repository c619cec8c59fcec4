"""Final slides on the schedule: read by those whom the course lets, kept off and put back by staff."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from courseapp.kernel import files
from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard, public
from courseapp.kernel.ranges import Outgoing, file_answer
from submissions import policies
from submissions.selectors import final_slides as slides
from submissions.services import holding


@require_safe
@public(
    "Final slides are published on the schedule, for anyone or for the class.",
    load=slides.final_slides,
    policy=policies.read_final_slides,
)
def final_slides(request: GuardedRequest, found: slides.FinalSlides) -> HttpResponseBase:
    """Give out what stands on the schedule now, as a download that no browser runs."""
    version = found.version
    file = files.open_kept(version.file_key)
    outgoing = Outgoing(file, version.size, tag=version.sha256, name=found.name)
    response = file_answer(request, outgoing)
    # What stands there may be replaced or kept off at any moment.
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@guard(load=slides.slides_submission, policy=policies.keep_off_schedule)
def keep_off(request: GuardedRequest, submission: Any) -> HttpResponse:
    """Keep a group's final slides off the schedule, and tell it why."""
    try:
        holding.keep_off(
            actor=request.actor,
            submission_id=submission.pk,
            reason=request.POST.get("reason", ""),
            now=request.now,
        )
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, f"Off the schedule. {submission.group.name} has been told why.")
    return redirect("came-in-for", request.actor.course.slug, submission.deliverable_id)


@require_POST
@guard(load=slides.slides_submission, policy=policies.keep_off_schedule)
def put_back(request: GuardedRequest, submission: Any) -> HttpResponse:
    """Let them stand on the schedule again."""
    try:
        holding.put_back(actor=request.actor, submission_id=submission.pk, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, f"Back on the schedule. {submission.group.name} has been told.")
    return redirect("came-in-for", request.actor.course.slug, submission.deliverable_id)
