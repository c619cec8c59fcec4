"""Answering what is proposed after an outage."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.term import outages


@require_POST
@guard(load=outages.deliverable_of, policy=outages.may_answer)
def answer_outage(request: GuardedRequest, deliverable: Any) -> HttpResponse:
    """Give more time for what an outage took, or leave it."""
    slug = request.actor.course.slug
    try:
        act = outages.answer_proposal(
            actor=request.actor,
            deliverable_id=deliverable.pk,
            gives=request.POST.get("answer") == "give",
            now=request.now,
        )
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
        return redirect("home", slug)
    if act is None:
        messages.success(request, "Left as it is. It is not proposed again.")
    else:
        messages.success(request, act.sentence, extra_tags=reverse("undo", args=[slug, act.pk]))
    return redirect("home", slug)
