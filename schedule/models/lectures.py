"""The rows of the schedule, their readings, and the dated steps of the term."""

from typing import TypeVar

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course

Row = TypeVar("Row", bound=models.Model)


class Standing(models.Manager[Row]):
    """What has not been withdrawn; a withdrawn row stays as history, and to be brought back."""

    @override
    def get_queryset(self) -> "models.QuerySet[Row]":
        return super().get_queryset().filter(withdrawn_at__isnull=True)


class LectureKind(models.TextChoices):
    """What a row of the schedule is."""

    LECTURE = "lecture", "lecture"
    NO_CLASS = "no_class", "no class"
    MIDTERM = "midterm", "mid-semester presentations"
    FINAL = "final", "final presentations"
    DEADLINE = "deadline", "deadline"
    OTHER = "other", "other"


class MilestoneKind(models.TextChoices):
    """A dated step of the course or the project."""

    FORM_GROUPS = "form_groups", "groups formed"
    PROPOSAL = "proposal", "project proposal"
    MIDTERM = "midterm", "mid-semester presentations"
    FINAL = "final", "final presentations"
    REPORT = "report", "final report and code"


@pghistory.track()
class Lecture(models.Model):
    """A row of the schedule. A date is not a key; a row without times starts nothing.

    A withdrawn row keeps a position behind all that stand, which no other row can hold.
    """

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
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    objects = Standing["Lecture"]()
    with_withdrawn = models.Manager["Lecture"]()

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
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    objects = Standing["Milestone"]()
    with_withdrawn = models.Manager["Milestone"]()

    class Meta:
        ordering = ["position"]

    @override
    def __str__(self) -> str:
        return self.title


@pghistory.track()
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
    """A paper's place in one lecture; a withdrawn one stands behind all others there."""

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="readings")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="readings")
    position = models.PositiveIntegerField()
    is_required = models.BooleanField()
    sections = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    printed = models.JSONField(default=dict, blank=True, editable=False)

    objects = Standing["Reading"]()
    with_withdrawn = models.Manager["Reading"]()

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


@pghistory.track()
class ReplacedPaper(models.Model):
    """A paper that stood in a reading's place until another replaced it (domain.md §13.5).

    Whoever asked before `replaced_at` asked about this one; their question counts all the same.
    """

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="replaced_papers")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = Standing["ReplacedPaper"]()
    with_withdrawn = models.Manager["ReplacedPaper"]()

    class Meta:
        ordering = ["reading", "replaced_at"]

    @override
    def __str__(self) -> str:
        return self.paper.title
