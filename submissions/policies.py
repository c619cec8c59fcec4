"""Who may hand in, decide and agree, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, CourseState, ExtensionPolicy, Role, SlidesReaders
from courseapp.kernel.decisions import Allowed, Decision, Denied
from courseapp.kernel.templatetags.times import in_zone
from submissions.deadlines import LatePolicy, is_refused_as_late
from submissions.models import Deliverable
from submissions.selectors.editing import Editor
from submissions.selectors.final_slides import FinalSlides
from submissions.selectors.places import Place
from submissions.selectors.proposals import ProposalCase
from submissions.selectors.reminding import Reminding

# By hand, one deliverable is reminded of at most this often.
REMIND_EVERY: Final = timedelta(hours=1)


def read_place(actor: Actor, place: Place, *, now: datetime) -> Decision:
    """Owners see where they hand in; staff see it too."""
    if place.is_owed or actor.is_staff:
        return Allowed()
    return Denied("not_yours", _whose(place))


def read_editor(actor: Actor, editor: Editor, *, now: datetime) -> Decision:
    """Who sees where a text is handed in sees what is being written."""
    return read_place(actor, editor.place, now=now)


def hand_in(actor: Actor, place: Place, *, now: datetime) -> Decision:
    """An owner hands in while the course runs; late work by the deliverable's policy (§5).

    `now` is the hand-in's `received_at`.
    """
    running = course_runs(place.course)
    if isinstance(running, Denied):
        return running
    if not place.is_owed or not actor.may(Permission.HAND_IN):
        return Denied("not_yours", _whose(place))
    return _taken_when_late(place, now=now)


def _taken_when_late(place: Place, *, now: datetime) -> Decision:
    """Allow what is on time, and what is late where late work is kept."""
    policy = LatePolicy(place.terms.late_policy)
    due_at = place.due_at_for(now)
    if is_refused_as_late(policy=policy, received_at=now, due_at=due_at):
        when = in_zone(due_at, place.course.timezone)
        return Denied("closed", f"This closed {when}. An instructor can open it for you.")
    return Allowed()


@dataclass(frozen=True)
class HandInFor:
    """What staff hand in for others: where, whose work it is, and why."""

    place: Place
    owner_ids: frozenset[int]
    reason: str


def hand_in_for(actor: Actor, wish: HandInFor, *, now: datetime) -> Decision:
    """Staff hand in for an owner, with a reason, never for themselves; late as any other (§1, §5)."""
    running = course_runs(wish.place.course)
    if isinstance(running, Denied):
        return running
    if not actor.is_staff:
        return Denied("not_permitted", "Only the staff of the course hand in for others.")
    if actor.enrollment is not None and actor.enrollment.pk in wish.owner_ids:
        return Denied("own_work", "Nobody hands in as staff for themselves or their own group.")
    if not wish.reason.strip():
        return Denied("reason_missing", "Say why it is handed in for them; it is kept with it.")
    return _taken_when_late(wish.place, now=now)


def course_runs(course: Course) -> Decision:
    """Nothing is handed in before a course is published or after it is finished."""
    if course.state == CourseState.PUBLISHED:
        return Allowed()
    if course.state == CourseState.DRAFT:
        return Denied("not_published", "The course is not published yet; nothing is handed in.")
    return Denied("finished", "The course is finished; nothing is handed in any more.")


def _whose(place: Place) -> str:
    if place.kind.value == "question":
        return (
            "You owe no question here: you hold a role in this lecture, or were not in class yet."
        )
    return "This is handed in by another group. Your own duties are on your home page."


def read_proposals(actor: Actor, cases: object, *, now: datetime) -> Decision:
    """Staff read all proposals."""
    if actor.is_staff:
        return Allowed()
    return Denied(
        "staff_only", "The list of proposals is for staff; yours is on your project page."
    )


def decide_proposal(actor: Actor, case: ProposalCase, *, now: datetime) -> Decision:
    """Whoever holds the permission decides on the newest version, once, and never on their own."""
    if not actor.may(Permission.DECIDE_PROPOSALS):
        return Denied("not_permitted", "Only an instructor decides on proposals.")
    if actor.enrollment is not None and actor.enrollment.pk in case.member_ids:
        return Denied("own_group", "Nobody decides on the proposal of their own group.")
    if case.latest is None:
        return Denied("nothing_in", "This group has handed in no proposal yet.")
    if case.decision_on_latest is not None:
        return Denied(
            "decided", "This version has been decided on; the group can hand in a new one."
        )
    return Allowed()


def agree_to_proposal(actor: Actor, case: ProposalCase, *, now: datetime) -> Decision:
    """Each current member agrees to an approved proposal, once."""
    if actor.enrollment is None or actor.enrollment.pk not in case.member_ids:
        return Denied("not_a_member", "Only the group's current members agree to its proposal.")
    if not case.awaits_agreement:
        return Denied("not_approved", "There is no approved proposal to agree to.")
    if actor.enrollment.pk in case.agreed_ids:
        return Denied("agreed", "You have agreed already.")
    return Allowed()


@dataclass(frozen=True)
class MoreTime:
    """Until when whom is given more time; no owners: all. Without `due_at` it is taken back.

    `base_due_at` is when it is due for them without; `standing` is what they were given before.
    """

    deliverable: Deliverable
    owner_ids: frozenset[int]
    due_at: datetime | None
    base_due_at: datetime | None
    standing: datetime | None


def extend(actor: Actor, wish: MoreTime, *, reason: str, now: datetime) -> Decision:
    """Whoever may give more time does, with a reason; never to themselves (§1, §5)."""
    allowed = give_time(actor, wish.deliverable.course)
    if not allowed:
        return allowed
    if actor.enrollment is not None and actor.enrollment.pk in wish.owner_ids:
        return Denied("own_work", "Nobody gives more time to themselves or to their own group.")
    if not reason.strip():
        return Denied("reason_missing", "An extension needs a reason; write it down.")
    return _is_later(wish)


def give_time(actor: Actor, course: Course) -> Decision:
    """Whoever holds the permission; in a course that gives none, only an instructor overrides it."""
    if not actor.may(Permission.EXTEND):
        return Denied("not_permitted", "Only an instructor extends a deadline.")
    if course.extensions == ExtensionPolicy.NONE and actor.role != Role.INSTRUCTOR:
        sentence = "This course gives no extensions; only an instructor overrides that."
        return Denied("no_extensions", sentence)
    return Allowed()


def _is_later(wish: MoreTime) -> Decision:
    if wish.due_at is None:
        if wish.standing is None:
            return Denied("nothing_given", "No more time was given here that could be taken back.")
        return Allowed()
    if wish.base_due_at is not None and wish.due_at <= wish.base_due_at:
        return Denied("not_later", "An extension ends after the deadline that holds without it.")
    return Allowed()


def publish_plan(actor: Actor, broken: Sequence[str], *, now: datetime) -> Decision:
    """Whoever changes the plan publishes it; each rule that it breaks is kept with a reason (§7).

    `broken` are the broken rules, in words, for which no reason was given.
    """
    if not actor.may(Permission.CHANGE_PLAN):
        return Denied("not_permitted", "Only an instructor publishes the plan of roles.")
    if broken:
        return Denied(
            "broken_rules",
            "The plan breaks rules as the course stands now; mend them, or keep each with a reason: "
            + " ".join(broken),
        )
    return Allowed()


def remind(actor: Actor, reminding: Reminding, *, now: datetime) -> Decision:
    """Staff send the reminder of a deliverable, at most once an hour, while it can still help (§1)."""
    if not actor.may(Permission.REMIND):
        return Denied("not_permitted", "Only staff send the reminder of a deliverable.")
    if reminding.deliverable.course.state != CourseState.PUBLISHED:
        return Denied("not_published", "Only a published course mails anyone.")
    if reminding.last_at is not None and now < reminding.last_at + REMIND_EVERY:
        zone = reminding.deliverable.course.timezone
        again = in_zone(reminding.last_at + REMIND_EVERY, zone)
        return Denied("too_soon", f"Its reminder went out within the last hour; again {again}.")
    return Allowed()


def keep_off_schedule(actor: Actor, slides: object, *, now: datetime) -> Decision:
    """Staff keep final slides off the schedule, and put them back (§5)."""
    if actor.is_staff:
        return Allowed()
    return Denied("staff_only", "Only staff keep slides off the schedule.")


def read_final_slides(actor: Actor, slides: FinalSlides, *, now: datetime) -> Decision:
    """What stands on the schedule is read by anyone, or by the people of the course (§5)."""
    if slides.course.final_slides_for == SlidesReaders.PUBLIC or actor.may(Permission.READ_COURSE):
        return Allowed()
    return Denied(
        "class_only", "The final slides are for the people of the course. Sign in if you are in it."
    )


def ask_archive(actor: Actor, target: object, *, now: datetime) -> Decision:
    """Staff take what came in along as one file."""
    if actor.is_staff:
        return Allowed()
    return Denied("staff_only", "Archives of what came in are for the staff of the course.")
