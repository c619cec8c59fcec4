"""What the page says before anything is sent is what the rules say."""

import pytest

from submissions.rules import ACCEPTED, MAX_FILE_SIZE, FileForm, checks_for_scripts, file_acceptable
from submissions.rules.content import OLE_MARK

FILE_KINDS = sorted(kind for kind, forms in ACCEPTED.items() if forms)


def sentence(accepted: tuple[FileForm, ...], name: str, size: int, head: bytes) -> str:
    decision = file_acceptable(name=name, size=size, head=head, accepted=accepted)
    assert not decision
    return decision.sentence


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_the_pages_words_are_the_rules_words(kind: str) -> None:
    accepted = ACCEPTED[kind]
    said = checks_for_scripts(accepted)
    name = f"talk{accepted[0]}"

    assert said["maxSize"] == MAX_FILE_SIZE
    assert said["empty"] == sentence(accepted, name, 0, b"")
    assert said["tooLarge"].replace("{megabytes}", "200.1") == sentence(
        accepted, name, MAX_FILE_SIZE + 1, b""
    )
    assert said["wrongEnding"].replace("{name}", "talk.txt") == sentence(
        accepted, "talk.txt", 9, b""
    )
    assert list(said["forms"]) == list(accepted)
    for form in accepted:
        assert said["forms"][form]["wrong"] == sentence(accepted, f"talk{form}", 9, b"<html>")


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_the_pages_marks_are_the_rules_marks(kind: str) -> None:
    accepted = ACCEPTED[kind]
    for form, check in checks_for_scripts(accepted)["forms"].items():
        mark, within = bytes.fromhex(check["mark"]), check["within"]
        last = b" " * (within - len(mark)) + mark
        assert file_acceptable(name=f"a{form}", size=9, head=last, accepted=accepted)
        assert not file_acceptable(name=f"a{form}", size=9, head=b" " + last, accepted=accepted)


def test_a_locked_deck_is_called_so():
    said = checks_for_scripts((FileForm.PPTX,))
    assert bytes.fromhex(said["lockedMark"]) == OLE_MARK
    assert said["locked"] == sentence((FileForm.PPTX,), "talk.pptx", 9, OLE_MARK)


def test_a_kind_that_is_written_has_no_files():
    assert checks_for_scripts(())["forms"] == {}
