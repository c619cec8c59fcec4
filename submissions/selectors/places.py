"""One deliverable as its owner sees it: what is due, what came in, what counts."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course
from courseapp.kernel.lookup import Lookup
from groups.models import Group
from groups.selectors import group_of
from schedule.models import SlotPlacement
from submissions.deadlines import Kind, counted, is_on_time
from submissions.models import (
    Deliverable,
    ProposalDecision,
    SubmissionVersion,
)
from submissions.rules import (
    Decided,
    ProposalVerdict,
    Terms,
    round_due_at,
)
from submissions.selectors.checks import Checked, checks_of
from submissions.selectors.owed import Duty, duties
from submissions.selectors.terms import terms_from, with_terms


@dataclass(frozen=True)
class Place:
    """Where one owner hands in: the deliverable, whose work it is, and the versions so far.

    `enrollment_id` or `group` is the owner; both None where the actor owes nothing here. `due_at`
    is the instant that holds for this owner.
    """

    course: Course
    deliverable: Deliverable
    kind: Kind
    terms: Terms
    due_at: datetime
    enrollment_id: int | None
    group: Group | None
    submission_id: int | None
    versions: tuple[SubmissionVersion, ...]
    decisions: tuple[Decided, ...] = ()

    @property
    def is_owed(self) -> bool:
        """Say whether the actor is an owner here."""
        return self.enrollment_id is not None or self.group is not None

    @property
    def owner(self) -> tuple[int | None, int | None]:
        """Return whose work it is: the ids of an enrollment and of a group, one of them None."""
        return self.enrollment_id, self.group.pk if self.group else None

    @property
    def counting(self) -> SubmissionVersion | None:
        """Return the version that counts: the highest number among those on time (§5)."""
        return counted(self.versions, due_at=self.due_at)

    @property
    def latest(self) -> SubmissionVersion | None:
        """Return the newest version, on time or not."""
        return self.versions[-1] if self.versions else None

    def due_at_for(self, received_at: datetime) -> datetime:
        """Return the due instant of a hand-in: that of its round, where one was asked for (§9)."""
        return round_due_at(received_at=received_at, decisions=self.decisions, due_at=self.due_at)

    def is_on_time(self, version: SubmissionVersion) -> bool:
        """Say whether a version came in time for its round."""
        due_at = self.due_at_for(version.received_at)
        return is_on_time(received_at=version.received_at, due_at=due_at)


def place_of(actor: Actor, *, now: datetime, deliverable_id: int) -> Place | None:
    """Return a deliverable of the actor's course as the actor sees it; None where it is not there."""
    if actor.course is None or not actor.may(Permission.READ_COURSE):
        return None
    deliverable = _due(actor.course, deliverable_id)
    if deliverable is None:
        return None
    return _place(deliverable, *_own_duty(actor, deliverable, now=now))


def _due(course: Course, deliverable_id: int) -> Deliverable | None:
    found = _DUE.first(course=course.pk, deliverable=deliverable_id)
    if found is not None:
        found.course = course
    return found


def _standing(*, course: int, deliverable: int) -> QuerySet[Deliverable]:
    related = with_terms(Deliverable.objects.all()).select_related("lecture", "reading__paper")
    return related.filter(
        pk=deliverable, course=course, withdrawn_at__isnull=True, due_at__isnull=False
    )


_DUE = Lookup(_standing, course=-1, deliverable=-2)


def _place(deliverable: Deliverable, duty: Duty | None, group: Group | None) -> Place:
    assert deliverable.due_at is not None
    submission_id = None if duty is None else duty.submission_id
    has_versions = duty is not None and duty.latest_number is not None
    return Place(
        course=deliverable.course,
        deliverable=deliverable,
        kind=Kind(deliverable.kind),
        terms=terms_from(deliverable),
        due_at=deliverable.due_at if duty is None else duty.due_at,
        enrollment_id=None if duty is None else duty.enrollment_id,
        group=group,
        submission_id=submission_id,
        versions=versions_of(submission_id) if has_versions else (),
        decisions=decisions_of(deliverable, group),
    )


def place_under_lock(place: Place, actor: Actor, *, submission_id: int) -> Place:
    """Return the place again, its submission locked: whose work it is, and what has come in since.

    The actor's group may have changed meanwhile; then nobody is an owner here any more.
    """
    group = None if place.group is None else group_of(actor)
    return replace(
        place, group=group, submission_id=submission_id, versions=versions_of(submission_id)
    )


def place_of_owner(
    course: Course, *, now: datetime, deliverable_id: int, owner: tuple[int | None, int | None]
) -> Place | None:
    """Return a deliverable as one owner sees it, whoever asks; None where they do not owe it.

    `owner` as `Place.owner`.
    """
    deliverable = _due(course, deliverable_id)
    if deliverable is None:
        return None
    owed = duties(course=course, now=now, person=owner[0], deliverables=[deliverable.pk])
    duty = next((one for one in owed if (one.enrollment_id, one.group_id) == owner), None)
    if duty is None:
        return None
    group = None if owner[1] is None else Group.objects.get(pk=owner[1])
    return _place(deliverable, duty, group)


def place_of_owner_again(place: Place, *, submission_id: int) -> Place:
    """Return an owner's place again, its submission locked: what has come in since."""
    return replace(place, submission_id=submission_id, versions=versions_of(submission_id))


