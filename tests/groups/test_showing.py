"""What groups and people show: interests in a line, and the link."""

import pytest
from django.core.signing import Signer

from courseapp.course.models import Enrollment
from groups.models import InterestsLine, JoinLink
from groups.selectors.board import board_of
from groups.services import showing
from tests.factories import actor
from tests.groups.scenes import AFTER, NOW, Forming, found, join, link_of, refusal

pytestmark = pytest.mark.django_db


def say(person: Enrollment, text: str, *, of_group: bool = False) -> None:
    write = showing.set_group_interests if of_group else showing.set_own_interests
    write(actor=actor(person), text=text, now=NOW)


def test_a_line_shows_on_the_board_to_everyone_of_the_course():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    say(two, "Caches")
    say(two, "Caches, and what they leak")
    say(one, "Schedulers", of_group=True)

    for reader in (two, scene.ta, scene.students[3]):
        board = board_of(actor(reader), now=NOW)
        assert board is not None
        assert [met.group.interests for met in board.groups] == ["Schedulers"]
        lines = {seeker.person: seeker.interests for seeker in board.seekers}
        assert lines == {two: "Caches, and what they leak"} | dict.fromkeys(scene.students[2:], "")
    assert InterestsLine.objects.count() == 1


def test_only_members_write_their_groups_line_and_only_students_their_own():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    assert refusal(say, two, "x", of_group=True) == "no_group"
    assert refusal(say, scene.ta, "x") == "students_only"
    scene.course.state = "finished"
    scene.course.save()
    assert refusal(say, one, "x", of_group=True) == "finished"
    assert refusal(say, two, "x") == "finished"


def test_a_link_is_the_same_whenever_it_is_looked_at_and_another_for_each_link():
    one, two, *_ = Forming().students
    found(one)
    found(two)
    links = [link_of(one), link_of(two), link_of(one)]

    assert len({link.secret for link in links}) == 3
    again = JoinLink.objects.get(pk=links[2].pk)
    assert again.secret == links[2].secret
    assert [link.opens_with(again.secret) for link in links] == [False, False, True]


def test_a_link_opens_under_the_servers_former_key_and_under_no_other(settings):
    one, *_ = Forming().students
    found(one)
    link = link_of(one)
    secret, former = link.secret, settings.SECRET_KEY
    value = f"{link.pk}@{link.made_at.timestamp():.6f}"
    assert not link.opens_with(Signer(sep=":", salt="another").signature(value))

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [former]
    assert link.secret != secret
    assert link.opens_with(secret)
    settings.SECRET_KEY_FALLBACKS = []
    assert not link.opens_with(secret)


def test_of_a_group_one_link_stands_at_a_time_and_members_end_it():
    scene = Forming()
    one, two, *_ = scene.students
    found(one)
    link_of(one)
    newest = link_of(one)
    assert list(JoinLink.objects.filter(ended_at=None)) == [newest]
    assert refusal(link_of, two) == "no_group"
    assert refusal(link_of, one, at=AFTER) == "formation_over"

    showing.end_link(actor=actor(one), now=NOW)

    assert not JoinLink.objects.filter(ended_at=None).exists()
    assert refusal(join, two, newest) == "link_ended"
