"""Correcting the past: who really played, as if it had been so from the start."""

from datetime import datetime, timedelta

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.term.acts.past import CorrectPast
from courseapp.term.acts.roles import PutInRole, SwapDuties
from grading.models import Grade
from schedule.models import GroupRole, OtherPresenter, RoleAssignment
from submissions.deadlines import Kind
from submissions.models import Deliverable, SubmissionVersion
from submissions.selectors.owed import Duty, duties
from tests.doors import hand_in_file
from tests.factories import LECTURE_AT, START, enroll, make_group, plan
from tests.factories import part as part_of_grade
from tests.term.acts.scenes import NOW, Term, make_term
from tests.term.acts.slots import holders_at, instants

pytestmark = pytest.mark.django_db
AFTER = LECTURE_AT + timedelta(days=3)


@pytest.fixture
def term() -> Term:
    return make_term()


def correction(term: Term, *groups: int, role: str = "presenter", **who: object) -> CorrectPast:
    ids = tuple(term.groups[number].pk for number in groups)
    return CorrectPast(term.lectures[0].pk, role, ids, **who)  # type: ignore[arg-type]


def duties_of(term: Term, kind: Kind, *, now: datetime = AFTER) -> list[Duty]:
    owed = duties(course=term.course, now=now)
    return [duty for duty in owed if (duty.kind, duty.lecture_id) == (kind, term.lectures[0].pk)]


def slides_in(term: Term) -> Deliverable:
    """Let the first group hand its slides in, and give it points."""
    deliverable = Deliverable.objects.get(lecture=term.lectures[0], kind="slides")
    hand_in(term, deliverable)
    plan(term.course)
    Grade.objects.create(
        part=part_of_grade(term.course, "Paper presentation & discussion", "slides on time"),
        deliverable=deliverable,
        group=term.groups[0],
        points=90,
        awarded_by=term.instructor,
        awarded_at=AFTER,
    )
    return deliverable


def test_the_right_group_owed_it_from_the_start(term: Term) -> None:
    term.do(correction(term, 2), now=AFTER)
    assert [duty.group_id for duty in duties_of(term, Kind.SLIDES)] == [term.groups[2].pk]
    wrong = RoleAssignment.objects.get(
        lecture=term.lectures[0], group=term.groups[0], role=GroupRole.PRESENTER
    )
    right = RoleAssignment.objects.current().get(lecture=term.lectures[0], role=GroupRole.PRESENTER)
    assert wrong.withdrawn_at == wrong.assigned_at == right.assigned_at == START
    slot = term.lectures[0].pk, "presenter"
    assert all(holders_at(instant)[slot] == 1 for instant in instants())


def test_it_is_never_done_silently(term: Term) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(correction(term, 2), now=AFTER, reason=" ")
    assert refusal.value.denied.code == "reason_missing"
    carried = term.do(correction(term, 2), now=AFTER, reason="G1 and G3 had changed places.")
    both = [*term.members(term.groups[0]), *term.members(term.groups[2])]
    assert {person.pk for person in carried.told} >= {person.pk for person in both}


def test_what_was_handed_in_stays_with_who_handed_it_in(term: Term) -> None:
    deliverable = slides_in(term)
    carried = term.do(correction(term, 2), now=AFTER)
    version = SubmissionVersion.objects.get()
    assert version.submission.group == term.groups[0]
    assert version.submission.deliverable == deliverable
    said = carried.act.consequences["said"]
    assert said[0] == (
        f"Slides for Mixtures: {term.groups[0]} keeps what it handed in and its grade in the records;"
        " nothing of it counts any more."
    )
    assert f"{term.groups[2]} has handed in nothing" in said[1]


def test_an_undo_lets_the_past_be_as_it_was_written_down(term: Term) -> None:
    slides_in(term)
    before = duties_of(term, Kind.SLIDES)
    carried = term.do(correction(term, 2), now=AFTER)
    undone = term.undo(carried, now=AFTER + timedelta(minutes=5))
    assert duties_of(term, Kind.SLIDES) == before
    term.undo(undone, now=AFTER + timedelta(minutes=9))
    assert [duty.group_id for duty in duties_of(term, Kind.SLIDES)] == [term.groups[2].pk]


