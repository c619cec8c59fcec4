"""Until when an owner has for one thing, for lists that the database makes (domain.md §5, §9)."""

from typing import Final

# The same as `deadlines.effective_due_at` decides for one: joined behind the deliverable `d` and the
# submission `s`, it gives `until.due_at`. Of the owner's extensions the latest holds, and of those for all.
UNTIL: Final = """
LEFT JOIN schedule_slotplacement placed ON placed.kind = d.kind AND placed.group_id = s.group_id
  AND placed.withdrawn_at IS NULL
CROSS JOIN LATERAL (
  SELECT GREATEST(COALESCE(placed.due_at, d.due_at),
    (SELECT x.due_at FROM submissions_extension x
      WHERE x.deliverable_id = d.id
        AND (x.enrollment_id = s.enrollment_id OR x.group_id = s.group_id)
      ORDER BY x.id DESC LIMIT 1),
    (SELECT x.due_at FROM submissions_extension x
      WHERE x.deliverable_id = d.id AND x.enrollment_id IS NULL AND x.group_id IS NULL
      ORDER BY x.id DESC LIMIT 1)) AS due_at) until
"""
