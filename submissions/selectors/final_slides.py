"""Final slides as they stand on the schedule: by themselves, as soon as they are in (domain.md §4, §5).

Of each group that presents, the version that counts; where all came too late, the latest: no credit is
no reason to keep it from readers. What staff keep off is not there.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from django.db import connection

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Course, SlidesReaders
from courseapp.kernel.prepared import Prepared
from schedule.models import Lecture
from schedule.selectors import PARTS, Part, PartRow, parts_of, parts_parameters
from submissions.deadlines import Kind
from submissions.models import SlidesHold, Submission, SubmissionVersion
from submissions.rules.naming import file_name
from submissions.selectors.places import Place
from submissions.selectors.until import UNTIL

# Rows of the same form as those of `PARTS`: what a part is called stands for the file's ending here,
# its material for the ids of submission and version.
_MARK: Final = "final slides"
_SLIDES = f"""
SELECT d.lecture_id, 'final slides', COALESCE(substring(v.file_name FROM '[.][A-Za-z]+$'), ''),
  concat(s.id, '/', v.id), false, false
FROM submissions_deliverable d
JOIN submissions_submission s ON s.deliverable_id = d.id AND s.group_id IS NOT NULL
{UNTIL}
CROSS JOIN LATERAL (
  SELECT v.id, v.file_name FROM submissions_submissionversion v
  WHERE v.submission_id = s.id AND v.medium = 'file'
  ORDER BY v.received_at <= until.due_at DESC, v.number DESC LIMIT 1) v
WHERE d.kind = 'final_slides' AND d.withdrawn_at IS NULL AND d.lecture_id = ANY (%(lectures)s)
  AND %(shows_slides)s
  AND EXISTS (
    SELECT 1 FROM schedule_roleassignment a
    WHERE a.lecture_id = d.lecture_id AND a.group_id = s.group_id AND a.role = 'presenter'
      AND a.assigned_at <= LEAST(d.due_at, %(now)s)
      AND (a.withdrawn_at IS NULL OR a.withdrawn_at > LEAST(d.due_at, %(now)s)))
  AND NOT EXISTS (
    SELECT 1 FROM submissions_slideshold h WHERE h.submission_id = s.id AND h.lifted_at IS NULL)
"""  # noqa: S608 - literals of ours; what varies are parameters

_PARTS_AND_SLIDES = Prepared(
    "parts_and_slides",
    f"{PARTS} UNION ALL {_SLIDES} ORDER BY 6 DESC, 3",
    person="bigint",
    lectures="bigint[]",
    now="timestamptz",
    shows_slides="boolean",
)


@dataclass(frozen=True)
class SlidesLink:
    """Slides on the schedule: whose submission, and the file's form (".pptx"). It names nobody."""

    submission_id: int
    form: str


@dataclass(frozen=True)
class FinalSlides:
    """The version on the schedule, and the name under which it is given out."""

    course: Course
    version: SubmissionVersion
    name: str


@dataclass(frozen=True)
class OnSchedule:
    """Who plays which part in each lecture, and the slides of those who presented."""

    parts: dict[int, list[Part]]
    slides: dict[int, list[SlidesLink]]


def on_schedule(actor: Actor, lectures: list[Lecture], *, now: datetime) -> OnSchedule:
    """Return what the schedule shows of each lecture, as far as the actor may see it, in one query."""
    found = _PARTS_AND_SLIDES.rows(
        **parts_parameters(actor, lectures), now=now, shows_slides=may_read_slides(actor)
    )
    rows = [PartRow(*row) for row in found]
    slides: dict[int, list[SlidesLink]] = defaultdict(list)
    for row in rows:
        if row.role == _MARK:
            slides[row.lecture_id].append(_link(row))
    for links in slides.values():
        links.sort(key=lambda link: link.submission_id)
    parts = parts_of(actor, lectures, [row for row in rows if row.role != _MARK])
    return OnSchedule(parts, slides)


def may_read_slides(actor: Actor) -> bool:
    """Say whether the schedule shows the actor the final slides of the course."""
    if actor.course is None:
        return False
    is_public = actor.course.final_slides_for == SlidesReaders.PUBLIC
    return is_public or actor.may(Permission.READ_COURSE)


def _link(row: PartRow) -> SlidesLink:
    return SlidesLink(int(row.material.partition("/")[0]), row.name.lower())


def final_slides(actor: Actor, *, now: datetime, submission_id: int) -> FinalSlides | None:
    """Return what stands on the schedule of a submission; None where that is nothing."""
    if actor.course is None:
        return None
    asked = Submission.objects.filter(pk=submission_id, deliverable__course=actor.course)
    lecture_id = asked.values_list("deliverable__lecture", flat=True).first()
    if lecture_id is None:
        return None
    standing = _standing(lecture_id, now=now)
    if submission_id not in standing:
        return None
    version = SubmissionVersion.objects.select_related("submission__deliverable__lecture").get(
        pk=standing[submission_id]
    )
    number = list(standing).index(submission_id) + 1 if len(standing) > 1 else None
    return FinalSlides(actor.course, version, _name(version, number=number))


def _standing(lecture_id: int, *, now: datetime) -> dict[int, int]:
    """Return the versions that stand on the schedule of a lecture, by their submissions."""
    parameters: dict[str, Any] = {"lectures": [lecture_id], "now": now, "shows_slides": True}
    with connection.cursor() as cursor:
        cursor.execute(_SLIDES, parameters)
        ids = [row[3].split("/") for row in cursor.fetchall()]
    return {int(submission): int(version) for submission, version in sorted(ids)}


def _name(version: SubmissionVersion, *, number: int | None) -> str:
    """Name a file by its lecture, never by who handed it in."""
    lecture = version.submission.deliverable.lecture
    assert lecture is not None
    which = f" {number}" if number else ""
    ending = PurePath(version.file_name).suffix.lower()
    return file_name(f"{lecture.starts_on:%Y-%m-%d} {lecture.title} final slides{which}", ending)


def holds_of(submission_ids: list[int]) -> dict[int, list[SlidesHold]]:
    """Return when staff kept slides off the schedule, by submission, the newest first."""
    found: dict[int, list[SlidesHold]] = defaultdict(list)
    rows = SlidesHold.objects.filter(submission__in=submission_ids)
    for hold in rows.select_related("held_by", "lifted_by").order_by("-pk"):
        found[hold.submission_id].append(hold)
    return found


def hold_on(place: Place) -> SlidesHold | None:
    """Return what keeps a group's final slides off the schedule now."""
    if place.kind != Kind.FINAL_SLIDES or place.submission_id is None:
        return None
    return SlidesHold.objects.filter(submission=place.submission_id, lifted_at__isnull=True).first()


def slides_submission(actor: Actor, *, now: datetime, submission_id: int) -> Submission | None:
    """Return a submission of final slides in the actor's course, for staff."""
    if actor.course is None or not actor.is_staff:
        return None
    found = Submission.objects.select_related(
        "deliverable__course", "deliverable__lecture", "group"
    ).filter(pk=submission_id, deliverable__course=actor.course, deliverable__kind="final_slides")
    return found.first()
