"""What a storm sends and how it reckons: a storm that cannot find a fault proves nothing."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from bench.torture import reckoning
from bench.torture.journal import Journal
from bench.torture.plan import HandIn, Size, hand_ins
from bench.torture.sending import Acknowledged, _receipt_on

CAST = {
    "session_cookie": "sessionid",
    "csrf_cookie": "csrftoken",
    "people": [
        {
            "session": "abc",
            "places": [
                {
                    "deliverable": 1,
                    "enrollment": 7,
                    "group": None,
                    "path": "/c/x/lectures/3/",
                    "ending": "",
                },
                {
                    "deliverable": 2,
                    "enrollment": None,
                    "group": 4,
                    "path": "/c/x/hand-in/2/",
                    "ending": ".pptx",
                },
            ],
        }
    ],
}


def planned(seed: int = 1) -> list[HandIn]:
    return [*hand_ins(CAST, Size(kills=1, hand_ins=40, seed=seed))]


def test_one_seed_gives_one_storm_in_which_every_content_is_new() -> None:
    hashes = [hand_in.sha256 for hand_in in planned()]
    assert hashes == [hand_in.sha256 for hand_in in planned()]
    assert hashes != [hand_in.sha256 for hand_in in planned(seed=2)]
    assert len({*hashes}) == len(hashes)
    assert {hand_in.is_text for hand_in in planned()} == {True, False}


def test_texts_are_as_long_as_the_product_takes_them() -> None:
    lengths = [len(hand_in.content()) for hand_in in planned() if hand_in.is_text]
    assert min(lengths) >= 20
    assert max(lengths) <= 2000


def test_a_receipt_is_read_off_beside_its_own_hash() -> None:
    file = next(hand_in for hand_in in planned() if not hand_in.is_text)
    others, own = "a" * 24, "b" * 24
    page = f"<dd>{others}</dd><code>{'0' * 64}</code><dd>{own}</dd><code>{file.sha256}</code>"
    assert _receipt_on(page, file) == own
    assert _receipt_on(page.replace(file.sha256, ""), file) == ""


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal with one acknowledged file."""
    file = next(hand_in for hand_in in planned() if not hand_in.is_text)
    journal = Journal(tmp_path / "journal")
    journal.note(Acknowledged(file, receipt="b" * 24, attempts=2, seconds=1.0))
    return journal


def version_of(entry: Acknowledged, **other: object) -> reckoning.Version:
    """Return the version that an acknowledged hand-in must have made, or one that differs."""
    whole = {
        "place": entry.hand_in.place,
        "receipt": entry.receipt,
        "sha256": entry.hand_in.sha256,
        "size": 1,
        "key": entry.hand_in.key,
        "file_key": "k",
        "text": "",
    }
    return reckoning.Version(**{**whole, **other})  # type: ignore[arg-type]


def test_what_is_there_is_not_lost_and_what_is_not_is(journal: Journal) -> None:
    (entry,) = journal.entries
    there = Counter({(entry.hand_in.place, entry.hand_in.sha256): 1})
    assert reckoning._lost(journal, there) == 0
    assert reckoning._lost(journal, Counter()) == 1


def test_a_receipt_that_is_gone_or_another_is_found(journal: Journal) -> None:
    (entry,) = journal.entries
    assert reckoning._other_hash(journal, {entry.receipt: version_of(entry)}) == 0
    assert reckoning._other_hash(journal, {}) == 1
    for other in ({"sha256": "0" * 64}, {"place": (9, None, 4)}):
        assert reckoning._other_hash(journal, {entry.receipt: version_of(entry, **other)}) == 1


def test_one_fault_makes_a_storm_fail() -> None:
    assert reckoning.Figures((), (("lost", 0), ("twice", 0)), ()).is_clean
    assert not reckoning.Figures((), (("lost", 0), ("twice", 1)), ()).is_clean
