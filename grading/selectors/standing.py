"""Where a student stands: what counts, from what, and the two totals (domain.md §10)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from courseapp.course.actors import Actor
from courseapp.course.models import Course, CourseState
from grading.models import Grade, Scoring
from grading.rules import SHORT_NAMES
from grading.selectors.awards import awards_visible_to, feeds
from grading.selectors.plan import PlannedComponent, PlannedPart, parts_for
from grading.weights import (
    ComponentScore,
    CourseTotals,
    Number,
    PartScore,
    PartState,
    attendance,
    combined,
    course_totals,
    fraction_of,
    part_state,
    question_score,
    shown,
)
from submissions.selectors.owed import Duty, duties

# What lies between two components of the grade bar, in per cent of its width.
GAP = Decimal("0.35")
STATE_WORDS = {
    PartState.OPEN: ("open", ""),
    PartState.UNGRADED: ("not graded yet", "draft"),
    PartState.MISSING: ("missing, 0", "bad"),
    PartState.GRADED: ("graded", "ok"),
    PartState.EXEMPT: ("does not count", "lock"),
}


@dataclass(frozen=True)
class Mark:
    """One hand-in or event of a part, as the student sees it."""

    what: str
    state_word: str
    state_tone: str
    points: Decimal | None
    points_max: Decimal
    comment: str
    grader: str


@dataclass(frozen=True)
class PartLine:
    """One part: its weight, its score in percent, and its marks."""

    part: PlannedPart
    state_word: str
    state_tone: str
    percent: Decimal | None
    marks: list[Mark]

    @property
    def only_mark(self) -> Mark | None:
        """Return the mark where there is just one: it is shown in the part's own row."""
        return self.marks[0] if len(self.marks) == 1 else None

    @property
    def counts(self) -> str:
        """Say how many of the marks stand where: "11 on time, full credit, 22 open"."""
        found = Counter(mark.state_word for mark in self.marks)
        return ", ".join(f"{count} {word}" for word, count in found.most_common())


@dataclass(frozen=True)
class ComponentLine:
    """One component: points of 100 that are earned, lost and open."""

    component: PlannedComponent
    parts: list[PartLine]
    earned: Decimal
    lost: Decimal
    open: Decimal


@dataclass(frozen=True)
class Standing:
    """Both totals, rounded for showing, and how they come about.

    `so_far` is in percent of `graded_weight`, None while nothing is graded.
    """

    components: list[ComponentLine]
    so_far: Decimal | None
    if_nothing_more: Decimal | None
    graded_weight: Decimal
    earned: Decimal
    lost: Decimal
    open: Decimal


@dataclass(frozen=True)
class _Evidence:
    """What one student's standing is made from, read once."""

    course: Course
    now: datetime
    owed: list[Duty]
    awards: dict[tuple[int, int | None], Grade]


def standing_of(actor: Actor, *, now: datetime, owed: list[Duty] | None = None) -> Standing:
    """Return where the student stands, from what is visible to them alone.

    `owed` are all of the student's duties, where the caller has read them already.
    """
    scored = [
        (component, [(score, _part_line(part, score, marks)) for part, score, marks in parts])
        for component, parts in _scores_of(actor, now=now, owed=owed)
    ]
    totals = course_totals(
        ComponentScore(component.weight, tuple(score for score, _ in parts))
        for component, parts in scored
    )
    lines = [_component_line(component, parts) for component, parts in scored]
    return _standing(lines, totals)


def component_scores(
    actor: Actor, *, now: datetime
) -> list[tuple[int, list[tuple[int, PartScore]]]]:
    """Return the student's score in each part, by the ids of component and part."""
    return [
        (component.pk, [(part.pk, score) for part, score, _ in parts])
        for component, parts in _scores_of(actor, now=now, owed=None)
    ]


def _scores_of(
    actor: Actor, *, now: datetime, owed: list[Duty] | None
) -> list[tuple[PlannedComponent, list[tuple[PlannedPart, PartScore, list[Mark]]]]]:
    """Return each component with its parts, their scores and marks."""
    assert actor.course is not None
    assert actor.enrollment is not None
    if owed is None:
        owed = duties(course=actor.course, now=now, person=actor.enrollment.pk)
    evidence = _Evidence(course=actor.course, now=now, owed=owed, awards=_awards(actor, owed))
    return [
        (component, [(part, *_scored(part, evidence)) for part in parts])
        for component, parts in groupby(parts_for(actor, owed), key=lambda part: part.component)
    ]


def _standing(lines: list[ComponentLine], totals: CourseTotals) -> Standing:
    least = totals.if_nothing_more
    return Standing(
        components=lines,
        so_far=None if totals.so_far is None else shown(totals.so_far),
        if_nothing_more=None if least is None else shown(least),
        graded_weight=shown(totals.graded_weight),
        earned=sum((line.earned for line in lines), Decimal(0)),
        lost=sum((line.lost for line in lines), Decimal(0)),
        open=sum((line.open for line in lines), Decimal(0)),
    )


def _awards(actor: Actor, owed: list[Duty]) -> dict[tuple[int, int | None], Grade]:
    """Return the award that counts for each (part, deliverable); one to the student goes first.

    Group awards count only for the groups of the student's own duties: credit follows the people.
    """
    assert actor.enrollment is not None
    own_groups = {(duty.deliverable_id, duty.group_id) for duty in owed if duty.group_id}
    own: dict[tuple[int, int | None], Grade] = {}
    by_group: dict[tuple[int, int | None], Grade] = {}
    for grade in awards_visible_to(actor):
        key = grade.part_id, grade.deliverable_id
        if grade.enrollment_id == actor.enrollment.pk:
            own[key] = grade
        elif (grade.deliverable_id, grade.group_id) in own_groups:
            by_group[key] = grade
    return {**by_group, **own}


