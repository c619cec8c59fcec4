"""The plan of roles: the grid, its cells, exchanges, and drafts beside each other."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from schedule import policies
from schedule.forms import CellForm, ExchangeForm, SettleForm, SolveForm
from schedule.selectors import changes, drafts
from schedule.selectors import plan_cell as cells
from schedule.selectors import plan_page as pages
from schedule.services import drafting


@require_safe
@guard(load=pages.plan_page, policy=policies.read_plan)
def plan(request: GuardedRequest, page: pages.PlanPage) -> HttpResponse:
    """Show the newest draft of the plan, or an older one."""
    context = {"page": page, "sheet": page.sheet, "solve_form": SolveForm()}
    return render_page(request, "schedule/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=cells.cell_page, policy=policies.change_plan)
def cell(request: GuardedRequest, page: cells.CellPage) -> HttpResponse:
    """Show what a group could play in a lecture; a POST lets it."""
    if request.method != "POST":
        held = page.roles[0].value if page.roles else ""
        return _cell_page(
            request, page, CellForm(names=page.names, initial={"role": held, "replaces": True})
        )
    form = CellForm(request.POST, names=page.names)
    if not form.is_valid():
        return _cell_page(request, page, form, status=422)
    try:
        draft = drafting.edit_cell(
            actor=request.actor,
            number=page.sheet.number,
            edit=form.edit(group_id=page.group.pk, lecture_id=page.lecture.pk),
            now=request.now,
        )
    except Refused as refusal:
        form.add_error(None, refusal.denied.sentence)
        return _cell_page(request, page, form, status=409)
    messages.success(request, f"Draft {draft.number}: {draft.change}")
    return redirect("plan", request.actor.course.slug)


@require_POST
@guard(load=cells.cell_page, policy=policies.change_plan)
def settle(request: GuardedRequest, page: cells.CellPage) -> HttpResponse:
    """Fix a cell, rule it out, or note that the group is away."""
    form = SettleForm(request.POST, names=page.names)
    if not form.is_valid():
        return _cell_page(request, page, CellForm(names=page.names), settle_form=form, status=422)
    try:
        drafting.settle_cell(
            actor=request.actor,
            wish=form.settlement(group_id=page.group.pk, lecture_id=page.lecture.pk),
            now=request.now,
        )
    except Refused as refusal:
        form.add_error(None, refusal.denied.sentence)
        return _cell_page(request, page, CellForm(names=page.names), settle_form=form, status=409)
    messages.success(request, "Settled. The planner keeps to it from now on.")
    return redirect("plan", request.actor.course.slug)


def _cell_page(
    request: GuardedRequest,
    page: cells.CellPage,
    form: CellForm,
    *,
    settle_form: SettleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "sheet": page.sheet,
        "form": form,
        "options": list(zip(form["role"], page.choices, strict=True)),
        "settle_form": settle_form or SettleForm(names=page.names),
    }
    return render_page(request, "schedule/plan_cell.html", context, status=status)


@require_POST
@guard(load=drafts.sheet_of, policy=policies.change_plan)
def lift(request: GuardedRequest, sheet: drafts.Sheet) -> HttpResponse:
    """Lift what was settled about a cell."""
    settled = request.POST.get("settled", "")
    return _back_to_plan(
        request,
        lambda: drafting.lift_settlement(
            actor=request.actor,
            settled_id=int(settled) if settled.isdecimal() else 0,
            now=request.now,
        ),
        said="Lifted. The planner is free there again.",
    )


@require_POST
@guard(load=drafts.sheet_of, policy=policies.change_plan)
def exchange(request: GuardedRequest, sheet: drafts.Sheet) -> HttpResponse:
    """Let two groups trade one role, as the page offered it."""
    form = ExchangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was exchanged: this exchange is not offered any more.")
        return redirect("plan", request.actor.course.slug)
    first, second = form.cells()
    return _back_to_plan(
        request,
        lambda: drafting.exchange(
            actor=request.actor,
            number=sheet.number,
            first=first,
            second=second,
            now=request.now,
        ),
    )


@require_POST
@guard(load=drafts.sheet_of, policy=policies.change_plan)
def resume(request: GuardedRequest, sheet: drafts.Sheet) -> HttpResponse:
    """Go on from an older draft."""
    return _back_to_plan(
        request,
        lambda: drafting.resume_draft(actor=request.actor, number=sheet.number, now=request.now),
    )


def _back_to_plan(request: GuardedRequest, act: Any, *, said: str = "") -> HttpResponse:
    """Act, say what came of it on the plan's page, and lead there."""
    try:
        draft = act()
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, said or f"Draft {draft.number}: {draft.change}")
    return redirect("plan", request.actor.course.slug)


@require_safe
@guard(load=changes.compared, policy=policies.read_plan)
def compare(request: GuardedRequest, comparison: changes.Comparison) -> HttpResponse:
    """Show what changes for whom from one plan to another."""
    return render_page(request, "schedule/plan_compare.html", {"comparison": comparison})
