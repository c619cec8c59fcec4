"""The forms by which it is set how work is taken."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from typing_extensions import override

from courseapp.course.models import ExtensionPolicy, QuestionsOwedBy, SlidesReaders
from courseapp.term.acts.action import Action
from courseapp.term.acts.handing_in import ChangeHandingIn
from courseapp.term.acts.terms import ChangeTerms, ChangeTermsOfOne
from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.deadlines import DeliverableChoice
from courseapp.term.forms.rows import fill, offer
from courseapp.term.terms_in_words import LATE_WORDS, accepted_words, late_words, pages_words
from submissions.deadlines import Kind
from submissions.emails import deliverable_words
from submissions.models import Deliverable
from submissions.rules import MOST_PAGES, FileForm, Terms, terms
from submissions.selectors.owed import KIND_WORDS
from submissions.selectors.terms import terms_of_kinds

LATE_CHOICES = [(policy.value, f"is {words}") for policy, words in LATE_WORDS.items()]
FORM_CHOICES = [(form.value, form.value) for form in FileForm]
OF_FILES = ("accepted", "pages_min", "pages_max")


class TermsForm(ActForm):
    """Late work, files and pages; empty is as usual."""

    late_policy = forms.ChoiceField(
        label="Late work", choices=LATE_CHOICES, widget=forms.RadioSelect, required=False
    )
    accepted = forms.MultipleChoiceField(
        label="Files that are taken",
        choices=FORM_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    pages_min = forms.IntegerField(
        label="Pages, at least", min_value=0, max_value=MOST_PAGES, required=False
    )
    pages_max = forms.IntegerField(
        label="Pages, at most", min_value=1, max_value=MOST_PAGES, required=False
    )

    def explain(self, kind: Kind, below: Terms, *, as_is: str) -> None:
        """Say what holds where a field is left empty; take away what the kind does not have."""
        if kind is Kind.QUESTION:
            for name in OF_FILES:
                del self.fields[name]
            return
        self.fields["accepted"].help_text = f"None ticked: {as_is}, {accepted_words(below)}."
        pages = pages_words(below) or "without a limit"
        self.fields[
            "pages_max"
        ].help_text = (
            f"Before the references. Left empty: {as_is}, {pages}. A wrong number only warns."
        )

    def of_files(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters about late work, files and pages."""
        return {
            "late_policy": cleaned["late_policy"],
            "accepted": tuple(cleaned.get("accepted", ())),
            "pages_min": cleaned.get("pages_min"),
            "pages_max": cleaned.get("pages_max"),
        }


class ChangeTermsForm(TermsForm):
    """How a kind of work is taken."""

    makes: ClassVar[type[Action]] = ChangeTerms

    of = forms.ChoiceField(
        label="What is handed in",
        choices=[(kind.value, words) for kind, words in KIND_WORDS.items()],
    )
    field_order = ("of", "late_policy", *OF_FILES)

    @override
    def fit(self) -> None:
        self.fields["late_policy"].required = True
        chosen = (self.data if self.is_bound else self.initial).get("of")
        if chosen not in set(Kind):
            return
        kind = Kind(chosen)
        self.fields["of"].widget = forms.HiddenInput()
        self.notes = (  # type: ignore[misc]  # of this one form
            f"{KIND_WORDS[kind]}: what is set here holds from now on, wherever one of them says"
            " nothing of its own. What was received stays as it was received."
        )
        now = terms_of_kinds(self.course)[kind]
        fill(self, {name: getattr(now, name) for name in ("late_policy", *OF_FILES)})
        self.explain(kind, terms(kind.value), as_is="as usual")

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {"of": cleaned["of"], **self.of_files(cleaned)}


class ChangeTermsOfOneForm(TermsForm):
    """How one deliverable is taken, unlike its kind."""

    makes: ClassVar[type[Action]] = ChangeTermsOfOne

    deliverable = DeliverableChoice(label="What is due")
    field_order = ("deliverable", "late_policy", *OF_FILES)

    @override
    def fit(self) -> None:
        due = Deliverable.objects.filter(
            course=self.course, withdrawn_at__isnull=True, due_at__isnull=False
        )
        found = offer(
            self, "deliverable", due.select_related("course", "lecture", "reading__paper")
        )
        as_kind = [("", "as its kind"), *LATE_CHOICES]
        late: Any = self.fields["late_policy"]
        late.choices = as_kind
        if found is None:
            return
        kind = Kind(found.kind)
        below = terms_of_kinds(self.course)[kind]
        late.choices = [("", f"as its kind: {late_words(below)}"), *LATE_CHOICES]
        what = deliverable_words(found)
        self.notes = f"{what}: what is set here holds for this one alone."  # type: ignore[misc]
        self.fields["deliverable"].widget = forms.HiddenInput()
        fill(self, {name: getattr(found, name) for name in ("late_policy", *OF_FILES)})
        self.explain(kind, below, as_is="as its kind")

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {"deliverable_id": cleaned["deliverable"].pk, **self.of_files(cleaned)}


class ChangeHandingInForm(ActForm):
    """What the course as a whole sets about handing in."""

    makes: ClassVar[type[Action]] = ChangeHandingIn

    questions_owed_by = forms.ChoiceField(
        label="Questions are owed by", choices=QuestionsOwedBy.choices, widget=forms.RadioSelect
    )
    extensions = forms.ChoiceField(
        label="Extensions", choices=ExtensionPolicy.choices, widget=forms.RadioSelect
    )
    final_slides_for = forms.ChoiceField(
        label="Final slides are read by", choices=SlidesReaders.choices, widget=forms.RadioSelect
    )
    summary_sections = forms.CharField(
        label="Sections of a summary",
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="One on each line, in their order. Empty: the usual five.",
    )
    allows_pledge = forms.BooleanField(
        label="A pledge counts: a file's hash and size in time, the same bytes within 30 minutes",
        required=False,
        help_text="For a slow line: the browser sends hash and size first, and the file after it.",
    )

    @override
    def fit(self) -> None:
        course = self.course
        names = ("questions_owed_by", "extensions", "final_slides_for", "allows_pledge")
        sections = "\n".join(course.summary_sections)
        fill(
            self,
            {**{name: getattr(course, name) for name in names}, "summary_sections": sections},
        )

    @override
    def parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {**cleaned, "summary_sections": tuple(cleaned["summary_sections"].splitlines())}


TERMS_FORMS: tuple[type[ActForm], ...] = (
    ChangeTermsForm,
    ChangeTermsOfOneForm,
    ChangeHandingInForm,
)
