"""How each kind of row is brought back: what was made is ended, what was changed is set back.

Nothing is deleted. Rows with a span of their own (memberships, roles, extensions) get a new row that
goes on where the old one ended, so that what held at any instant can still be told.
"""

from typing import Any

from django.db import models
from typing_extensions import override

from courseapp.course.models import Course, Enrollment, EnrollmentState, RuleChange
from courseapp.kernel.decisions import require
from courseapp.term.acts.history import Change, made_along_with
from courseapp.term.acts.memberships import dissolve, free_seat, kept_reason
from courseapp.term.acts.reverter import (
    PlacedReverter,
    Reverter,
    SettingReverter,
    Undoing,
    WithdrawingReverter,
)
from courseapp.term.acts.succession import (
    came_since,
    moved_since,
    standing_membership,
    standing_part,
    taken_since,
)
from courseapp.term.ruling import settle_rules
from grading.models import Component, Part
from groups.models import SHORTEST_STAY, Group, Membership
from schedule.models import (
    Lecture,
    Milestone,
    OtherPresenter,
    Paper,
    Reading,
    ReplacedPaper,
    RoleAssignment,
)
from submissions import policies
from submissions.models import Deliverable, Extension, KindSettings, OutageAnswer
from submissions.selectors.terms import COLUMNS


class OtherPresenters(WithdrawingReverter):
    model = OtherPresenter


class Readings(PlacedReverter):
    """Readings come back to the very places that they had."""

    model = Reading

    @override
    def hard_fields(self, change: Change) -> list[str]:
        """Where a new one stands is no matter: others may have come or gone since."""
        fields = super().hard_fields(change)
        return [name for name in fields if not change.is_new or name != "position"]


class Lectures(PlacedReverter):
    """Rows of the schedule; one that comes back finds its place by its date."""

    model = Lecture
    soft = frozenset({"position"})

    @override
    def conflict(self, change: Change) -> str:
        found = super().conflict(change)
        if found or not change.is_new:
            return found
        row: Lecture = self.row(change.pk)
        holders = row.role_assignments.filter(withdrawn_at__isnull=True)
        hanging = (row.readings.all(), holders, row.other_presenters.all())
        # What the same act brought goes with it.
        since = [rows.exclude(pk__in=made_along_with(row, rows.model)) for rows in hanging]
        if any(rows.exists() for rows in since):
            return f"{row} has got readings or roles since."
        return ""


class ReplacedPapers(WithdrawingReverter):
    model = ReplacedPaper


class RoleAssignments(Reverter):
    """A part that ended with the act begins anew; one that was corrected backwards is set back."""

    model = RoleAssignment

    @override
    def words(self, row: RoleAssignment) -> str:
        return f"{row.group} as {row.role} of {row.lecture}"

    @override
    def conflict(self, change: Change) -> str:
        row: RoleAssignment = self.row(change.pk)
        if change.is_new and standing_part(row) != row:
            return ""
        found = super().conflict(change)
        if found or change.is_new or row.withdrawn_at is None:
            return found
        return taken_since(row, row.withdrawn_at)

    @override
    def end(self, row: RoleAssignment, undoing: Undoing) -> None:
        standing = standing_part(row)
        if standing != row:
            standing.withdrawn_at = undoing.scene.now
            standing.save(update_fields=["withdrawn_at"])
            return
        began_with_act = row.assigned_at == undoing.acted_at
        row.withdrawn_at = undoing.scene.now if began_with_act else row.assigned_at
        row.save(update_fields=["withdrawn_at"])

    @override
    def set_back(self, row: RoleAssignment, change: Change, undoing: Undoing) -> None:
        if row.withdrawn_at != undoing.acted_at:
            super().set_back(row, change, undoing)
            return
        RoleAssignment.objects.create(
            lecture=row.lecture,
            group=row.group,
            role=row.role,
            position=row.position,
            material=row.material,
            printed=row.printed,
            assigned_at=undoing.scene.now,
        )


class Memberships(Reverter):
    """A membership that ended with the act goes on from there, as if it had never ended (§13)."""

    model = Membership

    @override
    def words(self, row: Membership) -> str:
        return f"{row.enrollment}'s membership in {row.group}"

    @override
    def conflict(self, change: Change) -> str:
        row: Membership = self.row(change.pk)
        if change.is_new and standing_membership(row) != row:
            return ""
        found = super().conflict(change)
        if found or change.is_new or row.ends_at is None:
            return found
        return moved_since(row, row.ends_at)

    @override
    def end(self, row: Membership, undoing: Undoing) -> None:
        row = standing_membership(row)
        row.ends_at = max(undoing.scene.now, row.starts_at + SHORTEST_STAY)
        row.end_reason = _reason(undoing)
        row.ended_by = undoing.scene.actor.enrollment
        row.save(update_fields=["ends_at", "end_reason", "ended_by"])

    @override
    def set_back(self, row: Membership, change: Change, undoing: Undoing) -> None:
        later = Membership.objects.filter(enrollment=row.enrollment, ends_at__gte=row.ends_at)
        from_at = later.latest("ends_at").ends_at
        assert from_at is not None
        Membership.objects.create(
            group=row.group,
            enrollment=row.enrollment,
            seat=free_seat(row.group, from_at=from_at, preferred=row.seat),
            starts_at=from_at,
            start_reason=_reason(undoing),
        )


def _reason(undoing: Undoing) -> str:
    return kept_reason(undoing.scene, "Undone.")


