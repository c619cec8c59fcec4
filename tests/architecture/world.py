"""Three courses with everything in them that could leak: what the matrix of URLs is tried on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client

from courseapp.accounts.models import User
from courseapp.course.models import Course, CourseState, Enrollment, EnrollmentState, Role
from courseapp.kernel import history
from courseapp.term.acts.carrying_out import carry_out, doing_of
from courseapp.term.acts.drafting import note_in_draft
from courseapp.term.acts.meetings import ChangeMeeting, EditLecture
from courseapp.term.calendars.links import make_link
from courseapp.term.draft_desk import draft_page
from courseapp.term.models import Act, PlannedAct, RoleSwap
from grading.models import Grade, Part
from grading.services.awarding import Wish as AwardWish
from grading.services.awarding import award
from grading.services.releasing import release
from groups.models import Group
from schedule.models import (
    GroupRole,
    Lecture,
    RoleAssignment,
)
from submissions.deadlines import Kind
from submissions.models import (
    Deliverable,
    SubmissionVersion,
)
from submissions.rules import ProposalVerdict
from submissions.services.handing_in import ask_questions, hand_in_file
from submissions.services.proposing import Wish, decide
from tests.architecture.world_came_in import came_in_forms, furnish_came_in
from tests.architecture.world_plan import furnish_plan, plan_forms
from tests.architecture.world_records import (
    form_groups_of,
    records_of_schedule,
    records_of_work,
)
from tests.factories import (
    actor,
    assign,
    deliverable,
    derive,
    enroll,
    make_course,
    make_group,
    make_lecture,
    make_milestone,
    part,
    plan,
)
from tests.tus import an_upload

# Two days before the lecture: its slides and questions are open.
NOW = datetime(2025, 2, 10, 18, 30, tzinfo=UTC)
EARLIER = datetime(2025, 2, 9, 18, 30, tzinfo=UTC)
LATER = datetime(2025, 3, 5, 18, 30, tzinfo=UTC)
PROPOSAL_DUE = datetime(2025, 2, 27, 5, 59, 59, tzinfo=UTC)
PPTX = b"PK\x03\x04" + bytes(26)
PDF = b"%PDF-1.4\n"
QUESTION = "Which assumption of the evaluation would break first?"
DRAFT_COMMENT = "A draft comment that no student may read yet."

Rows = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Furnished:
    """A course with one of everything; `targets` are the arguments of URLs into it."""

    course: Course
    people: Mapping[str, Enrollment]
    targets: Mapping[str, Mapping[str, Any]]

    @cached_property
    def standing_forms(self) -> Mapping[str, dict[str, Any]]:
        """What is sent to the schedule, its plan and about swaps: of each cell the same, so made once."""
        lecture = Lecture.objects.get(pk=self.targets["lecture"]["lecture_id"])
        return {
            **schedule_forms(lecture),
            **plan_forms(self, now=NOW),
            **came_in_forms(),
            **swap_forms(self.course),
        }


@dataclass(frozen=True)
class World:
    """The course that the matrix asks about, one that is not its business, and a draft.

    Everyone is signed in once, for all cells: `sessions` are their cookies. `rows` are all tables as
    they were then, and are again before each cell.
    """

    main: Furnished
    other: Furnished
    users: Mapping[str, User | None]
    sessions: Mapping[str, str]
    targets: Mapping[str, Mapping[str, Any]]
    files: Path
    rows: "Rows"


def make_world(*, files: Path) -> World:
    """Make the courses and the people that the matrix names."""
    main, other = furnish(), furnish()
    elsewhere = main.people["elsewhere"]
    _also_enroll(other.course, elsewhere, Role.INSTRUCTOR)
    draft = make_course(state=CourseState.DRAFT)
    for name in ("observer", "owner", "ta", "instructor"):
        _also_enroll(draft, main.people[name], Role(main.people[name].role))
    superuser = User.objects.create_superuser("operator@example.edu", name="Operator")
    users: dict[str, User | None] = {name: who.user for name, who in main.people.items()}
    users |= {"visitor": None, "superuser": superuser, "outsider": other.people["instructor"].user}
    targets = {**main.targets, "draft": {"course": draft.slug}}
    return World(
        main=main,
        other=other,
        users=users,
        sessions={name: _signed_in(user) for name, user in users.items() if user is not None},
        targets=targets,
        files=files,
        rows=rows_of_all_tables(),
    )


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def furnish() -> Furnished:
    """Make a course where work is handed in, decided on, graded, and half of it released."""
    course = make_course()
    people = {
        "instructor": enroll(course, Role.INSTRUCTOR),
        "ta": enroll(course, Role.TA),
        "observer": enroll(course, Role.OBSERVER),
        "owner": enroll(course),
        "dropped": enroll(course),
        "classmate": enroll(course),
        "elsewhere": enroll(course),
    }
    first = make_group(course, [people["owner"], people["dropped"]])
    second = make_group(course, [people["classmate"], people["elsewhere"]])
    lecture = make_lecture(course)
    assign(lecture, first)
    make_milestone(course, due_at=PROPOSAL_DUE)
    derive(course)
    plan(course)
    slides, proposal = deliverable(course, Kind.SLIDES), deliverable(course, Kind.PROPOSAL)
    version = _hand_in(people["owner"], slides, name="talk.pptx", content=PPTX)
    _hand_in(people["owner"], proposal, name="plan.pdf", content=PDF)
    _hand_in(people["classmate"], proposal, name="idea.pdf", content=PDF)
    question = deliverable(course, Kind.QUESTION)
    ask_questions(
        actor=actor(people["classmate"]), texts={question.pk: QUESTION}, received_at=EARLIER
    )
    approve = Wish(verdict=ProposalVerdict.APPROVED, comment="", conditions="", days=7)
    decide(actor=actor(people["instructor"]), group_id=first.pk, wish=approve, now=EARLIER)
    released, draft = part(course, _TALKS, "talk"), part(course, _TALKS, "slides on time")
    _grade(people, released, slides, first)
    grade = _grade(people, draft, slides, first, comment=DRAFT_COMMENT)
    release(actor=actor(people["instructor"]), part_id=released.pk, now=EARLIER)
    _drop(people["dropped"])
    act = _act(people["instructor"], lecture)
    secret = make_link(actor=actor(people["owner"]), now=EARLIER)
    forming = form_groups_of(people, first, at=EARLIER)
    swaps = _swap(people, lecture, first, second)
    later = Lecture.objects.exclude(pk=lecture.pk).get(course=course)
    return Furnished(
        course=course,
        people=people,
        targets=_targets(
            course,
            section={"section": "description"},
            no_section={"section": "nothing"},
            member={"enrollment_id": people["ta"].pk},
            lecture={"lecture_id": lecture.pk},
            question={"deliverable_id": question.pk},
            slides={"deliverable_id": slides.pk},
            summary={"deliverable_id": Deliverable.objects.get(lecture=later, kind="summary").pk},
            version={"version_id": version.pk},
            upload={"course": course.slug, **an_upload(people["owner"], slides, at=EARLIER)},
            decided={"group_id": first.pk},
            **furnish_plan(people["instructor"], first, lecture, at=EARLIER, now=NOW),
            **furnish_came_in(people, lecture, later, at=EARLIER),
            undecided={"group_id": second.pk},
            draft_part={"part_id": draft.pk},
            released_part={"part_id": released.pk},
            receipt={"code": version.receipt_code},
            no_receipt={"code": "0" * 24},
            meeting={"kind": "change_meeting"},
            no_act={"kind": "change_nothing"},
            act={"act_id": act.pk},
            **swaps,
            noted={"planned_id": _noted(people["instructor"], lecture).pk},
            secret={"secret": secret},
            no_secret={"secret": "0" * 43},
            course_record={"object_id": course.pk},
            person_record={"object_id": people["owner"].pk},
            group_record={"object_id": first.pk},
            duty_record={"object_id": slides.pk},
            version_record={"object_id": version.pk},
            grade_record={"object_id": grade.pk},
            **records_of_work(version, at=EARLIER),
            **records_of_schedule(lecture, first, at=EARLIER),
            **forming,
        ),
    )


def schedule_forms(lecture: Lecture) -> dict[str, dict[str, Any]]:
    """Return what changes the schedule in the admin."""
    place = {name: str(value) for name, value in meeting_as_it_is(lecture).items()}
    row = {
        **place,
        "kind": lecture.kind,
        "room": "2406",
        "topic": "Experts",
        "asks_questions": "on",
    }
    return {
        "admin:schedule_lecture_change": row,
        "admin:schedule_reading_change": {"title": "Mixtral", "is_required": "on"},
    }


def _swap(
    people: dict[str, Enrollment], lecture: Lecture, first: Group, second: Group
) -> dict[str, dict[str, Any]]:
    """Let the owner's group offer a swap to the other one, and agree to one that it offers."""
    later = make_lecture(lecture.course, starts_at=LATER, required_count=0)
    own, others = lecture.role_assignments.get(), assign(later, second)
    assign(later, first, GroupRole.REVIEWERS)
    derive(lecture.course)
    made = {"course": lecture.course, "offered_at": EARLIER}
    offered = RoleSwap.objects.create(
        offered=own, wanted=others, offered_by=people["owner"], **made
    )
    agreed = RoleSwap.objects.create(
        offered=others,
        wanted=own,
        offered_by=people["classmate"],
        accepted_by=people["owner"],
        accepted_at=EARLIER,
        **made,
    )
    return {"swap": {"swap_id": offered.pk}, "agreed_swap": {"swap_id": agreed.pk}}


