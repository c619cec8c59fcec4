"""The door of every view: who asks, what for, and whether they may (architecture.md §3).

A view of ours is written as::

    @guard(load=selectors.own_submission, policy=policies.replace_slides)
    def replace_slides(request, submission): ...

`load(actor, *, now, **url_arguments)` returns what the actor may at least see, or None (answered 404).
`policy(actor, target, *, now)` allows or denies (answered 403 with its sentence).
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from courseapp.kernel import clock
from courseapp.kernel.decisions import Decision, Denied, Refused

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Forbidden(Refused):
    """The actor sees the thing but may not do this with it: 403, with the reason."""


class Policy(Protocol):
    def __call__(self, actor: Any, target: Any, /, *, now: datetime) -> Decision: ...


class GuardedRequest(HttpRequest):
    """A request that came through the guard: who asks (`actor`) and when (`now`)."""

    actor: Any
    now: datetime


View = Callable[..., HttpResponseBase]


def guard(*, load: Callable[..., Any], policy: Policy) -> Callable[[View], View]:
    """Let only signed-in people through, to what they may see, for what they may do."""

    def decorate(view: View) -> View:
        return _guarded(view, load=load, policy=policy, sign_in=True)

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
    view: View, *, load: Callable[..., Any] | None, policy: Policy | None, sign_in: bool
) -> View:
    @wraps(view)
    def door(request: GuardedRequest, **url_arguments: Any) -> HttpResponseBase:
        open_request(request, course_slug=url_arguments.pop("course", None))
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


def require_at_the_door(decision: Decision) -> None:
    """Raise `Forbidden` where the decision is a denial."""
    if isinstance(decision, Denied):
        raise Forbidden(decision)


def open_request(request: GuardedRequest, *, course_slug: str | None) -> None:
    """Set `request.now` and `request.actor`, once per request.

    For a request with a body the clock is read when the last byte is in: this instant is the
    `received_at` of everything that the request hands in (domain.md §3).
    """
    if request.method not in SAFE_METHODS:
        _ = request.POST  # reads the body to its end
    load_actor = import_string(settings.ACTOR_LOADER)
    request.actor, read_at = load_actor(request.user, course_slug)
    # One query tells who asks and when; where it found nobody, the clock is asked by itself.
    request.now = clock.now() if read_at is None else clock.settled(read_at)