class Groups(Reverter):
    """A group that was founded is dissolved again, where nothing has come of it yet."""

    model = Group

    @override
    def conflict(self, change: Change) -> str:
        found = super().conflict(change)
        if found or not change.is_new:
            return found
        row: Group = self.row(change.pk)
        if came_since(row):
            return came_since(row)
        played = RoleAssignment.objects.current().filter(group=row, assigned_at__gt=row.formed_at)
        if played.exists():
            return f"{row} plays a part since."
        return f"{row} has handed something in since." if row.submissions.exists() else ""

    @override
    def end(self, row: Group, undoing: Undoing) -> None:
        dissolve(undoing.scene, row)


class Enrollments(Reverter):
    """Who was added is dropped again, also when they have signed in since."""

    model = Enrollment

    @override
    def conflict(self, change: Change) -> str:
        if not change.is_new:
            return super().conflict(change)
        row: Enrollment = self.row(change.pk)
        return "" if row.state == EnrollmentState.ACTIVE else f"{row} has been dropped since."

    @override
    def end(self, row: Enrollment, undoing: Undoing) -> None:
        row.state, row.dropped_at = EnrollmentState.DROPPED, undoing.scene.now
        row.save(update_fields=["state", "dropped_at"])

    @override
    def set_back(self, row: Enrollment, change: Change, undoing: Undoing) -> None:
        super().set_back(row, change, undoing)
        if "state" in change.fields and row.state == EnrollmentState.DROPPED:
            # From now on: what fell due while they were here stays theirs.
            self.end(row, undoing)


class Extensions(Reverter):
    """An extension is taken back by a row that says what held before it."""

    model = Extension

    @override
    def conflict(self, change: Change) -> str:
        row: Extension = self.row(change.pk)
        later = _of_same_owner(row).filter(pk__gt=row.pk)
        return "The deadline has been extended again since." if later.exists() else ""

    @override
    def row(self, pk: int) -> Any:
        """Return the row unlocked: it is history, which nobody changes."""
        return Extension.objects.get(pk=pk)

    @override
    def end(self, row: Extension, undoing: Undoing) -> None:
        assert undoing.scene.actor.enrollment is not None
        earlier = _of_same_owner(row).filter(pk__lt=row.pk).order_by("-pk").first()
        due_at = None if earlier is None else earlier.due_at
        if due_at is not None:
            require(policies.give_time(undoing.scene.actor, row.deliverable.course))
        Extension.objects.create(
            deliverable=row.deliverable,
            enrollment=row.enrollment,
            group=row.group,
            due_at=due_at,
            reason=_reason(undoing),
            granted_by=undoing.scene.actor.enrollment,
            granted_at=undoing.scene.now,
        )


def _of_same_owner(row: Extension) -> "models.QuerySet[Extension]":
    return Extension.objects.filter(
        deliverable=row.deliverable, enrollment=row.enrollment, group=row.group
    )


class OutageAnswers(WithdrawingReverter):
    """Where the time that was given is taken back, the outage asks for an answer again."""

    model = OutageAnswer

    @override
    def conflict(self, change: Change) -> str:
        found = super().conflict(change)
        row: OutageAnswer = self.row(change.pk)
        if found or row.withdrawn_at is None:
            return found
        standing = OutageAnswer.objects.filter(
            outage=row.outage, deliverable=row.deliverable, withdrawn_at__isnull=True
        )
        return "The outage has been answered again since." if standing.exists() else ""


class RuleChanges(WithdrawingReverter):
    """What the change had written into the course's row gives way to what held before."""

    model = RuleChange

    @override
    def end(self, row: RuleChange, undoing: Undoing) -> None:
        super().end(row, undoing)
        scene = undoing.scene
        settle_rules(course=scene.course, now=scene.now, by=scene.actor.enrollment)

    @override
    def set_back(self, row: RuleChange, change: Change, undoing: Undoing) -> None:
        super().set_back(row, change, undoing)
        scene = undoing.scene
        settle_rules(course=scene.course, now=scene.now, by=scene.actor.enrollment)


class Courses(SettingReverter):
    model = Course


class Kinds(SettingReverter):
    """How a kind is taken: a row that the act made says nothing any more."""

    model = KindSettings

    @override
    def end(self, row: KindSettings, undoing: Undoing) -> None:
        empty = KindSettings()
        for name in COLUMNS:
            setattr(row, name, getattr(empty, name))
        row.save(update_fields=COLUMNS)


class Deliverables(SettingReverter):
    """How one thing is taken; that it is due, and when, follows from the schedule."""

    model = Deliverable
    soft = frozenset(field.attname for field in Deliverable._meta.concrete_fields) - {*COLUMNS}

    @override
    def conflict(self, change: Change) -> str:
        return "" if change.is_new else super().conflict(change)

    @override
    def revert(self, change: Change, undoing: Undoing) -> None:
        if not change.is_new:
            super().revert(change, undoing)


class Milestones(WithdrawingReverter):
    model = Milestone


class Papers(SettingReverter):
    model = Paper


class Components(SettingReverter):
    model = Component


class Parts(SettingReverter):
    model = Part


# In the order in which they are brought back: what stood on something else goes first.
REVERTERS: tuple[Reverter, ...] = tuple(
    reverter()
    for reverter in (
        OtherPresenters,
        RoleAssignments,
        Memberships,
        Groups,
        Enrollments,
        Extensions,
        OutageAnswers,
        ReplacedPapers,
        Readings,
        Papers,
        Lectures,
        Milestones,
        RuleChanges,
        Kinds,
        Deliverables,
        Components,
        Parts,
        Courses,
    )
)
