"""Who is in a course, and who works with whom."""

from typing import Final

from courseapp.term.invariants.invariant import Invariant

PEOPLE: Final = (
    Invariant(
        "enrollment_address_in_lower_case",
        "An enrollment's address is in lower case; another could never be claimed.",
        "SELECT id::text FROM course_enrollment WHERE email <> lower(email)",
    ),
    Invariant(
        "enrollment_claimed_by_proved_address",
        "Whoever is someone in a course has proved an address; who claimed it, its own.",
        """SELECT e.id::text FROM course_enrollment e
        WHERE (e.user_id IS NOT NULL OR e.claimed_at IS NOT NULL) AND NOT EXISTS (
          SELECT FROM account_emailaddress a WHERE a.user_id = e.user_id AND a.verified
            AND (e.claimed_at IS NULL OR lower(a.email) = lower(e.email)))""",
    ),
    Invariant(
        "enrollment_dropped_has_instant",
        "A dropped enrollment says since when, an active one says nothing.",
        "SELECT id::text FROM course_enrollment WHERE (state = 'dropped') <> (dropped_at IS NOT NULL)",
    ),
    Invariant(
        "published_course_has_instant",
        "A published course says since when.",
        "SELECT id::text FROM course_course WHERE state <> 'draft' AND published_at IS NULL",
    ),
    Invariant(
        "membership_of_student",
        "Only students are in groups: no staff, no observers.",
        """SELECT m.id::text FROM groups_membership m
        JOIN course_enrollment e ON e.id = m.enrollment_id WHERE e.role <> 'student'""",
    ),
    Invariant(
        "membership_one_group_at_a_time",
        "Nobody is in two groups at one time.",
        """SELECT m.id::text FROM groups_membership m
        JOIN groups_membership o ON o.enrollment_id = m.enrollment_id AND o.id < m.id
        WHERE o.starts_at < COALESCE(m.ends_at, 'infinity')
          AND m.starts_at < COALESCE(o.ends_at, 'infinity')""",
    ),
    Invariant(
        "membership_one_person_a_seat",
        "No seat of a group holds two people at one time.",
        """SELECT m.id::text FROM groups_membership m
        JOIN groups_membership o ON o.group_id = m.group_id AND o.seat = m.seat AND o.id < m.id
        WHERE o.starts_at < COALESCE(m.ends_at, 'infinity')
          AND m.starts_at < COALESCE(o.ends_at, 'infinity')""",
    ),
    Invariant(
        "membership_ends_with_group",
        "A dissolved group has no members any more.",
        """SELECT m.id::text FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
        WHERE g.dissolved_at IS NOT NULL AND (m.ends_at IS NULL OR m.ends_at > g.dissolved_at)""",
    ),
    # What students formed may be too small when the deadline passes; whatever changes a group after
    # it is a change by staff, who record the departure. (A minute: who comes to the lock later than
    # another who asked later follows that one.)
    Invariant(
        "group_size_waived",
        "A group that is too large, or was left or made too small after the deadline, has a waiver.",
        """SELECT g.id::text FROM groups_group g JOIN course_course c ON c.id = g.course_id
        CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE m.ends_at IS NULL) AS size,
          max(GREATEST(m.starts_at, m.ends_at)) AS changed_at
          FROM groups_membership m WHERE m.group_id = g.id) n
        WHERE g.dissolved_at IS NULL
          AND (n.size > c.group_size_max
            OR n.size < c.group_size_min
              AND n.changed_at > c.groups_form_until + interval '1 minute')
          AND NOT EXISTS (SELECT FROM groups_sizewaiver w WHERE w.group_id = g.id
            AND (n.size > c.group_size_max AND w.size >= n.size
              OR n.size < c.group_size_min AND w.size <= n.size))""",
    ),
)
