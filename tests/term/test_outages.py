"""The product was down before a deadline: it notices, proposes, and one click gives the time back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from courseapp.term.acts.carrying_out import carry_out
from courseapp.term.acts.undoing import undoing_of
from courseapp.term.models import Act
from courseapp.term.outages import answer_proposal, notes_for
from submissions.deadlines import Kind
from submissions.models import Extension, Outage, OutageAnswer, Pulse
from submissions.selectors.outages import proposals_of
from submissions.selectors.owed import duties
from submissions.services.outages import note_pulse
from tests.doors import browser, hand_in_file
from tests.factories import actor, enroll, make_course
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def down(*, from_at: datetime, for_minutes: float) -> Outage | None:
    """Let the pulse stop, and come again."""
    Pulse.objects.update_or_create(defaults={"seen_at": from_at})
    return note_pulse(now=from_at + minutes(for_minutes))


def scene_down(*, before: float = 60, for_minutes: float = 30) -> tuple[Scene, Enrollment]:
    """Make a course whose slides' deadline an outage touches."""
    scene = a_lecture()
    instructor = enroll(scene.course, "instructor")
    down(from_at=SLIDES_DUE - minutes(before), for_minutes=for_minutes)
    return scene, instructor


def due_of(scene: Scene, kind: Kind = Kind.SLIDES, *, now: datetime = SLIDES_DUE) -> Any:
    found = duties(course=scene.course, now=now, deliverables=[scene.due(kind).pk])
    return {duty.due_at for duty in found}


def give(person: Enrollment, scene: Scene, *, now: datetime, gives: bool = True) -> Any:
    return answer_proposal(
        actor=actor(person), deliverable_id=scene.due(Kind.SLIDES).pk, gives=gives, now=now
    )


# -- noticing ------------------------------------------------------------------------------------


def test_the_first_pulse_of_all_is_no_outage():
    assert note_pulse(now=SLIDES_DUE) is None
    assert Pulse.objects.get().seen_at == SLIDES_DUE


def test_a_pulse_on_time_is_no_outage():
    note_pulse(now=SLIDES_DUE)
    assert note_pulse(now=SLIDES_DUE + minutes(2) - TICK) is None
    assert not Outage.objects.exists()


def test_silence_is_kept_from_the_last_pulse_to_the_next():
    down(from_at=SLIDES_DUE, for_minutes=25)
    outage = Outage.objects.get()
    assert (outage.began_at, outage.ended_at) == (SLIDES_DUE, SLIDES_DUE + minutes(25))
    assert note_pulse(now=SLIDES_DUE + minutes(25.5)) is None


def test_a_backup_brought_back_after_months_makes_no_outage():
    assert down(from_at=SLIDES_DUE - timedelta(days=60), for_minutes=60 * 24 * 60) is None
    assert Pulse.objects.get().seen_at == SLIDES_DUE


def test_a_pulse_that_comes_behind_another_takes_nothing_back():
    note_pulse(now=SLIDES_DUE)
    assert note_pulse(now=SLIDES_DUE - minutes(30)) is None
    assert Pulse.objects.get().seen_at == SLIDES_DUE


# -- proposing -----------------------------------------------------------------------------------


def test_what_the_outage_touched_is_proposed_and_nothing_else():
    scene, _ = scene_down()
    [found] = proposals_of(scene.course, now=SLIDES_DUE - minutes(30))
    assert found.deliverable_id == scene.due(Kind.SLIDES).pk
    assert (found.due_at, found.lost_minutes, len(found.hit)) == (SLIDES_DUE, 30, 1)
    assert found.until == SLIDES_DUE + minutes(30)


@pytest.mark.parametrize(
    ("length", "count"), [(minutes(10) - TICK, 0), (minutes(10), 1), (minutes(10) + TICK, 1)]
)
def test_ten_minutes_are_enough(length, count):
    scene = a_lecture()
    Outage.objects.create(
        began_at=SLIDES_DUE - minutes(60), ended_at=SLIDES_DUE - minutes(60) + length
    )
    assert len(proposals_of(scene.course, now=SLIDES_DUE)) == count


def test_short_outages_add_up():
    scene, _ = scene_down(for_minutes=6)
    assert proposals_of(scene.course, now=SLIDES_DUE) == []
    down(from_at=SLIDES_DUE - minutes(20), for_minutes=5)
    [found] = proposals_of(scene.course, now=SLIDES_DUE)
    assert (found.lost_minutes, len(found.outages)) == (11, 2)


