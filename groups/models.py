"""Who works with whom, and from when to when."""

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only


@pghistory.track()
class Group(models.Model):
    """Students of one course who do all graded work together (domain.md §1)."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
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
    start_reason = models.CharField(max_length=300, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
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
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.group_id} with {self.size}"
