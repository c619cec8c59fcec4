"""Pages of handing in: where it is done, and what came in."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from submissions import emails, policies
from submissions.forms import FileForm
from submissions.selectors import places
from submissions.services import handing_in
from submissions.services.appending import Receipt


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
