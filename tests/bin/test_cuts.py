"""The storm `cuts` finds what it is there to find."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from bench.torture import cuts
from bench.torture.cuts_plan import Break, CutsSize, Sending, sendings
from bench.torture.cuts_sending import Sent

PLACE = {"path": "/c/x/hand-in/2/", "ending": ".pptx"}
CAST = {
    "session_cookie": "sessionid",
    "csrf_cookie": "csrftoken",
    "people": [
        {"session": f"s{number}", "places": [PLACE, {"path": "/c/x/lectures/3/", "ending": ""}]}
        for number in range(8)
    ],
}


def planned(seed: int = 1) -> list[Sending]:
    return sendings(CAST, CutsSize(uploads=6, cuts=40, slow=0, seed=seed))


def test_one_seed_gives_one_storm_in_which_every_file_is_new() -> None:
    hashes = [sending.sha256 for sending in planned()]
    assert hashes == [sending.sha256 for sending in planned()]
    assert len({*hashes}) == 6
    assert {sending.path for sending in planned()} == {"/c/x/hand-in/2/"}
    breaks = [way for sending in planned() for way, _ in sending.breaks()]
    assert {*breaks} == {*Break}
    assert len(breaks) == 240


def row(sent: Sent, *, sha256: str = "", received_at: float = 100.5) -> tuple[object, ...]:
    return (sha256 or sent.sending.sha256, sent.sending.key, "upload", "aa/bb/x", received_at)


def test_another_hash_and_another_instant_are_found() -> None:
    sent = Sent(planned()[0], last_byte_from=100.0, last_byte_until=101.0)
    wanted = {sent.sending.key: sent}

    assert not cuts._is_other(row(sent), wanted)
    assert cuts._is_other(row(sent, sha256="0" * 64), wanted)
    instants = {99.0: 1, 99.999: 0, 100.5: 0, 101.2: 1}
    assert {
        at: cuts._misdated({sent.sending.key: row(sent, received_at=at)}, wanted) for at in instants
    } == instants
