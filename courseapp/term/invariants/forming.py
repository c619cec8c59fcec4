"""How groups formed: who was invited, who asked, and what became of it."""

from typing import Final

from courseapp.term.invariants.invariant import Invariant

_APPROACHES: Final = """(
  SELECT 'invitation ' || id AS row, group_id, enrollment_id, outcome FROM groups_invitation
  UNION ALL
  SELECT 'request ' || id, group_id, enrollment_id, outcome FROM groups_joinrequest)"""
_MADE_BY_MEMBERS: Final = """(
  SELECT 'invitation ' || id AS row, group_id, invited_by_id AS by_id, made_at
  FROM groups_invitation
  UNION ALL
  SELECT 'link ' || id, group_id, made_by_id, made_at FROM groups_joinlink)"""

FORMING: Final = (
    Invariant(
        "approach_of_student",
        "Only students are invited into groups, and only they ask to join.",
        f"""SELECT a.row FROM {_APPROACHES} a
        JOIN course_enrollment e ON e.id = a.enrollment_id WHERE e.role <> 'student'""",  # noqa: S608 - names of our models
    ),
    Invariant(
        "approach_by_a_member",
        "Invitations and links were made by someone who had come into the group.",
        f"""SELECT a.row FROM {_MADE_BY_MEMBERS} a WHERE NOT EXISTS (
          SELECT FROM groups_membership m WHERE m.group_id = a.group_id
            AND m.enrollment_id = a.by_id AND m.starts_at <= a.made_at)""",  # noqa: S608 - names of our models
    ),
    Invariant(
        "approach_accepted_came_in",
        "Whoever's invitation or request was accepted came into the group.",
        f"""SELECT a.row FROM {_APPROACHES} a WHERE a.outcome = 'accepted' AND NOT EXISTS (
          SELECT FROM groups_membership m WHERE m.group_id = a.group_id
            AND m.enrollment_id = a.enrollment_id)""",  # noqa: S608 - names of our models
    ),
)
