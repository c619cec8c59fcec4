"""What the reader takes fits into the database, so a good folder never fails half-way."""

from decimal import Decimal

import pytest

from courseapp.course.models import Course, Enrollment
from courseapp.term.formats.cells import (
    MAX_COURSE_TITLE_LENGTH,
    MAX_LENGTH,
    MAX_LENGTHS,
    MAX_WHOLE_NUMBER,
)
from grading.models import Component
from groups.models import Group
from schedule.models import Lecture, Milestone, OtherPresenter, Reading

COLUMNS = [
    ("code", Course, "code"),
    ("days", Course, "meeting_days"),
    ("email", Enrollment, "email"),
    ("group", Group, "name"),
    ("institution", Course, "institution"),
    ("label", Lecture, "label"),
    ("login", Enrollment, "login"),
    ("milestone", Milestone, "title"),
    ("module", Lecture, "module"),
    ("name", Enrollment, "name"),
    ("name", OtherPresenter, "name"),
    ("office_hours", Enrollment, "office_hours"),
    ("room", Course, "room"),
    ("section", Course, "section"),
    ("section", Enrollment, "section"),
    ("sections", Reading, "sections"),
    ("student_id", Enrollment, "student_id"),
    ("term", Course, "term"),
    ("topic", Lecture, "topic"),
]


@pytest.mark.parametrize(("column", "model", "field"), COLUMNS)
def test_no_cell_is_longer_than_its_column(column, model, field):
    assert model._meta.get_field(field).max_length >= MAX_LENGTHS.get(column, MAX_LENGTH)


def test_a_course_title_fits():
    length = Course._meta.get_field("title").max_length
    assert length is not None
    assert length >= MAX_COURSE_TITLE_LENGTH


def test_positions_fit_into_small_integers():
    assert MAX_WHOLE_NUMBER <= 32767


def test_half_of_a_weight_fits():
    unit = Decimal(10) ** -Component._meta.get_field("weight").decimal_places
    assert (Decimal("0.01") / 2) % unit == 0