def versions_of(submission_id: int | None) -> tuple[SubmissionVersion, ...]:
    """Return a submission's versions by number; none where nothing has been handed in."""
    if submission_id is None:
        return ()
    return tuple(_VERSIONS.all(submission=submission_id))


def _by_number(*, submission: int) -> QuerySet[SubmissionVersion]:
    versions = SubmissionVersion.objects.filter(submission=submission)
    return versions.select_related("handed_in_by").order_by("number")


_VERSIONS = Lookup(_by_number, submission=-1)


def decisions_of(deliverable: Deliverable, group: Group | None) -> tuple[Decided, ...]:
    """Return what was decided on the group's proposal; nothing for other kinds."""
    if group is None or deliverable.kind != Kind.PROPOSAL.value:
        return ()
    found = _DECISIONS.all(deliverable=deliverable.pk, group=group.pk)
    return tuple(decided_of(one) for one in found)


def _decided(*, deliverable: int, group: int) -> QuerySet[ProposalDecision]:
    decisions = ProposalDecision.objects.filter(
        version__submission__deliverable=deliverable, version__submission__group=group
    )
    return decisions.select_related("version")


_DECISIONS = Lookup(_decided, deliverable=-1, group=-2)


def decided_of(decision: ProposalDecision) -> Decided:
    """Return a decision as the rules read it."""
    return Decided(
        decision_id=decision.pk,
        version_number=decision.version.number,
        verdict=ProposalVerdict(decision.verdict),
        decided_at=decision.decided_at,
        next_due_at=decision.next_due_at,
    )


def _own_duty(
    actor: Actor, deliverable: Deliverable, *, now: datetime
) -> tuple[Duty | None, Group | None]:
    """Return the duty of the actor, or of their present group with the group; None without one."""
    if actor.course is None or actor.enrollment is None or not actor.is_student:
        return None, None
    is_question = deliverable.kind == Kind.QUESTION.value
    group = None if is_question else group_of(actor)
    if group is None and not is_question:
        return None, None
    owed = duties(
        course=actor.course,
        now=now,
        person=actor.enrollment.pk if is_question else None,
        group=None if group is None else group.pk,
        deliverables=[deliverable.pk],
    )
    return (owed[0], group) if owed else (None, None)


_BASE_DUE_AT = Coalesce(
    Subquery(
        SlotPlacement.objects.filter(
            group=OuterRef("submission__group"), kind=OuterRef("submission__deliverable__kind")
        ).values("due_at")[:1]
    ),
    F("submission__deliverable__due_at"),
)


def version_visible_to(actor: Actor, *, now: datetime, version_id: int) -> SubmissionVersion | None:
    """Return a version that the actor may read: their own, their group's, or any for staff (§5).

    Current members read all their group's work; former members what came in while they belonged,
    and what they are credited for.
    """
    if actor.enrollment is None or actor.course is None:
        return None
    in_course = SubmissionVersion.objects.select_related(
        "submission__deliverable", "submission__group", "submission__enrollment", "handed_in_by"
    ).filter(pk=version_id, submission__deliverable__course=actor.course)
    if not actor.may(Permission.READ_ALL_WORK):
        in_course = in_course.filter(_readable_by(actor)).distinct()
    return in_course.first()


def check_visible_to(actor: Actor, *, now: datetime, version_id: int) -> Checked | None:
    """Return the check of a version that the actor may read; None where there is none."""
    version = version_visible_to(actor, now=now, version_id=version_id)
    return None if version is None else checks_of([version.pk]).get(version.pk)


def _readable_by(actor: Actor) -> Q:
    own = Q(submission__enrollment=actor.enrollment)
    was_member = Q(members__enrollment=actor.enrollment)
    of_group = Q(submission__group__memberships__enrollment=actor.enrollment)
    is_member = Q(submission__group__memberships__ends_at__isnull=True)
    # Credited are the members at the due instant that holds without any extension (§6).
    is_credited = Q(
        submission__group__memberships__starts_at__lte=_BASE_DUE_AT,
        submission__group__memberships__ends_at__gt=_BASE_DUE_AT,
    )
    return own | was_member | (of_group & (is_member | is_credited))


@dataclass(frozen=True)
class ReceiptLine:
    """A version as pages list it; `number` is the receipt's code."""

    version_id: int
    version_number: int
    number: str
    sha256: str
    size: int
    received_at: datetime
    by_name: str
    is_late: bool
    is_counting: bool
    file_name: str
    check: Checked | None = None


def lines_of(place: Place) -> list[ReceiptLine]:
    """Return the versions of a place with what was found in their files, the newest first."""
    counting = place.counting
    checks = checks_of([version.pk for version in place.versions])
    return [
        replace(
            _line(version, is_late=not place.is_on_time(version), is_counting=version == counting),
            check=checks.get(version.pk),
        )
        for version in reversed(place.versions)
    ]


def accepted_words(place: Place) -> str:
    """Say which files are taken here ("A .pptx or .ppt file,")."""
    forms = place.terms.accepted
    return f"A {' or '.join(forms)} file," if forms else "Text,"


def _line(version: SubmissionVersion, *, is_late: bool, is_counting: bool) -> ReceiptLine:
    return ReceiptLine(
        version_id=version.pk,
        version_number=version.number,
        number=version.receipt_code,
        sha256=version.sha256,
        size=version.size,
        received_at=version.received_at,
        by_name=version.handed_in_by.name,
        is_late=is_late,
        is_counting=is_counting,
        file_name=version.file_name,
    )
