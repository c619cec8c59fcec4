"""What it is worth."""

from decimal import Decimal

import pghistory
import pgtrigger
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from groups.models import Group
from schedule.models import GroupRole, Lecture
from submissions.models import KIND_CHOICES, ONE_OWNER, Deliverable


def weights_add_up(*, table: str, key: str, what: str) -> pgtrigger.Trigger:
    """Refuse a commit after which the weights below one parent do not add up to exactly 100."""
    return pgtrigger.Trigger(
        name="weights_add_up",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=[("total", "numeric")],
        func=f"""
            SELECT sum(weight) INTO total FROM {table} WHERE {key} IN (NEW.{key}, OLD.{key})
              GROUP BY {key} HAVING sum(weight) <> 100 LIMIT 1;
            IF FOUND THEN
              RAISE EXCEPTION 'The weights of {what} add up to %, not to 100.', total
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_weights_add_up';
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - literals of this module
    )


class Scoring(models.TextChoices):
    """How a part's score comes about."""

    AWARD = "award", "points for what was handed in"
    OBSERVED = "observed", "points for what was seen, such as a talk"
    COMPLETION = "completion", "full credit when on time"
    ATTENDANCE = "attendance", "attendance"


@pghistory.track()
class Component(models.Model):
    """A weighted piece of the course grade; a course's weights add up to exactly 100."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="components")
    name = models.CharField(max_length=120)
    weight = models.DecimalField(max_digits=6, decimal_places=3)
    position = models.PositiveSmallIntegerField()
    printed = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["course", "name"], name="component_unique_name"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0, weight__lte=100), name="component_weight_in_range"
            ),
        ]
        triggers = [
            weights_add_up(table="grading_component", key="course_id", what="a course"),
        ]

    @override
    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Part(models.Model):
    """A weighted piece of a component: a hand-in, or an observed event such as a talk.

    `deliverable_kind` names the duties on which its grades stand: those of a hand-in part are for
    what came in, those of an observed part for the event that it belongs to (a talk has the owners
    and the credited members of its slides). Empty: one grade a student. `role` narrows summaries to
    one side.
    """

    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="parts")
    name = models.CharField(max_length=120)
    weight = models.DecimalField(max_digits=6, decimal_places=3)
    position = models.PositiveSmallIntegerField()
    deliverable_kind = models.CharField(max_length=20, choices=KIND_CHOICES, blank=True)
    role = models.CharField(max_length=10, choices=GroupRole, blank=True)
    scoring = models.CharField(max_length=12, choices=Scoring, default=Scoring.AWARD)
    is_individual = models.BooleanField(default=False)
    points_max = models.DecimalField(max_digits=7, decimal_places=2, default=Decimal(100))

    class Meta:
        ordering = ["component", "position"]
        constraints = [
            models.UniqueConstraint(fields=["component", "name"], name="part_unique_name"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=0, weight__lte=100), name="part_weight_in_range"
            ),
            models.CheckConstraint(condition=models.Q(points_max__gt=0), name="part_points_max"),
        ]
        triggers = [
            weights_add_up(table="grading_part", key="component_id", what="a component"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.component.name}: {self.name}"


@append_only()
class Grade(models.Model):
    """Points awarded to one owner for one part; appended, the latest is current.

    It names the deliverable where the part stands on one. An award to a student for a part that
    groups earn is an individual adjustment and has a reason.
    """

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="grades")
    deliverable = models.ForeignKey(
        Deliverable, on_delete=models.PROTECT, null=True, blank=True, related_name="grades"
    )
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="grades"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="grades"
    )
    points = models.DecimalField(max_digits=7, decimal_places=2)
    comment = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    awarded_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    awarded_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["part", "deliverable"], name="grade_by_place")]
        constraints = [
            models.CheckConstraint(condition=ONE_OWNER, name="grade_one_owner"),
            models.CheckConstraint(condition=models.Q(points__gte=0), name="grade_not_negative"),
            models.CheckConstraint(
                condition=models.Q(enrollment__isnull=True)
                | ~models.Q(enrollment=models.F("awarded_by")),
                name="grade_not_to_oneself",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="not_to_own_group",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM groups_membership m
                        WHERE m.group_id = NEW.group_id AND m.enrollment_id = NEW.awarded_by_id) THEN
                      RAISE EXCEPTION 'Nobody grades their own group.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'grade_not_to_own_group';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.points} for {self.part_id}"


@append_only(updatable=("taken_back_at", "taken_back_by_id"))
class Release(models.Model):
    """From when, and until when, the grades of a part are visible to students."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="releases")
    released_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part"],
                condition=models.Q(taken_back_at__isnull=True),
                name="release_one_at_a_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"release of {self.part_id}"


@append_only()
class Exemption(models.Model):
    """A part that does not count for one owner, by an instructor, with a reason."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="exemptions")
    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="exemptions"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="exemptions"
    )
    reason = models.CharField(max_length=500)
    granted_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_OWNER, name="exemption_one_owner"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="exemption_has_reason"),
        ]

    @override
    def __str__(self) -> str:
        return f"exemption from {self.part_id}"


@append_only()
class Roll(models.Model):
    """That attendance was taken in a lecture: it counts as held (domain.md §8)."""

    lecture = models.OneToOneField(Lecture, on_delete=models.PROTECT, related_name="roll")
    taken_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"roll of {self.lecture_id}"


@pghistory.track()
class Absence(models.Model):
    """A lecture that a student missed, excused or not. A correction strikes it, with a reason."""

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="absences")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="absences")
    is_excused = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "enrollment"],
                condition=models.Q(struck_at__isnull=True),
                name="absence_unique_while_standing",
            ),
            models.CheckConstraint(
                condition=~models.Q(enrollment=models.F("recorded_by")),
                name="absence_not_by_oneself",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.enrollment_id} missed {self.lecture_id}"
