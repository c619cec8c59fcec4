"""Slots of mid-semester and final presentations, and who presents in which (domain.md §9)."""

import pghistory
from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel.history import append_only
from groups.models import Group
from schedule.models.lectures import Lecture, LectureKind, Standing


class TalkKind(models.TextChoices):
    """What is presented in slots; the values are those of the schedule's rows and deliverables."""

    MIDTERM = LectureKind.MIDTERM.value, "mid-semester presentations"
    FINAL = LectureKind.FINAL.value, "final presentations"


@pghistory.track()
class PresentationSlot(models.Model):
    """A part of a meeting in which some groups present.

    It lies `position` lengths after the meeting's start, so that a meeting that moves takes its
    slots along.
    """

    lecture = models.ForeignKey(Lecture, on_delete=models.PROTECT, related_name="slots")
    position = models.PositiveSmallIntegerField()
    length_minutes = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = Standing["PresentationSlot"]()
    with_withdrawn = models.Manager["PresentationSlot"]()

    class Meta:
        ordering = ["lecture__starts_at", "lecture__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["lecture", "position"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="slot_unique_position_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(length_minutes__gte=1) & models.Q(capacity__gte=1),
                name="slot_length_and_capacity_from_one",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"slot {self.position + 1} of {self.lecture_id}"


@pghistory.track()
class SlotPreference(models.Model):
    """A group's rank of a slot, until a newer ranking replaces it."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="slot_preferences")
    slot = models.ForeignKey(PresentationSlot, on_delete=models.PROTECT, related_name="preferences")
    rank = models.PositiveSmallIntegerField()
    ranked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = Standing["SlotPreference"]()
    with_withdrawn = models.Manager["SlotPreference"]()

    class Meta:
        ordering = ["group", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "slot"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="slot_preference_unique_slot_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1), name="slot_preference_rank_from_one"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.slot_id} as {self.rank} of {self.group_id}"


@append_only()
class SlotDraft(models.Model):
    """A proposal of who presents when, by the solver or by hand; the latest is worked on.

    `placements` are slots by group, in one document: it is written once and read whole.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="slot_drafts")
    kind = models.CharField(max_length=10, choices=TalkKind)
    placements = models.JSONField()
    by_hand = models.JSONField(default=list, blank=True)
    made_by = models.ForeignKey(
        Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=TalkKind.values), name="slot_draft_kind_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.course_id}: {self.kind} at {self.made_at}"


@pghistory.track()
class SlotPlacement(models.Model):
    """A group's published slot, from an instant until it is withdrawn.

    Its hand-in is asked for at the slot's start, `asked_due_at`, and is due at `due_at`: a slot that
    moves takes it along only as far as domain.md §3 lets it.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="slot_placements")
    slot = models.ForeignKey(PresentationSlot, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=10, choices=TalkKind)
    asked_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = Standing["SlotPlacement"]()
    with_withdrawn = models.Manager["SlotPlacement"]()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "kind"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="slot_placement_one_a_group_while_current",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TalkKind.values), name="slot_placement_kind_known"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.group_id} in {self.slot_id}"
