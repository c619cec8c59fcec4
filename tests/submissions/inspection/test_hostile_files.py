"""Every hostile or odd file gets its verdict, and does nothing else (failures.md, test 32)."""

from pathlib import Path

import pytest

from bench.torture.hostile.cases import Case
from bench.torture.hostile.corpus import CHAPTERS, hostile_corpus
from bench.torture.hostile.looking import verdict_on
from bench.torture.hostile.mutating import mutated
from submissions.inspection import Pool

# In bytes, for the process that waits and the one that looks together.
MEMORY = 300 * 1024**2


def peak_of(pool: Pool) -> int:
    """Return the memory of the waiting process at its highest, in bytes."""
    status = Path(f"/proc/{pool.warm_pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def test_the_corpus_is_large_and_names_each_file_once():
    cases = hostile_corpus()
    assert len(cases) >= 150
    assert len({case.name for case in cases}) == len(cases)
    assert sum(bool(case.refused) for case in cases) >= 50
    assert sum(not case.refused and not case.found for case in cases) >= 30


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_file_gets_its_verdict(
    chapter: str, pool: Pool, hasty_pool: Pool, tmp_path: Path
) -> None:
    folder = tmp_path / "root" / "kept"
    folder.mkdir(parents=True)
    wrong: dict[str, object] = {}
    for case in CHAPTERS[chapter]():
        asked = hasty_pool if case.is_endless else pool
        got = verdict_on(case, folder=folder, pool=asked)
        if (got.refused, got.found) != (case.refused, case.found):
            wrong[case.name] = (got.refused, sorted(got.found), told(case))
        assert got.peak + peak_of(asked) < MEMORY if got.peak else True, case.name
    assert wrong == {}
    # Nothing came to lie beside what was kept, nor above it.
    assert [path.relative_to(tmp_path).parts for path in tmp_path.rglob("*")] == [
        ("root",),
        ("root", "kept"),
    ]


def test_whatever_is_changed_in_a_file_its_look_ends_with_lines(pool: Pool, tmp_path: Path) -> None:
    looks = [
        (case.name, verdict_on(case, folder=tmp_path, pool=pool))
        for case in mutated(seed=20260213, count=40)
    ]
    assert [name for name, verdict in looks if not verdict.refused and not verdict.lines] == []
    assert max(verdict.peak for _, verdict in looks) < MEMORY
    # The changes reach what is read: not every file is as it was, nor every one beyond reading.
    broken = sum("bad unreadable" in verdict.found for _, verdict in looks)
    assert 5 < broken < 35


def told(case: Case) -> tuple[str, list[str]]:
    """Return a case's own verdict, as it is set beside what it got."""
    return case.refused, sorted(case.found)
