"""Pages of handing in and of the project."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courseapp.course import policies as course_policies
from courseapp.kernel import files
from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard, public
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import row_id
from schedule import policies as schedule_policies
from schedule.selectors import changes
from submissions import emails, policies
from submissions.forms import DecisionForm, FileForm
from submissions.selectors import checks, places, placing, texts
from submissions.selectors import proposals as cases
from submissions.services import handing_in, proposing, publishing
from submissions.services.appending import Receipt
from submissions.services.placing import SlotConsent
from submissions.services.placing import publish_slots as publish


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=places.place_of, policy=policies.read_place)
def hand_in(request: GuardedRequest, place: places.Place) -> HttpResponse:
    """Show where a file is handed in, and take it."""
    if request.method != "POST":
        return _hand_in_page(request, place, FileForm(initial={"key": uuid4().hex}))
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _hand_in_page(request, place, form, status=422)
    try:
        receipt = handing_in.hand_in_file(
            actor=request.actor,
            deliverable_id=place.deliverable.pk,
            upload=form.cleaned_data["file"],
            received_at=request.now,
            idempotency_key=form.cleaned_data["key"],
        )
    except Refused as refusal:
        form.add_error("file", refusal.denied.sentence)
        return _hand_in_page(request, place, form, status=422)
    _say_received(request, receipt)
    return redirect("hand-in", request.actor.course.slug, place.deliverable.pk)


def _hand_in_page(
    request: GuardedRequest, place: places.Place, form: FileForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "place": place,
        "what": emails.what_of(place),
        "form": form,
        "may_hand_in": policies.hand_in(request.actor, place, now=request.now),
        "due_at": place.due_at_for(request.now),
        "versions": places.lines_of(place),
        "accepted": places.accepted_words(place),
    }
    return render_page(request, "submissions/hand_in.html", context, status=status)


def _say_received(request: GuardedRequest, receipt: Receipt) -> None:
    number = receipt.version.number
    if not receipt.is_new:
        messages.success(request, f"This is version {number}, which was there already.")
    elif receipt.is_on_time:
        messages.success(request, f"Version {number} is in and counts. The receipt is on its way.")
    else:
        messages.warning(request, f"Version {number} is in, but late: it gets no credit.")


@require_safe
@guard(load=places.version_visible_to, policy=course_policies.read_course)
def download(request: GuardedRequest, version: Any) -> HttpResponseBase:
    """Give out a file that was handed in, as a download that no browser runs."""
    if not version.file_key:
        raise Http404
    response = FileResponse(
        files.open_kept(version.file_key),
        as_attachment=True,
        filename=version.file_name,
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
@guard(load=places.version_visible_to, policy=course_policies.read_course)
def version(request: GuardedRequest, version: Any) -> HttpResponse:
    """Show one version: its text or its file, and its receipt."""
    context = {
        "version": version,
        "about": texts.paper_asked_about(version),
        "check": checks.checks_of([version.pk]).get(version.pk),
    }
    return render_page(request, "submissions/version.html", context)


@require_safe
@guard(load=checks.check_visible_to, policy=course_policies.read_course)
def version_checks(request: GuardedRequest, check: checks.Checked) -> HttpResponse:
    """Show the part of that page that changes, for the script that asks for it."""
    context = {"check": check, "course": request.actor.course}
    return render(request, "submissions/checks_lines.html", context)


@require_safe
@public("Whoever holds a receipt may check it.", load=places.receipt_held, policy=None)
def receipt(request: GuardedRequest, found: places.ReceiptLine) -> HttpResponse:
    """Confirm a receipt: when what came in, and its hash; never whose it is."""
    return render_page(request, "submissions/receipt.html", {"receipt": found})


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


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=changes.preview_of, policy=schedule_policies.change_plan)
def publish_plan(request: GuardedRequest, preview: changes.Preview) -> HttpResponse:
    """Show who would be told what by publishing a draft; a POST does that and nothing else."""
    if request.method != "POST":
        return render_page(request, "submissions/plan_publish.html", {"preview": preview})
    reasons = {one.line.key: request.POST.get(one.field, "") for one in preview.broken}
    consent = publishing.Consent(kept_broken=reasons, seen=request.POST.get("seen", "-"))
    try:
        done = publishing.publish_draft(
            actor=request.actor, number=preview.sheet.number, consent=consent, now=request.now
        )
    except Refused as refusal:
        context = {"preview": preview.answered(reasons), "refusal": refusal.denied.sentence}
        return render_page(request, "submissions/plan_publish.html", context, status=409)
    messages.success(
        request,
        f"Published: {done.assigned_count} roles assigned, {done.withdrawn_count} withdrawn,"
        f" {done.told_count} people told.",
    )
    return redirect("plan", request.actor.course.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=placing.slots_publication, policy=schedule_policies.change_plan)
def publish_slots(request: GuardedRequest, found: placing.SlotsPublication) -> HttpResponse:
    """Show who would be told which slot; a POST publishes that and nothing else."""
    page = found.page
    if request.method != "POST":
        context = {"page": page, "found": found}
        return render_page(request, "submissions/slots_publish.html", context)
    ticked = map(row_id, request.POST.getlist("also_past"))
    consent = SlotConsent(
        seen=request.POST.get("seen", ""),
        also_past=frozenset(one for one in ticked if one is not None),
        on_short_notice="on_short_notice" in request.POST,
    )
    try:
        publish(actor=request.actor, kind=page.kind, consent=consent, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, "Published. What is due follows the slots.")
    return redirect("slots", request.actor.course.slug, page.kind)
