"""What a text tells: headings, addresses, and where the references begin."""

import pytest

from submissions.inspection import Section, Wanted, wanted_of
from submissions.inspection.headings import (
    address_count,
    headings_of,
    is_references,
    missing_sections,
)
from submissions.inspection.pages import Extent, extent_of, pages_finding
from submissions.inspection.wanted import section_of

PROPOSAL = wanted_of("proposal", pages=(2, 2), members=4)
REPORT = wanted_of("report", pages=(7, 8))
FULL = "x" * 100


@pytest.mark.parametrize(
    "line",
    [
        "Evaluation Plan",
        "4 Evaluation plan",
        "4. Evaluation",
        "4.1 Evaluation of the prototype",
        "IV. EVALUATION",
        "D. Evaluation",
        "## Evaluation",
        "§ 4 Evaluation",
        "Evaluation.",
        "Evaluation: we will measure how long requests wait at the front end of the server.",
        "How We Will Evaluate It",
        "Planned Experiments",
    ],
)
def test_a_heading_is_found_by_its_words_however_it_is_set(line: str) -> None:
    (evaluation,) = [each for each in PROPOSAL.sections if each.name == "evaluation plan"]
    assert missing_sections([line], [evaluation]) == []


@pytest.mark.parametrize(
    "line",
    [
        "evaluation of such systems is hard, which is why we",
        "The evaluation of such systems is hard, as others found before us",
        "Our evaluation,",
        "Evalua-",
        "Revaluation",
        "We leave the evaluation to those who know more about it",
        "",
    ],
)
def test_a_line_of_text_is_no_heading(line: str) -> None:
    (evaluation,) = [each for each in PROPOSAL.sections if each.name == "evaluation plan"]
    assert missing_sections([line], [evaluation]) == [evaluation]


def test_headings_come_without_their_number_in_lower_case():
    assert headings_of(["2 The Problem", "and more text", "3) Why"]) == ["the problem", "why"]


def test_every_section_of_a_kind_is_asked_for():
    assert [each.name for each in PROPOSAL.sections] == [
        "problem",
        "motivation",
        "solution overview",
        "evaluation plan",
    ]
    assert [each.name for each in REPORT.sections] == ["limitations"]
    assert wanted_of("slides") == Wanted("slides")
    assert wanted_of("code", pages=(1, 2), members=4) == Wanted("code", 1, 2)


def test_a_summarys_sections_are_those_of_its_course_and_found_by_their_words():
    wanted = wanted_of(
        "summary", summary_sections=["The hypothesis", "Drawbacks and how to improve"]
    )
    assert [each.name for each in wanted.sections] == [
        "The hypothesis",
        "Drawbacks and how to improve",
    ]
    assert missing_sections(["Hypothesis", "Weaknesses"], wanted.sections) == []
    assert missing_sections(["Hypotheses", "Results"], wanted.sections) == [wanted.sections[1]]


def test_a_section_is_there_where_a_line_begins_with_its_whole_name_however_long():
    wanted = wanted_of("summary", summary_sections=["The proposed solution and its key insight"])
    (section,) = wanted.sections
    assert missing_sections(["3. The proposed solution and its key insight"], [section]) == []
    assert missing_sections(["THE PROPOSED SOLUTION AND ITS KEY INSIGHT"], [section]) == []
    rest = "The proposed scheme and its cost are what the paper is about"
    assert missing_sections([rest], [section]) == [section]


def test_words_of_no_weight_name_no_section():
    assert section_of("The key insight") == Section("The key insight", ("insight",))
    # One of small words alone cannot be looked for, so it is not missing.
    assert missing_sections(["Anything"], [section_of("What is it")]) == []


def test_what_is_wanted_survives_the_way_to_another_process():
    assert Wanted.from_plain(PROPOSAL.as_plain()) == PROPOSAL


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("ann@illinois.edu, Bo <bo@illinois.edu>", 2),
        ("{ann, bo,cy}@illinois.edu", 3),
        ("ann @ illinois.edu and ANN@ILLINOIS.EDU", 1),
        ("{ann,}@x.example", 1),
        ("see user@host or @name or a@b", 0),
        ("", 0),
    ],
)
def test_each_address_counts_once(text: str, count: int) -> None:
    assert address_count(text) == count


@pytest.mark.parametrize(
    "line",
    [
        "References",
        "REFERENCES",
        "7 References",
        "VII. R EFERENCES",
        "Bibliography",
        "Works Cited:",
    ],
)
def test_a_heading_of_references_stands_on_its_own_line(line: str) -> None:
    assert is_references(line)


@pytest.mark.parametrize(
    "line",
    ["References 9", "References .......... 9", "The references", "references to memory", ""],
)
def test_a_line_about_references_is_no_heading_of_them(line: str) -> None:
    assert not is_references(line)


@pytest.mark.parametrize(
    ("pages", "body", "references"),
    [
        ([FULL], 1, None),
        ([FULL, "References\n" + FULL], 1, 1),
        ([FULL, f"{'x' * 11}\nReferences\n{'y' * 78}"], 2, 1),
        ([FULL, f"{'x' * 10}\nReferences\n{'y' * 80}"], 1, 1),
        ([FULL, f"{FULL}\nReferences", FULL], 2, 2),
        # A table of contents names them too; the last heading is where they begin.
        ([f"Contents\nReferences\n{FULL}", FULL, f"References\n{FULL}"], 2, 1),
        ([], 0, None),
    ],
)
def test_a_page_counts_as_text_where_more_than_a_tenth_stands_before_the_references(
    pages: list[str], body: int, references: int | None
) -> None:
    assert extent_of(pages) == Extent(body, references or 0, has_references=references is not None)


@pytest.mark.parametrize(
    ("extent", "wanted", "code", "sentence"),
    [
        (Extent(7, 2, True), REPORT, "pages", "7 pages and 2 of references; 7 to 8 are asked for."),
        (Extent(8, 0, False), REPORT, "pages", "8 pages; 7 to 8 are asked for."),
        (Extent(3, 0, False), Wanted("midterm"), "pages", "3 pages."),
        (
            Extent(6, 1, True),
            REPORT,
            "pages_few",
            (
                "6 pages and 1 of references; 7 to 8 are asked for: write more, or check that no"
                " page is missing."
            ),
        ),
        (
            Extent(9, 1, True),
            REPORT,
            "pages_many",
            "9 pages and 1 of references; 7 to 8 are asked for: shorten the text by 1 page.",
        ),
        (
            Extent(4, 0, False),
            PROPOSAL,
            "pages_many",
            (
                "4 pages; 2 are asked for: shorten the text by 2 pages, or put the heading"
                " “References” on a line of its own above them."
            ),
        ),
        (
            Extent(1, 0, False),
            Wanted("final", min_pages=2),
            "pages_few",
            "1 page; at least 2 are asked for: write more, or check that no page is missing.",
        ),
        (
            Extent(3, 1, True),
            Wanted("final", max_pages=2),
            "pages_many",
            "3 pages and 1 of references; at most 2 are asked for: shorten the text by 1 page.",
        ),
    ],
)
def test_the_sentence_tells_what_is_there_what_is_asked_and_what_to_change(
    extent: Extent, wanted: Wanted, code: str, sentence: str
) -> None:
    found = pages_finding(extent, wanted)
    assert (found.code, found.sentence) == (code, sentence)
