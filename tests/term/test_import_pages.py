"""A roster and a schedule brought in by a page: file, difference, consequences, all of it (§12)."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from courseapp.course.models import Course, Enrollment, Role
from courseapp.course.services import open_course
from courseapp.term.models import Act
from schedule.models import Lecture, Reading
from tests.factories import START, enroll, make_course
from tests.term.test_importing import row_counts
from tests.term.test_importing_schedule import CREATE, imported
from tests.term.test_schedules_over import ROWS, page

pytestmark = pytest.mark.django_db
HEAD = "student_id,name,email,section\n"


def upload(text: str | bytes, name: str = "roster.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def hidden_in(html: str) -> dict[str, list[str]]:
    """The hidden fields of a page, as a browser would send them again."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', html):
        name, value = re.findall(r'name="([^"]*)"', tag), re.findall(r'value="([^"]*)"', tag)
        text = value[0] if value else ""
        for escape, char in (("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
            text = text.replace(escape, char)
        found.setdefault(name[0], []).append(text)
    return found


class Desk:
    """A person at one of the two pages, who goes on from what the last answer carried."""

    def __init__(self, person: Enrollment, route: str) -> None:
        assert person.user is not None
        self.client = Client()
        self.client.force_login(person.user)
        self.url = reverse(route, args=[person.course.slug])
        self.answer: Any = self.client.get(self.url)

    def send(self, **fields: Any) -> str:
        carried = hidden_in(self.html) if self.answer.status_code in {200, 409} else {}
        self.answer = self.client.post(self.url, {**carried, **fields})
        return self.html

    @property
    def html(self) -> str:
        return str(self.answer.content.decode())


@pytest.fixture
def course() -> Course:
    return make_course()


@pytest.fixture
def roster_desk(course: Course) -> Desk:
    return Desk(enroll(course, Role.INSTRUCTOR), "import-roster")


def test_a_roster_is_shown_confirmed_previewed_and_carried_out(course, roster_desk):
    stays, leaves = enroll(course, name="Stays Here"), enroll(course, name="Leaves Now")
    text = HEAD + f"{stays.student_id},Stays Renamed,,\nx900,Zoe New,zoe@example.edu,FLA\n"
    before = row_counts()

    html = roster_desk.send(uploads=upload(text))
    assert "1 new, 1 missing, 1 written otherwise" in html
    html = roster_desk.send(step="consider", newcomer="x900", drop=leaves.pk)
    assert "The roster roster.csv came in: 1 new, 1 dropped, 1 written otherwise." in html
    assert row_counts() == before
    roster_desk.send(step="do")

    assert roster_desk.answer.status_code == 302
    assert Enrollment.objects.get(student_id="x900").name == "Zoe New"
    leaves.refresh_from_db()
    assert leaves.state == "dropped"
    assert Act.objects.get().kind == "import_roster"


def test_all_plain_newcomers_come_in_by_one_tick_and_doubtful_ones_by_their_own(
    course, roster_desk
):
    person = enroll(course)
    slip = person.student_id[:-1] + "x"
    text = HEAD + f"{slip},Someone,,\nq900,Zoe New,,\nq901,Ian New,,\n"

    html = roster_desk.send(uploads=upload(text))
    assert f"Did you mean {person.student_id}" in html
    roster_desk.send(step="consider", all_newcomers="on")
    roster_desk.send(step="do")

    ids = Enrollment.objects.students().filter(course=course).values_list("student_id", flat=True)
    assert set(ids) == {person.student_id, "q900", "q901"}


def test_a_bad_roster_is_a_page_with_every_error_and_changes_nothing(roster_desk):
    before = row_counts()

    html = roster_desk.send(uploads=upload(HEAD + "s1,A,nobody,F\ns2,B,b@x.edu,F\ns2,C,,F\n"))

    assert roster_desk.answer.status_code == 422
    assert "roster.csv, row 2" in html
    assert "is not a mail address." in html
    assert "roster.csv, row 4" in html
    assert row_counts() == before


def test_what_was_shown_and_has_changed_since_is_not_carried_out(course, roster_desk):
    person = enroll(course)
    roster_desk.send(uploads=upload(HEAD + f"{person.student_id},Renamed,,\n"))
    roster_desk.send(step="consider")
    person.name = "Someone else wrote this"
    person.section = "LAB"
    person.student_id = "s-other"
    person.save()

    html = roster_desk.send(step="do")

    assert roster_desk.answer.status_code == 409
    assert "nothing was" in html or "Nothing was" in html
    person.refresh_from_db()
    assert person.name == "Someone else wrote this"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kept": "nonsense"},
        {"kept": '{"a.csv": "!"}'},
        {"kept": '["a"]'},
        {"kept": '{"a.csv": "AAAA"}', "mail_domain": "no domain"},
        {"uploads": upload(b"PK\x03\x04", "roster.xlsx")},
        {"uploads": upload(b"x" * (1024 * 1024 + 1))},
        {"uploads": upload(b"\xff\xfe\x00")},
        {"uploads": upload(b"\x00" * 40)},
    ],
)
def test_nonsense_is_answered_in_words(roster_desk, sent):
    for step in ("look", "consider", "do"):
        roster_desk.answer = roster_desk.client.post(roster_desk.url, {"step": step, **sent})
        assert roster_desk.answer.status_code == 422
        for file in filter(lambda value: hasattr(value, "seek"), sent.values()):
            file.seek(0)


