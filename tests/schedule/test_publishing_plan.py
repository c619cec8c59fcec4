"""Publishing a draft: who is told what, once, and which broken rules are kept, and why (§7)."""

from datetime import timedelta

import pytest

from courseapp.course.models import CourseState, EnrollmentState
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from schedule.models import PlanPublication, RoleAssignment
from schedule.planning import Role
from schedule.selectors.changes import Preview, compared, preview_of
from schedule.selectors.drafts import cells_of
from schedule.services.drafting import CellEdit, edit_cell, exchange, resume_draft
from submissions.services.publishing import Consent, PublishedPlan, publish_draft
from tests.factories import LECTURE_AT, actor, assign
from tests.schedule.plan_scenes import BEFORE, LATER, PlanScene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> PlanScene:
    return PlanScene()


def preview(scene: PlanScene, number: int) -> Preview:
    found = preview_of(scene.planner, now=LATER, number=number)
    assert found is not None
    return found


def publish(
    scene: PlanScene, number: int, *, seen: str | None = None, **reasons: str
) -> PublishedPlan:
    token = preview(scene, number).token if seen is None else seen
    kept = {key.replace("__", "-").replace("_", "."): reason for key, reason in reasons.items()}
    return publish_draft(
        actor=scene.planner,
        number=number,
        consent=Consent(kept_broken=kept, seen=token),
        now=LATER,
    )


def refused(scene: PlanScene, number: int, **options: str) -> str:
    with pytest.raises(Refused) as caught:
        publish(scene, number, **options)
    return caught.value.denied.code


def test_a_published_draft_stands_and_its_people_are_told_their_parts_and_why(
    scene: PlanScene,
) -> None:
    scene.rank(0, 0)
    scene.rank(1, 0, 1)
    draft = scene.solve()

    done = publish(scene, 1)

    assert (done.assigned_count, done.withdrawn_count, done.told_count) == (12, 0, 8)
    assert scene.standing() == {(c.lecture, c.role.value, c.group) for c in cells_of(draft)}
    mails = OutboxMail.objects.filter(kind="submissions/plan_published")
    assert sorted(mails.values_list("recipient", flat=True)) == sorted(
        member.email for members in scene.members for member in members
    )
    second = next(
        index
        for index in (0, 1)
        if scene.sheet().explanations[scene.groups[index].pk] != "You got your first."
    )
    mail = mails.get(recipient=scene.members[second][0].email)
    assert "your first was wanted by two groups" in mail.text
    assert "Presents: Topic of week" in mail.text
    assert "Feb " in mail.text
    assert "no more" not in mail.text
    publication = PlanPublication.objects.get()
    assert (publication.draft, publication.published_by) == (draft, scene.instructor)
    assert len(publication.explanations) == 4


def test_a_change_is_told_to_exactly_the_groups_that_it_touches(scene: PlanScene) -> None:
    scene.solve()
    publish(scene, 1)
    authors = sorted(cell for cell in scene.sheet().cells if cell.role == Role.AUTHORS)
    one, two = authors[:2]
    exchange(actor=scene.planner, number=1, first=one, second=two, now=LATER)
    before = OutboxMail.objects.count()

    shown = preview(scene, 2)
    reasons = {choice.line.key: "It suits both." for choice in shown.broken}
    publish_draft(
        actor=scene.planner,
        number=2,
        consent=Consent(kept_broken=reasons, seen=shown.token),
        now=LATER,
    )

    touched = {one.group, two.group}
    assert {line.group.pk for line in shown.changes} == touched
    assert shown.told_count == 4
    new = OutboxMail.objects.order_by("pk")[before:]
    told = {mail.recipient for mail in new}
    members = [
        member.email
        for group, people in zip(scene.groups, scene.members, strict=True)
        for member in people
        if group.pk in touched
    ]
    assert (len(new), told) == (4, set(members))
    assert all("And no more" in mail.text for mail in new)
    assert RoleAssignment.objects.filter(withdrawn_at=LATER).count() == 2


def test_who_has_left_or_dropped_is_not_told(scene: PlanScene) -> None:
    scene.solve()
    left, dropped = scene.members[0][0], scene.members[1][0]
    left.memberships.update(ends_at=BEFORE)
    dropped.state, dropped.dropped_at = EnrollmentState.DROPPED, BEFORE
    dropped.save()
    assert publish(scene, 1).told_count == 6
    told = set(OutboxMail.objects.values_list("recipient", flat=True))
    assert {left.email, dropped.email} & told == set()


