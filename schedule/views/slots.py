"""Slots of presentations: opened, placed by the product or by hand."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from schedule import policies
from schedule.forms import ArrangeForm, OpeningForm
from schedule.selectors import slots as pages
from schedule.services import slots as services


@require_safe
@guard(load=pages.slots_page, policy=policies.read_plan)
def slots(request: GuardedRequest, page: pages.SlotsPage) -> HttpResponse:
    """Show the slots of a kind, who is placed where, and what comes next."""
    return _page(request, page)


def _page(
    request: GuardedRequest,
    page: pages.SlotsPage,
    *,
    opening: OpeningForm | None = None,
    status: int = 200,
) -> HttpResponse:
    arrange_form = ArrangeForm(page=page)
    lines = [(line, arrange_form[f"group-{line.group.pk}"]) for line in page.group_lines()]
    context = {
        "page": page,
        "opening": opening or OpeningForm(page=page),
        "page_lines": lines,
    }
    return render_page(request, "schedule/slots.html", context, status=status)


@require_POST
@guard(load=pages.slots_page, policy=policies.change_plan)
def open_slots(request: GuardedRequest, page: pages.SlotsPage) -> HttpResponse:
    """Let the ticked meetings hold slots."""
    form = OpeningForm(request.POST, page=page)
    if not form.is_valid():
        return _page(request, page, opening=form, status=422)
    try:
        services.open_slots(
            actor=request.actor, kind=page.kind, wish=form.opening(), now=request.now
        )
    except Refused as refusal:
        form.add_error(None, refusal.denied.sentence)
        return _page(request, page, opening=form, status=409)
    messages.success(request, "The slots are open: groups can rank them.")
    return redirect("slots", request.actor.course.slug, page.kind)


@require_POST
@guard(load=pages.slots_page, policy=policies.change_plan)
def place(request: GuardedRequest, page: pages.SlotsPage) -> HttpResponse:
    """Let the product place the groups."""
    return _act(
        request,
        page,
        lambda: services.place_in_slots(actor=request.actor, kind=page.kind, now=request.now),
        said="Placed. Nobody has been told yet: look, change, publish.",
    )


@require_POST
@guard(load=pages.slots_page, policy=policies.change_plan)
def arrange(request: GuardedRequest, page: pages.SlotsPage) -> HttpResponse:
    """Place groups by hand."""
    form = ArrangeForm(request.POST, page=page)
    if not form.is_valid():
        messages.error(request, "Nothing was saved: a slot is gone. Look at the page again.")
        return redirect("slots", request.actor.course.slug, page.kind)
    return _act(
        request,
        page,
        lambda: services.arrange_slots(
            actor=request.actor, kind=page.kind, placements=form.placements(), now=request.now
        ),
        said="Saved. Nobody has been told yet: look, change, publish.",
    )


def _act(
    request: GuardedRequest, page: pages.SlotsPage, act: Callable[[], object], *, said: str
) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, said)
    return redirect("slots", request.actor.course.slug, page.kind)
