"""Milestones that are added or changed take what is due by them along."""

from datetime import date, time, timedelta

import pytest

from courseapp.kernel.decisions import Refused
from courseapp.term.acts.milestones import AddMilestone, ChangeMilestone
from schedule.models import Milestone, MilestoneKind
from submissions.models import Deliverable
from tests.factories import LECTURE_AT, derive, make_milestone
from tests.term.acts.scenes import Term, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term() -> Term:
    return make_term()


def due(kind: str) -> object:
    return Deliverable.objects.get(kind=kind, withdrawn_at__isnull=True).due_at


def test_a_new_step_makes_its_work_due_and_an_undo_takes_it_back(term: Term) -> None:
    carried = term.do(
        AddMilestone(
            milestone_kind="report",
            title="Final report",
            on_date=date(2025, 5, 15),
            at_time=time(18),
        )
    )
    assert due("report") == due("code") == Milestone.objects.get().due_at
    assert carried.act.sentence == "New step: Final report, by Thu May 15, 6:00 PM CDT."
    assert len(carried.told) == 12
    term.undo(carried)
    assert not Milestone.objects.exists()
    assert not Deliverable.objects.filter(kind="report", withdrawn_at__isnull=True).exists()


def test_a_bare_date_means_the_end_of_its_day(term: Term) -> None:
    term.do(AddMilestone(milestone_kind="proposal", title="Plan", on_date=date(2025, 2, 26)))
    assert Milestone.objects.get().due_at.isoformat() == "2025-02-27T05:59:59+00:00"


def test_a_step_that_moves_takes_its_due_instant_along(term: Term) -> None:
    was = LECTURE_AT + timedelta(days=14)
    milestone = make_milestone(term.course, MilestoneKind.PROPOSAL, due_at=was)
    derive(term.course)
    carried = term.do(
        ChangeMilestone(
            milestone_id=milestone.pk,
            title="Proposal",
            on_date=date(2025, 3, 5),
            at_time=time(12, 30),
        )
    )
    assert due("proposal") == was + timedelta(days=7)
    term.undo(carried)
    assert due("proposal") == was
    assert Milestone.objects.get().title == "project proposal"


def test_the_last_day_to_form_groups_follows_its_step(term: Term) -> None:
    term.do(AddMilestone(milestone_kind="form_groups", title="Groups", on_date=date(2025, 2, 26)))
    term.course.refresh_from_db()
    assert term.course.groups_form_until == Milestone.objects.get().due_at


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (AddMilestone(milestone_kind="party", title="X", on_date=date(2025, 3, 5)), "unknown_kind"),
        (AddMilestone(milestone_kind="final", title=" ", on_date=date(2025, 3, 5)), "no_title"),
        (ChangeMilestone(milestone_id=0, title="X", on_date=date(2025, 3, 5)), "not_found"),
    ],
)
def test_what_makes_no_sense_is_refused(term: Term, action: AddMilestone, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        term.do(action)
    assert refusal.value.denied.code == code
