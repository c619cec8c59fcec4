"""Swaps of duties: offered, answered, confirmed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.sent import row_id
from courseapp.term.forms.swaps import AnswerForm, OfferForm
from courseapp.term.swapping import policies, services
from courseapp.term.swapping.cases import SwapCase, SwapState
from courseapp.term.swapping.desk import NamedSwap, SwapDesk, desk_of, desk_with, named_swap


@require_safe
@guard(load=desk_of, policy=policies.read_swaps)
def swaps(request: GuardedRequest, desk: SwapDesk) -> HttpResponse:
    """Answer: what do others offer us, what could we swap, what waits for staff?"""
    chosen = row_id(request.GET.get("mine"))
    if chosen is not None:
        desk = desk_with(request.actor, now=request.now, chosen_id=chosen)
    return render_page(request, "term/swaps.html", {"desk": desk})


@require_POST
@guard(load=desk_of, policy=policies.read_swaps)
def offer_swap(request: GuardedRequest, desk: SwapDesk) -> HttpResponse:
    """Offer a duty for a duty."""
    form = OfferForm(request.POST)
    if not form.is_valid():
        return _misshapen(request, form)
    sent = form.cleaned_data
    act = partial(
        services.offer_swap,
        offered_id=sent["mine"],
        wanted_id=sent["theirs"],
        message=sent["message"],
    )
    return _done(request, act, said=lambda _: "Your offer is on its way to the other group.")


@require_POST
@guard(load=named_swap, policy=policies.read_swaps)
def accept_swap(request: GuardedRequest, named: NamedSwap) -> HttpResponse:
    """Agree to what another group offers."""
    act = partial(services.accept_swap, swap_id=named.swap_id)
    return _done(request, act, said=_said_of_agreement)


def _said_of_agreement(case: SwapCase) -> str:
    if case.swap.outcome == SwapState.CARRIED_OUT:
        return "Swapped. Both groups are told."
    return "Agreed. It waits for staff now, who are told."


@require_POST
@guard(load=named_swap, policy=policies.read_swaps)
def decline_swap(request: GuardedRequest, named: NamedSwap) -> HttpResponse:
    """Say no to what another group offers."""
    act = partial(services.decline_swap, swap_id=named.swap_id)
    return _answered(request, act, said="Declined; the other group is told.")


@require_POST
@guard(load=named_swap, policy=policies.read_swaps)
def withdraw_swap(request: GuardedRequest, named: NamedSwap) -> HttpResponse:
    """Take an offer back."""
    act = partial(services.withdraw_swap, swap_id=named.swap_id)
    return _done(request, act, said=lambda _: "Taken back; the other group is told.")


@require_POST
@guard(load=named_swap, policy=policies.read_swaps)
def confirm_swap(request: GuardedRequest, named: NamedSwap) -> HttpResponse:
    """Carry out what two groups agreed on; the toast leads back."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _misshapen(request, form)
    act = partial(services.confirm_swap, swap_id=named.swap_id, reason=form.cleaned_data["answer"])
    try:
        case = act(actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        way_back = reverse("undo", args=[named.course.slug, case.swap.act_id])
        messages.success(request, str(case.swap.act), extra_tags=way_back)
    return redirect("swaps", named.course.slug)


@require_POST
@guard(load=named_swap, policy=policies.read_swaps)
def refuse_swap(request: GuardedRequest, named: NamedSwap) -> HttpResponse:
    """Do not confirm what two groups agreed on."""
    act = partial(services.refuse_swap, swap_id=named.swap_id)
    return _answered(request, act, said="Not confirmed; both groups are told.")


def _answered(request: GuardedRequest, act: Callable[..., Any], *, said: str) -> HttpResponse:
    """Do one thing with an answer in words."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _misshapen(request, form)
    return _done(request, partial(act, answer=form.cleaned_data["answer"]), said=lambda _: said)


def _done(
    request: GuardedRequest, act: Callable[..., Any], *, said: Callable[[Any], str]
) -> HttpResponse:
    """Do one thing, say what came of it, and lead back to the page."""
    try:
        done = act(actor=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
    else:
        messages.success(request, said(done))
    return redirect("swaps", request.actor.course.slug)


def _misshapen(request: GuardedRequest, form: Form) -> HttpResponse:
    """Say what to change in what was sent."""
    for errors in form.errors.values():
        messages.error(request, f"Nothing was done: {errors[0]}")
    return redirect("swaps", request.actor.course.slug)
