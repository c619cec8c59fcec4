"""The search for a plan: started, watched, stopped; it goes on without anyone watching."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from schedule import policies
from schedule.forms import SolveForm
from schedule.selectors import drafts, searches
from schedule.services import solving


@require_POST
@guard(load=drafts.sheet_of, policy=policies.change_plan)
def solve(request: GuardedRequest, sheet: drafts.Sheet) -> HttpResponse:
    """Let the planner search in the background."""
    form = SolveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was started: choose how long the planner may search.")
        return redirect("plan", request.actor.course.slug)
    try:
        found = solving.ask_solve(
            actor=request.actor, time_limit=form.cleaned_data["seconds"], now=request.now
        )
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
        return redirect("plan", request.actor.course.slug)
    return redirect("plan-search", request.actor.course.slug, found.pk)


@require_safe
@guard(load=searches.search_of, policy=policies.read_plan)
def search(request: GuardedRequest, found: searches.Search) -> HttpResponse:
    """Show how far a search is."""
    return render_page(request, "schedule/plan_search.html", {"search": found})


@require_safe
@guard(load=searches.search_of, policy=policies.read_plan)
def progress(request: GuardedRequest, found: searches.Search) -> HttpResponse:
    """Show the part of that page that changes, for the script that asks for it."""
    context = {"search": found, "course": request.actor.course}
    return render(request, "schedule/plan_progress.html", context)


@require_POST
@guard(load=searches.search_of, policy=policies.change_plan)
def stop(request: GuardedRequest, found: searches.Search) -> HttpResponse:
    """Ask a search to end with the best plan that it has."""
    solving.stop_solve(actor=request.actor, solve_id=found.solve.pk, now=request.now)
    return redirect("plan-search", request.actor.course.slug, found.solve.pk)
