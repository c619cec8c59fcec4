"""How deliverables are taken, in words for pages, acts and mails."""

from courseapp.course.models import RuleName
from submissions.deadlines import Kind, LatePolicy
from submissions.rules import Terms

LATE_WORDS = {
    LatePolicy.NO_CREDIT: "kept, without credit",
    LatePolicy.CLOSED: "refused",
}
OWED_BY = {
    Kind.QUESTION: "each student without a role, for each required reading",
    Kind.SLIDES: "the group that presents",
    Kind.FINAL_SLIDES: "the group that presents",
    Kind.SUMMARY: "authors and reviewers, each group its own",
    Kind.PROPOSAL: "each group",
    Kind.MIDTERM: "each group",
    Kind.FINAL: "each group",
    Kind.REPORT: "each group",
    Kind.CODE: "each group",
}
# The rule that says when a kind is due, and how it says it.
DUE_RULES = {
    Kind.SLIDES: (RuleName.SLIDES_HOURS, "before the lecture"),
    Kind.FINAL_SLIDES: (RuleName.FINAL_SLIDES_HOURS, "after the lecture"),
    Kind.SUMMARY: (RuleName.SUMMARY_HOURS, "after the lecture"),
}
DUE_WORDS = {
    Kind.QUESTION: "when the lecture starts",
    Kind.PROPOSAL: "at its milestone",
    Kind.MIDTERM: "when the slot of the group starts",
    Kind.FINAL: "when the slot of the group starts",
    Kind.REPORT: "at its milestone",
    Kind.CODE: "at its milestone",
}


def late_words(terms: Terms) -> str:
    """Say what becomes of late work ("refused")."""
    return LATE_WORDS[LatePolicy(terms.late_policy)]


def accepted_words(terms: Terms) -> str:
    """Say which files are taken (".pptx or .ppt")."""
    return " or ".join(terms.accepted) or "text"


def pages_words(terms: Terms) -> str:
    """Say how many pages are asked for ("7 to 8"); empty where no number is."""
    least, most = terms.pages_min or 0, terms.pages_max
    if most is None:
        return f"at least {least}" if least else ""
    if least == most:
        return str(most)
    return f"{least} to {most}" if least else f"at most {most}"
