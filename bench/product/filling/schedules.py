"""Schedules: thirty meetings over fifteen weeks, two required readings each, three groups in parts."""

from bench.product.filling.people import Extent
from bench.product.rows import insert
from schedule.models import (
    Lecture,
    Milestone,
    OtherPresenter,
    Paper,
    Reading,
    RoleAssignment,
)

# Staff present these; groups all later ones.
STAFF_LECTURES = 4
PAPERS = 3


def add_schedule(*, slugs: str, extent: Extent) -> None:
    """Add lectures around today with readings, roles and milestones."""
    _add_lectures(slugs=slugs, extent=extent)
    _add_readings(slugs=slugs)
    _add_roles(slugs=slugs, extent=extent)
    _add_milestones(slugs=slugs)


def _add_lectures(*, slugs: str, extent: Extent) -> None:
    day = "(c.begins_at AT TIME ZONE c.timezone)::date + 1 + n / 2 * 7 + n % 2 * 2"
    starts_at = f"(({day}) + time '12:30') AT TIME ZONE c.timezone"
    # Of a shorter schedule those are taken that lie around today.
    first = 0 if extent.lectures == 30 else 8
    insert(
        Lecture,
        {
            "course_id": "c.id",
            "position": "n + 1",
            "kind": "CASE n WHEN 14 THEN 'no_class' WHEN 15 THEN 'midterm' WHEN 29 THEN 'final' ELSE 'lecture' END",
            "topic": "CASE n WHEN 14 THEN '' ELSE 'On the topic of meeting ' || n END",
            "module": "'Module ' || n / 6 + 1",
            "timezone": "c.timezone",
            "starts_on": day,
            "starts_at": f"CASE n WHEN 14 THEN NULL ELSE {starts_at} END",
            "ends_at": f"CASE n WHEN 14 THEN NULL ELSE {starts_at} + interval '75 minutes' END",
        },
        f"""FROM course_course c CROSS JOIN generate_series({first}, {first + extent.lectures - 1}) n
          WHERE c.slug LIKE '{slugs}-%' ORDER BY c.id, n""",
    )


def _add_readings(*, slugs: str) -> None:
    lectures = f"""FROM course_course c
      JOIN schedule_lecture l ON l.course_id = c.id AND l.kind = 'lecture'
      CROSS JOIN generate_series(1, {PAPERS}) n"""
    title = "'A long enough title of paper ' || n || ' for meeting ' || l.position"
    of_slugs = f"WHERE c.slug LIKE '{slugs}-%' ORDER BY c.id, l.position, n"
    insert(
        Paper,
        {
            "course_id": "c.id",
            "title": title,
            "url": "'https://papers.example/' || l.position || '/' || n",
        },
        f"{lectures} {of_slugs}",
    )
    insert(
        Reading,
        {
            "lecture_id": "l.id",
            "paper_id": "p.id",
            "position": "n",
            "is_required": f"n < {PAPERS}",
        },
        f"{lectures} JOIN schedule_paper p ON p.course_id = c.id AND p.title = {title} {of_slugs}",
    )


def _add_roles(*, slugs: str, extent: Extent) -> None:
    lectures = """FROM course_course c
      JOIN schedule_lecture l ON l.course_id = c.id AND l.kind = 'lecture'"""
    insert(
        OtherPresenter,
        {"lecture_id": "l.id", "kind": "'staff'", "name": "'Person of the staff'"},
        f"{lectures} WHERE c.slug LIKE '{slugs}-%' AND l.position <= {STAFF_LECTURES}",
    )
    insert(
        RoleAssignment,
        {
            "lecture_id": "l.id",
            "group_id": "g.id",
            "role": "(ARRAY['presenter', 'authors', 'reviewers'])[n]",
            "position": "n",
            "assigned_at": "c.begins_at",
        },
        f"""{lectures} CROSS JOIN generate_series(1, 3) n
          JOIN groups_group g ON g.course_id = c.id
            AND g.position = (l.position + n) % {extent.groups} + 1
          WHERE c.slug LIKE '{slugs}-%' AND l.position > {STAFF_LECTURES}""",
    )


def _add_milestones(*, slugs: str) -> None:
    day = "(c.begins_at AT TIME ZONE c.timezone)::date + m.days"
    insert(
        Milestone,
        {
            "course_id": "c.id",
            "position": "m.position",
            "kind": "m.kind",
            "title": "m.title",
            "timezone": "c.timezone",
            "on_date": day,
            "due_at": f"(({day}) + time '23:59:59') AT TIME ZONE c.timezone",
        },
        f"""FROM course_course c CROSS JOIN (VALUES
            (1, 'form_groups', 'Groups formed', 7), (2, 'proposal', 'Project proposal', 28),
            (3, 'midterm', 'Mid-semester presentations', 52),
            (4, 'final', 'Final presentations', 101), (5, 'report', 'Final report and code', 105)
          ) m(position, kind, title, days) WHERE c.slug LIKE '{slugs}-%'""",
    )
