"""Pages on which text is written, and what their scripts ask: keep it, show it as it will be read."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.guard import GuardedRequest, guard, refusal_in_json
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import row_id
from courseapp.kernel.templatetags.prose import prose
from courseapp.kernel.templatetags.times import time_in_zone
from submissions import emails, policies, rules
from submissions.selectors import arrivals, editing, places, saving, similar, texts
from submissions.services.drafting import save_draft
from submissions.services.writing import hand_in_text

STATUSES = {"not_yours": HTTPStatus.FORBIDDEN, "not_found": HTTPStatus.NOT_FOUND}


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=places.place_of, policy=policies.read_place, for_scripts=True)
def draft(request: GuardedRequest, place: places.Place) -> HttpResponse:
    """Tell what is being written here (GET), or keep it (POST)."""
    if request.method != "POST":
        typing = texts.typing_in(place.submission_id)
        return JsonResponse({"csrf": get_token(request), **_told(typing, place)})
    text = request.POST.get("text", "")
    try:
        saved = save_draft(
            actor=request.actor,
            deliverable_id=place.deliverable.pk,
            text=text,
            revision=row_id(request.POST.get("revision")) or 0,
            received_at=request.received_at,
            sent_before=request.POST.getlist("sent_before"),
        )
    except Refused as refusal:
        status = STATUSES.get(refusal.denied.code, HTTPStatus.UNPROCESSABLE_ENTITY)
        return refusal_in_json(refusal.denied, status=status)
    typing = texts.typing_of(saved.draft)
    answer = _told(typing, saved.place)
    if saved.is_conflict:
        return JsonResponse({"code": "conflict", **answer}, status=HTTPStatus.CONFLICT)
    # Asked now and then only, as it takes longer than all the rest.
    asks = "compare" in request.POST
    is_similar = similar.is_asked_already(saved.place, typing.text) if asks else None
    return JsonResponse({**answer, "text": None, "is_similar": is_similar})


def _told(typing: texts.Typing | None, place: places.Place) -> dict[str, object]:
    if typing is None:
        return {"text": None, "revision": 0}
    said = saving.said_of(typing, place)
    return {
        "text": typing.text,
        "revision": typing.revision,
        "by": typing.by_name,
        "at": time_in_zone(typing.received_at, place.course.timezone),
        "said": said.words,
        "tone": said.tone,
    }


@require_POST
@guard(load=places.place_of, policy=policies.read_place, for_scripts=True)
def preview(request: GuardedRequest, place: places.Place) -> HttpResponse:
    """Show a text as it will be read."""
    text = request.POST.get("text", "")
    acceptable = rules.preview_acceptable(text, kind=place.kind.value)
    if isinstance(acceptable, Denied):
        return refusal_in_json(acceptable, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponse(prose(text))


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=editing.editor_of, policy=policies.read_editor)
def write(request: GuardedRequest, editor: editing.Editor) -> HttpResponse:
    """Write a group's summary; a POST saves it as a version."""
    if request.method != "POST":
        return _editor_page(request, editor)
    text = request.POST.get("text", "")
    place = editor.place
    try:
        receipt = hand_in_text(
            actor=request.actor,
            deliverable_id=place.deliverable.pk,
            text=text,
            received_at=request.received_at,
            revision=row_id(request.POST.get("revision")),
        )
    except Refused as refusal:
        return _editor_page(request, editor.refused(text, refusal.denied), status=422)
    said = arrivals.said_of_version(receipt.place, receipt.version, is_new=receipt.is_new)
    (messages.success if receipt.is_on_time else messages.warning)(request, said)
    return redirect("write-summary", request.actor.course.slug, place.deliverable.pk)


def _editor_page(
    request: GuardedRequest, editor: editing.Editor, *, status: int = 200
) -> HttpResponse:
    context = {
        "editor": editor,
        "what": emails.what_of(editor.place),
        "may_hand_in": policies.hand_in(request.actor, editor.place, now=request.now),
        "due_at": editor.place.due_at,
        "versions": places.lines_of(editor.place),
    }
    return render_page(request, "submissions/write.html", context, status=status)
