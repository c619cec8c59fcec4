"""Pages that publish a plan or slots, with what is due by them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import row_id
from schedule import policies as schedule_policies
from schedule.selectors import changes
from submissions.selectors import placing
from submissions.services import publishing
from submissions.services.placing import SlotConsent
from submissions.services.placing import publish_slots as publish


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
