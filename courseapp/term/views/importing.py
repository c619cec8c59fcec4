"""A roster or a schedule brought in by a page: the file, the difference, the consequences, all of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import reason_of
from courseapp.term import desks, importing_desks
from courseapp.term.acts.carrying_out import carry_out_as_shown, doing_of
from courseapp.term.forms.importing import ImportForm
from courseapp.term.importing_desks import Found, ImportDesk


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=importing_desks.roster_desk, policy=importing_desks.use_desk)
def import_roster(request: GuardedRequest, desk: ImportDesk) -> HttpResponse:
    """Bring in a roster over who is in the course."""
    return _bring_in(request, desk)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=importing_desks.schedule_desk, policy=importing_desks.use_desk)
def import_schedule(request: GuardedRequest, desk: ImportDesk) -> HttpResponse:
    """Bring in a schedule over the standing one."""
    return _bring_in(request, desk)


def _bring_in(request: GuardedRequest, desk: ImportDesk) -> HttpResponse:
    """Take the file (GET), show what it changes, then what that means, then carry it out."""
    if request.method != "POST":
        return _file_page(request, desk, desk.form_class())
    form = desk.form_class(request.POST, request.FILES)
    if not form.is_valid():
        return _file_page(request, desk, form, status=422)
    found = desk.read(form)
    if found.difference is None:
        return _file_page(request, desk, form, problems=found.problems, status=422)
    step = request.POST.get("step", "look")
    if step not in {"consider", "do"}:
        return _difference_page(request, desk, form, found)
    try:
        return _considered(request, desk, form, found, is_done=step == "do")
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
        return _difference_page(request, desk, form, found, status=409)


def _considered(
    request: GuardedRequest, desk: ImportDesk, form: ImportForm, found: Found, *, is_done: bool
) -> HttpResponse:
    """Show what the confirmed changes mean, or carry them out."""
    reason = reason_of(request.POST.get("reason", ""))
    doing = doing_of(desk.action(form, found, request.POST), reason=reason)
    if not is_done:
        preview = desks.preview_of(doing, actor=request.actor, reason=reason, now=request.now)
        context = {
            "desk": desk,
            "preview": preview,
            "kept": desks.kept_fields(request.POST),
            "reason": reason,
        }
        return render_page(request, "term/preview.html", context)
    carried = carry_out_as_shown(
        doing,
        actor=request.actor,
        reason=reason,
        now=request.now,
        choices=desks.choices_in(request.POST),
        shown=request.POST.get("shown", ""),
    )
    slug = desk.course.slug
    messages.success(
        request, carried.act.sentence, extra_tags=reverse("undo", args=[slug, carried.act.pk])
    )
    return redirect("changes", slug)


def _file_page(
    request: GuardedRequest,
    desk: ImportDesk,
    form: ImportForm,
    *,
    problems: Any = (),
    status: int = 200,
) -> HttpResponse:
    context = {"desk": desk, "form": form, "problems": problems}
    return render_page(request, "term/import.html", context, status=status)


def _difference_page(
    request: GuardedRequest, desk: ImportDesk, form: ImportForm, found: Found, *, status: int = 200
) -> HttpResponse:
    context = {
        "desk": desk,
        "form": form,
        "problems": found.problems,
        "ticked": {name: request.POST.getlist(name) for name in ("newcomer", "drop")},
        "reason": request.POST.get("reason", ""),
        **desk.shown(found),
    }
    return render_page(request, desk.template, context, status=status)
