"""`check_invariants`: what it prints and how it ends, with the kept files looked at too."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from submissions.deadlines import Kind
from submissions.models import SubmissionVersion
from tests.doors import hand_in_file
from tests.factories import LECTURE_AT
from tests.submissions.scenes import a_lecture

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings: Any) -> Path:
    """The file of the only version there is."""
    scene = a_lecture()
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), at=LECTURE_AT)
    path: Path = settings.FILES_ROOT / SubmissionVersion.objects.get().file_key
    return path


def report(*options: str) -> tuple[int, dict[str, Any]]:
    """Return how the command ends and what it says to machines."""
    out = StringIO()
    try:
        call_command("check_invariants", "--json", *options, stdout=out)
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def broken(*options: str) -> list[str]:
    """Return the codes of what does not hold."""
    _, told = report(*options)
    return [found["code"] for found in told["broken"]]


def test_whole_data_is_said_to_be_whole(kept: Path) -> None:
    code, told = report("--files")
    assert (code, told["broken"], told["files"]) == (0, [], {"named": 1, "unnamed": 0})
    assert len(told["asked"]) >= 25


def test_a_file_that_nothing_names_is_counted_and_no_fault(kept: Path) -> None:
    (kept.parent / ("0" * 32)).write_bytes(b"left by a hand-in that was refused")
    assert report("--files")[1]["files"] == {"named": 1, "unnamed": 1}
    assert broken("--files") == []


def test_a_lost_file_and_one_of_another_size_are_found_at_once(kept: Path) -> None:
    content = kept.read_bytes()
    kept.write_bytes(content + b"!")
    assert broken() == ["file_has_its_size"]
    kept.unlink()
    assert broken() == ["file_is_there"]


def test_another_content_of_the_same_size_is_found_by_its_hash(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    assert broken() == []
    assert broken("--files") == ["file_has_its_hash"]


def test_people_get_a_sentence_with_the_rows_and_exit_code_1(kept: Path) -> None:
    kept.unlink()
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 invariants do not hold\.") as ended:
        call_command("check_invariants", stdout=out)
    version = SubmissionVersion.objects.get()
    assert ended.value.returncode == 1
    assert out.getvalue().splitlines()[:2] == [
        "file_is_there: this does not hold: The file of every version is in the store.",
        f"  1 rows: {version.pk}",
    ]
