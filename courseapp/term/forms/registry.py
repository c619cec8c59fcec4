"""Which form makes which kind of action."""

from courseapp.term.forms.acting import ActForm
from courseapp.term.forms.deadlines import DEADLINE_FORMS
from courseapp.term.forms.groups import GROUP_FORMS
from courseapp.term.forms.meetings import MEETING_FORMS
from courseapp.term.forms.past import PAST_FORMS
from courseapp.term.forms.people import PEOPLE_FORMS
from courseapp.term.forms.readings import READING_FORMS
from courseapp.term.forms.roles import ROLE_FORMS
from courseapp.term.forms.rules import RULE_FORMS
from courseapp.term.forms.terms import TERMS_FORMS

FORMS: tuple[type[ActForm], ...] = (
    *GROUP_FORMS,
    *MEETING_FORMS,
    *PEOPLE_FORMS,
    *READING_FORMS,
    *ROLE_FORMS,
    *RULE_FORMS,
    *DEADLINE_FORMS,
    *TERMS_FORMS,
    *PAST_FORMS,
)


def form_for(kind: str) -> type[ActForm] | None:
    """Return the form of a kind of action; None where there is no such kind."""
    return next((form for form in FORMS if form.makes.kind == kind), None)
