"""The shape of what people send about the plan, rankings and slots."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from typing_extensions import override

from courseapp.kernel.templatetags.times import in_zone
from schedule.models import CellRule
from schedule.planning import Cell, Role, RoleNames
from schedule.selectors.slots import Meeting, SlotsPage
from schedule.services.drafting import CellEdit, Settlement
from schedule.services.slots import Opening

TIME_LIMITS = [(10, "10 seconds"), (60, "1 minute"), (300, "5 minutes"), (900, "15 minutes")]
USUAL_TIME_LIMIT = 60
USUAL_SLOT_MINUTES = 15


class CellForm(forms.Form):
    """What a group plays in a lecture."""

    role = forms.ChoiceField(label="Part in this lecture", required=False, widget=forms.RadioSelect)
    replaces = forms.BooleanField(
        label="Take the part from the group that holds it now", required=False, initial=True
    )

    def __init__(self, *args: Any, names: RoleNames, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = [(role.value, names.opening(role)) for role in Role]
        self.fields["role"].choices = [("", "No part"), *roles]  # type: ignore[attr-defined]

    def edit(self, *, group_id: int, lecture_id: int) -> CellEdit:
        """Return the edit that a valid form asks for."""
        role = self.cleaned_data["role"]
        return CellEdit(
            group_id=group_id,
            lecture_id=lecture_id,
            role=Role(role) if role else None,
            replaces=self.cleaned_data["replaces"],
        )


class SettleForm(forms.Form):
    """A rule about a cell, before the plan is solved."""

    rule = forms.ChoiceField(label="Rule", widget=forms.Select(attrs={"class": "in"}))
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "in"}),
    )

    def __init__(self, *args: Any, names: RoleNames, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            *[(f"fixed:{role.value}", f"Fixed: it {names.does(role)} here") for role in Role],
            *[
                (f"forbidden:{role.value}", f"Ruled out: it never {names.does(role)} here")
                for role in Role
            ],
            ("blackout:", "Away: it plays no part here at all"),
        ]

    def settlement(self, *, group_id: int, lecture_id: int) -> Settlement:
        """Return the rule that a valid form asks for."""
        rule, _, role = self.cleaned_data["rule"].partition(":")
        return Settlement(
            group_id=group_id,
            lecture_id=lecture_id,
            rule=CellRule(rule),
            role=Role(role) if role else None,
            reason=self.cleaned_data["reason"],
        )


class ExchangeForm(forms.Form):
    """Two groups that trade one role, as the page offered it: role.lecture.group.lecture.group."""

    exchange = forms.RegexField(r"^(presenter|authors|reviewers)(\.\d{1,18}){4}$")

    def cells(self) -> tuple[Cell, Cell]:
        """Return the two cells of a valid form."""
        role, *ids = self.cleaned_data["exchange"].split(".")
        first_lecture, first_group, second_lecture, second_group = map(int, ids)
        return (
            Cell(first_lecture, Role(role), first_group),
            Cell(second_lecture, Role(role), second_group),
        )


class SolveForm(forms.Form):
    """How long the planner may search."""

    seconds = forms.TypedChoiceField(
        label="Search for at most",
        choices=TIME_LIMITS,
        coerce=int,
        initial=USUAL_TIME_LIMIT,
        widget=forms.Select(attrs={"class": "in"}),
    )


class RankingForm(forms.Form):
    """A number for each thing that is ranked; what has none is not ranked."""

    def __init__(
        self, sent: Any = None, *, choices: Iterable[tuple[int, str]], ranks: Mapping[int, int]
    ) -> None:
        super().__init__(sent)
        for number, label in choices:
            self.fields[f"rank-{number}"] = forms.IntegerField(
                label=f"Rank of {label}",
                min_value=1,
                max_value=999,
                required=False,
                initial=ranks.get(number),
                widget=forms.NumberInput(attrs={"class": "in", "inputmode": "numeric"}),
            )

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse one number for two things: which comes first?"""
        found = super().clean() or {}
        numbers = [number for number in found.values() if number is not None]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise forms.ValidationError(
                f"The number {twice[0]} stands twice: give each a number of its own."
            )
        return found

    def order(self) -> list[int]:
        """Return the ids in the order of their numbers."""
        ranked = [
            (number, int(name.removeprefix("rank-")))
            for name, number in self.cleaned_data.items()
            if number is not None
        ]
        return [found for _, found in sorted(ranked)]


class OpeningForm(forms.Form):
    """Which meetings hold slots, and of what kind."""

    lectures = forms.TypedMultipleChoiceField(
        label="Meetings with slots",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    length = forms.IntegerField(
        label="Minutes for each slot",
        min_value=1,
        max_value=600,
        widget=forms.NumberInput(attrs={"class": "in"}),
    )
    capacity = forms.IntegerField(
        label="Groups in each slot",
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "in"}),
    )

    def __init__(self, sent: Any = None, *, page: SlotsPage) -> None:
        first = next(iter(page.slots.values()), None)
        ticked = {slot.lecture_id for slot in page.slots.values()}
        super().__init__(
            sent,
            initial={
                "lectures": sorted(ticked),
                "length": USUAL_SLOT_MINUTES if first is None else first.length_minutes,
                "capacity": 1 if first is None else first.capacity,
            },
        )
        field = self.fields["lectures"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(meeting.lecture.pk, _meeting_words(meeting)) for meeting in page.meetings]

    def opening(self) -> Opening:
        """Return what a valid form asks for."""
        return Opening(
            lecture_ids=frozenset(self.cleaned_data["lectures"]),
            length_minutes=self.cleaned_data["length"],
            capacity=self.cleaned_data["capacity"],
        )


class ArrangeForm(forms.Form):
    """A slot, or none, for each group."""

    def __init__(self, sent: Any = None, *, page: SlotsPage) -> None:
        super().__init__(sent)
        zone = page.course.timezone
        slots = [(line.slot.pk, in_zone(line.starts_at, zone)) for line in page.lines()]
        for group in page.groups:
            self.fields[f"group-{group.pk}"] = forms.TypedChoiceField(
                label=group.name,
                choices=[("", "no slot"), *slots],
                coerce=int,
                required=False,
                empty_value=None,
                initial=page.placements.get(group.pk),
                widget=forms.Select(attrs={"class": "in"}),
            )

    def placements(self) -> dict[int, int]:
        """Return the slot of each group that has one."""
        return {
            int(name.removeprefix("group-")): slot
            for name, slot in self.cleaned_data.items()
            if slot is not None
        }


def _meeting_words(meeting: Meeting) -> str:
    day = meeting.lecture.starts_on
    return f"{day:%a %b} {day.day}: {meeting.lecture.title}, {meeting.minutes} minutes"
