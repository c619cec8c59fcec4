"""Files in pieces, by the protocol tus 1.0: nothing is lost where the network breaks off."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from courseapp.course import policies as course_policies
from courseapp.kernel import tus
from courseapp.kernel.body import Body
from courseapp.kernel.decisions import Denied, Refused
from courseapp.kernel.guard import GuardedRequest, guard, refusal_in_json
from submissions import policies
from submissions.forms import AnnouncedForm
from submissions.selectors import arrivals, places
from submissions.services import settling, uploading

# What a refusal is in the protocol; every other one is 422, with its sentence.
STATUSES: Final = {
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_much": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "large_piece": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_yours": HTTPStatus.FORBIDDEN,
    "moved_on": HTTPStatus.CONFLICT,
    "gone": HTTPStatus.GONE,
    "busy": HTTPStatus.LOCKED,
    "corrupt": tus.CHECKSUM_MISMATCH,
}
GONE: Final = uploading.GONE
# Of one request, in bytes: an upload is locked while its piece comes.
LARGEST_PIECE: Final = 16 * 1024 * 1024
LARGE_PIECE: Final = Denied(
    "large_piece", "A piece has 16 MB at most; send the file in several, one after the other."
)

Answering = Callable[[GuardedRequest, Any, Body], HttpResponse]


def _speaks_tus(view: Answering) -> Callable[[GuardedRequest, Any], HttpResponse]:
    """Hold client and view to the protocol; a refusal is told once the body has been read."""

    @wraps(view)
    def speaking(request: GuardedRequest, target: Any) -> HttpResponse:
        body = Body(request)
        try:
            if request.method not in {"OPTIONS", "GET"}:
                tus.require_version(request.headers)
            _require_small(body)
            response = view(request, target, body)
        except Refused as refusal:
            response = refusal_in_json(
                refusal.denied, status=STATUSES.get(refusal.denied.code, 422)
            )
        except tus.Misspoken as mistake:
            denied = Denied("misspoken", mistake.sentence)
            response = refusal_in_json(denied, status=mistake.status)
            response["Tus-Version"] = tus.VERSION
        body.waste()
        response["Tus-Resumable"] = tus.VERSION
        return response

    return speaking


def _require_small(body: Body) -> None:
    if (body.length or 0) > LARGEST_PIECE:
        raise Refused(LARGE_PIECE)


@require_http_methods(["OPTIONS", "POST"])
@guard(load=places.place_of, policy=policies.read_place, for_scripts=True, reads_body=True)
def begin(request: GuardedRequest, place: places.Place) -> HttpResponse:
    """Begin an upload for a deliverable, with its first bytes where they come along."""
    return _begin(request, place)


@_speaks_tus
def _begin(request: GuardedRequest, place: places.Place, body: Body) -> HttpResponse:
    if request.method == "OPTIONS":
        can = tus.options(max_size=settings.FILE_SIZE_LIMIT)
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=can)
    said = tus.metadata_of(request.headers)
    # A name is shown without what cannot be seen; this one the form would refuse.
    form = AnnouncedForm({key: text.replace("\x00", "") for key, text in said.items()})
    if not form.is_valid():
        raise tus.Misspoken(400, "Upload-Metadata has a key or a hash that is none.")
    upload = uploading.begin(
        actor=request.actor,
        place=place,
        announced=form.announced(length=tus.length_of(request.headers)),
        now=request.received_at,
    )
    if body.length and upload.offset == 0 and upload.ended_at is None:
        tus.require_content_type(request.headers)
        checksum = tus.checksum_of(request.headers)
        upload = uploading.receive(
            upload_id=upload.pk, offset=0, piece=body, checksum=checksum, now=request.now
        )
    response = _standing(upload, status=HTTPStatus.CREATED)
    response["Location"] = reverse("upload", args=[place.course.slug, upload.code])
    return response


@require_http_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
@guard(
    load=arrivals.own_upload,
    policy=course_policies.read_course,
    for_scripts=True,
    reads_body=True,
)
def upload(request: GuardedRequest, found: Any) -> HttpResponse:
    """Tell how far an upload is, take its next piece, or stop it."""
    return _upload(request, found)


@_speaks_tus
def _upload(request: GuardedRequest, found: Any, body: Body) -> HttpResponse:
    match tus.method_of(request.method or "", request.headers):
        case "HEAD":
            return _standing(settling.settle_left(upload=found, now=request.now))
        case "GET":
            return _said(request, settling.settle_left(upload=found, now=request.now))
        case "PATCH":
            return _receive(request, found, body)
        case "DELETE":
            uploading.stop(upload_id=found.pk, now=request.now)
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        case _:
            return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)


def _receive(request: GuardedRequest, found: Any, body: Body) -> HttpResponse:
    tus.require_content_type(request.headers)
    if body.length is None:
        raise tus.Misspoken(411, "A piece says how long it is.")
    offset = tus.offset_of(request.headers)
    received = uploading.receive(
        upload_id=found.pk,
        offset=offset,
        piece=body,
        checksum=tus.checksum_of(request.headers),
        now=request.now,
    )
    if received.offset < offset:
        raise Refused(uploading.MOVED_ON)
    return _standing(received, status=HTTPStatus.NO_CONTENT)


def _standing(found: Any, *, status: int = HTTPStatus.OK) -> HttpResponse:
    """Answer with how far the upload is; what was refused says why."""
    if found.refusal:
        raise Refused(settling.refusal_of(found))
    if found.ended_at is not None and found.version_id is None:
        raise Refused(GONE)
    headers = tus.standing(
        offset=found.offset, length=found.length, expires_at=arrivals.expires_at(found)
    )
    return HttpResponse(status=status, headers=headers)


def _said(request: GuardedRequest, found: Any) -> HttpResponse:
    """Tell a page what became of the upload."""
    became = arrivals.became(request.actor, found, now=request.now)
    return JsonResponse(
        {
            "outcome": found.outcome,
            "sentence": (found.refusal or {}).get("sentence") or became.sentence,
            "is_late": became.is_late,
        }
    )
