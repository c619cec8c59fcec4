"""Actions on a course: prepared, looked at, carried out, listed, undone."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courseapp.course import policies as course_policies
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.guard import GuardedRequest, guard, public
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import reason_of
from courseapp.term import desks
from courseapp.term.acts.carrying_out import Carried, Doing, carry_out_as_shown, doing_of
from courseapp.term.acts.drafting import note_in_draft
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.forms.acting import ActForm


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=desks.desk_of, policy=desks.use_desk)
def act(request: GuardedRequest, desk: desks.Desk) -> HttpResponse:
    """Prepare an action (GET), then show what it would do, note it in the draft, or carry it out."""
    options: Any = {"course": desk.course, "now": request.now}
    if request.method != "POST":
        form = desk.form_class(initial=request.GET.dict(), **options)
        return _form_page(request, desk, form)
    form = desk.form_class(request.POST, initial=request.POST.dict(), **options)
    step = request.POST.get("step", "look")
    if not form.is_valid() or step == "edit":
        return _form_page(request, desk, form, status=200 if form.is_valid() else 422)
    action, reason = form.action(), reason_of(request.POST.get("reason", ""))
    doing = doing_of(action, reason=reason)
    try:
        if step == "note":
            note_in_draft(actor=request.actor, action=action, reason=reason, now=request.now)
            messages.success(request, "Noted in the draft. Nobody sees it until it is published.")
            return redirect("draft", desk.course.slug)
        if step == "do":
            return _carried_out(request, doing, reason=reason)
        return _preview_page(request, desk, doing, reason=reason)
    except Refused as refusal:
        if refusal.denied.code == "changed_since":
            messages.error(request, refusal.denied.sentence)
            return _preview_page(request, desk, doing, reason=reason, status=409)
        form.add_error(None, refusal.denied.sentence)
        return _form_page(request, desk, form, status=422)


def _form_page(
    request: GuardedRequest, desk: desks.Desk, form: ActForm, *, status: int = 200
) -> HttpResponse:
    context = {"desk": desk, "form": form, "reason": request.POST.get("reason", "")}
    return render_page(request, "term/act.html", context, status=status)


def _preview_page(
    request: GuardedRequest, desk: desks.Desk, doing: Doing, *, reason: str, status: int = 200
) -> HttpResponse:
    preview = desks.preview_of(doing, actor=request.actor, reason=reason, now=request.now)
    context = {
        "desk": desk,
        "preview": preview,
        "kept": desks.kept_fields(request.POST),
        "reason": reason,
    }
    return render_page(request, "term/preview.html", context, status=status)


def _carried_out(request: GuardedRequest, doing: Doing, *, reason: str) -> HttpResponse:
    carried = carry_out_as_shown(
        doing,
        actor=request.actor,
        reason=reason,
        now=request.now,
        choices=desks.choices_in(request.POST),
        shown=request.POST.get("shown", ""),
    )
    _say(request, carried)
    return redirect("changes", request.actor.course.slug)


def _say(request: GuardedRequest, carried: Carried) -> None:
    """Say what was done, with the way back."""
    course = request.actor.course
    messages.success(
        request,
        carried.act.sentence,
        extra_tags=reverse("undo", args=[course.slug, carried.act.pk]),
    )


@require_safe
@public(
    "Anyone may read what changed in a published course's schedule.",
    load=desks.changes_of_course,
    policy=course_policies.read_page,
)
def changes(request: GuardedRequest, course: Any) -> HttpResponse:
    """List what was changed: all for staff, what concerns the schedule for everyone."""
    found = desks.list_changes(request.actor, course, page=request.GET.get("page"))
    return render_page(request, "term/changes.html", {"changes": found})


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=desks.act_of, policy=desks.undo)
def undo(request: GuardedRequest, act: Any) -> HttpResponse:
    """Show what undoing an act would do, or what stands against it; a POST undoes it."""
    reason = reason_of(request.POST.get("reason", ""))
    if request.method != "POST":
        return _undo_page(request, act, reason=reason)
    try:
        return _carried_out(request, undoing_of(act), reason=reason)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
        return _undo_page(request, act, reason=reason, status=409)


def _undo_page(
    request: GuardedRequest, act: Any, *, reason: str, status: int = 200
) -> HttpResponse:
    found = desks.undo_preview(request.actor, act, reason=reason, now=request.now)
    denied = found if isinstance(found, Denied) else None
    preview = None if isinstance(found, Denied) else found
    context = {"act": act, "preview": preview, "denied": denied, "reason": reason}
    return render_page(request, "term/undo.html", context, status=status)
