"""Whatever people edit in a schedule's table comes in, and then nothing differs any more (§12)."""

import random
from collections.abc import Callable

import pytest

from tests.term.test_schedules_over import ROWS, course, over, page

__all__ = ["course"]
pytestmark = pytest.mark.django_db


def _goes_last(rows: list[str], at: int) -> None:
    rows.append(rows.pop(at))


def _goes(rows: list[str], at: int) -> None:
    rows.pop(at)


def _comes(rows: list[str], at: int) -> None:
    rows.insert(at, f"| Feb {20 + len(rows)} | [N](https://n.example/{len(rows)}) | | |\n")


def _is_unmarked(rows: list[str], at: int) -> None:
    rows[at] = rows[at].replace("(Required)", "", 1)


def _is_renamed(rows: list[str], at: int) -> None:
    rows[at] = rows[at].replace("[A]", "[A again]").replace("https://c", "https://cc")


def _changes_hands(rows: list[str], at: int) -> None:
    rows[at] = rows[at].replace("s001, s002", "X").replace("s003, s004", "s001, s002")
    rows[at] = rows[at].replace("X", "s003, s004")


def _moves(rows: list[str], at: int) -> None:
    rows[at] = rows[at].replace("Feb 7", "Feb 8").replace("Feb 14", "Feb 20")


EDITS: tuple[Callable[[list[str], int], None], ...] = (
    _goes_last,
    _goes,
    _comes,
    _is_unmarked,
    _is_renamed,
    _changes_hands,
    _moves,
)


def edited_at_random(seed: int) -> list[str]:
    """The table after some of the edits that people make."""
    chance = random.Random(seed)
    rows = list(ROWS[1:])
    for _ in range(chance.randint(1, 4)):
        chance.choice(EDITS)(rows, chance.randrange(len(rows)))
        rows = rows or list(ROWS[1:2])
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_edited_comes_in_and_then_nothing_differs(seed, course, tmp_path):
    file = page(tmp_path, *edited_at_random(seed))

    over(file, "small", "--withdraw=missing", "--unmarked=optional", "--reason=Edited.")

    out, _ = over(file, "small", "--unmarked=optional")
    assert [line for line in out if not line.startswith("the same")] == []
