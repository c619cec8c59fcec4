"""Forming groups: the board, and each way in, out and around."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courseapp.course.selectors import course_of_member
from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from groups import policies
from groups.forms import (
    AskForm,
    FoundForm,
    InterestsForm,
    InviteForm,
    RestForm,
    TypedForm,
)
from groups.selectors.board import Board, board_of
from groups.selectors.standing import (
    Asking,
    HeldLink,
    Standing,
    invitation_visible_to,
    link_held,
    own_standing,
    request_visible_to,
    standing_before,
)
from groups.services import asking, forming_the_rest, joining, showing


@require_safe
@guard(load=board_of, policy=policies.read_board)
def board(request: GuardedRequest, board: Board) -> HttpResponse:
    """Answer: who is still looking, which groups have seats, what do they care about?"""
    actor, now = request.actor, request.now
    context = {
        "board": board,
        "is_over": not policies.forms(board.standing.course, now=now),
        "may_seek": policies.seek(actor, board.standing, now=now),
        "may_found": policies.found(actor, board.standing, now=now),
        "may_invite": policies.invite_anyone(actor, board.standing, now=now),
        "may_read_rest": policies.read_rest(actor, board, now=now),
    }
    return render_page(request, "groups/board.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=link_held, policy=policies.take_part)
def join(request: GuardedRequest, held: HeldLink) -> HttpResponse:
    """Show the group whose link one holds, and let one in."""
    if request.method == "POST":
        act = partial(joining.join_by_link, link_id=held.link.pk)
        return _done(request, act, said=f"You are in {held.link.group}.")
    may_join = policies.join_by_link(request.actor, held, now=request.now)
    return render_page(request, "groups/join.html", {"held": held, "may_join": may_join})


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def found(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Found a group."""
    said = "Your group is there. Invite the others, or give them the link."
    return _sent(request, FoundForm(request.POST), joining.found, said=said)


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def leave(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Leave the group."""
    return _done(request, joining.leave, said="You left the group.")


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def invite(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Invite a person; from the board one stays on the board."""
    form = InviteForm(request.POST)
    page = "groups" if form.data.get("person") else "group"
    return _sent(request, form, asking.invite, said="The invitation is on its way.", page=page)


@require_POST
@guard(load=standing_before, policy=policies.take_part)
def ask(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Ask a group to be let in."""
    assert standing.group is not None
    act = partial(asking.ask, group_id=standing.group.pk)
    said = f"You asked {standing.group}."
    return _sent(request, AskForm(request.POST), act, said=said, page="groups")


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def group_interests(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Write the group's line."""
    return _sent(request, InterestsForm(request.POST), showing.set_group_interests, said="Saved.")


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def own_interests(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Write one's own line."""
    return _sent(request, InterestsForm(request.POST), showing.set_own_interests, said="Saved.")


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def renew_link(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Make a link, in place of the one before."""
    return _done(request, showing.renew_link, said="There is a new link; an older one has ended.")


@require_POST
@guard(load=own_standing, policy=policies.take_part)
def end_link(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """End the link."""
    return _done(request, showing.end_link, said="The link has ended.")


@require_POST
@guard(load=invitation_visible_to, policy=policies.take_part)
def accept_invitation(request: GuardedRequest, found: Asking) -> HttpResponse:
    """Join the group that has invited one."""
    act = partial(joining.accept_invitation, invitation_id=found.number)
    return _done(request, act, said=f"You are in {found.group}.")


@require_POST
@guard(load=invitation_visible_to, policy=policies.take_part)
def decline_invitation(request: GuardedRequest, found: Asking) -> HttpResponse:
    """Say no to a group."""
    act = partial(asking.decline_invitation, invitation_id=found.number)
    return _done(request, act, said=f"You declined; {found.group} is told.")


@require_POST
@guard(load=invitation_visible_to, policy=policies.take_part)
def withdraw_invitation(request: GuardedRequest, found: Asking) -> HttpResponse:
    """Take an invitation back."""
    act = partial(asking.withdraw_invitation, invitation_id=found.number)
    return _done(request, act, said=f"{found.standing.person} is not invited any more.")


@require_POST
@guard(load=request_visible_to, policy=policies.answer)
def accept_request(request: GuardedRequest, found: Asking) -> HttpResponse:
    """Let a person in."""
    act = partial(joining.accept_request, request_id=found.number)
    said = f"{found.standing.person} is in {found.group}."
    return _done(request, act, said=said, page=_home_of(request))


@require_POST
@guard(load=request_visible_to, policy=policies.answer)
def decline_request(request: GuardedRequest, found: Asking) -> HttpResponse:
    """Say no to a person."""
    act = partial(asking.decline_request, request_id=found.number)
    said = f"{found.standing.person} is told."
    return _done(request, act, said=said, page=_home_of(request))


@require_POST
@guard(load=request_visible_to, policy=policies.take_part)
def withdraw_request(request: GuardedRequest, found: Asking) -> HttpResponse:
    """Take one's request back."""
    act = partial(asking.withdraw_request, request_id=found.number)
    return _done(request, act, said=f"You do not ask {found.group} any more.")


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=course_of_member, policy=policies.read_rest)
def rest(request: GuardedRequest, course: Any) -> HttpResponse:
    """Show how those who remain would be placed, and place them as it was shown."""
    if request.method == "POST":
        form = RestForm(request.POST)
        if not form.is_valid():
            return _misshapen(request, form, page="form-rest")
        act = partial(forming_the_rest.apply_division, course=course, **form.cleaned_data)
        return _done(request, act, said="Everyone is placed.", page="form-rest")
    context = {
        "division": forming_the_rest.propose(actor=request.actor, course=course, now=request.now),
        "is_over": policies.formation_over(course, now=request.now),
    }
    return render_page(request, "groups/rest.html", context)


def _home_of(request: GuardedRequest) -> str:
    return "group" if request.actor.is_student else "groups"


def _done(
    request: GuardedRequest, act: Callable[..., Any], *, said: str, page: str = "group"
) -> HttpResponse:
    """Do one thing, say what came of it, and lead on to a page."""
    try:
        act(actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, said)
    return redirect(page, request.actor.course.slug)


def _sent(
    request: GuardedRequest,
    form: TypedForm,
    act: Callable[..., Any],
    *,
    said: str,
    page: str = "group",
) -> HttpResponse:
    """Do what a form asks for; a form that is refused comes back with all that was typed."""
    if form.is_valid():
        _try(form, partial(act, **form.wanted(), actor=request.actor, now=request.now))
    if not form.errors:
        messages.success(request, said)
        return redirect(page, request.actor.course.slug)
    if not form.is_typed:
        return _misshapen(request, form, page=page)
    return render_page(request, "groups/again.html", {"form": form, "back": page}, status=422)


def _try(form: TypedForm, act: Callable[[], Any]) -> None:
    """Do it; what stands against it is said at the field that it is about."""
    try:
        act()
    except Refused as refusal:
        form.refuse(refusal.denied)


def _misshapen(request: GuardedRequest, form: Form, *, page: str) -> HttpResponse:
    """Say what is wrong with what was sent and not typed."""
    for errors in form.errors.values():
        messages.error(request, f"Nothing was saved: {errors[0]}")
    return redirect(page, request.actor.course.slug)
