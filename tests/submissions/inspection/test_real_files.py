"""Files as real programs write them are found to be what they are."""

import importlib
import shutil
from pathlib import Path

import pytest
from pptx import Presentation

from submissions.inspection import Level, Pool, wanted_of

LINE = "<p>The reader waits for the next line, and the line after that one, too.</p>"
TEXT = LINE * 12
PARTS = ("Problem", "Motivation", "Solution Overview", "Evaluation Plan", "Limitations")


def written(path: Path, *, columns: int = 1) -> Path:
    """Write a paper with headings, members and references."""
    parts = "".join(f"<h2>{number} {part}</h2>{TEXT}" for number, part in enumerate(PARTS, 1))
    page = (
        "<style>@page { size: letter; @bottom-center { content: counter(page) } }"
        f"body {{ columns: {columns} }} h2:last-of-type {{ break-before: page }}</style>"
        f"<h1>On Caches</h1><p>{{ann, bo, cy}}@illinois.edu, dee@illinois.edu</p>{parts}"
        f"<h2>References</h2>{LINE * 40}"
    )
    weasyprint = importlib.import_module("weasyprint")
    weasyprint.HTML(string=page).write_pdf(path)
    return path


@pytest.mark.parametrize("columns", [1, 2])
def test_a_paper_in_columns_has_its_sections_pages_and_members(
    columns: int, pool: Pool, tmp_path: Path
) -> None:
    path = written(tmp_path / "paper.pdf", columns=columns)
    look = pool.look(path, ending=".pdf", wanted=wanted_of("proposal", pages=(2, 99), members=4))
    assert [(one.code, one.level) for one in look.findings] == [
        ("pages", Level.OK),
        ("sections", Level.OK),
        ("addresses", Level.OK),
    ]
    assert "of references; 2 to 99 are asked for." in look.findings[0].sentence
    report = pool.look(path, ending=".pdf", wanted=wanted_of("report"))
    assert [one.code for one in report.findings] == ["pages", "sections"]


def test_slides_of_a_real_program_are_counted_as_it_counts_them(pool: Pool, tmp_path: Path) -> None:
    path = tmp_path / "talk.pptx"
    talk = Presentation()
    for number in range(13):
        slide = talk.slides.add_slide(talk.slide_layouts[1])
        slide.shapes.title.text = f"Slide {number}"
    talk.save(str(path))
    assert len(Presentation(str(path)).slides) == 13
    look = pool.look(path, ending=".pptx", wanted=wanted_of("slides"))
    assert [(one.level, one.sentence) for one in look.findings] == [(Level.OK, "13 slides.")]


def test_a_folder_that_was_zipped_is_listed_with_its_readme(pool: Pool, tmp_path: Path) -> None:
    code = tmp_path / "work" / "project"
    code.mkdir(parents=True)
    (code / "README.md").write_text("# Steps")
    (code / "main.py").write_text("print(1)")
    whole = shutil.make_archive(str(tmp_path / "inside"), "zip", code)
    around = shutil.make_archive(str(tmp_path / "around"), "zip", code.parent)
    for path, sentence in (
        (whole, "There is a README at its top."),
        (around, "There is a README at the top of its one folder, project."),
    ):
        look = pool.look(Path(path), ending=".zip", wanted=wanted_of("code"))
        assert [one.level for one in look.findings] == [Level.OK, Level.OK]
        assert look.findings[0].sentence == "2 files, 0.1 MB unpacked."
        assert look.findings[1].sentence == sentence
