"""The forms of actions on people."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from typing_extensions import override

from courseapp.course.models import Enrollment, EnrollmentState
from courseapp.kernel.sent import row_id
from courseapp.term.acts.action import Action
from courseapp.term.acts.people import (
    AddStudent,
    ChangeStudent,
    DropStudent,
    MoveStudent,
    ReinstateStudent,
)
from courseapp.term.forms.acting import ActForm
from groups.models import Group, Membership
from groups.selectors import groups_of

# More students than this are chosen on the roster, page by page, and not in one list.
LISTED_STUDENTS = 300
ENTRY = ("name", "email", "student_id", "section")


class StudentChoice(forms.ModelChoiceField[Enrollment]):
    """A student of the course, by name and id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Enrollment.objects.none(), label="Student", **options)

    @override
    def label_from_instance(self, obj: Any) -> str:
        known_by = obj.student_id or obj.email
        return f"{obj.name} ({known_by})" if known_by and known_by != obj.name else str(obj.name)


class GroupChoice(forms.ModelChoiceField[Group]):
    """A standing group of the course."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Group.objects.none(), **options)


class PersonForm(ActForm):
    """A form about one student; `people` are those it offers."""

    enrollment: forms.Field = StudentChoice()

    @override
    def fit(self) -> None:
        self.person = chosen_row(self, "enrollment", self.people())
        offered = _listed(self.people(), self.person)
        self.fields["enrollment"].queryset = offered  # type: ignore[attr-defined]
        if self.person is None and not offered.exists():
            self.fields["enrollment"].help_text = "Choose the student on the roster first."
        if "group" in self.fields:
            fit_groups(self, "group")

    def people(self) -> QuerySet[Enrollment]:
        """Return the students that the action can be about."""
        return (
            Enrollment.objects.active().students().filter(course=self.course).order_by("name", "pk")
        )

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return with_no_group(super().parameters(cleaned))


def _listed(people: QuerySet[Enrollment], chosen: Enrollment | None) -> QuerySet[Enrollment]:
    """Return the students that a list offers: all, or in a large course only the one who was chosen."""
    if people.count() <= LISTED_STUDENTS:
        return people
    return people.none() if chosen is None else people.filter(pk=chosen.pk)


def chosen_row(form: ActForm, name: str, rows: QuerySet[Any]) -> Any:
    """Return the row that was chosen in a field, or that the form was opened with; else None."""
    sent = form.data.get(name) if form.is_bound else form.initial.get(name)
    chosen = row_id(sent)
    return None if chosen is None else rows.filter(pk=chosen).first()


def fit_groups(form: ActForm, name: str) -> None:
    """Let a field offer the course's standing groups."""
    form.fields[name].queryset = groups_of(form.course)  # type: ignore[attr-defined]


def with_no_group(parameters: dict[str, Any]) -> dict[str, Any]:
    """Name the parameter of a group that was left empty as that of one that was chosen."""
    return {"group_id" if name == "group" else name: value for name, value in parameters.items()}


class DropStudentForm(PersonForm):
    """Who leaves the course."""

    makes: ClassVar[type[Action]] = DropStudent
    notes: ClassVar[str] = (
        "They owe nothing from now on and get no mail but the one about this. What they handed in, "
        "and its credit, stays; a wrong drop can be undone, also days later."
    )


class ReinstateStudentForm(PersonForm):
    """Who is back, and in which group."""

    makes: ClassVar[type[Action]] = ReinstateStudent
    notes: ClassVar[str] = (
        "For a student who was dropped: they are back as if they had never left, with a week from "
        "now for what fell due meanwhile. Where the drop can still be undone, undo it instead: the "
        "list of changes offers it."
    )

    group = GroupChoice(
        label="Group",
        required=False,
        empty_label="No group yet",
        help_text="In the group that they left by being dropped, they go on from there; in another "
        "they begin now.",
    )

    @override
    def people(self) -> QuerySet[Enrollment]:
        dropped = Enrollment.objects.students().filter(state=EnrollmentState.DROPPED)
        return dropped.filter(course=self.course).order_by("name", "pk")

    @override
    def fit(self) -> None:
        super().fit()
        if self.person is not None:
            self.initial.setdefault("group", _last_group_id(self.person))


