"""Mails about swaps: at each step, to exactly those who wait for it or are concerned."""

from courseapp.course.emails import letters_to
from courseapp.course.models import Enrollment
from courseapp.kernel.mail import Letter
from courseapp.term.models import RoleSwap
from schedule.selectors.role_names import role_names


def swap_offered(
    *, swap: RoleSwap, broken: tuple[str, ...], people: list[Enrollment]
) -> list[Letter]:
    """Tell the group that is asked what is offered for what."""
    return _letters("offered", swap, people, broken=broken)


def swap_accepted(
    *, swap: RoleSwap, broken: tuple[str, ...], people: list[Enrollment]
) -> list[Letter]:
    """Tell the group that offered that the other one agrees, and that staff look at it."""
    return _letters("accepted", swap, people, broken=broken)


def swap_waits(
    *, swap: RoleSwap, broken: tuple[str, ...], people: list[Enrollment]
) -> list[Letter]:
    """Tell staff that a swap on which both groups agree waits for them."""
    return _letters("waits", swap, people, broken=broken)


def swap_ended(*, swap: RoleSwap, people: list[Enrollment]) -> list[Letter]:
    """Tell the other group, or both, that nothing comes of it, and why where that was said."""
    return _letters("ended", swap, people)


def _letters(
    step: str, swap: RoleSwap, people: list[Enrollment], *, broken: tuple[str, ...] = ()
) -> list[Letter]:
    names = role_names(swap.course)
    return letters_to(
        people,
        kind=f"term/swap_{step}",
        course=swap.course,
        key=f"swap/{swap.pk}/{step}",
        context={
            "swap": swap,
            "broken": broken,
            "gives": names.noun(swap.offered.role),
            "wants": names.noun(swap.wanted.role),
        },
    )
