"""Names in archives: no way out, nothing that a system refuses, unique, and still readable."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.rules.naming import (
    MAX_LENGTH,
    NAMELESS,
    Names,
    file_name,
    folder_name,
    harmless_cell,
    safe_name,
)

NAMES = [
    ("Attention is all you need", "Attention is all you need"),
    ("../../etc/passwd", "etc passwd"),
    ("C:\\Windows\\x", "C Windows x"),
    ("..", NAMELESS),
    (" \t\n", NAMELESS),
    ("nul", "_nul"),
    ("Com1.notes", "_Com1.notes"),
    ("a\u202egpj.exe", "agpj.exe"),
    ("re\u0301sume\u0301", "r\u00e9sum\u00e9"),
    ("ends. . ", "ends"),
    ("what? <now>|*", "what now"),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_is_what_a_person_would_expect(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text(max_size=400))
def test_any_text_becomes_a_name_that_every_system_takes(text: str) -> None:
    for name in (safe_name(text), file_name(text, ".pptx")):
        assert 0 < len(name) <= MAX_LENGTH
        assert len(name.encode()) <= 255
        assert not set(name) & set('<>:"/\\|?*\x00')
        assert name == name.strip(" .") == unicodedata.normalize("NFC", name)
        assert not any(unicodedata.category(sign).startswith("C") for sign in name)
    assert safe_name(safe_name(text)) == safe_name(text)


@given(st.lists(st.sampled_from(["A.pdf", "a.pdf", "A (2).pdf", "b", "B", "x" * 100]), max_size=30))
def test_names_of_one_folder_differ_even_where_case_does_not_count(wanted: list[str]) -> None:
    names = Names()
    given_out = [names.free(name) for name in wanted]
    assert len({name.casefold() for name in given_out}) == len(wanted)
    assert all(len(name) <= MAX_LENGTH for name in given_out)


def test_an_ending_stays_and_one_that_is_none_goes() -> None:
    assert file_name("x" * 300, ".PPTX")[-6:] == "x.pptx"
    assert file_name("talk", "./../x") == "talk"
    assert folder_name("Experts", date(2025, 2, 12)) == "02-12 Experts"
    assert folder_name("Experts", None) == "Experts"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begin: str) -> None:
    assert harmless_cell(f"{begin}1+1") == f"'{begin}1+1"
    assert harmless_cell("a") == "a"
    assert harmless_cell(-1) == -1
