"""What is common to all actions: what was due stays due, grace is for mistakes, each reads their own."""

from datetime import date, time, timedelta
from functools import partial
from typing import Any

import pytest

from courseapp.course.actors import Permission
from courseapp.course.models import CourseState, Enrollment, Role
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.action import Action, Outcome, Scene
from courseapp.term.acts.carrying_out import (
    Doing,
    carry_out,
    carry_out_as_shown,
    doing_of,
    rehearse,
)
from courseapp.term.acts.drafting import PublishDraft, note_in_draft
from courseapp.term.acts.meetings import ChangeMeeting, EditLecture
from courseapp.term.acts.people import AddStudent
from courseapp.term.acts.readings import ChangeReading
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.rosters.bringing_in import ImportRoster
from schedule.models import Lecture, Reading
from submissions.models import Deliverable, Extension
from submissions.selectors.owed import duties
from tests.factories import LECTURE_AT, actor, enroll, make_user
from tests.term.acts.scenes import NOW, Term, make_term
from tests.threads import at_once

pytestmark = pytest.mark.django_db
AFTER = LECTURE_AT + timedelta(days=2)


@pytest.fixture
def term() -> Term:
    return make_term()


def dues(lecture: Lecture) -> dict[str, Any]:
    standing = Deliverable.objects.filter(lecture=lecture, withdrawn_at__isnull=True)
    return dict(standing.values_list("kind", "due_at"))


def first_meeting(term: Term, **changes: Any) -> ChangeMeeting:
    wanted = {
        "lecture_id": term.lectures[0].pk,
        "starts_on": date(2025, 2, 12),
        "lecture_kind": "lecture",
        "starts_from": time(12, 30),
        "ends_by": time(13, 45),
    }
    return ChangeMeeting(**{**wanted, **changes})


def required(reading: Reading, *, is_required: bool) -> ChangeReading:
    paper = reading.paper
    return ChangeReading(
        reading_id=reading.pk,
        title=paper.title,
        url=paper.url,
        authors=paper.authors,
        venue=paper.venue,
        year=paper.year,
        is_required=is_required,
        sections=reading.sections,
        note=reading.note,
    )


# -- what was due ---------------------------------------------------------------------------------


def test_a_lecture_that_loses_its_times_keeps_what_was_due(term: Term) -> None:
    before = dues(term.lectures[0])
    term.do(first_meeting(term, starts_from=None, ends_by=None), now=AFTER)
    assert dues(term.lectures[0]) == before


