"""The forms of actions on groups: what a group has is asked for piece by piece (domain.md §13.2)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from typing_extensions import override

from courseapp.course.models import Enrollment
from courseapp.kernel.sent import row_id
from courseapp.term.acts.action import Action
from courseapp.term.acts.groups import (
    DissolveGroup,
    FoundGroup,
    MergeGroups,
    RenameGroup,
    SplitGroup,
)
from courseapp.term.acts.parts import NOBODY, OpenPart, open_parts
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.people import (
    LISTED_STUDENTS,
    GroupChoice,
    chosen_row,
    fill_in,
    fit_groups,
)
from groups.models import Group, Membership
from groups.selectors import groups_of

NAME_LENGTH = 80


class PiecesForm(ActForm):
    """A form about one group that asks of each of its members and parts what becomes of them.

    What there is to ask shows once the group is known. Fields that were not on the page when it was
    sent are shown before anything goes on.
    """

    group: forms.Field = GroupChoice(label="Group")

    @override
    def fit(self) -> None:
        fit_groups(self, "group")
        self.chosen: Group | None = chosen_row(self, "group", groups_of(self.course))
        self.parts: list[OpenPart] = []
        self.seats: list[Membership] = []
        self.is_incomplete = False
        if self.chosen is None:
            return
        self.parts = open_parts(self.course, [self.chosen.pk], now=self.now)
        current = Membership.objects.current().filter(group=self.chosen)
        self.seats = list(current.select_related("enrollment").order_by("seat"))
        others = groups_of(self.course).exclude(pk=self.chosen.pk)
        self.others = list(others.values_list("pk", "name"))
        self.ask(self.chosen)

    def ask(self, group: Group) -> None:
        """Add the fields about what the group has."""

    def offer(self, name: str, label: str, *, nobody: str, default: int = NOBODY) -> None:
        """Ask for a group, or none, for one member or part."""
        choices = [(NOBODY, nobody), *self.others]
        self.fields[name] = forms.TypedChoiceField(label=label, choices=choices, coerce=int)
        self.initial.setdefault(name, default)
        self.is_incomplete |= fill_in(self, {name: default})

    def offer_parts(self, *, default: int = NOBODY) -> None:
        """Ask of each open part who takes it."""
        for part in self.parts:
            stays = f"Stays with {part.assignment.group}: the lecture has begun"
            nobody = stays if part.has_begun else "Nobody yet: it is left open"
            self.offer(f"part_{part.pk}", part.words, nobody=nobody, default=default)

    @override
    def clean(self) -> dict[str, Any]:
        if self.is_incomplete:
            raise forms.ValidationError(
                "Say below what becomes of all that the group has; then go on."
            )
        return super().clean() or {}

    def taken(self, cleaned: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        """Return the parts with who takes each, side by side."""
        return {
            "parts": tuple(part.pk for part in self.parts),
            "takers": tuple(cleaned[f"part_{part.pk}"] for part in self.parts),
        }


class DissolveGroupForm(PiecesForm):
    """Which group ends, where its members go, and who takes its parts."""

    makes: ClassVar[type[Action]] = DissolveGroup
    notes: ClassVar[str] = (
        "The group ends now. What it handed in, and its credit, stays. Say where each member goes, "
        "and who takes each part that it still plays."
    )

    @override
    def ask(self, group: Group) -> None:
        for seat in self.seats:
            self.offer(f"member_{seat.pk}", f"{seat.enrollment} goes to", nobody="No group yet")
        self.offer_parts()

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "group_id": cleaned["group"].pk,
            "members": tuple(seat.enrollment_id for seat in self.seats),
            "goes_to": tuple(cleaned[f"member_{seat.pk}"] for seat in self.seats),
            **self.taken(cleaned),
        }


class MergeGroupsForm(PiecesForm):
    """Which group joins which, and who takes its parts."""

    makes: ClassVar[type[Action]] = MergeGroups
    notes: ClassVar[str] = (
        "All members of the one group join the other, which keeps its name and its project. What "
        "the one handed in, and its credit, stays with who was in it."
    )

    group: forms.Field = GroupChoice(label="This group ends")
    into: forms.Field = GroupChoice(label="Its members join")

    @override
    def fit(self) -> None:
        fit_groups(self, "into")
        self.target: Group | None = chosen_row(self, "into", groups_of(self.course))
        super().fit()
        if self.chosen is not None and not self.is_bound:
            others = groups_of(self.course).exclude(pk=self.chosen.pk)
            self.fields["into"].queryset = others  # type: ignore[attr-defined]

    @override
    def ask(self, group: Group) -> None:
        if self.target is not None and self.target != group:
            self.offer_parts(default=self.target.pk)

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        into_id = cleaned["into"].pk
        return {"group_id": cleaned["group"].pk, "into_id": into_id, **self.taken(cleaned)}

    @override
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("group") is not None and cleaned.get("group") == cleaned.get("into"):
            raise forms.ValidationError("A group cannot join itself; choose another one.")
        return cleaned


class SplitGroupForm(PiecesForm):
    """Who leaves together, what the new group is called, and which parts it takes."""

    makes: ClassVar[type[Action]] = SplitGroup
    notes: ClassVar[str] = (
        "Some members found a group of their own. The project, and all that was handed in, stays "
        "where it is; the new group begins a project of its own."
    )

    @override
    def ask(self, group: Group) -> None:
        people = [(seat.enrollment_id, str(seat.enrollment)) for seat in self.seats]
        self.fields["leaving"] = _ticks("Who leaves", people)
        self.fields["name"] = _name_field()
        if self.parts:
            parts = [(part.pk, part.words) for part in self.parts]
            self.fields["parts"] = _ticks("Parts that the new group takes", parts, required=False)
            self.fields["parts"].help_text = f"What is not ticked stays with {group}."

    @override
    def clean(self) -> dict[str, Any]:
        # On the page that only asked for the group there was nothing to tick yet.
        self.is_incomplete = "name" not in self.data
        return super().clean()

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "group_id": cleaned["group"].pk,
            "leaving": tuple(cleaned["leaving"]),
            "name": cleaned["name"],
            "parts": tuple(cleaned.get("parts", ())),
        }


def _ticks(
    label: str, choices: list[tuple[int, str]], *, required: bool = True
) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        required=required,
        widget=forms.CheckboxSelectMultiple,
    )


def _name_field() -> forms.CharField:
    return forms.CharField(
        label="Name of the new group",
        required=False,
        max_length=NAME_LENGTH,
        help_text="Without a name it gets the next number.",
    )


class RenameGroupForm(ActForm):
    """What a group is called from now on."""

    makes: ClassVar[type[Action]] = RenameGroup

    group: forms.Field = GroupChoice(label="Group")
    name = forms.CharField(label="New name", max_length=NAME_LENGTH)

    @override
    def fit(self) -> None:
        fit_groups(self, "group")
        chosen = chosen_row(self, "group", groups_of(self.course))
        if chosen is not None:
            self.initial.setdefault("name", chosen.name)


class StudentTicks(forms.ModelMultipleChoiceField[Enrollment]):
    """Students to tick, by name and id."""

    def __init__(self, **options: Any) -> None:
        ticks = forms.CheckboxSelectMultiple
        super().__init__(queryset=Enrollment.objects.none(), widget=ticks, **options)

    @override
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.student_id})" if obj.student_id else str(obj.name)


class FoundGroupForm(ActForm):
    """Who is put together."""

    makes: ClassVar[type[Action]] = FoundGroup

    name = _name_field()
    members = StudentTicks(label="Students without a group")

    @override
    def fit(self) -> None:
        free = _students_without_group(self)
        self.fields["members"].queryset = free  # type: ignore[attr-defined]
        if not free.exists():
            self.fields[
                "members"
            ].help_text = "Everyone is in a group. Split one, or move someone out."

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        people = tuple(cleaned["members"].values_list("pk", flat=True))
        return {"name": cleaned["name"], "member_ids": people}


def _students_without_group(form: ActForm) -> QuerySet[Enrollment]:
    """Return whom the list offers: the first by name, and who was chosen already."""
    seated = Membership.objects.current().values("enrollment")
    students = Enrollment.objects.active().students().filter(course=form.course)
    free = students.exclude(pk__in=seated).order_by("name", "pk")
    first = set(free.values_list("pk", flat=True)[:LISTED_STUDENTS])
    data: Any = form.data
    sent = data.getlist("members") if form.is_bound else [form.initial.get("members")]
    asked = {found for found in map(row_id, sent) if found is not None}
    return free.filter(pk__in=first | asked)


GROUP_FORMS: tuple[type[ActForm], ...] = (
    DissolveGroupForm,
    FoundGroupForm,
    MergeGroupsForm,
    RenameGroupForm,
    SplitGroupForm,
)
