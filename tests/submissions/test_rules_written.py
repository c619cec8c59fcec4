"""What can be taken as a written summary, and what is kept while it is typed."""

import pytest

from courseapp.kernel.decisions import Allowed, Denied
from submissions.rules import (
    MAX_DRAFT_LENGTH,
    as_typed,
    counted_length,
    draft_acceptable,
    page_estimate,
    summary_template,
    text_acceptable,
    word_count,
)

SECTIONS = ("The problem and why it matters", "The hypothesis")


@pytest.mark.parametrize("length", [200, 201, 40_000])
def test_a_summary_has_200_to_40000_characters(length):
    assert text_acceptable("x" * length, kind="summary") == Allowed()


@pytest.mark.parametrize(
    ("length", "denied"),
    [
        (0, Denied("empty", "Write your summary; nothing was typed yet.")),
        (
            199,
            Denied(
                "too_short",
                "Write 1 more character; a summary has at least 200 characters of your own.",
            ),
        ),
        (
            40_001,
            Denied("too_long", "Shorten it by 1 character; a summary has at most 40,000."),
        ),
    ],
)
def test_a_summary_of_another_length_is_refused(length, denied):
    assert text_acceptable("x" * length, kind="summary") == denied


def test_the_headings_of_the_template_are_no_text_of_ones_own():
    template = summary_template(SECTIONS * 9)
    assert len(template) > 200
    assert text_acceptable(template, kind="summary") == Denied(
        "empty", "Write your summary; nothing was typed yet."
    )
    assert text_acceptable(template + "x" * 200, kind="summary") == Allowed()
    # "#" without a space behind it begins no heading.
    assert text_acceptable("#hashtag" * 25, kind="summary") == Allowed()


def test_a_template_names_the_sections_as_headings_in_order():
    assert summary_template(SECTIONS) == (
        "## The problem and why it matters\n\n\n## The hypothesis\n"
    )
    assert summary_template([]) == ""


@pytest.mark.parametrize("kind", ["slides", "report", "code", "proposal"])
def test_what_is_a_file_is_never_written(kind):
    found = text_acceptable("x" * 500, kind=kind)
    assert isinstance(found, Denied)
    assert found.code == "not_text"


def test_a_draft_is_kept_far_beyond_what_counts():
    assert draft_acceptable("") == Allowed()
    assert draft_acceptable("x" * MAX_DRAFT_LENGTH) == Allowed()
    too_long = draft_acceptable("x" * (MAX_DRAFT_LENGTH + 1))
    assert too_long == Denied(
        "too_long", "Shorten it by 1 character; no more than that can be kept."
    )


@pytest.mark.parametrize("char", ["\x00", "\ud800"])
def test_what_no_database_keeps_is_refused_while_it_is_typed(char):
    found = draft_acceptable(f"A question with {char} within it")
    assert isinstance(found, Denied)
    assert found.code == "not_text"


def test_line_ends_are_kept_as_one_kind():
    assert as_typed("a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_characters_that_nobody_sees_do_not_count():
    assert counted_length("a\u200bb\u2060c", kind="question") == 3
    assert counted_length("## Heading\nabc", kind="question") == 14
    assert counted_length("## Heading\nabc", kind="summary") == 3


def test_words_and_pages_are_told():
    assert word_count("It's a state-of-the-art idea, isn't it?") == 6
    assert page_estimate("word " * 1040) == 2.0
    assert page_estimate("") == 0.0
