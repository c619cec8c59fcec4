"""What groups wish, what is settled beforehand, and the drafts of the plan of roles (domain.md §7)."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from groups.models import Group
from schedule.models.lectures import Lecture
from schedule.models.roles import GroupRole

CURRENT = models.Q(withdrawn_at__isnull=True)


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


class CellRule(models.TextChoices):
    """What staff settled about a cell before the plan is solved."""

    FIXED = "fixed", "fixed"
    FORBIDDEN = "forbidden", "ruled out"
    BLACKOUT = "blackout", "away that day"


class PlannedCellQuerySet(models.QuerySet["PlannedCell"]):
    """Vocabulary of cells that are settled."""

    def current(self) -> "PlannedCellQuerySet":
        """Return those not lifted again."""
        return self.filter(withdrawn_at__isnull=True)


@append_only(updatable=("withdrawn_at", "withdrawn_by_id"))
@pghistory.track()
class PlannedCell(models.Model):
    """A rule about one cell of the plan: a group in a role of a lecture, or, away, in none of them."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="planned_cells")
    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="planned_cells")
    role = models.CharField(max_length=10, choices=GroupRole, blank=True)
    rule = models.CharField(max_length=10, choices=CellRule)
    reason = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PlannedCellQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "lecture", "role"],
                condition=CURRENT,
                name="planned_cell_one_rule_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(rule=CellRule.BLACKOUT, role="")
                | models.Q(
                    rule__in=[CellRule.FIXED, CellRule.FORBIDDEN], role__in=GroupRole.values
                ),
                name="planned_cell_blackout_has_no_role",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.group_id} in {self.lecture_id}: {self.rule}"


class SolveState(models.TextChoices):
    """Where a search for a plan is."""

    QUEUED = "queued", "waiting to start"
    RUNNING = "running", "searching"
    STOPPING = "stopping", "stopping"
    DONE = "done", "done"
    FAILED = "failed", "failed"


GOING_ON = (SolveState.QUEUED, SolveState.RUNNING, SolveState.STOPPING)


class PlanSolveQuerySet(models.QuerySet["PlanSolve"]):
    """Vocabulary of searches."""

    def going_on(self) -> "PlanSolveQuerySet":
        """Return those that have not ended."""
        return self.filter(state__in=GOING_ON)


class PlanSolve(models.Model):
    """A search for a plan in the background: this row is the truth, the job only a hint.

    `told_at` is when its worker last wrote; one that is silent for too long has died. `cost` and
    `bound` are the best so far. A search that found no plan keeps the rules that conflict.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="plan_solves")
    state = models.CharField(max_length=10, choices=SolveState, default=SolveState.QUEUED)
    time_limit = models.PositiveSmallIntegerField()
    asked_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    cost = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    conflicts = models.JSONField(default=list, blank=True)
    failure = models.CharField(max_length=300, blank=True)

    objects = PlanSolveQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=models.Q(state__in=GOING_ON),
                name="plan_solve_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SolveState.values), name="plan_solve_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=GOING_ON, ended_at__isnull=True)
                | models.Q(state__in=[SolveState.DONE, SolveState.FAILED], ended_at__isnull=False),
                name="plan_solve_ended_has_instant",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.course_id}: {self.state}"


@append_only()
class PlanDraft(models.Model):
    """A numbered draft of the plan of roles, never changed: an edit makes the next one.

    `cells` are [lecture, role, group] in one document: a draft is written once and read whole, a
    click in a grid of hundreds of cells makes another, and nothing asks for a single cell of one.
    What stands is `RoleAssignment`. `bound` was proved for `question` (a digest of groups,
    lectures, wishes and rules) and says nothing once these have changed.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="plan_drafts")
    number = models.PositiveIntegerField()
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    solve = models.OneToOneField(
        PlanSolve, on_delete=models.PROTECT, null=True, blank=True, related_name="draft"
    )
    cells = models.JSONField()
    change = models.CharField(max_length=300)
    bound = models.PositiveIntegerField(null=True, blank=True)
    question = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="plan_draft_unique_number"),
        ]

    @override
    def __str__(self) -> str:
        return f"draft {self.number}"


@append_only()
class PlanPublication(models.Model):
    """A plan that was let stand: of which draft, by whom, and which broken rules were kept, and why.

    `kept_broken` holds rows of key, sentence and reason; `explanations` what each group was told,
    by its id.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="plan_publications")
    draft = models.ForeignKey(
        PlanDraft, on_delete=models.PROTECT, null=True, blank=True, related_name="publications"
    )
    kept_broken = models.JSONField(default=list, blank=True)
    explanations = models.JSONField(default=dict, blank=True)
    assigned_count = models.PositiveIntegerField()
    withdrawn_count = models.PositiveIntegerField()
    published_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    @override
    def __str__(self) -> str:
        return f"{self.course_id} at {self.published_at}"
