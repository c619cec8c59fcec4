"""A reminder that staff send by hand: to exactly those who owe, at most once an hour (domain.md §1, §11)."""

from datetime import datetime

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.course.models import Enrollment
from courseapp.kernel import mail
from courseapp.kernel.decisions import Denied, Refused, require
from submissions import policies
from submissions.models import Deliverable, Reminder
from submissions.selectors.owed import duties
from submissions.selectors.reminding import BY_STAFF, reminding_of
from submissions.services.reminders import (
    Due,
    is_open,
    members_of,
    this_round,
)


@transaction.atomic
def remind_by_hand(*, actor: Actor, deliverable_id: int, now: datetime) -> int:
    """Queue a reminder to each person who still owes it; return how many that are.

    The mail says what is still owed at the moment of sending, as those that go out by themselves do,
    and the reminder notes who asked for it and when.
    """
    locked = Deliverable.objects.select_for_update(of=("self",)).select_related("course")
    found = locked.filter(
        pk=deliverable_id, course=actor.course, withdrawn_at__isnull=True, due_at__isnull=False
    ).first()
    if found is None or actor.enrollment is None:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    require(policies.remind(actor, reminding_of(found), now=now))
    moment = f"{BY_STAFF}{actor.enrollment.pk}_{now:%Y%m%d%H%M}"
    owing = _owing(found, moment, now=now)
    people = list(Enrollment.objects.active().exclude(email="").filter(pk__in=owing))
    _queue(found, [(person, owing[person.pk]) for person in people], now=now)
    return len(people)


def _queue(
    deliverable: Deliverable, reminded: list[tuple[Enrollment, Due]], *, now: datetime
) -> None:
    """Queue one mail to each person, all at once: a large course owes by the thousands."""
    mails = mail.queue_late_to(
        {person.email: due.duty.due_at for person, due in reminded},
        kind="submissions/reminder",
        course_id=deliverable.course_id,
        now=now,
    )
    mail_ids = {queued.recipient: queued.pk for queued in mails}
    Reminder.objects.bulk_create(
        [
            Reminder(
                deliverable=deliverable,
                enrollment=person,
                moment=due.moment,
                due_at=due.duty.due_at,
                mail_id=mail_ids[person.email],
                reminded_at=now,
            )
            for person, due in reminded
        ]
    )


def _owing(deliverable: Deliverable, moment: str, *, now: datetime) -> dict[int, Due]:
    """Return those who still owe by their ids, each with what they are reminded of."""
    owed = map(
        this_round, duties(course=deliverable.course, now=now, deliverables=[deliverable.pk])
    )
    open_duties = [duty for duty in owed if is_open(duty, now=now)]
    members = members_of(duty.group_id for duty in open_duties)
    return {
        person: Due(person, duty, moment)
        for duty in open_duties
        for person in ([duty.enrollment_id] if duty.enrollment_id else members[duty.group_id])
    }