def swap_forms(course: Course) -> dict[str, dict[str, Any]]:
    """Return what a person of good will would send about swaps."""
    own = RoleAssignment.objects.get(lecture__course=course, role=GroupRole.REVIEWERS)
    others = RoleAssignment.objects.exclude(group=own.group).get(lecture=own.lecture)
    return {
        "offer-swap": {"mine": own.pk, "theirs": others.pk, "message": "We are away."},
        "decline-swap": {"answer": "We are away, too."},
        "confirm-swap": {"answer": "So agreed."},
        "refuse-swap": {"answer": "Too late."},
    }


_TALKS = "Paper presentation & discussion"


def _targets(course: Course, **targets: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the arguments of URLs; receipts, calendars and the admin's pages name no course."""
    without_course = {"code", "object_id", "secret"}
    return {"": {"course": course.slug}} | {
        name: found if without_course & found.keys() else {"course": course.slug, **found}
        for name, found in targets.items()
    }


def _also_enroll(course: Course, person: Enrollment, role: Role) -> None:
    also = enroll(course, role, signs_in=False)
    also.user = person.user
    also.save()


def _hand_in(
    person: Enrollment, place: Deliverable, *, name: str, content: bytes
) -> SubmissionVersion:
    return hand_in_file(
        actor=actor(person),
        deliverable_id=place.pk,
        upload=ContentFile(content, name=name),
        received_at=EARLIER,
        idempotency_key="",
    ).version


def _act(instructor: Enrollment, lecture: Lecture) -> Act:
    """Let the lecture be in another room."""
    action = ChangeMeeting(**meeting_as_it_is(lecture) | {"room": "1404 Siebel Center"})
    doing = doing_of(action, reason="")
    return carry_out(doing, actor=actor(instructor), reason="", now=EARLIER).act


def _noted(instructor: Enrollment, lecture: Lecture) -> PlannedAct:
    """Note in the draft of the schedule that the lecture has another topic."""
    action = EditLecture(lecture_id=lecture.pk, topic="Mixtures of experts")
    return note_in_draft(actor=actor(instructor), action=action, now=EARLIER)


def draft_form(course: Furnished) -> dict[str, Any]:
    """Return what publishes the draft of the schedule as it stands."""
    instructor = actor(course.people["instructor"])
    page = draft_page(instructor, now=NOW)
    assert page is not None
    assert page.preview is not None
    return {"shown": page.preview.carried.fingerprint}


def meeting_as_it_is(lecture: Lecture) -> dict[str, Any]:
    """Return the parameters by which nothing of a meeting changes."""
    zone = ZoneInfo(lecture.timezone)
    assert lecture.starts_at is not None
    assert lecture.ends_at is not None
    return {
        "lecture_id": lecture.pk,
        "starts_on": lecture.starts_on,
        "starts_from": lecture.starts_at.astimezone(zone).time(),
        "ends_by": lecture.ends_at.astimezone(zone).time(),
        "room": lecture.room,
        "lecture_kind": lecture.kind,
    }


def meeting_form(furnished: Furnished) -> dict[str, Any]:
    """Return what would be sent to move the lecture by an hour and a half."""
    lecture = Lecture.objects.get(pk=furnished.targets["lecture"]["lecture_id"])
    kept = meeting_as_it_is(lecture) | {"starts_from": "14:00", "ends_by": "15:15"}
    return {**kept, "lecture": lecture.pk, "step": "look"}


def _grade(
    people: Mapping[str, Enrollment],
    graded: Part,
    place: Deliverable,
    group: Group,
    *,
    comment: str = "",
) -> Grade:
    wish = AwardWish(
        part=graded, points=Decimal(73), deliverable=place, group=group, comment=comment
    )
    return award(actor=actor(people["ta"]), wish=wish, now=EARLIER)


def _drop(person: Enrollment) -> None:
    person.state, person.dropped_at = EnrollmentState.DROPPED, EARLIER
    person.save()


def rows_of_all_tables(*, but: Iterable[str] = ("django_session",)) -> Rows:
    """Return how many rows each table has, and a digest of them all."""
    tables = sorted(set(history.tables()) - set(but))
    each = " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        f" FROM {table} t"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(each)
        return {table: (count, digest) for table, count, digest in cursor.fetchall()}
