"""The forms of actions on roles: swapping duties, and who plays a part."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.term.acts.action import Action
from courseapp.term.acts.roles import PutInRole, SwapDuties
from courseapp.term.acts.rows import when_words
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.people import GroupChoice, StudentChoice, fit_groups
from courseapp.term.forms.rows import LectureChoice, offer, rows_of
from courseapp.term.ruling import today_in
from schedule.models import GroupRole, Lecture, LectureKind, RoleAssignment
from schedule.planning import RoleNames
from schedule.selectors.role_names import role_names


class PartChoice(forms.ModelChoiceField[RoleAssignment]):
    """A part that a group plays, by the group, what it does, and the lecture."""

    names = RoleNames({})

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=RoleAssignment.objects.none(), **options)

    @override
    def label_from_instance(self, obj: Any) -> str:
        does = self.names.does(obj.role)
        return f"{obj.group} {does} in {obj.lecture} ({when_words(obj.lecture)})"


def coming(form: ActForm) -> QuerySet[Lecture]:
    """Return the lectures that have not begun."""
    return _lectures(form).exclude(_begun(form))


def begun(form: ActForm) -> QuerySet[Lecture]:
    """Return the lectures that have begun."""
    return _lectures(form).filter(_begun(form)).order_by("-position")


def _lectures(form: ActForm) -> QuerySet[Lecture]:
    return rows_of(form).filter(kind=LectureKind.LECTURE)


def _begun(form: ActForm) -> Q:
    today = today_in(form.course, now=form.now)
    return Q(starts_at__lte=form.now) | Q(starts_at__isnull=True, starts_on__lt=today)


class SwapDutiesForm(ActForm):
    """Two duties of two groups."""

    makes: ClassVar[type[Action]] = SwapDuties
    notes: ClassVar[str] = (
        "Each of the two groups takes over the other's part, at one moment, with all that is due for"
        " it. The parts may lie in different lectures and be different ones."
    )

    first = PartChoice(label="This duty")
    second = PartChoice(label="For this one")

    @override
    def fit(self) -> None:
        parts = RoleAssignment.objects.current().filter(lecture__in=coming(self))
        ordered = parts.select_related("lecture", "group").order_by("lecture__position", "position")
        for name in ("first", "second"):
            self.fields[name].names = role_names(self.course)  # type: ignore[attr-defined]
            offer(self, name, ordered)


class StaffChoice(forms.ModelChoiceField[Enrollment]):
    """A member of the course's staff."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Enrollment.objects.none(), **options)


class StudentsChoice(forms.ModelMultipleChoiceField[Enrollment]):
    """Some students of the course, by name and id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Enrollment.objects.none(), **options)

    @override
    def label_from_instance(self, obj: Any) -> str:
        return StudentChoice.label_from_instance(StudentChoice(), obj)


class PlayersForm(ActForm):
    """Who plays a part: a group, staff, a guest, single students, or nobody."""

    lecture = LectureChoice(label="Lecture")
    role = forms.ChoiceField(label="Role")
    staff = StaffChoice(label="Staff", required=False)
    guest = forms.CharField(label="A guest, by name", max_length=200, required=False)
    students = StudentsChoice(
        label="Single students",
        required=False,
        help_text="Several: with Ctrl or ⌘ held down.",
    )

    @override
    def fit(self) -> None:
        names = role_names(self.course)
        roles = [(role, names.noun(role)) for role in GroupRole.values]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        people = Enrollment.objects.active().filter(course=self.course).order_by("name", "pk")
        self.fields["staff"].queryset = people.staff()  # type: ignore[attr-defined]
        self.fields["students"].queryset = people.students()  # type: ignore[attr-defined]

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        kept = super().parameters(cleaned)
        # Left empty, it goes by the field's name.
        kept.setdefault("staff_id", kept.pop("staff", None))
        return kept


class PutInRoleForm(PlayersForm):
    """Who plays a part in a lecture that comes."""

    makes: ClassVar[type[Action]] = PutInRole
    notes: ClassVar[str] = (
        "Choose a group, a member of the staff, a guest or single students; with all of them empty,"
        " nobody plays the part any more. A lecture that staff or a guest presents asks no group for"
        " slides and summaries."
    )

    group = GroupChoice(label="A group", required=False)
    is_beside = forms.BooleanField(label="Beside those who play it already", required=False)
    field_order = ("lecture", "role", "group", "staff", "guest", "students", "is_beside")

    @override
    def fit(self) -> None:
        super().fit()
        offer(self, "lecture", coming(self))
        fit_groups(self, "group")

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        kept = super().parameters(cleaned)
        kept.setdefault("group_id", kept.pop("group", None))
        return kept


ROLE_FORMS: tuple[type[ActForm], ...] = (SwapDutiesForm, PutInRoleForm)
