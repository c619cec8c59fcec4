"""The door of every view: who asks, what for, and whether they may (architecture.md §3).

A view of ours is written as::

    @guard(load=selectors.own_submission, policy=policies.replace_slides)
    def replace_slides(request, submission): ...

`load(actor, *, now, **url_arguments)` returns what the actor may at least see, or None (answered 404).
`policy(actor, target, *, now)` allows or denies (answered 403 with its sentence).

A view that scripts ask says `for_scripts=True`: nobody can follow a script's request to the sign-in,
so who has been signed out is answered 401, and every refusal is JSON: its code and its sentence.
A script says whose page it works on (`X-Person`, a user's id): where somebody else has signed in
meanwhile in the same browser, nothing may be taken in their name.

A view that takes its body as it comes says `reads_body=True` (see `courseapp.kernel.body`); one whose
form takes files says `takes_files=True`: no other is sent much (see `courseapp.kernel.patience`).
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.module_loading import import_string

from courseapp.kernel import arrival, clock
from courseapp.kernel.decisions import Decision, Denied, Refused

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SIGNED_OUT = Denied(
    "signed_out",
    "You are signed out by now. Sign in again, in another tab if you like; what has arrived is kept.",
)

OTHER_PERSON = Denied(
    "other_person",
    "Somebody else is signed in here now, so nothing of this was taken. Sign in as yourself to go on.",
)
PERSON = "X-Person"


class Forbidden(Refused):
    """The actor sees the thing but may not do this with it: 403, with the reason."""


class Policy(Protocol):
    def __call__(self, actor: Any, target: Any, /, *, now: datetime) -> Decision: ...


class GuardedRequest(HttpRequest):
    """A request that came through the guard: who asks (`actor`), when (`now`), and since when
    all of it is here (`received_at`)."""

    actor: Any
    now: datetime
    received_at: datetime


View = Callable[..., HttpResponseBase]


def guard(
    *,
    load: Callable[..., Any],
    policy: Policy,
    for_scripts: bool = False,
    reads_body: bool = False,
    takes_files: bool = False,
) -> Callable[[View], View]:
    """Let only signed-in people through, to what they may see, for what they may do."""

    def decorate(view: View) -> View:
        door = _guarded(view, load=load, policy=policy, sign_in=True, reads_body=reads_body)
        door.takes_files = takes_files or reads_body  # type: ignore[attr-defined]  # read by PatienceMiddleware
        return _for_scripts(door) if for_scripts else door

    return decorate


def public(
    why: str, *, load: Callable[..., Any] | None = None, policy: Policy | None = None
) -> Callable[[View], View]:
    """Let visitors through too, and say why; `load` and `policy` still decide over the target."""
    assert why, "a public view says why it is public"

    def decorate(view: View) -> View:
        return _guarded(view, load=load, policy=policy, sign_in=False)

    return decorate


def _guarded(
    view: View,
    *,
    load: Callable[..., Any] | None,
    policy: Policy | None,
    sign_in: bool,
    reads_body: bool = False,
) -> View:
    @wraps(view)
    def door(request: GuardedRequest, **url_arguments: Any) -> HttpResponseBase:
        slug = url_arguments.pop("course", None)
        open_request(request, course_slug=slug, reads_body=reads_body)
        if load is None:
            return view(request, **url_arguments)
        target = load(request.actor, now=request.now, **url_arguments)
        if target is None:
            raise Http404
        if policy is not None:
            require_at_the_door(policy(request.actor, target, now=request.now))
        return view(request, target)

    door.login_required = sign_in  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
    door.declares_guard = True  # type: ignore[attr-defined]  # read by GuardMiddleware and the check
    return door


def _for_scripts(door: View) -> View:
    @wraps(door)
    def answering(request: HttpRequest, **url_arguments: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return refusal_in_json(SIGNED_OUT, status=HTTPStatus.UNAUTHORIZED)
        person = str(request.user.pk)
        if request.headers.get(PERSON, person) != person:
            return refusal_in_json(OTHER_PERSON, status=HTTPStatus.FORBIDDEN)
        return door(request, **url_arguments)

    answering.login_required = False  # type: ignore[attr-defined]  # asked above
    answering.answers_scripts = True  # type: ignore[attr-defined]  # read by GuardMiddleware
    return answering


def refusal_in_json(denied: Denied, *, status: int) -> JsonResponse:
    """Answer a script with a refusal: its code, and the sentence to show."""
    return JsonResponse({"code": denied.code, "sentence": denied.sentence}, status=status)


def require_at_the_door(decision: Decision) -> None:
    """Raise `Forbidden` where the decision is a denial."""
    if isinstance(decision, Denied):
        raise Forbidden(decision)


def open_request(
    request: GuardedRequest, *, course_slug: str | None, reads_body: bool = False
) -> None:
    """Set `request.now` and `request.actor`, once per request.

    For a request with a body the clock is read when the last byte is in. `request.received_at` is
    when it came in, before it waited here to be read: the instant of everything that the request
    hands in (domain.md §3). What else it does happens at `request.now`, after all that was done
    before it. Where the view reads the body itself, both are when it was asked, and
    `Body.received_at` is that instant.
    """
    is_sent = request.method not in SAFE_METHODS
    if is_sent and not reads_body:
        _ = request.POST  # reads the body to its end
    lay_here = arrival.waited(request) if is_sent else arrival.NONE
    load_actor = import_string(settings.ACTOR_LOADER)
    request.actor, read_at = load_actor(request.user, course_slug)
    # One query tells who asks and when; where it found nobody, the clock is asked by itself.
    request.now = clock.now() if read_at is None else clock.settled(read_at)
    request.received_at = request.now - lay_here
