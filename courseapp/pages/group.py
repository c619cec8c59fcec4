"""The group page: who we are, who wants in, and our duties over the term; or how to get into a group."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Decision
from courseapp.pages.home import duties_over_term
from courseapp.pages.timeline import Term
from groups import policies
from groups.selectors.board import Within, Without, within, without
from groups.selectors.standing import Standing, deciders_of
from schedule.selectors.rankings import Wishes, wishes_of
from submissions.selectors.owed import duties


@dataclass(frozen=True)
class May:
    """What the reader may do on the page, each with its reason where not."""

    found: Decision
    invite: Decision
    answer: Decision
    leave: Decision
    change_link: Decision


@dataclass(frozen=True)
class GroupPage:
    """All that the page shows: `within` for a member, `without` for who is in no group."""

    standing: Standing
    may: May
    is_over: bool
    deciders: list[Enrollment]
    within: Within | None
    without: Without | None
    link_path: str | None
    term: Term | None
    wishes: Wishes | None


def group_page(actor: Actor, standing: Standing, *, now: datetime) -> GroupPage:
    """Return what a student sees of their group, or of the ways into one."""
    group = standing.present
    inside = None if group is None else within(group)
    return GroupPage(
        standing=standing,
        may=_may(actor, standing, now=now),
        is_over=not policies.forms(standing.course, now=now),
        deciders=deciders_of(standing.course),
        within=inside,
        without=without(standing.person) if group is None else None,
        link_path=_link_path(standing, inside),
        term=None if group is None else _term(standing, now=now),
        wishes=None if group is None else wishes_of(group),
    )


def _may(actor: Actor, standing: Standing, *, now: datetime) -> May:
    return May(
        found=policies.found(actor, standing, now=now),
        invite=policies.invite_anyone(actor, standing, now=now),
        answer=policies.answer_requests(actor, standing, now=now),
        leave=policies.leave(actor, standing, now=now),
        change_link=policies.change_link(actor, standing, now=now),
    )


def _link_path(standing: Standing, inside: Within | None) -> str | None:
    if inside is None or inside.link is None:
        return None
    return reverse("join", args=[standing.course.slug, inside.link.pk, inside.link.secret])


def _term(standing: Standing, *, now: datetime) -> Term | None:
    owed = duties(course=standing.course, now=now, person=standing.person.pk)
    return duties_over_term(owed, course=standing.course, now=now)
