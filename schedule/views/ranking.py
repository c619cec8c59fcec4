"""A group's ranking of lectures, and of slots."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from courseapp.course import policies as course_policies
from courseapp.kernel.decisions import Decision, Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from schedule import policies
from schedule.forms import RankingForm
from schedule.selectors import rankings
from schedule.services.ranking import rank_lectures
from schedule.services.slots import rank_slots

SAVED = "Saved: this is your group's ranking from now on."


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=rankings.own_ranking, policy=course_policies.read_course)
def ranking(request: GuardedRequest, page: rankings.RankingPage) -> HttpResponse:
    """Show the own group's ranking of lectures; a POST replaces it."""
    return _lectures(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=rankings.ranking_of, policy=course_policies.read_as_staff)
def group_ranking(request: GuardedRequest, page: rankings.RankingPage) -> HttpResponse:
    """Show a group's ranking of lectures to staff; a POST replaces it."""
    return _lectures(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=rankings.own_slot_ranking, policy=course_policies.read_course)
def slot_ranking(request: GuardedRequest, page: rankings.RankingPage) -> HttpResponse:
    """Show the own group's ranking of slots; a POST replaces it."""
    return _slots(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=rankings.slot_ranking_of, policy=course_policies.read_as_staff)
def group_slot_ranking(request: GuardedRequest, page: rankings.RankingPage) -> HttpResponse:
    """Show a group's ranking of slots to staff; a POST replaces it."""
    return _slots(request, page)


def _lectures(request: GuardedRequest, page: rankings.RankingPage) -> HttpResponse:
    def rank(group_id: int, ids: Sequence[int]) -> object:
        return rank_lectures(
            actor=request.actor, group_id=group_id, lecture_ids=ids, now=request.now
        )

    return _ranking(request, page, rank)


def _slots(request: GuardedRequest, page: rankings.RankingPage) -> HttpResponse:
    kind = page.kind
    assert kind is not None

    def rank(group_id: int, ids: Sequence[int]) -> None:
        rank_slots(actor=request.actor, group_id=group_id, kind=kind, slot_ids=ids, now=request.now)

    return _ranking(request, page, rank)


def _ranking(
    request: GuardedRequest,
    page: rankings.RankingPage,
    rank: Callable[[int, Sequence[int]], object],
) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    choices = [(one.id, one.title) for one in page.choices]
    form = RankingForm(sent, choices=choices, ranks=page.ranks)
    if sent is None:
        return _page(request, page, form)
    if page.group is None or not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        rank(page.group.pk, form.order())
    except Refused as refusal:
        form.add_error(None, refusal.denied.sentence)
        return _page(request, page, form, status=403)
    messages.success(request, SAVED)
    return redirect(request.path)


def _page(
    request: GuardedRequest,
    page: rankings.RankingPage,
    form: RankingForm,
    *,
    status: int = 200,
) -> HttpResponse:
    lines = [(one, form[f"rank-{one.id}"]) for one in page.choices]
    context = {"page": page, "form": form, "lines": lines, "may_rank": _may_rank(request, page)}
    return render_page(request, "schedule/ranking.html", context, status=status)


def _may_rank(request: GuardedRequest, page: rankings.RankingPage) -> Decision:
    if page.kind is None:
        return policies.rank_for(request.actor, page.members, now=request.now)
    return policies.rank_slots(
        request.actor, page.members, is_placed=page.is_placed, now=request.now
    )
