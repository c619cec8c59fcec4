"""A proposal's life: handed in, sent back, approved, agreed to, in force (domain.md §9)."""

from datetime import datetime, timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest

from courseapp.kernel import clock
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import ProposalAgreement, ProposalDecision
from submissions.rules import ProposalState, ProposalVerdict
from submissions.selectors.places import place_of
from submissions.selectors.proposals import case_of_group, own_case
from submissions.services import proposing
from tests.doors import PDF, browser, hand_in_file
from tests.factories import actor, enroll, make_course
from tests.grading.scenes import move
from tests.submissions.scenes import PROPOSAL_DUE, a_lecture
from tests.threads import at_once

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
BEFORE = PROPOSAL_DUE - timedelta(days=2)
AFTER = PROPOSAL_DUE + timedelta(days=1)


class Project:
    """The two presenters' group with its proposal, and who decides on it."""

    def __init__(self) -> None:
        self.scene = a_lecture()
        self.course, self.group = self.scene.course, self.scene.presenting
        self.first, self.second = self.scene.presenters
        self.instructor = enroll(self.course, "instructor")

    def hand_in(self, content: Any = b"", *, at: datetime = BEFORE, by: Any = None) -> Any:
        proposal = self.scene.due(Kind.PROPOSAL)
        return hand_in_file(by or self.first, proposal, PDF + content, name="p.pdf", at=at)

    def decide(
        self,
        verdict: Any,
        *,
        at: datetime = BEFORE,
        by: Any = None,
        number: Any = None,
        **words: Any,
    ) -> Any:
        wish = proposing.Wish(
            verdict=verdict,
            comment=words.get("comment", ""),
            conditions=words.get("conditions", ""),
            days=words.get("days", 7),
            version_number=number,
        )
        return proposing.decide(
            actor=actor(by or self.instructor), group_id=self.group.pk, wish=wish, now=at
        )

    def agree(self, member: Any, *, at: datetime = AFTER) -> Any:
        return proposing.agree(actor=actor(member), group_id=self.group.pk, now=at)

    def state(self) -> Any:
        return case_of_group(self.course, self.group.pk).life.state

    def post(self, fields: Any, *, by: Any = None, at: datetime = BEFORE) -> Any:
        with clock.standing_at(at):
            return browser(by or self.instructor).post(
                f"/c/{self.course.slug}/proposals/{self.group.pk}/decide/",
                {"comment": "", "conditions": "", "days": "7", "version": "1", **fields},
            )


APPROVED, CHANGES, REJECTED = (
    ProposalVerdict.APPROVED,
    ProposalVerdict.CHANGES_REQUESTED,
    ProposalVerdict.REJECTED,
)


def refused(call: Any, *args: Any, **options: Any) -> Any:
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return caught.value.denied.code


# -- the whole way -------------------------------------------------------------------------------


def test_a_proposal_goes_its_whole_way():
    project = Project()
    states = [project.state()]
    project.hand_in()
    states.append(project.state())
    project.decide(CHANGES, comment="Sharpen the plan.")
    states.append(project.state())
    project.hand_in(b"2", at=BEFORE + TICK, by=project.second)
    states.append(project.state())
    project.decide(APPROVED, at=AFTER, conditions="Use two traces.")
    states.append(project.state())
    project.agree(project.first)
    states.append(project.state())
    project.agree(project.second)
    states.append(project.state())

    assert states == [
        ProposalState.DRAFT,
        ProposalState.SUBMITTED,
        ProposalState.CHANGES_REQUESTED,
        ProposalState.SUBMITTED_AGAIN,
        ProposalState.APPROVED,
        ProposalState.APPROVED,
        ProposalState.IN_FORCE,
    ]
    case = own_case(actor(project.first), now=AFTER)
    assert case is not None
    decisions = [(each.version.number, each.decision) for each in case.rounds]
    assert [(number, found.verdict, found.conditions) for number, found in decisions if found] == [
        (2, "approved", "Use two traces."),
        (1, "changes_requested", ""),
    ]


def test_a_round_that_was_asked_for_has_its_own_due_instant_and_is_never_late_against_the_first():
    project = Project()
    project.hand_in()
    decision = project.decide(CHANGES, days=7)
    assert decision.next_due_at == BEFORE + timedelta(days=7)
    assert decision.next_due_at > PROPOSAL_DUE

    in_round = project.hand_in(b"2", at=decision.next_due_at)
    too_late = project.hand_in(b"3", at=decision.next_due_at + TICK)
    assert (in_round.is_on_time, too_late.is_on_time) == (True, False)
    found = place_of(
        actor(project.first), now=AFTER, deliverable_id=project.scene.due(Kind.PROPOSAL).pk
    )
    # The credit looks at the last version on time against the first due instant.
    assert found is not None
    assert found.counting is not None
    assert found.counting.number == 1


