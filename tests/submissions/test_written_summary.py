"""A summary that was written here: on its page, and as the PDF that graders take along."""

import io

import pypdfium2
import pytest

from courseapp.kernel import clock, press
from courseapp.kernel.formulas import drawn
from courseapp.kernel.pdf import can_make_pdf
from courseapp.kernel.press import Press
from courseapp.kernel.templatetags.prose import prose
from submissions.deadlines import Kind
from submissions.models import Deliverable, SubmissionVersion
from submissions.services.writing import hand_in_text
from tests.doors import TEXT, ask, browser
from tests.factories import LECTURE_AT, actor, enroll
from tests.submissions.scenes import SUMMARY_DUE, Scene, a_lecture

SUMMARY = """## The hypothesis

Time is $T = \\frac{6ND}{BF}$, and batching pays while the cache holds. Batching pays while the cache holds.
Batching pays while the cache holds. Batching pays while the cache holds. Batching pays while it holds.

## Drawbacks

A formula that nobody can draw, $\\frac{$, stays as it was written.
"""
NEVER_ENDING = "\\left(" * 60 + "\\right)" * 60


def written(scene: Scene, text: str = SUMMARY) -> SubmissionVersion:
    return hand_in_text(
        actor=actor(scene.authors[0]),
        deliverable_id=scene.due(Kind.SUMMARY).pk,
        text=text,
        received_at=LECTURE_AT,
    ).version


@pytest.mark.django_db
@pytest.mark.skipif(not can_make_pdf(), reason="PDFs need pango")
def test_the_pdf_says_whose_it_is_what_it_covers_and_what_was_written():
    scene = a_lecture()
    version = written(scene)
    path = f"/c/{scene.course.slug}/versions/{version.pk}/file/"
    with clock.standing_at(SUMMARY_DUE):
        answer = browser(scene.authors[0]).get(path)
        assert browser(scene.listener).get(path).status_code == 404
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file's answer

    assert answer["Content-Disposition"].endswith('.pdf"')
    with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
        said = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    reading = scene.lecture.readings.get()
    for words in (
        f"Summary for {scene.lecture.title}",
        scene.writing.name,
        scene.authors[0].name,
        reading.paper.title,
        "The hypothesis",
        "batching pays while the cache holds",
        "\\frac{",
        version.receipt_code,
    ):
        assert words in said
    assert "6ND" not in said


@pytest.mark.django_db
def test_a_pdf_is_printed_once_for_all_its_parts_and_not_while_others_are(monkeypatch):
    printed: list[str] = []

    def paper(html: str) -> bytes:
        printed.append(html)
        return b"%PDF-1.7"

    one = Press(paper, wait_s=0)
    monkeypatch.setattr(press, "_press", one)
    scene = a_lecture()
    path = f"/c/{scene.course.slug}/versions/{written(scene).pk}/file/"
    reader = browser(scene.authors[0])
    with one._turn:
        answer = reader.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert press.BUSY.sentence in answer.content.decode()
    assert f'href="{path}">Try again' in answer.content.decode()

    for part, said in (("bytes=0-3", b"%PDF"), ("bytes=4-", b"-1.7")):
        assert b"".join(reader.get(path, headers={"Range": part})) == said
    assert len(printed) == 1


@pytest.mark.django_db
def test_a_question_has_no_pdf():
    scene = a_lecture()
    version = ask(scene.listener, scene.due(Kind.QUESTION), TEXT).version
    answer = browser(scene.listener).get(f"/c/{scene.course.slug}/versions/{version.pk}/file/")
    assert answer.status_code == 404


def test_a_formula_that_never_ends_takes_nothing_with_it():
    html = prose(f"First $x^2$.\n\n$$\n{NEVER_ENDING}\n$$\n\nLast $y$.")
    found = drawn(html, seconds=4)
    assert NEVER_ENDING in found
    assert "First" in found
    assert "Last" in found


@pytest.mark.django_db
def test_the_editor_begins_with_the_courses_sections_and_saves_a_version():
    scene = a_lecture()
    path = f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.SUMMARY).pk}/write/"
    writer = browser(scene.authors[0])
    with clock.standing_at(LECTURE_AT):
        page = writer.get(path).content.decode()
        for section in scene.course.summary_sections:
            assert f"## {section}" in page
        refused = writer.post(path, {"text": "Too short", "revision": "0"})
        saved = writer.post(path, {"text": SUMMARY, "revision": "0"})

    assert refused.status_code == 422
    assert "Write 191 more characters" in refused.content.decode()
    assert saved.status_code == 302
    assert SubmissionVersion.objects.get().text == SUMMARY.strip()


@pytest.mark.django_db
def test_a_save_on_an_older_text_shows_both():
    scene = a_lecture()
    path = f"/c/{scene.course.slug}/hand-in/{scene.due(Kind.SUMMARY).pk}/write/"
    written(scene)
    with clock.standing_at(LECTURE_AT):
        answer = browser(scene.authors[0]).post(
            path, {"text": SUMMARY + "Mine alone.", "revision": "0"}
        )
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Somebody else wrote here meanwhile" in page
    assert "Mine alone." in page
    assert page.count("batching pays while the cache holds") == 2


@pytest.mark.django_db
def test_what_is_no_summary_has_no_editor():
    scene = a_lecture()
    for kind in (Kind.QUESTION, Kind.SLIDES):
        place: Deliverable = scene.due(kind)
        answer = browser(enroll(scene.course, "ta")).get(
            f"/c/{scene.course.slug}/hand-in/{place.pk}/write/"
        )
        assert answer.status_code == 404
