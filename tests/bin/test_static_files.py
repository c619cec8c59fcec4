"""Static files are collected where they are not there whole and of this code, and else left alone."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from support import static_files
from support.state import State

# Whoever collects with it fails: no setting is there.
NOTHING: dict[str, str] = {}


@pytest.fixture
def collected(tmp_path: Path) -> State:
    """A state with collected files of this very code."""
    state = State(path=tmp_path, home=tmp_path, run=tmp_path, user=None)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").touch()
    static_files.mark_of(state).write_text(static_files.digest_of_sources())
    return state


def collect(state: State) -> None:
    with static_files.being_collected(state, NOTHING) as wait:
        wait()


def test_what_is_of_this_code_is_not_collected_again(collected: State) -> None:
    collect(collected)


def test_what_is_of_other_code_or_gone_is_collected_and_marked_only_when_whole(
    collected: State,
) -> None:
    static_files.mark_of(collected).write_text("of other code")
    with pytest.raises(SystemExit, match="could not be collected"):
        collect(collected)
    assert not static_files.mark_of(collected).exists()
    static_files.mark_of(collected).write_text(static_files.digest_of_sources())
    (collected.path / "static" / "staticfiles.json").unlink()
    with pytest.raises(SystemExit, match="could not be collected"):
        collect(collected)
