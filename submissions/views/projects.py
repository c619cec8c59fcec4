"""Pages of the project: its proposal, what was decided, and who agrees."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from courseapp.course import policies as course_policies
from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from submissions import policies
from submissions.forms import DecisionForm
from submissions.selectors import proposals as cases
from submissions.services import proposing


@require_safe
@guard(load=cases.own_case, policy=course_policies.read_course)
def project(request: GuardedRequest, case: cases.ProposalCase) -> HttpResponse:
    """Show where the group's proposal is, what was said, and who still has to agree."""
    context = {
        "case": case,
        "may_agree": policies.agree_to_proposal(request.actor, case, now=request.now),
    }
    return render_page(request, "submissions/project.html", context)


@require_POST
@guard(load=cases.own_case, policy=policies.agree_to_proposal)
def agree(request: GuardedRequest, case: cases.ProposalCase) -> HttpResponse:
    """Agree to the approved proposal."""
    read = request.POST.get("decision", "")
    proposing.agree(
        actor=request.actor,
        group_id=case.group.pk,
        now=request.now,
        decision_id=int(read) if read.isdecimal() else None,
    )
    messages.success(request, "You agreed to the proposal.")
    return redirect("project", request.actor.course.slug)


@require_safe
@guard(load=cases.all_cases, policy=policies.read_proposals)
def proposals(request: GuardedRequest, found: list[cases.ProposalCase]) -> HttpResponse:
    """List the proposals, those that wait for a decision first."""
    waiting = sum(case.waits_for_decision for case in found)
    context = {"cases": found, "waiting_count": waiting}
    return render_page(request, "submissions/proposals.html", context)


@require_safe
@guard(load=cases.case_visible_to, policy=policies.read_proposals)
def proposal(request: GuardedRequest, case: cases.ProposalCase) -> HttpResponse:
    """Show one proposal to be read and decided on."""
    return _proposal_page(request, case, DecisionForm())


@require_POST
@guard(load=cases.case_visible_to, policy=policies.decide_proposal)
def decide(request: GuardedRequest, case: cases.ProposalCase) -> HttpResponse:
    """Send the newest version back, approve or reject it."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _proposal_page(request, case, form, status=422)
    try:
        proposing.decide(
            actor=request.actor, group_id=case.group.pk, wish=form.wish(), now=request.now
        )
    except Refused as refusal:
        form.add_error(None, refusal.denied.sentence)
        return _proposal_page(request, case, form, status=409)
    messages.success(request, f"{case.group.name} has been told.")
    return redirect("proposals", request.actor.course.slug)


def _proposal_page(
    request: GuardedRequest, case: cases.ProposalCase, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "may_decide": policies.decide_proposal(request.actor, case, now=request.now),
    }
    return render_page(request, "submissions/proposal.html", context, status=status)
