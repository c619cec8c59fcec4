"""Mails about who wants to work with whom. None carries a secret: whoever answers signs in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from courseapp.course.emails import letters_to
from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter
from groups.models import Approach, Group, Invitation, JoinRequest, Membership
from groups.selectors.standing import Standing


def invited(
    *, invitation: Invitation, standing: Standing, members: list[Enrollment]
) -> list[Letter]:
    """Tell a person which group invites them; at most once a day, however often it is taken back."""
    context = {
        "members": members,
        "free_count": standing.free_count,
        "form_until": standing.course.groups_form_until,
        "invitation": invitation,
    }
    return _letters(
        "invited", [standing.person], about=invitation, key=_once_a_day(invitation), **context
    )


def asked(*, request: JoinRequest, people: list[Enrollment], page: str) -> list[Letter]:
    """Tell people who would like to join, and where it is answered; once a day from one person."""
    key, context = _once_a_day(request), {"request": request, "page": page}
    return _letters("asked", people, about=request, key=key, **context)


def _once_a_day(approach: Approach) -> str:
    return f"{approach.group_id}/{approach.enrollment_id}/{approach.made_at:%Y-%m-%d}"


def invitation_declined(*, invitation: Invitation) -> list[Letter]:
    """Tell who invited that the person said no."""
    return _letters("invitation_declined", [invitation.invited_by], about=invitation)


def request_declined(*, request: JoinRequest) -> list[Letter]:
    """Tell who asked that the group said no."""
    return _letters("request_declined", [request.enrollment], about=request)


def accepted(*, membership: Membership, members: list[Enrollment]) -> list[Letter]:
    """Tell a person who was let in that they are."""
    return _letters("accepted", [membership.enrollment], about=membership, members=members)


def joined(
    *, membership: Membership, members: list[Enrollment], recipients: list[Enrollment]
) -> list[Letter]:
    """Tell the members who has joined."""
    return _letters("joined", recipients, about=membership, members=members)


def left(*, membership: Membership, members: list[Enrollment]) -> list[Letter]:
    """Tell those who stay who has left."""
    return _letters("left", members, about=membership, members=members)


def _letters(
    kind: str,
    people: Iterable[Enrollment],
    *,
    about: Approach | Membership,
    key: str = "",
    **context: Any,
) -> list[Letter]:
    """Return letters about a person and a group, each mailed once."""
    return letters_to(
        people,
        kind=f"groups/{kind}",
        course=about.group.course,
        key=f"{kind}/{key or about.pk}",
        context={"group": about.group, "person": about.enrollment, **context},
    )


def placed(
    *,
    group: Group,
    members: list[Enrollment],
    newcomers: list[Enrollment],
    shared: tuple[str, ...],
    instant: datetime,
) -> list[Letter]:
    """Tell everyone in a group that staff filled or founded who is with them now."""
    return letters_to(
        members,
        kind="groups/placed",
        course=group.course,
        key=f"placed/{group.pk}/{instant.isoformat()}",
        context={
            "group": group,
            "members": members,
            "newcomers": newcomers,
            "shared": shared,
            "instant": instant,
        },
    )
