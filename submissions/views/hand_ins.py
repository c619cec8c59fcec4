"""Pages of handing in: where it is done, and what came in."""

import json
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from submissions import emails, policies, rules
from submissions.forms import FileForm
from submissions.selectors import arrivals, final_slides, places
from submissions.services import handing_in
from submissions.services.appending import Receipt


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=places.place_of, policy=policies.read_place, takes_files=True)
def hand_in(request: GuardedRequest, place: places.Place) -> HttpResponse:
    """Show where a file is handed in, and take it."""
    if request.method != "POST":
        return _hand_in_page(request, place, FileForm(initial={"key": uuid4().hex}))
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _hand_in_page(request, place, form, status=422)
    try:
        receipt = handing_in.hand_in_file_at(
            actor=request.actor,
            place=place,
            upload=form.cleaned_data["file"],
            received_at=request.received_at,
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
        "may_hand_in_for": request.actor.is_staff and not place.is_owed,
        "may_extend": policies.give_time(request.actor, place.course),
        "may_hand_in": policies.hand_in(request.actor, place, now=request.now),
        "due_at": place.due_at_for(request.now),
        "versions": places.lines_of(place),
        "accepted": places.accepted_words(place),
        "noun": arrivals.NOUNS[place.kind],
        "next_number": place.latest.number + 1 if place.latest else 1,
        "counts_when": arrivals.counts_when(place, now=request.now),
        "begun": arrivals.begun_uploads(request.actor, place),
        "hold": final_slides.hold_on(place),
        "file_rules": json.dumps(rules.checks_for_scripts(place.terms.accepted)),
    }
    return render_page(request, "submissions/hand_in.html", context, status=status)


def _say_received(request: GuardedRequest, receipt: Receipt) -> None:
    said = arrivals.said_of_version(receipt.place, receipt.version, is_new=receipt.is_new)
    say = messages.success if receipt.is_on_time or not receipt.is_new else messages.warning
    say(request, said)
