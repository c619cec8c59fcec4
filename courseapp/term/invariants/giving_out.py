"""What is given out of what came in: archives for staff, final slides on the schedule."""

from courseapp.term.invariants.invariant import Invariant

_IS_STAFF = "(SELECT FROM course_enrollment e WHERE e.id = {} AND e.role IN ('instructor', 'ta'))"

GIVING_OUT = (
    Invariant(
        "archive_for_staff",
        "Archives of what came in are asked for by staff.",
        f"""SELECT a.id::text FROM submissions_archive a
        WHERE NOT EXISTS {_IS_STAFF.format("a.asked_by_id")}""",  # noqa: S608 - literals of this module
    ),
    Invariant(
        "archive_ended_has_instant",
        "An archive has an end exactly where it neither waits nor is being packed.",
        """SELECT a.id::text FROM submissions_archive a
        WHERE (a.state IN ('waiting', 'running')) <> (a.finished_at IS NULL)""",
    ),
    Invariant(
        "slides_kept_off_by_staff",
        "Slides are kept off the schedule and put back by staff, after they were kept off.",
        f"""SELECT h.id::text FROM submissions_slideshold h
        WHERE NOT EXISTS {_IS_STAFF.format("h.held_by_id")}
          OR (h.lifted_by_id IS NULL) <> (h.lifted_at IS NULL)
          OR h.lifted_at < h.held_at
          OR (h.lifted_by_id IS NOT NULL AND NOT EXISTS {_IS_STAFF.format("h.lifted_by_id")})""",  # noqa: S608
    ),
)
