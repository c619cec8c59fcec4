"""What the load generator is told, and how its answer is read."""

import pytest

from bench.asking import Case, Request, case_of
from bench.load import MARK, Load, quoted, read_answer, script_of

READ = Request("/c/a/home/", cookie="sessionid-1=x")
WRITE = Request("/c/a/lectures/2/", cookie="sessionid-1=x", token="t", body='q1=Why "so"?+')


def test_a_read_is_a_get_with_its_cookie_alone():
    assert READ.method == "GET"
    assert READ.headers == {"Cookie": "sessionid-1=x"}
    assert Request("/").headers == {}


def test_a_hand_in_is_a_post_with_its_token():
    assert WRITE.method == "POST"
    assert WRITE.headers["X-CSRFToken"] == "t"


def test_the_script_sends_each_request_in_turn_and_each_body_new():
    script = script_of([READ, WRITE], start=7, run="ab")
    assert "local sent = 7\n" in script
    assert 'path = "/c/a/home/"' in script
    assert 'body = "q1=Why \\"so\\"?+"' in script
    assert '(one.body .. "ab." .. sent)' in script
    assert "#requests + 1" in script
    assert f"'{MARK}{{" in script


def test_lua_reads_what_was_quoted():
    assert quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'


def test_the_answer_is_read_from_among_what_the_generator_says():
    output = (
        "Running 1s test\n"
        f'{MARK}{{"requests": 40, "seconds": 2.0, "p50_ms": 3.5, "p99_ms": 9.0, "errors": 1}}\n'
    )
    found = read_answer(output, connections=16)
    assert found == Load(16, requests=40, seconds=2.0, p50_ms=3.5, p99_ms=9.0, errors=1)
    assert found.per_second == 20


def test_no_answer_ends_the_run_with_what_was_said():
    with pytest.raises(SystemExit, match="unable to connect"):
        read_answer("unable to connect", connections=1)


def test_a_case_comes_back_from_json_as_it_was():
    case = Case("hand in", (READ, WRITE), query_count=9, byte_count=100)
    assert case_of(case.as_json()) == case
    assert case.writes
    assert not Case("home", (READ,)).writes