def test_a_course_that_is_not_published_mails_nobody() -> None:
    scene = PlanScene(state=CourseState.DRAFT)
    scene.solve()
    assert preview(scene, 1).told_count == 0
    assert publish(scene, 1).told_count == 0
    assert len(scene.standing()) == 12
    assert not OutboxMail.objects.exists()


def test_each_broken_rule_is_kept_with_its_own_reason_or_nothing_is_published(
    scene: PlanScene,
) -> None:
    scene.solve()
    cell = next(cell for cell in scene.sheet().cells if cell.role == Role.PRESENTER)
    edit = CellEdit(cell.group, cell.lecture, None)
    edit_cell(actor=scene.planner, number=1, edit=edit, now=LATER)
    (broken,) = preview(scene, 2).broken
    assert broken.line.sentence == "A role stays open that a group could play: nobody presents."

    assert refused(scene, 2) == "broken_rules"
    assert refused(scene, 2, filled__authors="Wrong rule.") == "broken_rules"
    assert refused(scene, 2, filled__presenter="   ") == "broken_rules"
    assert scene.standing() == set()

    publish(scene, 2, filled__presenter=" A guest comes. ")
    assert PlanPublication.objects.get().kept_broken == [
        {
            "key": "filled-presenter",
            "sentence": broken.line.sentence,
            "reason": "A guest comes.",
        }
    ]
    assert len(scene.standing()) == 11
    # Whoever publishes again finds the reason, and answers for it again.
    resume_draft(actor=scene.planner, number=2, now=LATER)
    assert preview(scene, 3).broken[0].reason == "A guest comes."
    assert preview(scene, 3).answered({}).broken[0].reason == ""


def test_nothing_else_is_published_than_what_was_shown(scene: PlanScene) -> None:
    scene.solve()
    token = preview(scene, 1).token
    assign(scene.lectures[0], scene.groups[0], "reviewers")
    assert refused(scene, 1, seen=token) == "changed_since"
    assert refused(scene, 99, seen=token) == "not_found"


def test_a_lecture_that_has_begun_meanwhile_keeps_what_it_has(scene: PlanScene) -> None:
    draft = scene.solve()
    publish(scene, 1)
    first = scene.lectures[0].pk
    there = {row for row in scene.standing() if row[0] == first}
    resume_draft(actor=scene.planner, number=0, now=LATER)
    begun = LECTURE_AT + timedelta(minutes=1)
    shown = preview_of(scene.planner, now=begun, number=1)
    assert shown is not None
    assert shown.changes == ()
    assert {cell for cell in shown.sheet.cells if cell.lecture == first} == {
        cell for cell in cells_of(draft) if cell.lecture == first
    }
    assert {row for row in scene.standing() if row[0] == first} == there


def test_what_a_dissolved_group_still_holds_ends(scene: PlanScene) -> None:
    scene.solve()
    publish(scene, 1)
    group = scene.groups[3]
    group.memberships.update(ends_at=LATER)
    group.dissolved_at = LATER
    group.save(update_fields=["dissolved_at"])
    draft = scene.solve(now=LATER)
    publish(scene, draft.number)
    assert all(row[2] != group.pk for row in scene.standing())


def test_a_draft_is_compared_with_another_or_with_what_is_published(scene: PlanScene) -> None:
    scene.solve()
    publish(scene, 1)
    cell = next(cell for cell in scene.sheet().cells if cell.role == Role.PRESENTER)
    edit = CellEdit(cell.group, cell.lecture, None)
    edit_cell(actor=scene.planner, number=1, edit=edit, now=LATER)

    for other in (0, 1):
        found = compared(scene.planner, now=LATER, number=2, other_number=other)
        assert found is not None
        (line,) = found.changes
        assert (line.group.pk, len(line.gone), line.new) == (cell.group, 1, ())
        assert found.numbers == (1, 0)
    assert compared(scene.planner, now=LATER, number=2, other_number=9) is None
    student = scene.members[0][0]
    assert compared(actor(student), now=LATER, number=2, other_number=0) is None
    assert preview_of(actor(student), now=LATER, number=2) is None