# -- the schedule --------------------------------------------------------------------------------


@pytest.fixture
def schedule_desk(tmp_path: Any) -> Desk:
    imported(page(tmp_path, *ROWS), *CREATE, course="small", year=2027)
    return Desk(enroll(Course.objects.get(), Role.INSTRUCTOR), "import-schedule")


def test_a_schedule_is_shown_confirmed_previewed_and_carried_out(schedule_desk, tmp_path):
    file = page(
        tmp_path,
        *ROWS[:2],
        ROWS[2].replace("Feb 7", "Feb 10").replace("[C]", "[Another name]"),
        ROWS[4],
        "| Feb 19 | [E](https://e.example/) (Required) | | |\n",
    )
    open_course(course=Course.objects.get(), now=START)
    lost = Lecture.objects.get(starts_on="2027-02-12")

    html = schedule_desk.send(uploads=upload(file.read_bytes(), "README.md"))
    assert "date: 2027-02-07 →" in html
    assert "title: C →" in html
    html = schedule_desk.send(step="consider", drop=lost.pk, reason="As agreed.")
    assert "The schedule README.md came in: 1 taken out, 2 changes, 1 new in the schedule." in html
    assert Lecture.objects.count() == 4
    schedule_desk.send(step="do")

    assert schedule_desk.answer.status_code == 302
    assert Lecture.objects.count() == 4
    assert Reading.objects.filter(paper__title="Another name").exists()


def test_a_bad_table_is_a_page_with_every_error(schedule_desk, tmp_path):
    file = page(tmp_path, ROWS[1].replace("s001", "s0001"), ROWS[2].replace("Feb 7", "Feb 31"))
    before = row_counts()

    html = schedule_desk.send(uploads=upload(file.read_bytes(), "README.md"))

    assert schedule_desk.answer.status_code == 422
    assert "Did you mean &quot;s001&quot;?" in html
    assert "README.md, row 4" in html
    assert row_counts() == before


def test_the_same_schedule_offers_nothing_to_do(schedule_desk, tmp_path):
    html = schedule_desk.send(uploads=upload(page(tmp_path, *ROWS).read_bytes(), "README.md"))

    assert "The schedule is as the file has it" in html
    assert 'value="consider"' not in html


@pytest.mark.parametrize(
    "files",
    [
        {"a.md": b"no table here"},
        {"a.md": b"\xff\xfe\x00\x01"},
        {"a.md": b"", "b.md": b""},
        {"lectures.csv": b"\x00"},
        {"lectures.csv": b"date\n"},
        {"unknown.csv": b"a,b\n"},
        {"README": b"| Date | Readings |\n|---|---|\n| Feb 30 | [A](x) (Required) |\n"},
    ],
)
def test_nonsense_for_a_schedule_is_answered_in_words(schedule_desk, files):
    uploads = [upload(content or b" ", name) for name, content in files.items()]
    schedule_desk.send(uploads=uploads)

    is_only_unknown = set(files) == {"unknown.csv"}
    assert schedule_desk.answer.status_code == (200 if is_only_unknown else 422)


@pytest.mark.parametrize("student_count", [1, 3])
def test_the_pages_ask_the_database_the_same_number_of_times(
    course, roster_desk, student_count, django_assert_num_queries
):
    people = [enroll(course) for _ in range(student_count)]
    text = HEAD + "".join(f"{person.student_id},{person.name},,\n" for person in people)
    with django_assert_num_queries(3):
        roster_desk.send(uploads=upload(text))


@pytest.mark.parametrize("row_count", [1, 3])
def test_a_schedule_asks_the_database_as_often_for_one_row_as_for_three(
    tmp_path, row_count, django_assert_num_queries
):
    rows = [
        f"| Feb {day} | [R{day}](https://r.example/{day}) (Required) | s001, s002 | |\n"
        for day in range(5, 5 + row_count)
    ]
    imported(page(tmp_path, *rows), *CREATE, course="small", year=2027)
    desk = Desk(enroll(Course.objects.get(), Role.INSTRUCTOR), "import-schedule")
    with django_assert_num_queries(18):
        desk.send(uploads=upload(page(tmp_path, *rows).read_bytes(), "README.md"))
