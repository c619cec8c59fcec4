"""Files as real programs write them are found to be what they are."""

import importlib
import shutil
from pathlib import Path

import pytest
from pptx import Presentation

from bench.torture.hostile.pdf_writing import objects_of, pages_of, stream, written
from submissions.inspection import Level, Pool, wanted_of

MEBIBYTE = 1024**2
LINE = "<p>The reader waits for the next line, and the line after that one, too.</p>"
TEXT = LINE * 5
PARTS = ("Problem", "Motivation", "Solution Overview", "Evaluation Plan", "Limitations")


def printed(path: Path, *, columns: int = 1) -> Path:
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
    path = printed(tmp_path / "paper.pdf", columns=columns)
    look = pool.look(path, ending=".pdf", wanted=wanted_of("proposal", pages=(1, 99), members=4))
    assert [(one.code, one.level) for one in look.findings] == [
        ("pages", Level.OK),
        ("sections", Level.OK),
        ("addresses", Level.OK),
    ]
    assert "of references; 1 to 99 are asked for." in look.findings[0].sentence
    report = pool.look(path, ending=".pdf", wanted=wanted_of("report"))
    assert [one.code for one in report.findings] == ["pages", "sections"]


def with_pictures(path: Path, *, mebibytes: int) -> Path:
    """Write a paper with a picture of so many MB on each of its nine pages, as holes in the file."""
    objects = objects_of(pages_of(8))
    for page in range(9):
        number = 10 + 2 * page
        shown = b"/XObject<</F %d 0 R>>/Font<<" % (2000 + page)
        objects[number] = objects[number].replace(b"/Font<<", shown)
        objects[number + 1] = stream(b"q 99 0 0 99 0 0 cm /F Do Q " + written_page(page))
    size = mebibytes * MEBIBYTE
    points = b"/Type/XObject/Subtype/Image/Width 1024/Height %d/BitsPerComponent 8" % (size // 1024)
    places = {}
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        for number, body in objects.items():
            places[number] = file.tell()
            file.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        for number in range(2000, 2009):
            places[number] = file.tell()
            head = b"<<%b/ColorSpace/DeviceGray/Length %d>>stream\n" % (points, size)
            file.write(b"%d 0 obj\n%b" % (number, head))
            file.seek(size, 1)
            file.write(b"\nendstream\nendobj\n")
        start = file.tell()
        rows = b"".join(b"%d 1\n%010d 00000 n \n" % place for place in places.items())
        file.write(b"xref\n0 1\n0000000000 65535 f \n%btrailer\n<</Size 2009/Root 1 0 R>>\n" % rows)
        file.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return path


def written_page(page: int) -> bytes:
    """Return a page's content that shows its lines."""
    return written(pages_of(8)[page])


def test_a_paper_full_of_pictures_is_looked_at_within_the_same_memory(
    pool: Pool, tmp_path: Path
) -> None:
    path = with_pictures(tmp_path / "paper.pdf", mebibytes=22)
    assert 190 * MEBIBYTE < path.stat().st_size < 200 * MEBIBYTE
    look = pool.look(path, ending=".pdf", wanted=wanted_of("report", pages=(7, 8)))
    assert [(one.code, one.level) for one in look.findings] == [
        ("pages", Level.OK),
        ("sections", Level.OK),
    ]
    assert look.peak < 100 * MEBIBYTE


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
