"""Who plays which part in a lecture."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Enrollment
from groups.models import Group
from schedule.models.lectures import Lecture, Standing


class GroupRole(models.TextChoices):
    """The part that a group plays in a lecture; the audience is derived, never stored."""

    PRESENTER = "presenter", "presenter"
    AUTHORS = "authors", "authors"
    REVIEWERS = "reviewers", "reviewers"


class PersonKind(models.TextChoices):
    """Who plays a part when it is no group."""

    STAFF = "staff", "staff"
    GUEST = "guest", "guest"
    STUDENT = "student", "student"


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Vocabulary of role assignments."""

    def current(self) -> "RoleAssignmentQuerySet":
        """Return those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@pghistory.track()
class RoleAssignment(models.Model):
    """A group that plays a part in one lecture, from an instant until it is withdrawn.

    Dated, so that what was owed at a past due instant can still be told (domain.md §4).
    """

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="role_assignments")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(max_length=10, choices=GroupRole)
    position = models.PositiveIntegerField(default=0)
    material = models.TextField(blank=True)
    printed = models.JSONField(default=dict, blank=True, editable=False)
    assigned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["lecture", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "role", "group"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="role_assignment_unique_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=GroupRole.values), name="role_assignment_role_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.group_id} as {self.role}"


@pghistory.track()
class OtherPresenter(models.Model):
    """Staff, a guest or a single student in a part; staff or a guest presenting is "of record"."""

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="other_presenters")
    role = models.CharField(max_length=10, choices=GroupRole, default=GroupRole.PRESENTER)
    kind = models.CharField(max_length=10, choices=PersonKind)
    name = models.CharField(max_length=200)
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    material = models.TextField(blank=True)
    position = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    objects = Standing["OtherPresenter"]()
    with_withdrawn = models.Manager["OtherPresenter"]()

    class Meta:
        ordering = ["lecture", "position"]

    @override
    def __str__(self) -> str:
        return self.name