def test_a_group_without_a_version_on_time_can_still_hand_in_and_be_approved():
    project = Project()
    receipt = project.hand_in(at=PROPOSAL_DUE + TICK)
    project.decide(APPROVED, at=AFTER)
    for member in (project.first, project.second):
        project.agree(member)

    assert not receipt.is_on_time
    assert project.state() is ProposalState.IN_FORCE


def test_a_rejected_group_can_hand_in_a_new_one():
    project = Project()
    project.hand_in()
    project.decide(REJECTED)
    assert project.state() is ProposalState.REJECTED
    project.hand_in(b"2", at=BEFORE + TICK)

    assert project.state() is ProposalState.SUBMITTED_AGAIN


# -- who decides and agrees ----------------------------------------------------------------------


def test_only_an_instructor_decides_unless_a_ta_has_the_grant():
    project = Project()
    project.hand_in()
    ta = enroll(project.course, "ta")
    stranger = enroll(make_course(), "instructor")
    for person in (ta, project.first, enroll(project.course, "observer")):
        assert refused(project.decide, APPROVED, by=person) == "not_permitted"
    assert refused(project.decide, APPROVED, by=stranger) == "not_found"
    assert not ProposalDecision.objects.exists()
    ta.extra_permissions = ["decide_proposals"]
    ta.save()

    assert project.decide(APPROVED, by=ta).decided_by == ta


def test_nobody_decides_on_their_own_group():
    project = Project()
    project.hand_in()
    project.first.extra_permissions = ["decide_proposals"]
    project.first.save()

    assert refused(project.decide, APPROVED, by=project.first) == "own_group"


def test_nothing_is_decided_before_something_is_in_nor_twice_on_one_version():
    project = Project()
    assert refused(project.decide, APPROVED) == "nothing_in"
    project.hand_in()
    project.decide(CHANGES)

    assert refused(project.decide, APPROVED) == "decided"
    project.hand_in(b"2", at=BEFORE + TICK)
    assert project.decide(APPROVED, at=AFTER).version.number == 2


def test_a_decision_does_not_fall_on_a_version_that_was_not_read():
    project = Project()
    project.hand_in()
    project.hand_in(b"2", at=BEFORE + TICK)

    assert refused(project.decide, APPROVED, number=1) == "newer_version"
    assert project.decide(APPROVED, number=2, at=AFTER).version.number == 2


def test_nobody_agrees_to_a_decision_that_they_have_not_read():
    project = Project()
    project.hand_in()
    read = project.decide(APPROVED)
    project.hand_in(b"2", at=BEFORE + TICK)
    project.decide(APPROVED, at=AFTER)
    agree = partial(
        proposing.agree, actor=actor(project.first), group_id=project.group.pk, now=AFTER
    )

    assert refused(agree, decision_id=read.pk) == "newer_decision"


@pytest.mark.django_db(transaction=True)
def test_of_six_decisions_at_once_one_holds_and_tells_each_member_once():
    project = Project()
    project.hand_in()
    answers = at_once([partial(project.decide, APPROVED), partial(project.decide, CHANGES)] * 3)

    assert sum(isinstance(answer, ProposalDecision) for answer in answers) == 1
    assert [answer.denied.code for answer in answers if isinstance(answer, Refused)] == [
        "decided"
    ] * 5
    assert OutboxMail.objects.filter(kind="submissions/proposal_decided").count() == 2


def test_every_present_member_agrees_once_and_only_to_an_approved_one():
    project = Project()
    project.hand_in()
    assert refused(project.agree, project.first) == "not_approved"
    project.decide(APPROVED)
    others = [project.scene.authors[0], project.scene.listener, project.instructor]
    assert [refused(project.agree, person) for person in others] == ["not_a_member"] * 3
    project.agree(project.first)

    assert refused(project.agree, project.first) == "agreed"
    assert ProposalAgreement.objects.count() == 1