def test_a_lecture_for_which_work_was_due_stays_a_lecture(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.see(first_meeting(term, lecture_kind="no_class"), now=AFTER)
    assert refusal.value.denied.code == "was_due"


def test_questions_that_were_due_stay_asked_for(term: Term) -> None:
    lecture = term.lectures[0]
    action = EditLecture(lecture.pk, topic=lecture.topic, asks_questions=False)
    with pytest.raises(Refused) as refusal:
        term.see(action, now=AFTER)
    assert refusal.value.denied.code == "was_due"
    assert term.see(action, now=NOW).act.sentence == "Mixtures asks for no questions now."


def test_what_is_asked_for_again_too_late_is_due_nowhere(term: Term) -> None:
    reading = Reading.objects.get(lecture=term.lectures[0])
    term.do(required(reading, is_required=False), now=NOW)
    term.do(required(reading, is_required=True), now=LECTURE_AT + timedelta(hours=1))
    assert dues(term.lectures[0])["question"] is None


def test_what_is_asked_for_again_is_due_when_the_schedule_says_by_then(term: Term) -> None:
    reading = Reading.objects.get(lecture=term.lectures[0])
    term.do(required(reading, is_required=False), now=NOW)
    term.do(first_meeting(term, starts_on=date(2025, 2, 20)), now=NOW)
    term.do(required(reading, is_required=True), now=LECTURE_AT + timedelta(days=1))
    assert dues(term.lectures[0])["question"] == LECTURE_AT + timedelta(days=8)


def test_a_finished_course_is_as_careful_as_a_running_one(term: Term) -> None:
    term.course.state = CourseState.FINISHED
    term.course.save()
    before = dues(term.lectures[0])
    term.do(first_meeting(term, starts_on=date(2025, 2, 10)), now=AFTER)
    assert dues(term.lectures[0]) == before


# -- grace ----------------------------------------------------------------------------------------


def test_an_undo_gives_no_time_for_what_was_missed_before_the_act(term: Term) -> None:
    lecture = term.lectures[0]
    early = lecture.role_assignments.get(role="presenter").group
    assert any(
        duty.group_id == early.pk and duty.due_at <= AFTER
        for duty in duties(course=term.course, now=AFTER)
    )
    carried = term.do(first_meeting(term, room="1404 Siebel Center"), now=AFTER)
    term.undo(carried, now=AFTER + timedelta(hours=1))
    assert not Extension.objects.exists()


# -- who reads what -------------------------------------------------------------------------------


def test_an_observer_reads_what_the_public_reads_and_no_reason(term: Term) -> None:
    observer = enroll(term.course, Role.OBSERVER)
    term.do(first_meeting(term, room="1404"), reason="Ana asked for it.")
    text = OutboxMail.objects.get(recipient=observer.email).text
    assert text.startswith("Mixtures is in 1404.")
    assert "Ana" not in text


def test_an_observer_is_not_told_of_what_the_public_does_not_read(term: Term) -> None:
    observer = enroll(term.course, Role.OBSERVER)

    def write(scene: Scene) -> Outcome:
        return Outcome("Ana went, and everybody knows.", class_concerned=True)

    doing = Doing("something", {}, lambda actor: True, write)  # type: ignore[arg-type,return-value]
    carried = carry_out(doing, actor=term.teacher, reason="", now=NOW)
    assert observer not in carried.told
    assert len(carried.told) == 12


def test_whom_an_undo_drops_is_told(term: Term) -> None:
    carried = term.do(AddStudent("Mara Late", "mara@example.edu", "", "", None))
    undone = term.undo(carried)
    assert [person.name for person in undone.told] == ["Mara Late"]
    assert Enrollment.objects.get(name="Mara Late").dropped_at == NOW + timedelta(minutes=5)


def test_who_was_added_is_dropped_by_an_undo_also_after_signing_in(term: Term) -> None:
    carried = term.do(AddStudent("Mara Late", "mara@example.edu", "", "", None))
    mara = Enrollment.objects.get(name="Mara Late")
    mara.email, mara.user, mara.claimed_at = (
        "mara2@example.edu",
        make_user("mara2@example.edu"),
        NOW,
    )
    mara.save()
    term.undo(carried)
    assert Enrollment.objects.get(name="Mara Late").dropped_at is not None


def test_a_rosters_mail_says_to_each_what_it_did_to_them_and_their_group(term: Term) -> None:
    gone, mate = term.members(term.groups[0])[:2]
    term.do(ImportRoster("r.csv", adds=(), returns=(), drops=(gone.pk,), changes=()))
    for person in (gone, mate):
        text = OutboxMail.objects.get(recipient=person.email).text
        assert text.startswith(f"{gone.name} left the course")


# -- who may --------------------------------------------------------------------------------------


def a_ta(term: Term, *permissions: Permission) -> Any:
    person = enroll(term.course, Role.TA)
    person.extra_permissions = [permission.value for permission in permissions]
    person.save()
    return actor(person)


def test_the_roster_alone_puts_nobody_into_a_group(term: Term) -> None:
    ta = a_ta(term, Permission.CHANGE_ROSTER)
    action = AddStudent("Mara Late", "mara@example.edu", "", "", term.groups[0].pk)
    with pytest.raises(Refused) as refusal:
        carry_out(doing_of(action, reason=""), actor=ta, reason="", now=NOW)
    assert refusal.value.denied.code == "not_permitted"


def test_undoing_takes_all_that_the_steps_took(term: Term) -> None:
    ta = a_ta(term, Permission.CHANGE_SCHEDULE)
    carried = term.do(first_meeting(term, room="1404"))
    carried.act.consequences["took"] = ["change_plan", "change_schedule"]
    with pytest.raises(Refused) as refusal:
        rehearse(undoing_of(carried.act), actor=ta, reason="", now=NOW)
    assert refusal.value.denied.code == "not_permitted"


def test_a_draft_is_published_by_who_may_do_each_of_its_steps(term: Term) -> None:
    action = first_meeting(term, room="1404")
    planned = note_in_draft(actor=term.teacher, action=action, now=NOW)
    assert PublishDraft((planned.pk,)).permissions() == {Permission.CHANGE_SCHEDULE}


# -- as shown -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_that_saw_the_same_only_one_is_carried_out(term: Term) -> None:
    action: Action = first_meeting(term, room="1404")
    teacher, doing = term.teacher, doing_of(action, reason="")
    shown = rehearse(doing, actor=teacher, reason="", now=NOW).fingerprint

    do = partial(carry_out_as_shown, doing, actor=teacher, reason="", now=NOW, shown=shown)
    answers = at_once([do, do])

    refused = [found.denied.code for found in answers if isinstance(found, Refused)]
    assert len(refused) == 1
    assert refused[0] in {"changed_since", "nothing_changed"}
    assert term.course.acts.count() == 1


def test_the_reason_that_was_noted_goes_with_the_step(term: Term) -> None:
    action = first_meeting(term, starts_on=date(2025, 2, 18))
    note_in_draft(actor=term.teacher, action=action, now=NOW, reason="The only free day.")
    planned = term.course.planned_acts.get()
    carried = term.do(PublishDraft((planned.pk,)), reason="")
    assert carried.act.kind == "publish_draft"