@pytest.mark.parametrize("state", ["draft", "finished"])
def test_only_a_published_course_is_proposed_anything(state):
    scene = a_lecture(state=state)
    down(from_at=SLIDES_DUE - minutes(60), for_minutes=30)
    assert proposals_of(scene.course, now=SLIDES_DUE) == []


def test_what_nobody_answered_for_two_weeks_is_dropped():
    scene, _ = scene_down()
    ended_at = SLIDES_DUE - minutes(30)
    at = ended_at + timedelta(days=14)
    assert len(proposals_of(scene.course, now=at - TICK)) == 1
    assert proposals_of(scene.course, now=at) == []


def test_instructors_are_told_once_with_what_is_proposed():
    scene = a_lecture()
    instructor = enroll(scene.course, "instructor")
    enroll(scene.course, "ta")
    enroll(make_course(), "instructor")
    down(from_at=SLIDES_DUE - minutes(60), for_minutes=30)
    [mail] = OutboxMail.objects.filter(kind="submissions/outage")
    assert mail.recipient == instructor.email
    assert "Slides for" in mail.text
    assert "0 of 1 are in; proposed: until Tue Feb 11, 1:00 PM CST" in mail.text


def test_an_outage_that_touches_nothing_tells_nobody():
    scene_down(before=300)
    assert not OutboxMail.objects.filter(kind="submissions/outage").exists()


# -- answering -----------------------------------------------------------------------------------


def test_one_click_moves_it_for_all_and_tells_those_who_owe_it():
    scene, instructor = scene_down()
    act = give(instructor, scene, now=SLIDES_DUE - minutes(25))

    until = SLIDES_DUE + minutes(45)
    assert due_of(scene) == {until}
    extension = Extension.objects.get()
    assert (extension.enrollment, extension.group, extension.due_at) == (None, None, until)
    assert extension.reason.startswith("This site was down from Tue Feb 11, 11:30 AM CST to ")
    assert OutageAnswer.objects.get().extension == extension
    told = set(OutboxMail.objects.filter(kind="term/changed").values_list("recipient", flat=True))
    assert told == {person.email for person in scene.presenters}
    assert act.sentence.endswith("because this site was down.")
    assert proposals_of(scene.course, now=SLIDES_DUE) == []


def test_given_afterwards_it_makes_late_work_count():
    scene, instructor = scene_down(before=20, for_minutes=40)
    late = hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=SLIDES_DUE + minutes(30))
    assert not late.is_on_time
    give(instructor, scene, now=SLIDES_DUE + minutes(90))
    [duty] = duties(course=scene.course, now=SLIDES_DUE, deliverables=[scene.due(Kind.SLIDES).pk])
    assert (duty.is_in, duty.due_at) == (True, SLIDES_DUE + minutes(150))


def test_left_alone_it_is_not_proposed_again_and_nothing_moves():
    scene, instructor = scene_down()
    assert give(instructor, scene, now=SLIDES_DUE, gives=False) is None
    assert OutageAnswer.objects.get().extension is None
    assert due_of(scene) == {SLIDES_DUE}
    assert proposals_of(scene.course, now=SLIDES_DUE) == []


@pytest.mark.parametrize("gives", [True, False])
def test_of_two_answers_the_second_is_told_so(gives):
    scene, instructor = scene_down()
    give(instructor, scene, now=SLIDES_DUE, gives=not gives)
    with pytest.raises(Refused, match="answered meanwhile"):
        give(instructor, scene, now=SLIDES_DUE, gives=gives)
    assert Act.objects.count() == 1 - gives


def test_another_outage_before_the_new_instant_is_proposed_anew():
    scene, instructor = scene_down()
    give(instructor, scene, now=SLIDES_DUE - minutes(25))
    down(from_at=SLIDES_DUE, for_minutes=12)
    [found] = proposals_of(scene.course, now=SLIDES_DUE + minutes(12))
    assert (found.due_at, found.lost_minutes) == (SLIDES_DUE + minutes(45), 12)


def test_the_act_can_be_undone():
    scene, instructor = scene_down()
    act = give(instructor, scene, now=SLIDES_DUE - minutes(25))
    carry_out(undoing_of(act), actor=actor(instructor), reason="", now=SLIDES_DUE - minutes(20))
    assert due_of(scene) == {SLIDES_DUE}


