"""Whatever people write, no page runs it."""

from html.parser import HTMLParser
from typing import Any

import pytest
from typing_extensions import override

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import clock
from grading.models import Grade
from groups.models import Group
from schedule.models import Lecture, Milestone, OtherPresenter, Paper, Reading, RoleAssignment
from submissions.models import SubmissionVersion
from submissions.rules import ProposalVerdict
from submissions.services import proposing
from tests.doors import PDF, PPTX, ask, browser, hand_in_file
from tests.factories import LECTURE_AT, START, actor, part
from tests.pages.scenes import Seminar

pytestmark = pytest.mark.django_db
CORPUS = [
    "<script>alert(1)</script>",
    '"><script src=//evil.example></script>',
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "[x](javascript:alert(1)) [y](data:text/html,<script>alert(1)</script>)",
    "<javascript:alert(1)> <a href='vbscript:x' style='position:fixed'>z</a>",
    "</textarea><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "</title><base href=//evil.example><meta http-equiv=refresh content=0>",
    "{{ 7|add:7 }}{% debug %}<!--",
    "![x](https://evil.example/spy.png)",
]
LINKS = {"href", "src", "action", "formaction", "xlink:href", "poster", "data"}
OWN_SCRIPTS = ("/static/", "/admin/jsi18n/")
FOREIGN = {"iframe", "object", "embed", "base", "math", "frame", "applet", "foreignobject"}


class Watcher(HTMLParser):
    """Reads a page as a browser would and notes what it must not carry."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: Any, attrs: Any) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in FOREIGN or (tag == "img" and "evil" in values.get("src", "")):
            self.found.append(str(self.get_starttag_text()))
        if tag == "script" and not values.get("src", "").startswith(OWN_SCRIPTS):
            self.found.append(str(self.get_starttag_text()))
        for name, value in values.items():
            target = value.strip().lower()
            if name.startswith("on") or name in {"srcdoc", "style"}:
                self.found.append(str(self.get_starttag_text()))
            if name in LINKS and target.startswith(("javascript:", "data:", "vbscript:", "//")):
                self.found.append(str(self.get_starttag_text()))
            if name == "http-equiv" and target == "refresh":
                self.found.append(str(self.get_starttag_text()))


def carried_by(text: str) -> Any:
    watcher = Watcher()
    watcher.feed(text)
    watcher.close()
    return watcher.found


def spoil(seminar: Seminar, words: str) -> None:
    """Write the words into every text that a person or a file could have brought in."""
    url = words if words.startswith("[") else f"javascript:alert({words!r})"
    texts = ("description", "outcomes", "prerequisites", "policies", "project_ideas", "resources")
    for name in ("slides", "proposal"):
        handed = getattr(seminar, name)
        content, ending = (PPTX, ".pptx") if name == "slides" else (PDF, ".pdf")
        hand_in_file(seminar.presenter, handed, content, name=f"{words}{ending}", at=START)
    for question in seminar.questions():
        ask(seminar.listener, question, f"{words} and a good deal more to ask", at=START)
    wish = proposing.Wish(verdict=ProposalVerdict.APPROVED, comment=words, conditions=words, days=7)
    instructor = actor(seminar.instructor)
    proposing.decide(actor=instructor, group_id=seminar.groups[0].pk, wish=wish, now=START)
    Grade.objects.create(
        part=part(seminar.course, "Paper presentation & discussion", "talk"),
        deliverable=seminar.slides,
        group=seminar.groups[0],
        points=1,
        comment=words,
        reason=words,
        awarded_by=seminar.ta,
        awarded_at=START,
    )
    Course.objects.update(
        code=words[:60],
        title=words,
        term=words[:60],
        institution=words,
        room=words,
        forum_url=url[:200],
        **dict.fromkeys(texts, words),
    )
    Enrollment.objects.update(name=words, office_hours=words)
    Group.objects.update(name=words)
    Lecture.objects.update(topic=words, label=words, module=words, note=words, room=words)
    Milestone.objects.update(title=words)
    for number, paper in enumerate(Paper.objects.all()):
        paper.title, paper.url = f"{words}{number}", url
        paper.save()
    Reading.objects.update(sections=words, note=words)
    RoleAssignment.objects.update(material=url)
    OtherPresenter.objects.create(
        lecture=seminar.lectures[0], role="reviewers", kind="guest", name=words, material=url
    )


def pages_of(seminar: Seminar) -> Any:
    versions = SubmissionVersion.objects.order_by("medium")
    version_pages = [f"/c/{seminar.course.slug}/versions/{found.pk}/" for found in versions]
    codes = SubmissionVersion.objects.values_list("receipt_code", flat=True)
    talk = part(seminar.course, "Paper presentation & discussion", "talk")
    return {
        None: ["/", seminar.path("course"), *(f"/receipts/{code}/" for code in codes)],
        seminar.presenter: [
            *map(seminar.path, ("course", "home", "lecture", "hand-in", "project", "grades")),
            version_pages[0],
        ],
        seminar.listener: [seminar.path("lecture"), version_pages[-1]],
        seminar.ta: [
            *map(seminar.path, ("home", "grading", "proposals", "outbox")),
            f"{seminar.path('grading')}{talk.pk}/",
            f"{seminar.path('proposals')}{seminar.groups[0].pk}/",
            *version_pages,
            "/admin/grading/grade/",
            f"/admin/grading/grade/{Grade.objects.get().pk}/change/",
            "/admin/submissions/submissionversion/",
        ],
        seminar.instructor: [seminar.path("course"), "/admin/course/enrollment/"],
    }


@pytest.mark.parametrize("words", CORPUS)
def test_no_page_runs_what_people_wrote(words):
    seminar = Seminar()
    spoil(seminar, words)
    reads = 0
    for reader, pages in pages_of(seminar).items():
        client = browser(reader)
        for page in pages:
            with clock.standing_at(LECTURE_AT):
                response = client.get(page)
            assert response.status_code == 200, page
            text = response.content.decode()
            assert carried_by(text) == [], page
            assert "default-src 'self'" in response["Content-Security-Policy"], page
            reads += words[:6].strip("<>\"'") in text
    assert reads > 10


def test_the_watcher_sees_what_it_must():
    for words in CORPUS[:4]:
        assert carried_by(f"<p>{words}</p>") != []
    assert carried_by('<a href=" JavaScript:alert(1)">x</a>') != []
    assert carried_by("<p>&lt;script&gt;</p>") == []
