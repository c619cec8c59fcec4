"""The course page, edited in place: one section at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.datastructures import MultiValueDict

from courseapp.course.actors import Actor
from courseapp.course.forms import SECTIONS, CourseForm, section_form
from courseapp.course.models import Course
from courseapp.course.selectors import course_of_member


@dataclass(frozen=True)
class Section:
    """A section of the course page that can be edited."""

    course: Course
    name: str


def section_of(actor: Actor, *, now: datetime, section: str) -> Section | None:
    """Return a section of the actor's course; None where there is no such section."""
    course = course_of_member(actor, now=now)
    if course is None or section not in SECTIONS:
        return None
    return Section(course=course, name=section)


def forms_of(
    course: Course, *, sent_section: str = "", sent: CourseForm | None = None
) -> dict[str, CourseForm]:
    """Return the form of each section by its name; the one that was sent stays as it was sent."""
    forms: dict[str, CourseForm] = {}
    for name in SECTIONS:
        fresh = section_form(course, name)
        forms[name.replace("-", "_")] = sent if sent and name == sent_section else fresh
    return forms


def sent_form(section: Section, sent: MultiValueDict[str, str]) -> CourseForm:
    """Return the form as it was sent."""
    return section_form(section.course, section.name, sent=sent)