def test_a_second_correction_stops_the_undo_of_the_first(term: Term) -> None:
    carried = term.do(correction(term, 2), now=AFTER)
    term.do(correction(term, 1), now=AFTER + timedelta(minutes=1))
    with pytest.raises(Refused) as refusal:
        term.undo(carried, now=AFTER + timedelta(minutes=5))
    assert f"{term.groups[2]} as presenter of Mixtures" in refusal.value.denied.sentence


def test_several_groups_may_have_played_it(term: Term) -> None:
    new = make_group(term.course, [enroll(term.course)])
    term.do(CorrectPast(term.lectures[0].pk, "reviewers", (term.groups[2].pk, new.pk)), now=AFTER)
    held = RoleAssignment.objects.current().filter(lecture=term.lectures[0], role="reviewers")
    assert set(held.values_list("group", flat=True)) == {term.groups[2].pk, new.pk}


def test_a_correction_beside_a_group_that_came_later_is_undone(term: Term) -> None:
    new = make_group(term.course, [enroll(term.course)])
    term.do(PutInRole(term.lectures[0].pk, "reviewers", group_id=new.pk, is_beside=True))
    action = CorrectPast(term.lectures[0].pk, "reviewers", (new.pk, term.groups[0].pk))
    carried = term.do(action, now=AFTER)
    term.undo(carried, now=AFTER + timedelta(minutes=5))
    held = RoleAssignment.objects.current().filter(lecture=term.lectures[0], role="reviewers")
    assert set(held.values_list("group", flat=True)) == {term.groups[2].pk, new.pk}


def test_a_guest_presented_after_all_and_nothing_was_due(term: Term) -> None:
    carried = term.do(correction(term, guest="Noor Vale"), now=AFTER)
    assert OtherPresenter.objects.get().name == "Noor Vale"
    assert duties_of(term, Kind.SLIDES) == []
    term.undo(carried, now=AFTER + timedelta(minutes=5))
    assert [duty.group_id for duty in duties_of(term, Kind.SLIDES)] == [term.groups[0].pk]


def test_a_person_who_was_written_down_by_mistake_is_told(term: Term) -> None:
    alone = enroll(term.course)
    term.do(correction(term, student_ids=(alone.pk,)), now=AFTER)
    carried = term.do(correction(term, 1), now=AFTER + timedelta(minutes=2))
    assert alone.pk in {person.pk for person in carried.told}


def test_a_swap_before_the_lecture_that_did_not_happen_is_corrected(term: Term) -> None:
    held = [
        RoleAssignment.objects.current().get(lecture=lecture, role="presenter")
        for lecture in term.lectures[:2]
    ]
    term.do(SwapDuties(held[0].pk, held[1].pk))
    term.do(correction(term, 0), now=AFTER)
    slot = term.lectures[0].pk, "presenter"
    assert all(holders_at(instant)[slot] == 1 for instant in instants())
    assert [duty.group_id for duty in duties_of(term, Kind.SLIDES)] == [term.groups[0].pk]


def test_a_part_that_nobody_was_written_down_for(term: Term) -> None:
    term.do(PutInRole(term.lectures[0].pk, "reviewers"), now=NOW)
    term.do(correction(term, 2, role="reviewers"), now=AFTER)
    owners = {duty.group_id for duty in duties_of(term, Kind.SUMMARY)}
    assert owners == {term.groups[1].pk, term.groups[2].pk}


@pytest.mark.parametrize(
    ("now", "groups", "code"), [(NOW, (2,), "not_begun"), (AFTER, (0,), "no_change")]
)
def test_what_cannot_be_corrected_is_refused(
    term: Term, now: datetime, groups: tuple[int, ...], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(correction(term, *groups), now=now)
    assert refusal.value.denied.code == code


def hand_in(term: Term, deliverable: Deliverable) -> None:
    assert deliverable.due_at is not None
    before = deliverable.due_at - timedelta(hours=1)
    hand_in_file(term.members(term.groups[0])[0], deliverable, at=before)