def test_undone_it_is_proposed_again_and_given_again_with_one_click():
    scene, instructor = scene_down()
    at = SLIDES_DUE - minutes(20)
    first = give(instructor, scene, now=SLIDES_DUE - minutes(25))
    assert proposals_of(scene.course, now=at) == []
    carry_out(undoing_of(first), actor=actor(instructor), reason="", now=at)

    [note] = notes_for(actor(instructor), now=at)
    assert note.proposed.outages == (Outage.objects.get(),)
    assert "Give until" in home(instructor, at=at)
    give(instructor, scene, now=at)
    assert due_of(scene) == {note.proposed.until}
    assert "Give until" not in home(instructor, at=at)
    assert [one.withdrawn_at for one in OutageAnswer.objects.order_by("pk")] == [at, None]


def test_an_undo_that_is_undone_answers_it_again_unless_somebody_has_meanwhile():
    scene, instructor = scene_down()
    given, undone, late = (SLIDES_DUE - minutes(count) for count in (25, 20, 15))
    act = give(instructor, scene, now=given)
    until = due_of(scene)
    undo = carry_out(undoing_of(act), actor=actor(instructor), reason="", now=undone).act
    carry_out(undoing_of(undo), actor=actor(instructor), reason="", now=late)
    assert (due_of(scene), notes_for(actor(instructor), now=late)) == (until, [])

    redone = Act.objects.latest("pk")
    undo = carry_out(undoing_of(redone), actor=actor(instructor), reason="", now=late).act
    give(instructor, scene, now=late, gives=False)
    with pytest.raises(Refused, match="answered again since"):
        carry_out(undoing_of(undo), actor=actor(instructor), reason="", now=late)


def test_only_one_whose_own_instant_was_touched_gets_time_by_themselves():
    scene = a_lecture()
    instructor = enroll(scene.course, "instructor")
    own = SLIDES_DUE + timedelta(days=2)
    Extension.objects.create(
        deliverable=scene.due(Kind.SLIDES),
        group=scene.presenting,
        due_at=own,
        reason="Ill.",
        granted_by=instructor,
        granted_at=SLIDES_DUE,
    )
    down(from_at=own - minutes(60), for_minutes=30)
    act = give(instructor, scene, now=own - minutes(30))
    newest = Extension.objects.latest("pk")
    assert (newest.group, newest.due_at) == (scene.presenting, own + minutes(30))
    assert "those whom it touched have until" in act.sentence


@pytest.mark.parametrize(
    ("role", "extra", "code"),
    [("ta", [], "not_permitted"), ("ta", ["extend"], "no_extensions")],
)
def test_who_may_not_extend_may_not_answer(role, extra, code):
    scene, _ = scene_down()
    ta = enroll(scene.course, role)
    ta.extra_permissions = extra
    ta.save()
    for gives in (True, False):
        with pytest.raises(Refused) as caught:
            give(ta, scene, now=SLIDES_DUE, gives=gives)
        assert caught.value.denied.code == code
    assert not OutageAnswer.objects.exists()


# -- pages ---------------------------------------------------------------------------------------


def home(person: Enrollment, *, at: datetime) -> Any:
    with clock.standing_at(at):
        response = browser(person).get(f"/c/{person.course.slug}/home/")
    return response.content.decode()


def test_the_home_of_staff_begins_with_it():
    scene, instructor = scene_down()
    at = SLIDES_DUE - minutes(25)
    page = home(instructor, at=at)
    assert "did not answer for 30 minutes" in page
    assert "Give until Tue Feb 11, 1:15 PM CST" in page
    assert "Give until" not in home(enroll(scene.course, "ta"), at=at)
    assert "did not answer" not in home(scene.presenters[0], at=at)
    assert len(notes_for(actor(instructor), now=at)) == 1


@pytest.mark.parametrize(("answer", "count"), [("give", 1), ("leave", 0), ("", 0)])
def test_a_click_answers(answer, count):
    scene, instructor = scene_down()
    path = f"/c/{scene.course.slug}/outages/{scene.due(Kind.SLIDES).pk}/"
    with clock.standing_at(SLIDES_DUE):
        response = browser(instructor).post(path, {"answer": answer}, follow=True)
    assert response.redirect_chain == [(f"/c/{scene.course.slug}/home/", 302)]
    assert Extension.objects.count() == count
    assert ("was down." in response.content.decode()) == (count == 1)
