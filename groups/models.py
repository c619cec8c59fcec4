"""Who works with whom, and from when to when."""

from datetime import timedelta

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core import signing
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only

INTERESTS_LENGTH = 160
REASON_LENGTH = 300
# A membership that has not begun yet, as before the first day of a term, ends as soon as it does.
SHORTEST_STAY = timedelta(microseconds=1)


@pghistory.track()
class Group(models.Model):
    """Students of one course who do all graded work together (domain.md §1)."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    interests = models.CharField(max_length=INTERESTS_LENGTH, blank=True)
    formed_at = models.DateTimeField()
    dissolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "name"], name="group_unique_name"),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class TsTzRange(models.Func):
    """The span of a membership as a range that the database can compare."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


SPAN = TsTzRange("starts_at", "ends_at", RangeBoundary())


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Vocabulary of memberships."""

    def current(self) -> "MembershipQuerySet":
        """Return those that have not ended."""
        return self.filter(ends_at__isnull=True)


@append_only(updatable=("ends_at", "end_reason", "ended_by_id"))
@pghistory.track()
class Membership(models.Model):
    """A student in one seat of a group from an instant to an instant (open while current).

    Only the end can be set later. No student is in two groups at one time, and no seat holds two.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="memberships")
    seat = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    start_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    end_reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    ended_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    printed = models.JSONField(default=dict, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["group", "seat"]
        constraints = [
            ExclusionConstraint(
                name="membership_one_group_at_a_time",
                expressions=[
                    ("enrollment", RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="membership_one_person_a_seat",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("seat", RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(seat__gte=1), name="membership_seat_from_one"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.enrollment_id} in {self.group_id}"


@append_only()
class SizeWaiver(models.Model):
    """A recorded departure from the course's group sizes (domain.md §6)."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="size_waivers")
    size = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=REASON_LENGTH)
    granted_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.group_id} with {self.size}"


class Outcome(models.TextChoices):
    """How an invitation or a request ended; alphabetical. What lapsed was overtaken by another way in."""

    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    LAPSED = "lapsed", "overtaken"
    WITHDRAWN = "withdrawn", "withdrawn"


# An invitation or a request that waits for an answer; with its group each of them ends.
OPEN = models.Q(ended_at__isnull=True, group__dissolved_at__isnull=True)


class Approach(models.Model):
    """What stands between a group and one person until it is answered; only its end is set later."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="%(class)ss")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="%(class)ss")
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "enrollment"],
                condition=models.Q(ended_at__isnull=True),
                name="%(class)s_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", ended_at__isnull=True)
                | models.Q(outcome__in=Outcome.values, ended_at__isnull=False),
                name="%(class)s_outcome_has_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("made_at")),
                name="%(class)s_ends_after_made",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.enrollment_id} and {self.group_id}"


END_COLUMNS = ("outcome", "ended_at", "ended_by_id")


@append_only(updatable=END_COLUMNS)
class Invitation(Approach):
    """A group asks a person to join; the person accepts or declines."""

    invited_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")


@append_only(updatable=END_COLUMNS)
class JoinRequest(Approach):
    """A person asks to join a group; a member accepts or declines, after the deadline staff."""

    message = models.CharField(max_length=300, blank=True)


@append_only(updatable=("ended_at", "ended_by_id"))
class JoinLink(models.Model):
    """A link by which any student of the course joins a group, until a member ends it.

    No secret lies in the database, nor a hash of one: it is derived from the row by the server's
    key, so that members see their link whenever they look, and a copy of the database opens nothing.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="join_links")
    made_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(ended_at__isnull=True),
                name="join_link_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("made_at")),
                name="join_link_ends_after_made",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"link {self.pk} of {self.group_id}"

    @property
    def secret(self) -> str:
        """Return what the link's address carries beside its number."""
        return _link_signer().signature(self._signed)

    def opens_with(self, secret: str) -> bool:
        """Say whether this is the link's secret, also under a key that was the server's before."""
        try:
            _link_signer().unsign(f"{self._signed}:{secret}")
        except signing.BadSignature:
            return False
        return True

    @property
    def _signed(self) -> str:
        # The instant too: where a number is given out again, after a restore, old links stay shut.
        return f"{self.pk}@{self.made_at.timestamp():.6f}"


def _link_signer() -> signing.Signer:
    # A salt of its own: no other signature of the server opens a group.
    return signing.Signer(sep=":", salt="groups.JoinLink")


@pghistory.track()
class InterestsLine(models.Model):
    """What a student would like to work on, in a line; shown while they are in no group."""

    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.PROTECT, related_name="interests_line"
    )
    text = models.CharField(max_length=INTERESTS_LENGTH, blank=True)

    @override
    def __str__(self) -> str:
        return self.text
