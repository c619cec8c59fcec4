"""What the planner says of a plan: why a group got what it got, and what is to be done about the rest."""

from dataclasses import replace

from schedule.planning import Cell, Role, plan_roles
from tests.schedule.terms import days, presented_by, term


def test_a_group_is_told_what_it_got_and_why_not_its_first() -> None:
    wishes = {group: {101: 1, 101 + group: 2} for group in (1, 2, 3)}
    problem = replace(term(5, days(5)), ranks={**wishes, 4: {105: 1}})

    told = plan_roles(problem).explanations

    assert sorted(told.values()) == sorted(
        [
            "You got your first.",
            "You got your first.",
            "You got your second; your first was wanted by three groups.",
            "You got your second; your first was wanted by three groups.",
            "You ranked no lecture, and got one that was left.",
        ]
    )


def test_a_first_choice_that_nobody_else_had_first_is_explained_too() -> None:
    problem = replace(
        term(3, days(3)), ranks={1: {101: 1}}, forbidden=frozenset({Cell(101, Role.PRESENTER, 1)})
    )
    assert plan_roles(problem).explanations[1] == (
        "You got a lecture that you did not rank; your first did not fit the rules,"
        " or another group's wishes, as well."
    )


def test_more_lectures_than_groups_leave_open_cells_each_with_its_remedies() -> None:
    plan = plan_roles(term(2, days(4)))
    assert len(plan.open_cells) == 6
    assert plan.unserved == ()
    assert all(len(place.remedies) == 3 for place in plan.open_cells)


def test_more_groups_than_lectures_leave_groups_unserved_which_can_share() -> None:
    plan = plan_roles(term(5, days(4)))
    assert plan.open_cells == ()
    assert sorted(left.role for left in plan.unserved) == ["authors", "presenter", "reviewers"]
    assert {left.remedies for left in plan.unserved} == {
        ("Let two groups play this role in one lecture.",)
    }
    presenting = presented_by(plan)
    (left_out,) = {1, 2, 3, 4, 5} - presenting.keys()
    assert plan.explanations[left_out].startswith("You present no lecture")


def test_a_rank_beyond_the_tenth_is_told_in_figures() -> None:
    lectures = range(101, 126)
    told = []
    for lecture, rank in ((111, 11), (121, 21), (122, 22), (125, 25)):
        wishes = {1: {each: number for number, each in enumerate(lectures, start=1)}}
        fixed = frozenset({Cell(lecture, Role.PRESENTER, 1)})
        plan = plan_roles(replace(term(1, days(25)), ranks=wishes, fixed=fixed))
        assert plan.cost == rank - 1
        told.append(plan.explanations[1].partition(";")[0])
    assert told == [f"You got your {rank}" for rank in ("11th", "21st", "22nd", "25th")]
