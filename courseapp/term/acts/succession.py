"""Rows with a span of their own, and those in which they go on once an undo has brought them back.

Nothing is deleted and no past end is taken back: what comes back is a row of its own. To whoever
undoes an earlier act it is the same thing, which stands as that act left it.
"""

from datetime import datetime

from groups.models import Group, Membership
from schedule.models import RoleAssignment


def standing_membership(row: Membership) -> Membership:
    """Return the membership by which a person is in the same group now; else the row itself."""
    same = Membership.objects.current().filter(enrollment=row.enrollment_id, group=row.group_id)
    return row if row.ends_at is None else same.select_for_update().first() or row


def moved_since(row: Membership, ended_at: datetime) -> str:
    """Say where a person is since they left a group, or that it is not there any more.

    A group into which they came in the very act is not meant.
    """
    if row.group.dissolved_at is not None and row.group.dissolved_at > ended_at:
        return f"{row.group} has been dissolved since."
    own = Membership.objects.filter(enrollment=row.enrollment_id)
    came_into = own.filter(starts_at=ended_at).values("group")
    elsewhere = own.current().exclude(group__in=came_into).select_related("group").first()
    return f"{row.enrollment} is in {elsewhere.group} since." if elsewhere else ""


def came_since(group: Group) -> str:
    """Say who is in a group that was not when it was founded."""
    founders = Membership.objects.filter(group=group, starts_at=group.formed_at)
    others = (
        Membership.objects.current()
        .filter(group=group)
        .exclude(enrollment__in=founders.values("enrollment"))
    )
    came = others.select_related("enrollment").first()
    return f"{came.enrollment} is in {group} since." if came else ""


def standing_part(row: RoleAssignment) -> RoleAssignment:
    """Return the row by which a group plays the same part now; where it does not, the row itself."""
    same = RoleAssignment.objects.current().filter(
        lecture=row.lecture_id, group=row.group_id, role=row.role
    )
    return row if row.withdrawn_at is None else same.select_for_update().first() or row


def taken_since(row: RoleAssignment, ended_at: datetime) -> str:
    """Say who took a part up since it ended, or that its group or lecture is not there any more.

    A group to which it went in the very act is not meant. A part that was corrected away has never
    been: who else plays it was there all along.
    """
    if ended_at <= row.assigned_at:
        return ""
    if row.group.dissolved_at is not None and row.group.dissolved_at > ended_at:
        return f"{row.group} has been dissolved since."
    if row.lecture.withdrawn_at is not None and row.lecture.withdrawn_at > ended_at:
        return f"{row.lecture} has been cancelled since."
    held = RoleAssignment.objects.filter(lecture=row.lecture_id, role=row.role)
    heirs = held.filter(assigned_at=ended_at).values("group")
    later = held.current().filter(assigned_at__gt=ended_at).exclude(group__in=heirs)
    since = later.select_related("group").first()
    return f"{since.group} plays that part in {row.lecture} since." if since else ""
