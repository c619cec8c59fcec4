"""Rules of the course: one changes in mid-term, from a day on (domain.md §13.7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from typing_extensions import override

from courseapp.course.actors import Permission
from courseapp.course.models import Course, RuleChange, RuleName
from courseapp.course.selectors import rule_book
from courseapp.kernel.decisions import Denied, Refused
from courseapp.term.acts.action import Action, Outcome, Scene, register
from courseapp.term.acts.playing import broken_by_key
from courseapp.term.ruling import ROLE_OF, SIZES, settle_rules, standing_value, today_in
from schedule.planning import MINIMUM_DISTANCE, RoleNames
from submissions.deadlines import FINAL_SLIDES_WINDOW, SLIDES_NOTICE, SUMMARY_WINDOW

HOUR = timedelta(hours=1)
USUAL = RoleNames()
# The least and the most that a rule can be, and what it is before any change.
HOURS = {
    RuleName.SLIDES_HOURS: SLIDES_NOTICE // HOUR,
    RuleName.FINAL_SLIDES_HOURS: FINAL_SLIDES_WINDOW // HOUR,
    RuleName.SUMMARY_HOURS: SUMMARY_WINDOW // HOUR,
}
MOST = {
    **dict.fromkeys(HOURS, 336),
    **dict.fromkeys(SIZES, 50),
    RuleName.DUTY_DISTANCE_DAYS: 60,
}
LEAST = dict.fromkeys(SIZES, 1)
NAME_LENGTH = 30
SENTENCES: dict[RuleName, Callable[[int | str], str]] = {
    RuleName.SLIDES_HOURS: lambda value: f"slides are due {value} hours before a lecture",
    RuleName.FINAL_SLIDES_HOURS: lambda value: (
        f"final slides are due {value} hours after a lecture"
    ),
    RuleName.SUMMARY_HOURS: lambda value: f"summaries are due {value} hours after a lecture",
    RuleName.GROUP_SIZE_MIN: lambda value: f"a group has at least {value} members",
    RuleName.GROUP_SIZE_MAX: lambda value: f"a group has at most {value} members",
    RuleName.DUTY_DISTANCE_DAYS: lambda value: f"a group's duties lie at least {value} days apart",
    **{
        name: lambda value, role=role: f"the {USUAL.noun(role).lower()} are called “{value}”"  # type: ignore[misc]
        for name, role in ROLE_OF.items()
    },
}


@dataclass(frozen=True)
class ChangeRule(Action):
    """Let a rule be another from a day on; an empty name gives a role its usual one back."""

    kind: ClassVar[str] = "change_rule"
    words: ClassVar[str] = "Change a rule"
    permission: ClassVar[Permission] = Permission.CHANGE_SETTINGS
    needs_reason: ClassVar[bool] = True

    rule: str
    value: str
    holds_from: date

    @override
    def carry_out(self, scene: Scene) -> Outcome:
        name = _rule_named(self.rule)
        value = _name(self.value) if name in ROLE_OF else _number(name, self.value)
        self._require_its_day(name, scene)
        replaced = value_on(scene.course, name, self.holds_from)
        if replaced == value:
            raise Refused(Denied("no_change", "This is what holds on that day already."))
        broken = broken_by_key(scene.course, now=scene.now)
        RuleChange.objects.create(
            course=scene.course,
            name=name,
            value=value,
            replaced=replaced,
            holds_from=self.holds_from,
            reason=scene.reason,
            set_at=scene.now,
        )
        _require_sizes_in_order(scene, self.holds_from)
        waived = settle_rules(course=scene.course, now=scene.now, by=scene.actor.enrollment)
        sentence = _sentence(name, value, replaced, self.holds_from)
        return Outcome(
            sentence=sentence,
            public_sentence=sentence,
            class_concerned=name in SIZES or name in ROLE_OF,
            lines=(*waived, *_breached(scene, broken), *self._later(name, scene)),
        )

    def _require_its_day(self, name: RuleName, scene: Scene) -> None:
        """Let what hangs on lectures hold from any day on, all else from today on at the earliest."""
        if name not in HOURS and self.holds_from < today_in(scene.course, now=scene.now):
            message = "This cannot have been another rule in the past; choose today or a later day."
            raise Refused(Denied("in_the_past", message))

    def _later(self, name: RuleName, scene: Scene) -> tuple[str, ...]:
        if name in HOURS or self.holds_from <= today_in(scene.course, now=scene.now):
            return ()
        return ("Nothing changes before that day; on it, the new rule holds by itself.",)


def _rule_named(name: str) -> RuleName:
    if name not in RuleName.values:
        raise Refused(Denied("no_such_rule", "Choose one of the rules in the list."))
    return RuleName(name)


def _number(name: RuleName, text: str) -> int:
    least, most = LEAST.get(name, 0), MOST[name]
    value = int(text) if text.strip().isdecimal() and len(text.strip()) < 6 else -1
    if not least <= value <= most:
        message = f"Write a whole number from {least} to {most}."
        raise Refused(Denied("bad_number", message))
    return value


def _name(text: str) -> str:
    value = " ".join(text.split())
    if len(value) > NAME_LENGTH:
        message = f"Write a name of at most {NAME_LENGTH} characters."
        raise Refused(Denied("name_too_long", message))
    return value


def value_on(course: Course, name: RuleName, day: date) -> int | str:
    """Return what holds on a day as things stand."""
    defaults: dict[RuleName, int | str] = {**HOURS}
    defaults[RuleName.DUTY_DISTANCE_DAYS] = MINIMUM_DISTANCE.days
    if name in SIZES or name in ROLE_OF:
        defaults[name] = standing_value(course, name)
    value: int | str = rule_book(course).value(name, on=day, default=defaults[name])
    return value


def _require_sizes_in_order(scene: Scene, holds_from: date) -> None:
    """Raise `Refused` where, on some day from then on, the least were more than the most."""
    book = rule_book(scene.course)
    days = {holds_from} | {
        one.holds_from for one in book.changes if one.name in SIZES and one.holds_from > holds_from
    }
    for day in sorted(days):
        least, most = (value_on(scene.course, name, day) for name in SIZES)
        if int(least) > int(most):
            message = (
                f"A group would have at least {least} and at most {most} members from {day} on."
            )
            raise Refused(Denied("sizes_crossed", f"{message} Change the other size first."))


def _breached(scene: Scene, before: dict[str, str]) -> list[str]:
    """Say which duties the rule speaks against from now on: they stay as they are."""
    after = broken_by_key(scene.course, now=scene.now)
    return [f"Stays as it is: {sentence}" for key, sentence in after.items() if key not in before]


def _sentence(name: RuleName, value: int | str, replaced: int | str, holds_from: date) -> str:
    day = f"{holds_from:%a %b} {holds_from.day}"
    if name in ROLE_OF and not value:
        return (
            f"From {day} on, the {USUAL.noun(ROLE_OF[name]).lower()} have their usual name again."
        )
    was = f" (until then {replaced})" if replaced != "" else ""
    return f"From {day} on, {SENTENCES[name](value)}{was}."


register(ChangeRule)
