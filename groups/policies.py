"""Who may found, join, ask, invite and leave, and until when (domain.md §6)."""

from datetime import datetime

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, CourseState, EnrollmentState, Role
from courseapp.course.policies import require_permission
from courseapp.kernel.decisions import Allowed, Decision, Denied
from courseapp.kernel.templatetags.times import in_zone
from groups.models import Outcome
from groups.selectors.belonging import is_at_work
from groups.selectors.standing import Asking, HeldLink, Standing, deciders_of

# -- at the door ---------------------------------------------------------------------------------


def read_board(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Students and staff read who is in which group."""
    return require_permission(
        actor,
        Permission.READ_NAMES,
        sentence="Groups and their members are named to the course's students and staff only.",
    )


def take_part(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Only students are in groups."""
    if actor.is_student:
        return Allowed()
    return Denied("students_only", "Only students of this course form groups, join and leave them.")


def answer(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """Students answer what concerns them, and so does whoever changes groups."""
    if actor.may(Permission.CHANGE_GROUPS):
        return Allowed()
    return take_part(actor, asking, now=now)


def forms(course: Course, *, now: datetime) -> Decision:
    """Students form groups up to the course's deadline, where it has one."""
    until = course.groups_form_until
    if until is None or now <= until:
        return Allowed()
    when = in_zone(until, course.timezone)
    return Denied(
        "formation_over",
        f"Groups were formed until {when}. Only staff change memberships now; ask an instructor.",
    )


# -- coming in -----------------------------------------------------------------------------------


def seek(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A student without a group looks for one, also after the deadline."""
    return _first_no(
        take_part(actor, standing, now=now), _runs(standing.course), _is_free(standing, actor)
    )


def found(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A student without a group founds one, up to the deadline."""
    return _first_no(seek(actor, standing, now=now), forms(standing.course, now=now))


def join_by_link(actor: Actor, held: HeldLink, *, now: datetime) -> Decision:
    """Whoever holds a link that stands joins, up to the deadline and while there is a seat."""
    return _first_no(
        found(actor, held.standing, now=now), _link_stands(held), _has_seat(held.standing)
    )


def accept_invitation(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """The invited person joins, up to the deadline and while there is a seat."""
    return _first_no(
        _is_person(actor, asking),
        found(actor, asking.standing, now=now),
        _is_open(asking),
        _has_seat(asking.standing),
    )


def accept_request(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """A member lets the person in, up to the deadline; staff who change groups at any time."""
    return _first_no(
        answer_requests(actor, asking.standing, now=now),
        _runs(asking.standing.course),
        _is_free(asking.standing, actor),
        _is_open(asking),
        _has_seat(asking.standing),
    )


# -- asking and answering ------------------------------------------------------------------------


def invite_anyone(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A member invites, up to the deadline and while there is a seat."""
    return _first_no(_shapes(actor, standing, now=now), _has_seat(standing))


def invite(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """A member invites a student without a group, who has not declined before."""
    return _first_no(
        invite_anyone(actor, asking.standing, now=now),
        _is_free(asking.standing, actor),
        _not_invited_yet(asking),
    )


def ask(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """A student without a group asks one with a free seat, also after the deadline."""
    return _first_no(
        seek(actor, asking.standing, now=now), _has_seat(asking.standing), _not_asked_yet(asking)
    )


def decline_invitation(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """The invited person says no."""
    return _first_no(_is_person(actor, asking), _is_open(asking))


def withdraw_invitation(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """Any member takes an invitation back."""
    return _first_no(_is_member(actor, asking.standing), _is_open(asking))


def answer_requests(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """Members answer who asks, up to the deadline; staff who change groups at any time."""
    if actor.may(Permission.CHANGE_GROUPS):
        return Allowed()
    return _first_no(_is_member(actor, standing), forms(standing.course, now=now))


def decline_request(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """Who could accept a request may decline it."""
    return _first_no(
        answer_requests(actor, asking.standing, now=now),
        _runs(asking.standing.course),
        _is_open(asking),
    )


def withdraw_request(actor: Actor, asking: Asking, *, now: datetime) -> Decision:
    """Who asked takes it back."""
    return _first_no(_is_person(actor, asking), _is_open(asking))


# -- being in ------------------------------------------------------------------------------------


def leave(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A member leaves, up to the deadline; the last one only where the group has nothing to do."""
    return _first_no(_shapes(actor, standing, now=now), _leaves_no_work(standing))


def change_link(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A member makes, renews and ends the group's link, up to the deadline."""
    return _shapes(actor, standing, now=now)


def set_group_interests(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A member writes the group's line."""
    return _first_no(_is_member(actor, standing), _runs(standing.course))


def set_own_interests(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    """A student writes their own line."""
    return _first_no(take_part(actor, standing, now=now), _runs(standing.course))


# -- forming the rest ----------------------------------------------------------------------------


def read_rest(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Whoever changes groups sees how those who remain would be placed."""
    return require_permission(
        actor,
        Permission.CHANGE_GROUPS,
        sentence="Only an instructor, or a TA whom they let, forms groups from those who remain.",
    )


def form_rest(actor: Actor, course: Course, *, is_early: bool, now: datetime) -> Decision:
    """Those who remain are placed after the deadline, before it only where staff say so."""
    return _first_no(
        read_rest(actor, course, now=now),
        _runs(course),
        Allowed() if is_early else formation_over(course, now=now),
    )


def formation_over(course: Course, *, now: datetime) -> Decision:
    """Say whether students are done with forming groups by themselves."""
    until = course.groups_form_until
    if until is None:
        return Denied(
            "formation_open",
            "This course has no deadline until which groups form. Say that you place everyone now.",
        )
    if now > until:
        return Allowed()
    when = in_zone(until, course.timezone)
    return Denied(
        "formation_open",
        f"Students form groups until {when}. Wait, or say that you place everyone now.",
    )


# -- one condition each --------------------------------------------------------------------------


def _first_no(*decisions: Decision) -> Decision:
    return next((one for one in decisions if isinstance(one, Denied)), Allowed())


def _shapes(actor: Actor, standing: Standing, *, now: datetime) -> Decision:
    return _first_no(
        take_part(actor, standing, now=now),
        _is_member(actor, standing),
        _runs(standing.course),
        forms(standing.course, now=now),
    )


def _runs(course: Course) -> Decision:
    if course.state == CourseState.FINISHED:
        return Denied("finished", "The course is finished; its groups stay as they are.")
    return Allowed()


def _is_free(standing: Standing, actor: Actor) -> Decision:
    """Allow a person who may be in a group and is in none."""
    person, present = standing.person, standing.present
    is_own = actor.enrollment is not None and actor.enrollment.pk == person.pk
    who, be = ("You", "are") if is_own else (person.name, "is")
    if person.role != Role.STUDENT:
        return Denied("not_a_student", f"{who} {be} not a student; only students are in groups.")
    if person.state != EnrollmentState.ACTIVE:
        return Denied("dropped", f"{who} {be} no longer in this course.")
    if present is not None:
        return Denied("has_group", f"{who} {be} in {present} already.")
    if standing.bound_until is not None:
        when = in_zone(standing.bound_until, standing.course.timezone)
        return Denied("has_group", f"{who} {be} in another group until {when}.")
    return Allowed()


def _has_seat(standing: Standing) -> Decision:
    group = standing.group
    if group is not None and group.dissolved_at is not None:
        return Denied("dissolved", f"{group} was dissolved; choose another group.")
    if not standing.free_count:
        return Denied("full", f"{group} is full: all {len(standing.taken)} seats are taken.")
    return Allowed()


def _is_member(actor: Actor, standing: Standing) -> Decision:
    if standing.group is None:
        return Denied("no_group", "You are in no group.")
    if actor.enrollment is None or actor.enrollment.pk not in standing.member_ids:
        return Denied("not_a_member", f"Only a member of {standing.group} may do this.")
    return Allowed()


def _leaves_no_work(standing: Standing) -> Decision:
    """Allow a member with whom no group ends that plays a part or has handed something in."""
    group = standing.group
    if group is None or standing.member_ids != {standing.person.pk} or not is_at_work(group):
        return Allowed()
    names = " or ".join(person.name for person in deciders_of(standing.course))
    return Denied(
        "last_at_work",
        f"You are the last member, and {group} plays a part or has handed something in. Ask"
        f" {names or 'an instructor'}: only staff hand on what the group has to do.",
    )


def _is_person(actor: Actor, asking: Asking) -> Decision:
    person = asking.standing.person
    if actor.enrollment is not None and actor.enrollment.pk == person.pk:
        return Allowed()
    return Denied("not_yours", f"Only {person} may do this.")


def _is_open(asking: Asking) -> Decision:
    if asking.group.dissolved_at is not None:
        return Denied("dissolved", f"{asking.group} was dissolved; choose another group.")
    if asking.approach is None or asking.approach.ended_at is None:
        return Allowed()
    if asking.approach.outcome == Outcome.LAPSED:
        return Denied("answered", f"This ended when {asking.standing.person} joined a group.")
    return Denied("answered", f"This was {asking.approach.get_outcome_display()} already.")


def _not_invited_yet(asking: Asking) -> Decision:
    if asking.approach is None:
        return Allowed()
    name = asking.standing.person.name
    if asking.approach.ended_at is None:
        return Denied("already_invited", f"{name} is invited already.")
    if asking.approach.outcome == Outcome.DECLINED:
        return Denied(
            "declined_before",
            f"{name} declined an invitation of {asking.group}. They can still ask to join.",
        )
    return Allowed()


def _not_asked_yet(asking: Asking) -> Decision:
    if asking.approach is None or asking.approach.ended_at is not None:
        return Allowed()
    return Denied("already_asked", f"You have asked {asking.group} already.")


def _link_stands(held: HeldLink) -> Decision:
    if held.link.ended_at is None:
        return Allowed()
    return Denied("link_ended", f"This link has ended. Ask a member of {held.standing.group}.")
