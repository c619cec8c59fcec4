"""When, what, and who plays which part."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from groups.models import Group


class LectureKind(models.TextChoices):
    """What a row of the schedule is."""

    LECTURE = "lecture", "lecture"
    NO_CLASS = "no_class", "no class"
    MIDTERM = "midterm", "mid-semester presentations"
    FINAL = "final", "final presentations"
    DEADLINE = "deadline", "deadline"
    OTHER = "other", "other"


class GroupRole(models.TextChoices):
    """The part that a group plays in a lecture; the audience is derived, never stored."""

    PRESENTER = "presenter", "presenter"
    AUTHORS = "authors", "authors"
    REVIEWERS = "reviewers", "reviewers"


class MilestoneKind(models.TextChoices):
    """A dated step of the course or the project."""

    FORM_GROUPS = "form_groups", "groups formed"
    PROPOSAL = "proposal", "project proposal"
    MIDTERM = "midterm", "mid-semester presentations"
    FINAL = "final", "final presentations"
    REPORT = "report", "final report and code"


class PersonKind(models.TextChoices):
    """Who plays a part when it is no group."""

    STAFF = "staff", "staff"
    GUEST = "guest", "guest"
    STUDENT = "student", "student"


@pghistory.track()
class Lecture(models.Model):
    """A row of the schedule. A date is not a key; a row without times starts nothing."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lectures")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=LectureKind)
    topic = models.CharField(max_length=300, blank=True)
    label = models.CharField(max_length=300, blank=True)
    module = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    room = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    asks_questions = models.BooleanField(default=True)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "position"],
                name="lecture_unique_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=LectureKind.values), name="lecture_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True, ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="lecture_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="lecture_days_ordered",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return what pages call the row: its topic, else its label, else its kind."""
        return self.topic or self.label or self.get_kind_display().capitalize()


@pghistory.track()
class Milestone(models.Model):
    """A dated step; a bare date means the end of that day in the course's zone."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=MilestoneKind)
    title = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64)
    on_date = models.DateField()
    at_time = models.TimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    printed = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["position"]

    @override
    def __str__(self) -> str:
        return self.title


class Paper(models.Model):
    """A paper, article or post; it may be read in several lectures."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="papers")
    title = models.TextField()
    url = models.TextField(blank=True)
    authors = models.CharField(max_length=500, blank=True)
    venue = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "title", "url"], name="paper_unique_title_and_url"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Reading(models.Model):
    """A paper's place in one lecture."""

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="readings")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="readings")
    position = models.PositiveSmallIntegerField()
    is_required = models.BooleanField()
    sections = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["lecture", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "position"],
                name="reading_unique_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.paper.title

    @property
    def title(self) -> str:
        """Return the paper's title."""
        return self.paper.title

    @property
    def url(self) -> str:
        """Return the paper's address; empty where it has none."""
        return self.paper.url


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


class PreferenceQuerySet(models.QuerySet["Preference"]):
    """Vocabulary of preferences."""

    def current(self) -> "PreferenceQuerySet":
        """Return those not replaced by a newer ranking."""
        return self.filter(withdrawn_at__isnull=True)


@pghistory.track()
class Preference(models.Model):
    """A group's rank of a lecture that it would present, until a newer ranking replaces it (§7)."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="preferences")
    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="preferences")
    rank = models.PositiveSmallIntegerField()
    ranked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        ordering = ["group", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "lecture"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="preference_unique_lecture_while_current",
            ),
            models.UniqueConstraint(
                fields=["group", "rank"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="preference_unique_rank_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1), name="preference_rank_from_one"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.lecture_id} as {self.rank} of {self.group_id}"


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
    printed = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["lecture", "position"]

    @override
    def __str__(self) -> str:
        return self.name
