"""The pool outlives whatever happens to its processes."""

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.torture.hostile.deck_writing import deck
from bench.torture.hostile.pdf_writing import paper
from bench.torture.hostile.pdfs import heavy
from submissions.inspection import Level, Look, Pool, wanted_of
from submissions.inspection.pool import ROOT
from tests.architecture.house import ROOT as HOUSE

REPORT = wanted_of("report", pages=(7, 8))
SLIDES = wanted_of("slides")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report"
    path.write_bytes(paper(8))
    return path


def codes(look: Look) -> list[str]:
    return [finding.code for finding in look.findings]


def look_at(path: Path, pool: Pool) -> list[str]:
    return codes(pool.look(path, ending=".pdf", wanted=REPORT))


def ended(pid: int) -> bool:
    """Wait until a process that need not be ours has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([descriptor], [], [], 10)
    os.close(descriptor)
    return bool(ready)


def test_it_works_from_the_folder_of_the_house():
    assert ROOT == HOUSE


def test_it_starts_one_process_when_it_is_first_asked(report: Path) -> None:
    pool = Pool()
    before = pool.warm_pid
    assert before is None
    assert look_at(report, pool) == ["pages", "sections"]
    first = pool.warm_pid
    assert look_at(report, pool) == ["pages", "sections"]
    assert pool.warm_pid == first
    pool.close()
    assert first is not None
    assert ended(first)


def test_one_that_was_killed_is_replaced(report: Path, pool: Pool) -> None:
    look_at(report, pool)
    killed = pool.warm_pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert look_at(report, pool) == ["pages", "sections"]
    assert pool.warm_pid != killed


def test_one_that_answers_nonsense_twice_becomes_a_finding(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonsense = (sys.executable, "-c", "input(); print('what?')")
    monkeypatch.setattr("submissions.inspection.pool.COMMAND", nonsense)
    pool = Pool()
    assert look_at(report, pool) == ["beyond_limits"]
    pool.close()


def test_one_that_cannot_be_started_becomes_a_finding(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("submissions.inspection.pool.COMMAND", ("/nowhere/python",))
    pool = Pool()
    assert look_at(report, pool) == ["beyond_limits"]
    pool.close()


def test_it_ends_with_whoever_started_it(report: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from submissions.inspection import Pool, wanted_of\n"
        "pool = Pool()\n"
        "pool.look(pathlib.Path(sys.argv[1]), ending='.pdf', wanted=wanted_of('report'))\n"
        "print(pool.warm_pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(report)], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert ended(int(done.stdout))


def test_a_look_ends_with_whoever_asked_for_it(report: Path, tmp_path: Path) -> None:
    endless = tmp_path / "endless"
    (case,) = [case for case in heavy() if case.is_endless]
    endless.write_bytes(case.build())
    pool = Pool()
    look_at(report, pool)
    warm = pool.warm_pid
    assert warm is not None
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(pool.look, endless, ending=".pdf", wanted=REPORT)
        child = child_of(warm)
        assert pool._warm is not None
        assert pool._warm.stdin is not None
        pool._warm.stdin.close()
        assert ended(child)
        asked.result()
    pool.close()
    assert ended(warm)


def child_of(warm: int) -> int:
    """Wait for a look to begin."""
    while not (children := Path(f"/proc/{warm}/task/{warm}/children").read_text().split()):
        os.sched_yield()
    return int(children[0])


def test_a_process_that_was_forked_has_a_pool_of_its_own(report: Path, pool: Pool) -> None:
    look_at(report, pool)
    mine = pool.warm_pid
    child = os.fork()
    if child == 0:
        found = look_at(report, pool)
        is_own = pool.warm_pid != mine
        pool.close()
        os._exit(0 if is_own and found == ["pages", "sections"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert look_at(report, pool) == ["pages", "sections"]
    assert pool.warm_pid == mine


def test_threads_get_each_their_own_answer(report: Path, pool: Pool, tmp_path: Path) -> None:
    slides = tmp_path / "slides"
    slides.write_bytes(deck(12))
    with ThreadPoolExecutor(4) as threads:
        asked = [
            threads.submit(pool.look, path, ending=ending, wanted=wanted)
            for path, ending, wanted in [(report, ".pdf", REPORT), (slides, ".pptx", SLIDES)] * 5
        ]
    assert [codes(one.result()) for one in asked] == [["pages", "sections"], ["slides"]] * 5


def test_it_knows_no_secret_of_ours(report: Path, pool: Pool) -> None:
    look_at(report, pool)
    names = Path(f"/proc/{pool.warm_pid}/environ").read_bytes().split(b"\x00")
    assert {name.partition(b"=")[0] for name in names if name} == {b"PATH", b"LC_ALL"}


def test_it_loads_neither_our_settings_nor_the_framework(report: Path, pool: Pool) -> None:
    look_at(report, pool)
    mapped = Path(f"/proc/{pool.warm_pid}/maps").read_text()
    assert "pypdfium2" in mapped
    assert "psycopg2" not in mapped


def test_a_file_that_is_gone_becomes_a_finding(pool: Pool, tmp_path: Path) -> None:
    look = pool.look(tmp_path / "gone", ending=".pdf", wanted=REPORT)
    assert [(one.code, one.level) for one in look.findings] == [("unreadable", Level.BAD)]


def test_an_ending_that_nobody_knows_is_not_looked_into(report: Path, pool: Pool) -> None:
    look = pool.look(report, ending=".txt", wanted=REPORT)
    assert [(one.code, one.level) for one in look.findings] == [("not_looked_into", Level.NOTE)]
