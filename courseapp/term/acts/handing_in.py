"""How the whole course hands in: pledges, who reads what, sections, extensions (domain.md §4, §5)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import (
    SUMMARY_SECTIONS,
    Course,
    ExtensionPolicy,
    QuestionsOwedBy,
    SlidesReaders,
)
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from submissions.selectors.extensions import overriding_count

SECTION_LENGTH = 120
MOST_SECTIONS = 20


@dataclass(frozen=True)
class ChangeHandingIn(Action):
    """Set how the course as a whole hands in; the sections are those of a summary, in their order."""

    kind: ClassVar[str] = "change_handing_in"
    words: ClassVar[str] = "Change how the course hands in"
    permission: ClassVar[Permission] = Permission.CHANGE_SETTINGS
    needs_reason: ClassVar[bool] = True

    allows_pledge: bool
    final_slides_for: str
    questions_owed_by: str
    extensions: str
    summary_sections: tuple[str, ...]

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        wanted = self._wanted()
        course = scene.course
        changed = {name for name, value in wanted.items() if getattr(course, name) != value}
        if not changed:
            raise Refused(Denied("no_change", "This is how the course hands in already."))
        for name in changed:
            setattr(course, name, wanted[name])
        course.save(update_fields=sorted(changed))
        said = "; ".join(SENTENCES[name](course) for name in sorted(changed))
        sentence = f"From now on: {said}."
        return Outcome(
            sentence=sentence, public_sentence=sentence, lines=tuple(_notes(course, changed))
        )

    def _wanted(self) -> dict[str, Any]:
        """Return the columns as they are to be; raise `Refused` where they cannot be."""
        for value, known in (
            (self.final_slides_for, SlidesReaders.values),
            (self.questions_owed_by, QuestionsOwedBy.values),
            (self.extensions, ExtensionPolicy.values),
        ):
            if value not in known:
                raise Refused(Denied("no_such_choice", "Choose one of what is offered."))
        return {
            "allows_pledge": self.allows_pledge,
            "final_slides_for": self.final_slides_for,
            "questions_owed_by": self.questions_owed_by,
            "extensions": self.extensions,
            "summary_sections": _sections(self.summary_sections),
        }


def _sections(lines: Iterable[str]) -> list[str]:
    """Return the sections, tidied; without any, the usual ones."""
    sections = [" ".join(line.split()) for line in lines if line.strip()]
    if any(len(section) > SECTION_LENGTH for section in sections):
        raise Refused(
            Denied("section_too_long", f"A section has at most {SECTION_LENGTH} characters.")
        )
    if len(sections) > MOST_SECTIONS or len(set(sections)) < len(sections):
        sentence = f"Name each section once, and at most {MOST_SECTIONS} of them."
        raise Refused(Denied("sections", sentence))
    return sections or list(SUMMARY_SECTIONS)


SENTENCES: dict[str, Callable[[Course], str]] = {
    "allows_pledge": lambda course: (
        "the fingerprint of a file, sent in time, stands for bytes that follow within 30 minutes"
        if course.allows_pledge
        else "only bytes that are in by the deadline are on time"
    ),
    "final_slides_for": lambda course: (
        f"final slides are on the schedule for {SlidesReaders(course.final_slides_for).label}"
    ),
    "questions_owed_by": lambda course: (
        "questions are owed by everyone, whoever holds a role too"
        if course.questions_owed_by == QuestionsOwedBy.EVERYONE
        else "whoever holds a role in a lecture owes no question for it"
    ),
    "extensions": lambda course: (
        f"extensions are {ExtensionPolicy(course.extensions).label.replace(';', ', and')}"
        if course.extensions == ExtensionPolicy.NONE
        else f"extensions are given {ExtensionPolicy(course.extensions).label}"
    ),
    "summary_sections": lambda course: (
        f"a summary has the sections {', '.join(course.summary_sections)}"
    ),
}


def _notes(course: Course, changed: set[str]) -> Iterable[str]:
    if "extensions" in changed:
        count = overriding_count(course)
        if count:
            yield f"{count} that stand already are counted on the health page from now on."
    if "summary_sections" in changed:
        yield "Summaries that came in already, and their checks, stay as they are."
    if "final_slides_for" in changed:
        yield "This holds for the slides that are on the schedule already, too."


register(ChangeHandingIn)