def _last_group_id(person: Enrollment) -> int | None:
    last = Membership.objects.filter(enrollment=person).order_by("-starts_at").first()
    return None if last is None else last.group_id


class AddStudentForm(ActForm):
    """Who comes late."""

    makes: ClassVar[type[Action]] = AddStudent
    notes: ClassVar[str] = (
        "What fell due before today is not theirs. They sign in with the address by a code that "
        "comes by mail."
    )

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(
        label="Mail address",
        required=False,
        max_length=254,
        help_text="By it they sign in; without one they get no mail until it is added.",
    )
    student_id = forms.CharField(label="Student id", required=False, max_length=60)
    section = forms.CharField(label="Section", required=False, max_length=40)
    group = GroupChoice(label="Group", required=False, empty_label="No group yet")

    @override
    def fit(self) -> None:
        fit_groups(self, "group")

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return with_no_group(super().parameters(cleaned))


class ChangeStudentForm(PersonForm):
    """How a student's entry should read; it is asked for once it is known whose."""

    makes: ClassVar[type[Action]] = ChangeStudent

    name = forms.CharField(label="Name", max_length=200)
    email = forms.EmailField(
        label="Mail address",
        required=False,
        max_length=254,
        help_text="Mail goes there from now on. Who has signed in already stays the same person.",
    )
    student_id = forms.CharField(label="Student id", required=False, max_length=60)
    section = forms.CharField(label="Section", required=False, max_length=40)
    is_other_person = forms.BooleanField(
        label="This was another person: let the new address claim it",
        required=False,
        help_text="For an address that was someone else's: whoever signed in with it loses this "
        "entry, and whoever proves the new one has it.",
    )

    @override
    def people(self) -> QuerySet[Enrollment]:
        return Enrollment.objects.students().filter(course=self.course).order_by("name", "pk")

    @override
    def fit(self) -> None:
        super().fit()
        self.is_incomplete = False
        if self.person is None or self.person.user_id is None:
            del self.fields["is_other_person"]
        if self.person is None:
            for name in ENTRY:
                del self.fields[name]
            return
        stands = {name: getattr(self.person, name) for name in ENTRY}
        self.initial = {**stands, **self.initial}
        self.is_incomplete = fill_in(self, stands)

    @override
    def clean(self) -> dict[str, Any]:
        if self.is_incomplete:
            raise forms.ValidationError("Correct below what is wrong; then go on.")
        return super().clean() or {}


def fill_in(form: ActForm, values: Mapping[str, Any]) -> bool:
    """Give a sent form the values of fields that were not on the page yet; say whether there were any."""
    missing = {name: value for name, value in values.items() if name not in form.data}
    if not form.is_bound or not missing:
        return False
    sent: Any = form.data
    form.data = sent.copy()
    for name, value in missing.items():
        form.data[name] = str(value)  # type: ignore[index]  # a copy of what was sent can be changed
    return True


class MoveStudentForm(PersonForm):
    """Who goes where."""

    makes: ClassVar[type[Action]] = MoveStudent
    notes: ClassVar[str] = (
        "From now on they work with the other group. What fell due before stays theirs, with its "
        "credit."
    )

    group = GroupChoice(label="To", required=False, empty_label="Out: in no group")

    @override
    def fit(self) -> None:
        super().fit()
        present = None if self.person is None else _present_group(self.person)
        if present is not None:
            self.fields["group"].help_text = f"Now in {present}."


def _present_group(person: Enrollment) -> Group | None:
    current = Membership.objects.current().filter(enrollment=person).select_related("group")
    membership = current.first()
    return None if membership is None else membership.group


PEOPLE_FORMS: tuple[type[ActForm], ...] = (
    AddStudentForm,
    ChangeStudentForm,
    DropStudentForm,
    MoveStudentForm,
    ReinstateStudentForm,
)
