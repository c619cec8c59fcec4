"""The storm of the last seats, small, on a real product; and that it would find what is wrong."""

import sys
from collections import Counter
from pathlib import Path

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from bench.torture import joins, joins_reckoning
from bench.torture.joins_plan import WEIGHTS, JoinsSize, Move, moves
from bench.torture.joins_sending import Heard, heard
from tests.bin.running import Site

SCENE = {
    "free": [5, 6],
    "members": [[1, 2], [3, 4]],
    "links": ["/link/"],
    "found": "/found/",
    "leave": "/leave/",
    "invitations": [{"person": 5, "accept": "/yes/", "decline": "/no/"}],
    "requests": [{"person": 6, "members": [1, 2], "accept": "/in/", "withdraw": "/back/"}],
}
MOVE = Move("link", 5, 5, "/link/")


def test_everyone_wants_the_last_seats_at_one_moment(running_site: Site) -> None:
    figures = joins.join_on(running_site, JoinsSize(requests=120, rounds=1, seed=1))
    assert figures.is_clean, "\n".join(figures.lines())
    assert "answers of 500 and more" in "\n".join(figures.lines())


def test_one_seed_gives_one_storm_with_every_way_in_it() -> None:
    planned = moves(SCENE, 500, seed=1)
    assert planned == moves(SCENE, 500, seed=1)
    assert planned != moves(SCENE, 500, seed=2)
    assert {move.way for move in planned} == set(WEIGHTS)
    assert {move.presser for move in planned if move.way == "request"} == {1, 2}


def answer(level: int, sentence: str) -> str:
    """Return a way on as the product sends it, with a message in a cookie."""
    response = HttpResponse(status=302)
    storage = CookieStorage(RequestFactory().get("/"))
    storage._store([Message(level, sentence)], response)  # type: ignore[attr-defined]  # stubs lack it
    return (
        f"HTTP/1.1 302 Found\r\nSet-Cookie: {response.cookies['messages'].OutputString()}\r\n\r\n"
    )


def test_what_a_way_on_says_is_read_off_its_message() -> None:
    long = "is full: all 5 seats are taken. " * 9
    for level, sentence, is_done in (
        (constants.SUCCESS, "You are in G1.", True),
        (constants.ERROR, "G1 is full.", False),
        (constants.ERROR, long, False),
    ):
        found = heard(MOVE, answer(level, sentence), seconds=1)
        assert (found.status, found.sentence, found.is_done) == (302, sentence, is_done)
    page = "HTTP/1.1 404 Not Found\r\n\r\n<h1 class='x'>Nothing to show you here</h1>"
    assert heard(MOVE, page, seconds=1) == Heard(MOVE, 404, "Nothing to show you here", 1)


def test_answers_that_no_one_should_get_are_faults() -> None:
    broken = heard(MOVE, "HTTP/1.1 500 Error\r\n\r\n<h1>Broken</h1>", seconds=1)
    silent = heard(MOVE, "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", seconds=1)
    nothing = heard(MOVE, "", seconds=1)
    counted = dict(joins_reckoning.faults_of([broken, silent, nothing]))
    assert list(counted.values()) == [1, 1, 1]
    assert not any(count for _, count in joins_reckoning.faults_of([Heard(MOVE, 302, "In.", 1)]))


def test_what_was_said_and_what_is_there_must_be_one() -> None:
    assert joins_reckoning.unlike(Counter([1, 2, 2]), Counter([2, 1, 2])) == 0
    assert joins_reckoning.unlike(Counter([1, 2]), Counter([2, 2])) == 2