def reckons_missing(course: Course, duty: Duty, *, now: datetime) -> bool:
    """Say whether a duty's due instant has passed and turns what is missing into zero (§1)."""
    if course.state == CourseState.DRAFT or course.published_at is None or now <= duty.due_at:
        return False
    return course.reckons_past_dues or duty.due_at >= course.published_at


def _scored(part: PlannedPart, evidence: _Evidence) -> tuple[PartScore, list[Mark]]:
    marks: list[Mark] = []
    if part.is_exempt:
        score = PartScore(part.weight, PartState.EXEMPT)
    elif part.scoring == Scoring.ATTENDANCE:
        score = _attendance_score(part)
    elif part.deliverable_kind:
        score, marks = _score_of_duties(part, evidence)
    else:
        score, marks = _score_of_one(part, evidence)
    return score, marks


def _attendance_score(part: PlannedPart) -> PartScore:
    fraction = attendance(held=part.held_count, unexcused=part.missed_count)
    if fraction is None:
        return PartScore(part.weight, PartState.OPEN)
    return PartScore(part.weight, PartState.GRADED, fraction=fraction)


def _score_of_duties(part: PlannedPart, evidence: _Evidence) -> tuple[PartScore, list[Mark]]:
    own = [duty for duty in evidence.owed if feeds(duty, part)]
    awards = [evidence.awards.get((part.pk, duty.deliverable_id)) for duty in own]
    scores = [
        _score_of(part, duty, award, evidence) for duty, award in zip(own, awards, strict=True)
    ]
    marks = [
        _mark(part, duty, award, score.state)
        for duty, award, score in zip(own, awards, scores, strict=True)
    ]
    if len(scores) == 1:
        return _weighed(scores[0], part.weight), marks
    return combined(scores, weight=part.weight), marks


def _weighed(score: PartScore, weight: Decimal) -> PartScore:
    return PartScore(weight, score.state, fraction=score.fraction)


def _score_of(part: PlannedPart, duty: Duty, award: Grade | None, evidence: _Evidence) -> PartScore:
    fraction = _fraction(part, award)
    is_past_due = reckons_missing(evidence.course, duty, now=evidence.now)
    if part.scoring == Scoring.COMPLETION:
        return question_score(award=fraction, is_on_time=duty.is_in, is_past_due=is_past_due)
    is_hand_in = part.scoring == Scoring.AWARD
    state = part_state(
        is_hand_in=is_hand_in,
        is_on_time=duty.is_in and is_hand_in,
        is_past_due=is_past_due,
        has_award=award is not None,
    )
    return PartScore(Decimal(1), state, fraction=fraction)


def _score_of_one(part: PlannedPart, evidence: _Evidence) -> tuple[PartScore, list[Mark]]:
    award = evidence.awards.get((part.pk, None))
    state = PartState.OPEN if award is None else PartState.GRADED
    marks = [] if award is None else [_mark(part, None, award, state)]
    return PartScore(part.weight, state, fraction=_fraction(part, award)), marks


def _fraction(part: PlannedPart, award: Grade | None) -> Number | None:
    if award is None:
        return None
    return fraction_of(points=award.points, points_max=part.points_max)


def _mark(part: PlannedPart, duty: Duty | None, award: Grade | None, state: PartState) -> Mark:
    word, tone = STATE_WORDS[state]
    if part.scoring == Scoring.COMPLETION and award is None and state is PartState.GRADED:
        word = "on time, full credit"
    return Mark(
        what="" if duty is None else (duty.reading_title or duty.lecture_title),
        state_word=word,
        state_tone=tone,
        points=None if award is None else award.points,
        points_max=part.points_max,
        comment="" if award is None else award.comment,
        grader="" if award is None else award.awarded_by.name,
    )


def _part_line(part: PlannedPart, score: PartScore, marks: list[Mark]) -> PartLine:
    word, tone = STATE_WORDS[score.state]
    percent = None if score.score is None else shown(score.score * 100)
    return PartLine(part=part, state_word=word, state_tone=tone, percent=percent, marks=marks)


def _component_line(
    component: PlannedComponent, parts: list[tuple[PartScore, PartLine]]
) -> ComponentLine:
    """Return a component's points of 100: what counts as earned and lost, and what is open."""
    alone = ComponentScore(component.weight, tuple(score for score, _ in parts))
    totals = course_totals([alone])
    earned = (totals.so_far or 0) * totals.graded_weight / 100
    return ComponentLine(
        component=component,
        parts=[line for _, line in parts],
        earned=shown(earned),
        lost=shown(totals.graded_weight - earned),
        open=shown(totals.total_weight - totals.graded_weight),
    )


@dataclass(frozen=True)
class Segment:
    """One component of the grade bar; `x`, `width`, `got`, `lost_x` and `lost` in per cent."""

    label: str
    value: str
    weight: str
    x: Decimal
    width: Decimal
    got: Decimal
    lost_x: Decimal
    lost: Decimal


def segments_of(standing: Standing) -> list[Segment]:
    """Return the grade bar: each component as wide as its weight, filled by what is earned."""
    segments, x = [], Decimal(0)
    for line in standing.components:
        weight = line.component.weight
        is_open = line.open == weight
        segments.append(
            Segment(
                label=SHORT_NAMES.get(line.component.name, line.component.name),
                value="open" if is_open else f"{line.earned} of {weight.normalize():f}",
                weight=f"{weight.normalize():f}",
                x=x,
                width=max(weight - GAP, Decimal(0)),
                got=line.earned,
                lost_x=x + line.earned,
                lost=line.lost,
            )
        )
        x += weight
    return segments
