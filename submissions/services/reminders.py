"""Reminders: to exactly those who still owe, each at most once (domain.md §11)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction

from courseapp.course.models import Course, CourseState, Enrollment
from courseapp.kernel import mail
from courseapp.kernel.mail import Rendered
from groups.models import Membership
from submissions import emails
from submissions.deadlines import DEFAULT_REMINDER_HOURS, current_moment, reminder_moments
from submissions.models import ProposalDecision, Reminder
from submissions.selectors.owed import Duty, duties

# Any number, the same for every sweep: two of them never plan at one time.
PLANNING_LOCK = 7_355_608
LONGEST_LEAD = timedelta(hours=max(DEFAULT_REMINDER_HOURS))


@dataclass(frozen=True)
class Due:
    """A reminder whose moment has come: whom, of which duty, at which moment."""

    enrollment_id: int
    duty: Duty
    moment: str

    @property
    def key(self) -> tuple[int, int, str, datetime]:
        """Return what may be reminded of once only; a moved due instant is another."""
        return self.enrollment_id, self.duty.deliverable_id, self.moment, self.duty.due_at


def remind(*, now: datetime) -> int:
    """Queue the reminders whose moment has come in every published course; return how many people."""
    courses = Course.objects.filter(state=CourseState.PUBLISHED)
    return sum(_remind_in(course, now=now) for course in courses)


@transaction.atomic
def _remind_in(course: Course, *, now: datetime) -> int:
    """Queue one mail a person for all that falls together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING_LOCK])
    open_duties = _first_asked(course, now=now) + _asked_again(course, now=now)
    by_person: dict[int, list[Due]] = defaultdict(list)
    for due in _without_those_reminded(_ripe(open_duties, now=now)):
        by_person[due.enrollment_id].append(due)
    people = Enrollment.objects.active().exclude(email="").in_bulk(by_person)
    for person_id, reminders in by_person.items():
        if person_id in people:
            _queue(course, people[person_id], reminders, now=now)
    return len(people)


def _first_asked(course: Course, *, now: datetime) -> list[Duty]:
    """Return what is due soon and for which nothing is in."""
    soon = duties(course=course, now=now, due_after=now, due_by=now + LONGEST_LEAD)
    return [duty for duty in soon if duty.asked_again_until is None and is_open(duty, now=now)]


def _asked_again(course: Course, *, now: datetime) -> list[Duty]:
    """Return the rounds of proposals that the instructor asked for and that end soon (§9)."""
    rounds = ProposalDecision.objects.filter(
        version__submission__deliverable__course=course,
        next_due_at__gt=now,
        next_due_at__lte=now + LONGEST_LEAD,
    )
    proposals = set(rounds.values_list("version__submission__deliverable", flat=True))
    if not proposals:
        return []
    asked = map(this_round, duties(course=course, now=now, deliverables=list(proposals)))
    return [
        duty
        for duty in asked
        if duty.asked_again_until is not None and now < duty.due_at <= now + LONGEST_LEAD
    ]


def this_round(duty: Duty) -> Duty:
    """Return the duty with the due instant of the round that was asked for, where one was."""
    return replace(duty, due_at=duty.asked_again_until or duty.due_at)


def is_open(duty: Duty, *, now: datetime) -> bool:
    """Say whether a duty is still owed: nothing is in, or a new round is asked for, and it is not past."""
    is_missing = duty.latest_number is None or duty.asked_again_until is not None
    return is_missing and now < duty.due_at


def _ripe(open_duties: list[Duty], *, now: datetime) -> list[Due]:
    members = members_of(duty.group_id for duty in open_duties)
    found = []
    for duty in open_duties:
        moments = reminder_moments(
            duty.kind, due_at=duty.due_at, lecture_ends_at=duty.lecture_ends_at
        )
        moment = current_moment(moments, now=now, due_at=duty.due_at)
        if moment is None:
            continue
        owners = [duty.enrollment_id] if duty.enrollment_id else members[duty.group_id]
        found += [Due(owner, duty, moment.name) for owner in owners]
    return found


def members_of(group_ids: Iterable[int | None]) -> dict[int | None, list[int]]:
    """Return the ids of who is in each group now."""
    current = Membership.objects.current().filter(
        group_id__in={found for found in group_ids if found}
    )
    members: dict[int | None, list[int]] = defaultdict(list)
    for group_id, enrollment_id in current.values_list("group_id", "enrollment_id"):
        members[group_id].append(enrollment_id)
    return members


def _without_those_reminded(ripe: list[Due]) -> list[Due]:
    told = Reminder.objects.filter(deliverable__in={due.duty.deliverable_id for due in ripe})
    keys = set(told.values_list("enrollment_id", "deliverable_id", "moment", "due_at"))
    return [due for due in ripe if due.key not in keys]


def _queue(course: Course, person: Enrollment, reminders: list[Due], *, now: datetime) -> None:
    queued = mail.queue_late(
        kind="submissions/reminder",
        recipient=person.email,
        course_id=course.pk,
        not_after=max(due.duty.due_at for due in reminders),
        now=now,
    )
    Reminder.objects.bulk_create(
        [
            Reminder(
                deliverable_id=due.duty.deliverable_id,
                enrollment=person,
                moment=due.moment,
                due_at=due.duty.due_at,
                mail_id=queued.pk,
                reminded_at=now,
            )
            for due in reminders
        ]
    )


def render_reminder(*, mail_id: int, now: datetime) -> Rendered | None:
    """Say what the person still owes at the moment of sending; None where that is nothing.

    Whoever has handed in or dropped since, and every due instant that has come, falls out here.
    """
    reminders = list(Reminder.objects.filter(mail_id=mail_id).select_related("enrollment__course"))
    if not reminders:
        return None
    person = reminders[0].enrollment
    if person.dropped_at is not None or person.course.state != CourseState.PUBLISHED:
        return None
    reminded_of = {(found.deliverable_id, found.due_at) for found in reminders}
    owed = duties(
        course=person.course,
        now=now,
        person=person.pk,
        deliverables=[found.deliverable_id for found in reminders],
    )
    still_open = [
        duty
        for duty in map(this_round, owed)
        if is_open(duty, now=now) and (duty.deliverable_id, duty.due_at) in reminded_of
    ]
    return emails.reminder(course=person.course, duties=still_open) if still_open else None
