"""The schedule as it is edited, and its draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import reason_of
from courseapp.term import desks, draft_desk, schedule_editor
from courseapp.term.acts.drafting import publish_draft, withdraw_from_draft


@require_safe
@guard(load=schedule_editor.editor_of, policy=schedule_editor.edit_schedule)
def edit_schedule(request: GuardedRequest, editor: schedule_editor.Editor) -> HttpResponse:
    """Show every row with what is odd about it and what may be done to it."""
    return render_page(request, "term/schedule.html", {"editor": editor})


@require_safe
@guard(load=draft_desk.draft_page, policy=draft_desk.use_draft)
def draft(request: GuardedRequest, page: draft_desk.DraftPage) -> HttpResponse:
    """Show what the draft holds, and what publishing it would do."""
    return _draft_page(request, page)


@require_POST
@guard(load=draft_desk.draft_page, policy=draft_desk.use_draft)
def publish(request: GuardedRequest, page: draft_desk.DraftPage) -> HttpResponse:
    """Publish the draft as it was shown."""
    reason = reason_of(request.POST.get("reason", ""))
    try:
        carried = publish_draft(
            actor=request.actor,
            action=page.action,
            reason=reason,
            now=request.now,
            choices=desks.choices_in(request.POST),
            shown=request.POST.get("shown", ""),
        )
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
        return _draft_page(request, page, reason=reason, status=409)
    course = request.actor.course
    undo = reverse("undo", args=[course.slug, carried.act.pk])
    messages.success(request, carried.act.sentence, extra_tags=undo)
    return redirect("changes", course.slug)


@require_POST
@guard(load=draft_desk.planned_in_draft, policy=draft_desk.use_draft)
def withdraw(request: GuardedRequest, planned: Any) -> HttpResponse:
    """Take one action out of the draft."""
    withdraw_from_draft(actor=request.actor, planned_id=planned.pk, now=request.now)
    messages.success(request, "Taken out of the draft.")
    return redirect("draft", request.actor.course.slug)


def _draft_page(
    request: GuardedRequest, page: draft_desk.DraftPage, *, reason: str = "", status: int = 200
) -> HttpResponse:
    context = {"page": page, "preview": page.preview, "reason": reason}
    return render_page(request, "term/draft.html", context, status=status)
