"""Undoing an act: the opposite is appended while nothing that it touched has changed (domain.md §13)."""

from courseapp.course.actors import Actor, Permission
from courseapp.course.models import Enrollment
from courseapp.kernel.decisions import Allowed, Decision, Denied, Refused
from courseapp.term.acts import policies
from courseapp.term.acts.action import Outcome, Scene, kind_of
from courseapp.term.acts.carrying_out import Doing
from courseapp.term.acts.history import Change, changes_of
from courseapp.term.acts.memberships import sizes_waived
from courseapp.term.acts.reverter import Reverter, Undoing
from courseapp.term.acts.reverting import REVERTERS
from courseapp.term.models import Act
from groups.models import Membership
from schedule.models import Lecture, Reading
from schedule.services.ordering import settle_positions, settle_readings

UNDO = "undo"


def conflicts_of(act: Act) -> list[str]:
    """Return what has changed since an act, in words; empty where it can be undone."""
    found = [reverter.conflict(change) for reverter, change in _changes(act)]
    return list(dict.fromkeys(filter(None, found)))


def may_undo(actor: Actor, act: Act) -> Decision:
    """Allow who may do the act itself, once."""
    if hasattr(act, "undone_by"):
        return Denied("undone", "This has been undone already.")
    undone = act
    while undone.undoes is not None:
        undone = undone.undoes
    action = kind_of(undone.kind)
    if action is None:
        return Denied("not_an_action", "This was no action on the course; it is changed elsewhere.")
    return policies.permitted(actor, action)


def undoing_of(act: Act) -> Doing:
    """Return the undo of an act as something to carry out; it takes all that the act took."""
    took = frozenset(Permission(name) for name in act.consequences.get("took", ()))

    def permit(actor: Actor) -> Decision:
        allowed = may_undo(actor, act) and policies.hold_all(actor, took)
        if not allowed:
            return allowed
        conflicts = conflicts_of(act)
        if conflicts:
            listed = " ".join(conflicts)
            return Denied("changed_since", f"This cannot be undone any more. {listed}")
        return Allowed()

    def write(scene: Scene) -> Outcome:
        return _undo(act, scene)

    return Doing(
        kind=UNDO,
        parameters={"act": act.pk},
        permit=permit,
        write=write,
        permissions=took,
        undoes=act,
        tells_again=frozenset(act.told),
    )


def _undo(act: Act, scene: Scene) -> Outcome:
    changes = _changes(act)
    if not changes:
        raise Refused(Denied("nothing_to_undo", "There is nothing left of this to undo."))
    undoing = Undoing(acted_at=act.acted_at, scene=scene)
    for reverter, change in changes:
        reverter.revert(change, undoing)
    settle_positions(course=scene.course, lecture_ids=_moved_lectures(changes))
    for lecture in Lecture.objects.filter(pk__in=_reread_lectures(changes)):
        settle_readings(lecture=lecture)
    return Outcome(
        sentence=f"Undone: {act.sentence}",
        public_sentence=f"Undone: {act.public_sentence}" if act.public_sentence else "",
        concerned=_people_changed(changes),
        lines=sizes_waived(scene, _resized_groups(changes)),
        away_since=act.acted_at,
    )


def _changes(act: Act) -> list[tuple[Reverter, Change]]:
    """Return what is to be brought back: of each kind, what was made goes before what was changed."""
    by_model = {reverter.model: reverter for reverter in REVERTERS}
    found = changes_of(act.context_id, list(by_model))
    order = list(by_model)
    found.sort(key=lambda change: (order.index(change.model), not change.is_new, -change.pk))
    return [
        (by_model[change.model], change)
        for change in found
        if change.is_new or by_model[change.model].hard_fields(change)
    ]


def _moved_lectures(changes: list[tuple[Reverter, Change]]) -> list[int]:
    return [
        change.pk
        for _, change in changes
        if change.model is Lecture and {"starts_on", "withdrawn_at"} & set(change.fields)
    ]


def _resized_groups(changes: list[tuple[Reverter, Change]]) -> set[int]:
    return {change.after["group_id"] for _, change in changes if change.model is Membership}


def _people_changed(changes: list[tuple[Reverter, Change]]) -> frozenset[int]:
    """Return whose enrollment comes or goes by it: also who is not in the course after it is told."""
    return frozenset(
        change.pk
        for _, change in changes
        if change.model is Enrollment and (change.is_new or "state" in change.fields)
    )


def _reread_lectures(changes: list[tuple[Reverter, Change]]) -> set[int]:
    return {change.after["lecture_id"] for _, change in changes if change.model is Reading}
