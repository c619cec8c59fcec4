"""PDFs are printed one at a time and once; who would wait too long is asked to try again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from courseapp.kernel.press import BUSY, KEPT, WAITING, Busy, Press


class Slow:
    """A printer that says when it has begun, and waits until it may end."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, html: str) -> bytes:
        self.pages.append(html)
        self.has_begun.set()
        assert self.may_end.wait(30)
        return html.encode()


def test_it_prints_the_same_page_once_also_for_all_who_ask_meanwhile():
    slow = Slow()
    one = Press(slow, wait_s=30)
    with ThreadPoolExecutor(1 + WAITING) as pool:
        asked = [pool.submit(one.printed, "a page") for _ in range(1 + WAITING)]
        assert slow.has_begun.wait(30)
        slow.may_end.set()
        assert [answer.result() for answer in asked] == [b"a page"] * (1 + WAITING)
    assert one.printed("a page") == b"a page"
    assert slow.pages == ["a page"]


def test_who_would_wait_too_long_is_asked_to_try_again_and_what_is_there_is_given_at_once():
    slow = Slow()
    one = Press(slow, wait_s=0)
    slow.may_end.set()
    one.printed("printed before")
    slow.may_end.clear()
    slow.has_begun.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(one.printed, "first")
        assert slow.has_begun.wait(30)
        with pytest.raises(Busy) as caught:
            one.printed("second")
        assert caught.value.denied == BUSY
        assert one.printed("printed before") == b"printed before"
        slow.may_end.set()
        assert first.result() == b"first"
    assert one.printed("second") == b"second"


def test_what_fails_gives_its_turn_back():
    def broken(html: str) -> bytes:
        raise ValueError(html)

    one = Press(broken, wait_s=0)
    for _ in range(2 + WAITING):
        with pytest.raises(ValueError, match="a page"):
            one.printed("a page")


def test_it_keeps_the_last_ones_up_to_a_size():
    made: list[str] = []

    def large(html: str) -> bytes:
        made.append(html)
        return b"x" * (KEPT // 2)

    one = Press(large)
    for page in ("a", "b", "a", "c", "a", "b"):
        one.printed(page)
    assert made == ["a", "b", "c", "b"]
