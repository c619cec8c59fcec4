"""Goals 6 and 7, from figures that were not measured."""

from bench.asking import Case, Request
from bench.figures import Sample
from bench.handing_in import RUSH, Turn, rush_of, verdicts
from bench.load import Load


def samples(*, app_ms: float = 1, requests: int = 100, p99_ms: float = 40) -> dict[int, Sample]:
    """Return a case under both loads: so many answers in a second, half of them within 10 ms."""
    return {
        count: Sample(Load(count, requests, 1, 10, p99_ms, 0), app_ms=app_ms, database_ms=1)
        for count in (16, 64)
    }


def turn(*, app_ms: float = 4, requests: int = 40, p99_ms: float = 40) -> Turn:
    """Return a round that meets both goals exactly, or one that does not."""
    rush = samples(requests=requests, p99_ms=p99_ms)
    return Turn(page=samples(), entry=samples(), hand_in=samples(app_ms=app_ms), rush=rush)


def missed(turns: list[Turn], *, query_count: int = 10) -> list[tuple[int, str]]:
    found = verdicts(turns, query_count)
    return [(verdict.goal, verdict.unit) for verdict in found if not verdict.is_met]


def test_at_the_limits_all_is_met_and_the_middle_of_the_rounds_counts():
    worse = turn(app_ms=99, requests=1, p99_ms=999)
    assert missed([turn(), worse, turn()]) == []


def test_beyond_a_limit_it_says_which():
    assert missed([turn(app_ms=4.1)]) == [(6, "Fp")]
    assert missed([turn()], query_count=11) == [(6, "statements")]
    assert missed([turn(requests=39)]) == [(7, "times ours")]
    assert missed([turn(p99_ms=41)]) == [(7, "times p50")]


def test_each_opens_the_form_hands_in_and_reads_the_receipt():
    sent = Request(path="/here/", cookie="a=b", token="t", body="text=")
    case = rush_of(Case("hand in", (sent,)))
    assert [request.method for request in case.requests] == ["GET", "POST", "GET"]
    assert {request.path for request in case.requests} == {"/here/"}
    assert (case.name, case.requests[1]) == (RUSH, sent)
