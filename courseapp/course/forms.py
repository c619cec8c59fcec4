"""The shape of a course's texts and facts, a section at a time."""

from copy import copy
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from courseapp.course.models import Course, ExtensionPolicy
from courseapp.course.services import fingerprint

SECTIONS: dict[str, tuple[str, ...]] = {
    "description": ("title", "description"),
    "outcomes": ("outcomes",),
    "prerequisites": ("prerequisites",),
    "policies": ("policies", "extensions", "swaps_need_staff"),
    "project-ideas": ("project_ideas",),
    "resources": ("resources",),
    "place": ("room", "forum_url", "accent"),
}
TEXTAREA = forms.Textarea(attrs={"class": "in", "rows": 8})


class CourseForm(forms.ModelForm[Course]):
    """Some fields of a course, with a token of what was there when the form was shown."""

    seen = forms.CharField(widget=forms.HiddenInput)
    forum_url = forms.URLField(
        label="Forum URL",
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text="Where the course discusses, if outside of here.",
    )

    extensions = forms.ChoiceField(
        label="Extensions",
        choices=[
            (value, label[:1].upper() + label[1:]) for value, label in ExtensionPolicy.choices
        ],
        widget=forms.RadioSelect,
    )
    swaps_need_staff = forms.BooleanField(
        label="Staff confirm a swap of duties on which two groups agree", required=False
    )

    class Meta:
        model = Course
        fields = sorted({name for names in SECTIONS.values() for name in names})
        widgets = dict.fromkeys(
            ("description", "outcomes", "prerequisites", "policies", "project_ideas", "resources"),
            TEXTAREA,
        )


class OfficeHoursForm(forms.Form):
    """When and where a member of the staff can be met."""

    office_hours = forms.CharField(
        label="Office hours",
        max_length=200,
        required=False,
        help_text="Day, time and room, or a link to a video room.",
    )


def section_form(
    course: Course, section: str, *, sent: MultiValueDict[str, str] | None = None
) -> CourseForm:
    """Return the form of one section of the course page."""
    names = SECTIONS[section]
    form = CourseForm(
        sent,
        # A copy: checking a form sets its instance's fields, and the page prints the course.
        instance=copy(course),
        initial={"seen": fingerprint(course, names)},
        auto_id=f"{section}-%s",
    )
    form.order_fields(names)
    for other in [name for name in form.fields if name not in (*names, "seen")]:
        del form.fields[other]
    return form


def seen_anew(form: CourseForm, course: Course, section: str) -> None:
    """Let a refused form be sent again over what is there now."""
    form.data = {**dict(form.data.items()), "seen": fingerprint(course, SECTIONS[section])}


def changes_of(form: CourseForm) -> dict[str, Any]:
    """Return what a valid form would set."""
    return {name: value for name, value in form.cleaned_data.items() if name != "seen"}
