"""A setting that cannot be read stops the start with a sentence that names it."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from courseapp import environment

NAME = "COURSEAPP_OF_A_TEST"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)


def test_a_text_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " p=a:ss#1 ")
    assert environment.text(NAME) == " p=a:ss#1 "


def test_a_text_that_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.text(NAME, "default") == "default"
    assert environment.text(NAME, "") == ""
    monkeypatch.setenv(NAME, "")
    assert environment.text(NAME, "default") == "default"


@pytest.mark.parametrize("value", [None, ""])
def test_a_text_without_a_default_must_be_set(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"^Set {NAME} "):
        environment.text(NAME)


@pytest.mark.parametrize(
    ("word", "is_true"),
    [
        ("1", True),
        ("true", True),
        ("Yes", True),
        ("ON", True),
        ("0", False),
        ("False", False),
        ("no", False),
        ("off", False),
        ("", False),
    ],
)
def test_a_truth_is_read_by_its_word(
    word: str, is_true: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, word)
    assert environment.truth(NAME, default=not is_true) is is_true


@pytest.mark.parametrize("default", [True, False])
def test_a_truth_that_is_not_set_has_its_default(default: bool) -> None:
    assert environment.truth(NAME, default=default) is default


@pytest.mark.parametrize("word", ["2", "ja", "true ", "None"])
def test_a_truth_that_is_none_is_refused(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, word)
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME} is '{word}'; write 1 or 0.$"):
        environment.truth(NAME, default=True)


def test_a_number_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.number(NAME, 8000) == 8000
    monkeypatch.setenv(NAME, "")
    assert environment.number(NAME, 8000) == 8000
    monkeypatch.setenv(NAME, "0")
    assert environment.number(NAME, 8000) == 0


@pytest.mark.parametrize("word", ["8000x", "1.5", "0x10", "eight"])
def test_a_number_that_is_none_is_refused(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, word)
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME} is '{word}'; write a whole number.$"):
        environment.number(NAME, 1)


def test_a_choice_is_one_of_the_known_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.choice(NAME, ("local", "s3")) == "local"
    monkeypatch.setenv(NAME, "s3")
    assert environment.choice(NAME, ("local", "s3")) == "s3"
    monkeypatch.setenv(NAME, "ftp")
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME} is 'ftp'; write local or s3.$"):
        environment.choice(NAME, ("local", "s3"))


def test_words_stand_between_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.words(NAME) == []
    assert environment.words(NAME, "a,b") == ["a", "b"]
    monkeypatch.setenv(NAME, " course.example.edu, ,www.example.edu,")
    assert environment.words(NAME) == ["course.example.edu", "www.example.edu"]


def test_a_folder_is_an_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert environment.folder(NAME, Path("/srv/state")) == Path("/srv/state")
    monkeypatch.setenv(NAME, "state")
    assert environment.folder(NAME, Path("/srv/state")) == tmp_path / "state"


@pytest.mark.parametrize(
    ("redis", "celery"),
    [
        ("redis://127.0.0.1:6379/3", "redis://127.0.0.1:6379/3"),
        ("rediss://user:secret@redis.example.edu/0", "rediss://user:secret@redis.example.edu/0"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
    ],
)
def test_the_brokers_address_is_put_in_celerys_words(redis: str, celery: str) -> None:
    assert environment.celery_broker(redis) == celery