def test_a_member_who_comes_later_has_to_agree_too_and_one_who_left_has_not():
    project = Project()
    project.hand_in()
    project.decide(APPROVED)
    project.agree(project.first)
    move(project.second, project.scene.writing, at=AFTER)
    assert project.state() is ProposalState.IN_FORCE
    move(project.scene.listener, project.group, at=AFTER)

    assert project.state() is ProposalState.APPROVED
    project.agree(project.scene.listener, at=AFTER + TICK)
    assert project.state() is ProposalState.IN_FORCE


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_agree_is_one_agreement():
    project = Project()
    project.hand_in()
    project.decide(APPROVED)
    answers = at_once([partial(project.agree, project.first)] * 5)

    assert sum(isinstance(answer, ProposalAgreement) for answer in answers) == 1
    assert ProposalAgreement.objects.count() == 1


# -- mails and pages -----------------------------------------------------------------------------


def test_each_member_is_told_once_what_was_decided_and_until_when():
    project = Project()
    project.hand_in()
    OutboxMail.objects.update(kind="old")
    project.decide(CHANGES, comment='Use <traces> & "plots".', days=3)

    mails = OutboxMail.objects.filter(kind="submissions/proposal_decided").order_by("pk")
    assert [mail.recipient for mail in mails] == [project.first.email, project.second.email]
    assert mails[0].subject == "CS 598: your proposal, changes requested"
    assert 'Use <traces> & "plots".' in mails[0].text
    assert "The next version is due Thu Feb 27, 12:30 PM CST." in mails[0].text


def test_the_pages_decide_and_agree():
    project = Project()
    project.hand_in()
    listed = browser(project.instructor).get(f"/c/{project.course.slug}/proposals/")
    assert "1 proposal waits for a decision" in listed.content.decode()
    assert project.post({"verdict": "approved", "conditions": "Two traces."}).status_code == 302
    client = browser(project.first)
    page = client.get(f"/c/{project.course.slug}/project/").content.decode()
    assert "Conditions: Two traces." in page
    assert "I agree to this proposal" in page

    assert client.post(f"/c/{project.course.slug}/project/agree/").status_code == 302
    assert client.post(f"/c/{project.course.slug}/project/agree/").status_code == 403
    assert ProposalAgreement.objects.get().enrollment == project.first


BAD_FORMS = {
    "no verdict": ({}, "Choose what you decide."),
    "an unknown verdict": ({"verdict": "maybe"}, "Select a valid choice."),
    "too many days": ({"verdict": "changes_requested", "days": "61"}, "less than or equal to 60"),
    "days of a word": ({"verdict": "changes_requested", "days": "x"}, "Enter a whole number."),
    "an endless comment": ({"verdict": "approved", "conditions": "x" * 5001}, "at most 5000"),
    "a NUL byte": ({"verdict": "approved", "conditions": "a\x00"}, "Null characters"),
    "conditions of a rejection": (
        {"verdict": "rejected", "conditions": "Two traces."},
        "Conditions go with an approval; say it in the comment.",
    ),
    "no version": ({"verdict": "approved", "version": ""}, "This field is required."),
}


@pytest.mark.parametrize("bad", BAD_FORMS)
def test_a_bad_form_decides_nothing_and_keeps_what_was_typed(bad):
    fields, sentence = BAD_FORMS[bad]
    project = Project()
    project.hand_in()
    response = project.post({"comment": "My <long> comment.", **fields})

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in unescape(page)
    assert "My &lt;long&gt; comment.</textarea>" in page
    assert not ProposalDecision.objects.exists()


def test_a_decision_on_a_page_that_is_out_of_date_keeps_the_comment_and_shows_the_new_version():
    project = Project()
    project.hand_in()
    project.hand_in(b"2", at=BEFORE + TICK)
    response = project.post({"verdict": "approved", "comment": "My comment.", "version": "1"})

    page = response.content.decode()
    assert response.status_code == 409
    assert "Version 2 has come in meanwhile: read it, then decide on it." in page
    assert "My comment.</textarea>" in page
    assert '<input type="hidden" name="version" value="2">' in page
    assert not ProposalDecision.objects.exists()


def test_days_left_empty_are_the_default():
    project = Project()
    project.hand_in()
    assert project.post({"verdict": "changes_requested", "days": ""}).status_code == 302

    assert ProposalDecision.objects.get().next_due_at == BEFORE + timedelta(days=7)


def test_a_ta_reads_the_proposals_but_may_not_decide():
    project = Project()
    project.hand_in()
    ta = enroll(project.course, "ta")
    page = browser(ta).get(f"/c/{project.course.slug}/proposals/{project.group.pk}/")

    assert "Only an instructor decides on proposals." in page.content.decode()
    assert project.post({"verdict": "approved"}, by=ta).status_code == 403
    for person in (project.first, project.scene.listener):
        assert project.post({"verdict": "approved"}, by=person).status_code in {403, 404}
    assert not ProposalDecision.objects.exists()
