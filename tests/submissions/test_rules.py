"""What may be handed in: every refusal has its code and says what to change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseapp.kernel.decisions import Allowed, Denied
from submissions.deadlines import Kind
from submissions.rules import (
    ACCEPTED,
    MAX_FILE_SIZE,
    FileForm,
    display_name,
    file_acceptable,
    terms,
    text_acceptable,
)

PDF = b"%PDF-1.7 ..."
PDF_ONLY = (FileForm.PDF,)
ZIP = b"PK\x03\x04 ..."
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"..."


# -- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [20, 21, 1999, 2000])
def test_a_question_has_20_to_2000_characters(length):
    assert text_acceptable("x" * length) == Allowed()
    assert text_acceptable(f"\n {'é' * length}\t ") == Allowed()


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200b", "\ufeff"])
def test_an_empty_question_is_refused(text):
    assert text_acceptable(text) == Denied("empty", "Write your question; nothing was typed yet.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 19, "Write 1 more character; a question has at least 20 characters."),
        ("  Why?  ", "Write 16 more characters; a question has at least 20 characters."),
        (
            "Why?" + "\u200b" * 30,
            "Write 16 more characters; a question has at least 20 characters.",
        ),
    ],
)
def test_a_short_question_says_how_much_is_missing(text, sentence):
    assert text_acceptable(text) == Denied("too_short", sentence)


@pytest.mark.parametrize(
    ("length", "sentence"),
    [
        (2001, "Shorten it by 1 character; a question has at most 2,000."),
        (3500, "Shorten it by 1,500 characters; a question has at most 2,000."),
    ],
)
def test_a_long_question_says_how_much_is_too_much(length, sentence):
    assert text_acceptable("x" * length) == Denied("too_long", sentence)


@pytest.mark.parametrize("char", ["\x00", "\ud800"])
def test_what_cannot_be_stored_is_refused(char):
    found = text_acceptable(f"A question with {char} within it")
    assert isinstance(found, Denied)
    assert found.code == "not_text"


def test_line_breaks_count_as_characters():
    assert text_acceptable("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk") == Allowed()


# -- files ---------------------------------------------------------------------------------------


def refusal(
    *, name: str = "a.pdf", size: int = 1000, head: bytes = PDF, kind: Kind = Kind.SUMMARY
) -> Denied:
    found = file_acceptable(name=name, size=size, head=head, accepted=terms(kind.value).accepted)
    assert isinstance(found, Denied)
    return found


def test_the_table_of_files_knows_every_kind_and_no_other():
    assert set(ACCEPTED) == {kind.value for kind in Kind}


@pytest.mark.parametrize(
    ("kind", "endings"),
    [
        (Kind.SLIDES, {".pptx", ".ppt"}),
        (Kind.FINAL_SLIDES, {".pptx", ".ppt"}),
        (Kind.SUMMARY, {".pdf"}),
        (Kind.PROPOSAL, {".pdf"}),
        (Kind.MIDTERM, {".pptx", ".pdf"}),
        (Kind.FINAL, {".pptx", ".pdf"}),
        (Kind.REPORT, {".pdf"}),
        (Kind.CODE, {".zip"}),
        (Kind.QUESTION, set()),
    ],
)
def test_each_kind_takes_its_own_files(kind, endings):
    heads = {".pdf": PDF, ".pptx": ZIP, ".zip": ZIP, ".ppt": OLE}
    taken = {
        form
        for form in FileForm
        if file_acceptable(name=f"work{form}", size=9, head=heads[form], accepted=ACCEPTED[kind])
    }
    assert taken == endings


def test_the_ending_counts_in_any_case():
    assert file_acceptable(name="REPORT.PDF", size=9, head=PDF, accepted=PDF_ONLY)


def test_an_empty_file_is_refused():
    assert refusal(size=0, head=b"").code == "empty"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (MAX_FILE_SIZE + 1, "200.1 MB"),
        (MAX_FILE_SIZE + 1024 * 1024, "201.0 MB"),
        (5 * MAX_FILE_SIZE, "1000.0 MB"),
    ],
)
def test_a_file_over_200_mb_is_refused_with_its_size(size, shown):
    found = refusal(size=size)
    assert found.code == "too_large"
    assert f"The file has {shown}; at most 200 MB" in found.sentence


def test_a_file_of_exactly_200_mb_is_taken():
    assert MAX_FILE_SIZE == 209_715_200
    assert file_acceptable(name="a.pdf", size=MAX_FILE_SIZE, head=PDF, accepted=PDF_ONLY)


@pytest.mark.parametrize("name", ["talk.key", "talk", "talk.pdf.exe", ".pdf", "talk.pdf\u202e.exe"])
def test_a_wrong_ending_is_refused_with_the_right_ones(name):
    found = refusal(name=name, kind=Kind.MIDTERM)
    assert found.code == "wrong_ending"
    assert found.sentence.startswith("Hand in a .pptx or .pdf file; the name ")


def test_a_question_is_no_file():
    assert refusal(kind=Kind.QUESTION).code == "not_a_file"


@pytest.mark.parametrize(
    ("name", "kind", "head"),
    [
        ("a.pdf", Kind.REPORT, ZIP),
        ("a.pdf", Kind.REPORT, b""),
        ("a.pdf", Kind.REPORT, b" " * 1020 + b"%PDF-"),
        ("a.pdf", Kind.REPORT, b"%PDF"),
        ("a.pptx", Kind.SLIDES, PDF),
        ("a.pptx", Kind.SLIDES, b" " + ZIP),
        ("a.ppt", Kind.SLIDES, ZIP),
        ("a.zip", Kind.CODE, b"PK\x05\x06 an archive without a file"),
        ("a.zip", Kind.CODE, OLE),
    ],
)
def test_what_is_inside_must_be_what_the_name_says(name, kind, head):
    found = refusal(name=name, kind=kind, head=head)
    assert found.code == "wrong_signature"
    assert found.sentence.startswith(f"The name ends in {name[1:]}, but what is inside")


def test_a_pdf_may_have_other_bytes_before_its_mark():
    head = b" " * 1019 + b"%PDF-"
    assert file_acceptable(name="a.pdf", size=9, head=head, accepted=PDF_ONLY)


def test_a_locked_presentation_is_told_apart():
    found = refusal(name="a.pptx", kind=Kind.SLIDES, head=OLE)
    assert found.code == "wrong_signature"
    assert "without a password" in found.sentence


# -- names of files ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a/b\\c.pdf", "c.pdf"),
        ("  my   report .pdf ", "my report .pdf"),
        ("two\nlines.pdf", "two lines.pdf"),
        ("bell\x07.pdf", "bell.pdf"),
        ("harmless\u202efdp.exe", "harmlessfdp.exe"),
        ("re\u0301sume\u0301.pdf", "résumé.pdf"),
        ("報告.pdf", "報告.pdf"),
        ("", "file"),
        ("..", "file"),
        ("folder/", "file"),
        ("\u200b", "file"),
        ("x" * 200 + ".pdf", "x" * 146 + ".pdf"),
        ("x" * 150, "x" * 150),
        ("a." + "b" * 200, "a." + "b" * 148),
    ],
)
def test_a_name_is_shown_without_paths_and_tricks(raw, shown):
    assert display_name(raw) == shown


@given(st.text(st.one_of(st.characters(), st.sampled_from("/\\.\u202e\u200b\x00 ")), max_size=300))
def test_a_shown_name_is_short_plain_and_stays_itself(raw):
    shown = display_name(raw)
    assert 1 <= len(shown) <= 150
    assert not set(shown) & set("/\\\x00\n\r\u202e\u200b")
    assert display_name(shown) == shown
    shown.encode()
