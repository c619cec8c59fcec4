"""What can be set is listed, and `.env` is read as people write it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))

from support import configuration
from support.environment import CHECKOUT


def test_the_example_lists_exactly_what_is_read() -> None:
    example = (CHECKOUT / ".env.example").read_text()
    listed = {
        line.lstrip("# ").partition("=")[0]
        for line in example.splitlines()
        if "=" in line and line.lstrip("# ").partition("=")[0].isupper()
    }
    assert listed == set(configuration.NAMES)


def test_quotes_comments_and_export_are_understood() -> None:
    text = """
        # a comment
        PORT=8080 # another
        export DEBUG=1
        BASE_URL='https://a b' # quoted
        EMAIL_HOST_PASSWORD=a#b\\c'd
        EMAIL_HOST=
    """
    assert configuration.parse(text) == {
        "PORT": "8080",
        "DEBUG": "1",
        "BASE_URL": "https://a b",
        "EMAIL_HOST_PASSWORD": "a#b\\c'd",
        "EMAIL_HOST": "",
    }


@pytest.mark.parametrize("line", ["PORT 8080", "=1", "A B=1"])
def test_a_line_that_is_no_setting_is_named(line: str) -> None:
    with pytest.raises(SystemExit, match=r"\.env, line 1"):
        configuration.parse(line)
