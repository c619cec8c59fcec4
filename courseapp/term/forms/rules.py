"""The forms of actions on the course's rules and weights."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from courseapp.course.models import RuleName
from courseapp.term.acts.action import Action
from courseapp.term.acts.rules import ChangeRule, value_on
from courseapp.term.acts.weights import ChangeWeights
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.rows import DayField, fill
from courseapp.term.ruling import today_in
from grading.models import Component, Part

COMPONENT, PART = "component_", "part_"


class ChangeRuleForm(ActForm):
    """Another value for a rule, and the day from which it holds."""

    makes: ClassVar[type[Action]] = ChangeRule
    notes: ClassVar[str] = (
        "What is due for a lecture follows the rules of the lecture's own day. Earlier days keep"
        " what held then."
    )

    rule = forms.ChoiceField(label="Rule")
    value = forms.CharField(
        label="From then on",
        max_length=30,
        required=False,
        help_text="A whole number; for a role its name, or nothing for the usual one.",
    )
    holds_from = DayField(label="Holds from")

    @override
    def fit(self) -> None:
        today = today_in(self.course, now=self.now)
        self.fields["rule"].choices = [  # type: ignore[attr-defined]
            (name.value, f"{name.label[:1].upper()}{name.label[1:]} ({_now(self, name)})")
            for name in sorted(RuleName, key=lambda name: name.label)
        ]
        fill(self, {"holds_from": today})


def _now(form: ActForm, name: RuleName) -> str:
    value = value_on(form.course, name, today_in(form.course, now=form.now))
    return "the usual name" if value == "" else f"now {value}"


class ChangeWeightsForm(ActForm):
    """A weight for each component and each part."""

    makes: ClassVar[type[Action]] = ChangeWeights
    notes: ClassVar[str] = (
        "The weights hold for all grades of the term. The components add up to 100, and so do the"
        " parts inside each of them."
    )

    holds_from = DayField(label="Holds from", help_text="Today: weights change on the day itself.")

    @override
    def fit(self) -> None:
        fill(self, {"holds_from": today_in(self.course, now=self.now)})
        components = Component.objects.filter(course=self.course).prefetch_related("parts")
        for component in components:
            self.fields[f"{COMPONENT}{component.pk}"] = weight_field(component.name, component)
            parts = list(component.parts.all())
            for part in parts if len(parts) > 1 else []:
                label = f"{component.name}: {part.name}"
                self.fields[f"{PART}{part.pk}"] = weight_field(label, part)
        self.alone = [
            component.parts.all()[0] for component in components if component.parts.count() == 1
        ]

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        alone = tuple(f"{part.pk}={part.weight}" for part in self.alone)
        return {
            "holds_from": cleaned["holds_from"],
            "components": _entries(cleaned, COMPONENT),
            "parts": (*_entries(cleaned, PART), *alone),
        }


def weight_field(label: str, row: Component | Part) -> forms.DecimalField:
    """Return the field of one weight, with what it is now."""
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        decimal_places=3,
        initial=f"{row.weight.normalize():f}",
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )


def _entries(cleaned: Mapping[str, Any], prefix: str) -> tuple[str, ...]:
    return tuple(
        f"{name.removeprefix(prefix)}={value}"
        for name, value in cleaned.items()
        if name.startswith(prefix)
    )


RULE_FORMS: tuple[type[ActForm], ...] = (ChangeRuleForm, ChangeWeightsForm)
