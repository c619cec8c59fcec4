"""The pages of the plan, rankings and slots: what they say, to whom, in how many queries (§7, §9)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import clock
from courseapp.kernel.models import OutboxMail
from schedule.models import PlanDraft, PlannedCell, PlanSolve, Preference, SlotDraft
from schedule.planning import Role
from schedule.selectors.drafts import cells_of
from schedule.services.drafting import CellEdit, edit_cell
from schedule.services.solving import ask_solve, sweep
from tests.factories import enroll, make_milestone
from tests.schedule.plan_scenes import BEFORE, LATER, PlanScene
from tests.schedule.test_slots import TalkScene

pytestmark = pytest.mark.django_db

# The same for one group and one lecture as for three of each.
QUERIES = {
    "plan": 13,
    "plan-cell": 12,
    "publish-plan": 13,
    "plan-compare": 12,
    "plan-search": 3,
    "ranking": 9,
    "slots": 8,
}


@pytest.fixture(autouse=True)
def _one_hour_later() -> Any:
    with clock.standing_at(LATER):
        yield


@pytest.fixture
def scene() -> TalkScene:
    return TalkScene()


class Reader:
    """Someone at a browser."""

    def __init__(self, course: Course, person: Enrollment) -> None:
        self.course = course
        self.client = Client()
        assert person.user is not None
        self.client.force_login(person.user)

    def url(self, name: str, *arguments: object) -> str:
        """Return the address of a page of the course."""
        return reverse(name, args=[self.course.slug, *arguments])

    def reads(self, name: str, *arguments: object, status: int = 200) -> str:
        """Open a page and return what it says."""
        answer = self.client.get(self.url(name, *arguments))
        assert answer.status_code == status
        return " ".join(answer.content.decode().split())

    def sends(self, name: str, *arguments: object, form: dict[str, Any]) -> Any:
        """Send a form, and return the answer."""
        return self.client.post(self.url(name, *arguments), form)


@pytest.fixture
def instructor(scene: TalkScene) -> Reader:
    return Reader(scene.course, scene.instructor)


@pytest.fixture
def ta(scene: TalkScene) -> Reader:
    return Reader(scene.course, scene.ta)


def without(scene: PlanScene, role: Role, number: int) -> PlanDraft:
    """Leave a role open in the newest draft."""
    cell = next(cell for cell in sorted(scene.sheet().cells) if cell.role == role)
    edit = CellEdit(cell.group, cell.lecture, None)
    return edit_cell(actor=scene.planner, number=number, edit=edit, now=LATER)


def test_the_page_says_what_comes_next_at_every_step(scene: TalkScene, instructor: Reader) -> None:
    assert "No plan yet: let the planner propose one" in instructor.reads("plan")
    scene.rank(0, 0)
    ask_solve(actor=scene.planner, time_limit=60, now=LATER)
    assert "The planner is searching" in instructor.reads("plan")
    sweep(now=LATER)
    page = instructor.reads("plan")
    assert "Every rule holds: this can be published" in page
    assert "1 of 4 groups have ranked lectures." in page
    shown = without(scene, Role.PRESENTER, 1)
    page = instructor.reads("plan")
    assert "One broken rule before you can publish" in page
    assert "Undo: back to draft 1" in page
    assert shown.change in page
    older = instructor.reads("plan-draft", 1)
    assert "This is an older plan, to look at" in older
    assert "Go on from this plan" in older
    instructor.sends("plan-resume", 1, form={})
    token = _token(instructor.reads("publish-plan", 3))
    instructor.sends("publish-plan", 3, form={"seen": token})
    assert "The plan stands as published, and keeps every rule" in instructor.reads("plan")


def _token(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_with_nothing_to_plan_the_page_says_what_will_be_there() -> None:
    bare = PlanScene(size=0)
    page = Reader(bare.course, bare.instructor).reads("plan")
    assert "There is nothing to plan yet" in page
    assert "<table>" not in page


def test_rules_that_leave_no_plan_and_searches_that_failed_are_told() -> None:
    tight = PlanScene(size=2)
    reader = Reader(tight.course, tight.instructor)
    ask_solve(actor=tight.planner, time_limit=60, now=LATER)
    sweep(now=LATER)
    page = reader.reads("plan")
    assert "These rules cannot all hold, so there is no plan" in page
    assert "A group plays at most one role in a lecture." in page
    search = PlanSolve.objects.get()
    assert "There is no plan" in reader.reads("plan-search", search.pk)
    PlanSolve.objects.update(state="failed", conflicts=[], failure="It broke off.")
    assert "It broke off." in reader.reads("plan")
    assert "It broke off." in reader.reads("plan-search", search.pk)


def test_a_cell_says_its_role_rank_and_what_it_breaks_in_text(
    scene: TalkScene, instructor: Reader
) -> None:
    scene.rank(0, 2, 1)
    scene.solve(now=LATER)
    page = instructor.reads("plan")
    assert "Group 1, Feb 26: presents, its first choice" in page
    assert "its second choice" in page
    first = next(cell for cell in sorted(scene.sheet().cells) if cell.role == Role.REVIEWERS)
    other = next(
        cell
        for cell in sorted(scene.sheet().cells)
        if cell.role == Role.REVIEWERS and cell.lecture != first.lecture
    )
    instructor.sends(
        "plan-cell", 1, other.group, first.lecture, form={"role": "reviewers", "replaces": "on"}
    )
    assert "breaks a rule" in instructor.reads("plan")


def test_an_edit_is_made_by_a_plain_form_and_refused_with_its_reason(
    scene: TalkScene, instructor: Reader
) -> None:
    group, lecture = scene.groups[0].pk, scene.lectures[0].pk
    page = instructor.reads("plan-cell", 0, group, lecture)
    assert "Group 1 on Wed Feb 12: no part" in page
    answer = instructor.sends("plan-cell", 0, group, lecture, form={"role": "presenter"})
    assert answer.status_code == 302
    assert cells_of(PlanDraft.objects.get()) == {scene.cell(0, 0)}
    stale = instructor.sends("plan-cell", 0, group, lecture, form={"role": ""})
    assert stale.status_code == 409
    assert "Someone changed the plan meanwhile" in stale.content.decode()
    odd = instructor.sends("plan-cell", 1, group, lecture, form={"role": "king"})
    assert odd.status_code == 422


def test_a_cell_is_settled_and_lifted_again(scene: TalkScene, instructor: Reader) -> None:
    place = (0, scene.groups[0].pk, scene.lectures[0].pk)
    form = {"rule": "fixed:presenter", "reason": "They wrote the paper."}
    assert instructor.sends("plan-settle", *place, form=form).status_code == 302
    page = instructor.reads("plan")
    assert "Group 1, Feb 12: fixed, it presents." in page
    assert "They wrote the paper." in page
    assert "Group 1, Feb 12: fixed, it presents." in instructor.reads("plan-cell", *place)
    settled = PlannedCell.objects.get()
    instructor.sends("plan-lift", form={"settled": settled.pk})
    assert "fixed, it presents" not in instructor.reads("plan")
    again = instructor.sends("plan-lift", form={"settled": settled.pk})
    assert again.status_code == 302
    assert "This was lifted already." in instructor.reads("plan")
    assert instructor.sends("plan-settle", *place, form={"rule": "?"}).status_code == 422


def test_a_tampered_exchange_or_time_limit_changes_nothing(
    scene: TalkScene, instructor: Reader
) -> None:
    scene.solve(now=LATER)
    for sent in ("", "presenter.1.2.3", "king.1.2.3.4", "authors.1.2.3.4"):
        instructor.sends("plan-exchange", 1, form={"exchange": sent})
    instructor.sends("plan-solve", form={"seconds": "5"})
    assert (PlanDraft.objects.count(), PlanSolve.objects.count()) == (1, 1)


def test_who_may_not_change_reads_all_and_finds_no_button(scene: TalkScene, ta: Reader) -> None:
    scene.solve(now=LATER)
    page = ta.reads("plan")
    assert "An instructor changes and publishes the plan" in page
    assert "Solve again" not in page
    assert "/cells/" not in page
    assert "Open these slots" not in ta.reads("slots", "midterm")


def test_publishing_shows_who_is_told_what_and_why_it_was_refused(
    scene: TalkScene, instructor: Reader
) -> None:
    scene.solve(now=LATER)
    without(scene, Role.AUTHORS, 1)
    page = instructor.reads("publish-plan", 2)
    assert "Publishing tells 8 people in 4 groups" in page
    assert scene.members[0][0].name in page
    refused = instructor.sends("publish-plan", 2, form={"seen": _token(page)})
    assert refused.status_code == 409
    assert "nobody plays the authors" in refused.content.decode()
    assert scene.standing() == set()
    field = page.partition('name="keep-')[2].partition('"')[0]
    form = {"seen": _token(page), f"keep-{field}": "The authors are abroad."}
    assert instructor.sends("publish-plan", 2, form=form).status_code == 302
    assert "Kept: The authors are abroad." in instructor.reads("plan")
    assert OutboxMail.objects.count() == 8


def test_progress_comes_as_a_part_of_a_page_that_ends_the_asking(
    scene: TalkScene, instructor: Reader
) -> None:
    search = ask_solve(actor=scene.planner, time_limit=60, now=LATER)
    part = instructor.reads("plan-progress", search.pk)
    assert part.startswith("<header")
    assert "data-over" not in part
    assert "Look again how far it is" in instructor.reads("plan-search", search.pk)
    sweep(now=LATER)
    assert "data-over" in instructor.reads("plan-progress", search.pk)
    assert "It is draft 1." in instructor.reads("plan-search", search.pk)


def test_a_group_ranks_by_numbers_and_reads_what_came_of_it(
    scene: TalkScene, instructor: Reader
) -> None:
    student = Reader(scene.course, scene.members[0][0])
    first, second = scene.lectures[0].pk, scene.lectures[1].pk
    assert "would your group like most?" in student.reads("ranking")
    form = {f"rank-{second}": "4", f"rank-{first}": "9"}
    assert student.sends("ranking", form=form).status_code == 302
    ranked = Preference.objects.current().values_list("lecture", "rank")
    assert list(ranked) == [(second, 1), (first, 2)]
    for sent in ("1", "0", "x"):
        form = {f"rank-{second}": sent, f"rank-{first}": "1"}
        assert student.sends("ranking", form=form).status_code == 422
    assert Preference.objects.current().count() == 2

    scene.solve(now=LATER)
    token = _token(instructor.reads("publish-plan", 1))
    instructor.sends("publish-plan", 1, form={"seen": token})
    page = student.reads("ranking")
    assert "You got your first." in page
    assert "Topic of week 2: your group presents." in page


def test_after_the_deadline_staff_rank_for_a_group_and_its_members_read(
    scene: TalkScene, instructor: Reader, ta: Reader
) -> None:
    make_milestone(scene.course, "form_groups", due_at=BEFORE)
    Course.objects.filter(pk=scene.course.pk).update(groups_form_until=BEFORE)
    student = Reader(scene.course, scene.members[0][0])
    form = {f"rank-{scene.lectures[1].pk}": "1"}
    page = student.reads("ranking")
    assert "Ranking closed" in page
    assert "Save the ranking" not in page
    assert student.sends("ranking", form=form).status_code == 403
    group = scene.groups[0].pk
    assert ta.sends("group-ranking", group, form=form).status_code == 403
    assert not Preference.objects.exists()
    assert instructor.sends("group-ranking", group, form=form).status_code == 302
    assert "Topic of week 2" in student.reads("ranking")


def test_a_student_without_a_group_is_told_what_will_be_there(scene: TalkScene) -> None:
    alone = Reader(scene.course, enroll(scene.course))
    assert "You rank together with your group" in alone.reads("ranking")
    assert alone.sends("ranking", form={}).status_code == 422
    assert "You rank together with your group" in alone.reads("slot-ranking", "midterm")


def test_slots_are_opened_ranked_placed_and_published_on_their_pages(
    scene: TalkScene, instructor: Reader
) -> None:
    meetings = [meeting.pk for meeting in scene.meetings]
    assert "Tick the meetings in which groups present" in instructor.reads("slots", "midterm")
    odd = instructor.sends("open-slots", "midterm", form={"lectures": meetings, "length": "0"})
    assert odd.status_code == 422
    opening = {"lectures": meetings, "length": "30", "capacity": "1"}
    instructor.sends("open-slots", "midterm", form=opening)
    assert "4 groups have no slot yet: place them" in instructor.reads("slots", "midterm")
    slots = list(scene.page().slots)
    student = Reader(scene.course, scene.members[1][0])
    student.sends("slot-ranking", "midterm", form={f"rank-{slots[2]}": "1"})
    instructor.sends("place-slots", "midterm", form={})
    assert "4 groups to be told a new slot: publish" in instructor.reads("slots", "midterm")
    by_hand = {f"group-{scene.groups[0].pk}": slots[0], f"group-{scene.groups[1].pk}": slots[2]}
    instructor.sends("arrange-slots", "midterm", form=by_hand)
    gone = instructor.sends("arrange-slots", "midterm", form={f"group-{scene.groups[0].pk}": "0"})
    assert gone.status_code == 302
    assert "a slot is gone" in instructor.reads("slots", "midterm")
    page = instructor.reads("publish-slots", "midterm")
    assert "Publishing tells 4 people in 2 groups" in page
    instructor.sends("publish-slots", "midterm", form={"seen": _token(page)})
    assert "2 groups have no slot yet: place them" in instructor.reads("slots", "midterm")
    assert "Your group presents in slot 1 on" in student.reads("slot-ranking", "midterm")
    shrinking = {"lectures": meetings[:1], "length": "30", "capacity": "1"}
    refused = instructor.sends("open-slots", "midterm", form=shrinking)
    assert refused.status_code == 409
    assert "published in a slot that would vanish" in refused.content.decode()
    instructor.sends("publish-slots", "midterm", form={"seen": "-"})
    assert "Look again at who is told" in instructor.reads("slots", "midterm")
    assert SlotDraft.objects.count() == 2


@pytest.mark.parametrize("size", [1, 3])
def test_queries_do_not_grow_with_groups_and_lectures(
    size: int, django_assert_num_queries: Any
) -> None:
    scene = TalkScene(size=size)
    scene.open(0, 1)
    for group in range(size):
        scene.rank(group, 0)
        scene.rank_slots(group, 0)
    if size == 1:
        # One group cannot play three roles in one lecture: a draft by hand.
        edit = CellEdit(scene.groups[0].pk, scene.lectures[0].pk, Role.PRESENTER)
        edit_cell(actor=scene.planner, number=0, edit=edit, now=LATER)
        ask_solve(actor=scene.planner, time_limit=60, now=LATER)
        sweep(now=LATER)
    else:
        scene.solve(now=LATER)
    reader = Reader(scene.course, scene.instructor)
    student = Reader(scene.course, scene.members[0][0])
    place = (1, scene.groups[0].pk, scene.lectures[0].pk)
    search = PlanSolve.objects.get().pk
    pages = {
        "plan": (reader, ()),
        "plan-cell": (reader, place),
        "publish-plan": (reader, (1,)),
        "plan-compare": (reader, (1, 0)),
        "plan-search": (reader, (search,)),
        "ranking": (student, ()),
        "slots": (reader, ("midterm",)),
    }
    for name, (who, arguments) in pages.items():
        who.reads(name, *arguments)
        with django_assert_num_queries(QUERIES[name]):
            who.reads(name, *arguments)


def test_the_groups_page_says_in_short_what_it_ranked_and_got(
    scene: TalkScene, instructor: Reader
) -> None:
    student = Reader(scene.course, scene.members[0][0])
    page = student.reads("group")
    assert "No lecture ranked yet" in page
    assert "Slots of the" not in page
    scene.rank(0, 2, 1)
    scene.open(0)
    scene.solve(now=LATER)
    token = _token(instructor.reads("publish-plan", 1))
    instructor.sends("publish-plan", 1, form={"seen": token})
    page = student.reads("group")
    assert "You got your first." in page
    assert "2 lectures ranked" in page
    assert "Slots of the mid-semester presentations" in page
    assert "Slots of the final presentations" not in page
