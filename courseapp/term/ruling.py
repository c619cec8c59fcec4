"""The rules that hold today, written where everyone reads them (domain.md §13.7).

Sizes of groups and names of roles stand in the course's own row. A change that names them for a later
day is written there on its day; one that is taken back gives way to what held before it.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q

from courseapp.course.models import Course, CourseState, Enrollment, RuleChange, RuleName
from courseapp.course.selectors import RuleBook, rule_book
from courseapp.kernel import audit
from groups.models import SizeWaiver
from groups.selectors import groups_of
from groups.selectors.sizes import needs_waiver, waived_sizes
from schedule.models import GroupRole

SIZES = (RuleName.GROUP_SIZE_MIN, RuleName.GROUP_SIZE_MAX)
ROLE_OF = {
    RuleName.PRESENTER_NAME: GroupRole.PRESENTER,
    RuleName.AUTHORS_NAME: GroupRole.AUTHORS,
    RuleName.REVIEWERS_NAME: GroupRole.REVIEWERS,
}


def today_in(course: Course, *, now: datetime) -> date:
    """Return the date in the course's zone."""
    return now.astimezone(ZoneInfo(course.timezone)).date()


def standing_value(course: Course, name: RuleName) -> int | str:
    """Return what stands in the course's row for a size or a role's name."""
    if name in SIZES:
        size: int = getattr(course, name.value)
        return size
    return str(course.role_names.get(ROLE_OF[name].value, ""))


def settle_rules(*, course: Course, now: datetime, by: Enrollment | None = None) -> list[str]:
    """Write the sizes and names that hold today into the course's row.

    A group that is outside the sizes from now on is recorded as a waiver; returns these in words.
    """
    book, today = rule_book(course), today_in(course, now=now)
    sizes = {name.value: _settled(course, name, book, on=today) for name in SIZES}
    names = {ROLE_OF[name].value: _settled(course, name, book, on=today) for name in ROLE_OF}
    wanted = {**sizes, "role_names": {role: own for role, own in names.items() if own}}
    changed = [name for name, value in wanted.items() if getattr(course, name) != value]
    for name in changed:
        setattr(course, name, wanted[name])
    if changed:
        course.save(update_fields=changed)
    return _waive(course, now=now, by=by) if set(changed) & set(sizes) else []


def _settled(course: Course, name: RuleName, book: RuleBook, *, on: date) -> int | str:
    """Return what holds on a day: before every change, what the first one replaced."""
    first = RuleChange.objects.filter(course=course, name=name).order_by("pk").first()
    base = standing_value(course, name) if first is None else first.replaced
    value: int | str = book.value(name, on=on, default=base)
    return value


def _waive(course: Course, *, now: datetime, by: Enrollment | None) -> list[str]:
    """Record who is outside the sizes without a waiver that covers it (§6)."""
    members = Count("memberships", filter=Q(memberships__ends_at__isnull=True))
    lines = []
    sized = list(groups_of(course).annotate(size=members))
    waived = waived_sizes(group.pk for group in sized)
    for group in sized:
        if not needs_waiver(course, group.size, waived[group.pk]):
            continue
        SizeWaiver.objects.create(
            group=group,
            size=group.size,
            reason="The course's sizes changed.",
            granted_by=by,
            granted_at=now,
        )
        lines.append(f"{group} has {group.size}: this is recorded as a waiver, nobody has to move.")
    return lines


def settle_all(*, now: datetime) -> int:
    """Let the changes whose day has come hold in every course; return how many courses changed."""
    changed = RuleChange.objects.filter(withdrawn_at__isnull=True, name__in=[*SIZES, *ROLE_OF])
    courses = Course.objects.exclude(state=CourseState.FINISHED)
    ids = courses.filter(pk__in=changed.values("course")).values_list("pk", flat=True)
    return sum(_settle_one(pk, now=now) for pk in ids)


@transaction.atomic
def _settle_one(course_id: int, *, now: datetime) -> bool:
    course = Course.objects.select_for_update().get(pk=course_id)
    before = [standing_value(course, name) for name in (*SIZES, *ROLE_OF)]
    with audit.acting(user_id=None, action="settle_rules", reason="A rule's day has come."):
        settle_rules(course=course, now=now)
    return before != [standing_value(course, name) for name in (*SIZES, *ROLE_OF)]
